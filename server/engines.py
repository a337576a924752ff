"""
Engines: how a server connects to SQLite and to PostgreSQL, and in which mode a transaction begins.

A *mode* is an execution option of a connection: reading, writing, or writing what may be forgotten.
"""

import select
import sqlite3
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from .errors import Busy

BUSY_TIMEOUT_MS: Final = 10_000
"""Milliseconds to wait for the write lock of SQLite: longer than any transaction of ours should take."""

POOL_SIZE: Final = 10
"""Connections kept by a process: its threads and a few for jobs."""

TURN_LOOK_S: Final = 0.001
"""Seconds between two looks whether another process still writes to SQLite: a small part of a transaction."""

CACHE_KIB: Final = 16 * 1024
"""Memory for pages of SQLite, of each connection: a hundred changesets change some thousand pages of 4 KiB."""

CHECKPOINT_PAGES: Final = 4_000
"""Pages in SQLite's write-ahead log from which they are carried over: what is written often, is carried over once."""

STATEMENTS_CACHED: Final = 512
"""Prepared statements that the SQLite driver keeps for a connection."""

MODE: Final = "doorstep_mode"
READ: Final = "read"
WRITE: Final = "write"
WRITE_SOON: Final = "write soon"

# What a connection must be told before it begins: the default is what migrations get.
_SQLITE_PRAGMAS: Final[Mapping[str | None, str]] = {
    None: "PRAGMA query_only=OFF;PRAGMA synchronous=FULL",
    READ: "PRAGMA query_only=ON",
    WRITE: "PRAGMA query_only=OFF;PRAGMA synchronous=FULL",
    WRITE_SOON: "PRAGMA query_only=OFF;PRAGMA synchronous=NORMAL",
}


def engine_of(url: str, busy_timeout_ms: int, pool_size: int) -> Engine:
    """An engine whose connections know the modes."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_size=pool_size, pool_use_lifo=True, hide_parameters=True)
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkout", _refuse_ended)
        return engine
    # The driver must not begin by itself: `_begin_sqlite` says how a transaction begins.
    connect_args: dict[str, Any] = {
        "isolation_level": None,
        "timeout": busy_timeout_ms / 1000,
        "cached_statements": STATEMENTS_CACHED,
    }
    if parsed.database in (None, "", ":memory:"):
        connect_args["check_same_thread"] = False
        engine = create_engine(parsed, poolclass=StaticPool, connect_args=connect_args, hide_parameters=True)
    else:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            pool_size=pool_size,
            pool_use_lifo=True,
            connect_args=connect_args,
            hide_parameters=True,
        )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, busy_timeout_ms))
    return engine


def _prepare_postgresql(driver: Any, _entry: ConnectionPoolEntry) -> None:
    """
    Let each statement be planned for its values.

    A plan that is kept was made when its table was small, by whatever index then looked as good as any.
    """
    driver.execute("SET plan_cache_mode = force_custom_plan")
    driver.commit()


def _refuse_ended(driver: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
    """
    Take no connection out of the pool that PostgreSQL has ended meanwhile, by a restart for example.

    A server that takes leave says so; nothing else is ever there to read before something was asked.
    """
    if _is_readable(driver.fileno()):
        raise DisconnectionError


def _is_readable(file: int) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([file], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    return bool(waiting.poll(0))


def _prepare_sqlite(driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(busy_timeout_ms: int, connection: Connection) -> None:
    mode = connection.get_execution_options().get(MODE)
    driver = sqlite_driver(connection)
    told = connection.info
    if told.get(MODE, "") != mode:
        for pragma in _SQLITE_PRAGMAS[mode].split(";"):
            driver.execute(pragma)
        told[MODE] = mode
    if mode in (None, READ):
        driver.execute("BEGIN")
        return
    driver.execute("PRAGMA busy_timeout=0")
    try:
        _take_turn(driver, 1 + round(busy_timeout_ms / 1000 / TURN_LOOK_S))
    finally:
        driver.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")


def _take_turn(driver: sqlite3.Connection, looks_max: int) -> None:
    """
    Begin to write, as soon as no other process does.

    SQLite itself would sleep for up to a tenth of a second between two looks, while nobody writes.

    Raises:
        Busy: Another process wrote all the time.
    """
    for _ in range(looks_max):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(TURN_LOOK_S)
        else:
            return
    raise Busy


def sqlite_driver(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection under one of SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
