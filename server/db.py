"""
The database: one kind of transaction for writing, one for reading, on SQLite and on PostgreSQL.

*Writing* takes its turn first: `BEGIN IMMEDIATE` on SQLite, because a deferred transaction that reads and
then writes fails with "database is locked" whatever the timeout; READ COMMITTED on PostgreSQL, where the
head row is the turn. *Reading* sees one snapshot: a deferred transaction of SQLite's WAL, REPEATABLE READ
READ ONLY on PostgreSQL. Either refuses to nest in a session.

    with writing(session):           # commits at the end, rolls back on any error
        session.execute(...)
    with reading(session):           # one snapshot; ends without a trace
        session.execute(...)
    database.retrying(act)           # `act` opens its own transaction; conflicts are tried again

A process takes turns among its own writers before it asks SQLite, where waiting for another process is a poll.
This module knows no table.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, TypeVar, cast

from sqlalchemy import BigInteger, Connection, Engine, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from .engines import BUSY_TIMEOUT_MS, MODE, POOL_SIZE, READ, WRITE, WRITE_SOON, engine_of, sqlite_driver
from .errors import Busy, NoSpace
from .settings import Providers

ATTEMPTS_MAX: Final = 6
"""Tries of a transaction that lost against another: with doubling waits about a second in all."""

WAIT_FIRST_S: Final = 0.02
"""Seconds before the second try, doubled each time, of which a random part is waited."""

NAMING: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that follows from its table, so that both databases can alter it by name."""

ORDERED_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by its bytes on both databases: pages go in the order of ids."""

_RETRIED_STATES: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's serialisation failure and deadlock: the transaction is undone and may be tried again."""

_FULL_CODES: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_FULL_STATE: Final = "53100"
"""PostgreSQL's disk full."""

_POSTGRESQL_OPTIONS: Final[Mapping[str, Mapping[str, object]]] = {
    READ: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    WRITE: {"isolation_level": "READ COMMITTED"},
    WRITE_SOON: {"isolation_level": "READ COMMITTED"},
}

Answer = TypeVar("Answer")


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: ORDERED_TEXT, int: BigInteger(), bytes: LargeBinary()}  # noqa: RUF012  # as SQLAlchemy reads it


def table_of(row: type[Base]) -> Table:
    """The table of a row class: statements on it bypass the ORM, as the hot path wants."""
    return cast(Table, row.__table__)


class Database:
    """An engine whose sessions know the two modes."""

    def __init__(
        self,
        url: str,
        providers: Providers,
        *,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        pool_size: int = POOL_SIZE,
    ) -> None:
        self.engine = engine_of(url, busy_timeout_ms, pool_size)
        self._providers = providers
        turn = _Turn(busy_timeout_ms) if self.engine.dialect.name == "sqlite" else nullcontext()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False, info={MODE: turn})

    def session(self) -> Session:
        """A new session; use it as a context manager, and `writing` or `reading` on it."""
        return self._sessions()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Session]:
        """A new session in a writing transaction."""
        with self.session() as session, writing(session, durable=durable):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A new session in a reading snapshot."""
        with self.session() as session, reading(session):
            yield session

    def retrying(self, act: Callable[[], Answer]) -> Answer:
        """
        Do `act`, again if its transaction lost against another one; so it opens a transaction of its own.

        Raises:
            Busy: It lost every time.
        """
        for attempt in range(ATTEMPTS_MAX):
            try:
                return act()
            except DBAPIError as error:
                if not _lost(error):
                    raise
            self._wait(attempt)
        raise Busy

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _wait(self, attempt: int) -> None:
        longest_s = WAIT_FIRST_S * 2**attempt
        part = int.from_bytes(self._providers.entropy(2), "big") / 0xFFFF
        self._providers.sleep_s(longest_s * part)


@contextmanager
def writing(session: Session, *, durable: bool = True) -> Iterator[Session]:
    """
    Put a resting session into a writing transaction: commits at the end, rolls back on any error.

    Args:
        durable: Whether the commit must outlive a power cut. Only what may be forgotten without harm says no.

    Raises:
        Busy: SQLite's write lock did not become free in time.
        NoSpace: The database's disk is full.
    """
    turn: AbstractContextManager[object] = session.info[MODE]
    try:
        with turn, session.begin():
            _begin(session, WRITE if durable else WRITE_SOON)
            yield session
    except OperationalError as error:
        if not _is_full(error):
            raise
        raise NoSpace from None


@contextmanager
def reading(session: Session) -> Iterator[Session]:
    """Put a resting session into one snapshot in which nothing can be written."""
    with session.begin():
        _begin(session, READ)
        yield session


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection in one writing transaction, in which SQLite may rebuild tables that others refer to."""
    with engine.connect() as connection:
        on_sqlite = engine.dialect.name == "sqlite"
        if on_sqlite:
            sqlite_driver(connection).execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(**{MODE: WRITE}).begin():
            yield connection
        if on_sqlite:
            sqlite_driver(connection).execute("PRAGMA foreign_keys=ON")


def _begin(session: Session, mode: str) -> None:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    options = dict(_POSTGRESQL_OPTIONS[mode]) if on_postgresql else {MODE: mode}
    connection = session.connection(execution_options=options)
    if on_postgresql and mode == WRITE_SOON:
        connection.execute(text("SET LOCAL synchronous_commit TO OFF"))


def _is_full(error: DBAPIError) -> bool:
    """Whether the disk took nothing more."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _FULL_CODES or getattr(error.orig, "sqlstate", None) == _FULL_STATE


def _lost(error: DBAPIError) -> bool:
    """Whether the transaction was undone by the database itself, or its connection has gone."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _RETRIED_STATES


class _Turn:
    """The turn to write: a lock that gives up after a time."""

    def __init__(self, timeout_ms: int) -> None:
        self._lock = threading.Lock()
        self._timeout_s = timeout_ms / 1000

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._timeout_s):
            raise Busy

    def __exit__(self, *_: object) -> None:
        self._lock.release()
