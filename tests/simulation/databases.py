"""
Databases of a simulated server, in memory or on PostgreSQL: either stops at a transaction that was agreed upon.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import OperationalError

from server import tables
from server.db import Base, Database
from server.settings import Providers

assert tables.__path__, "importing the tables completes the metadata"

MEMORY: Final = "sqlite://"

Answer = TypeVar("Answer")


class ServerStopped(BaseException):
    """The server's process ended in the middle of something."""


class Stoppable(Database):
    """A database whose server stops at a transaction that was agreed upon."""

    def __init__(self, url: str, providers: Providers) -> None:
        super().__init__(url, providers)
        self.stop_in: int | None = None
        """How many transactions still succeed; None for no stop."""
        self.stops_before = False
        """Whether the last one is undone, or only its answer lost."""
        self.fails: Exception | None = None
        """What the agreed transaction fails with at its commit, where the server does not stop but goes on."""
        self._now: BaseException | None = None
        event.listen(self.engine, "commit", self._at_commit)

    def retrying(self, act: Callable[[], Answer]) -> Answer:
        """As ever, until the agreed transaction."""
        if self.stop_in is None:
            return super().retrying(act)
        self.stop_in -= 1
        if self.stop_in >= 0:
            return super().retrying(act)
        self.stop_in = None
        self._now = self.fails or (ServerStopped() if self.stops_before else None)
        try:
            done = super().retrying(act)
        finally:
            self._now = None
        if self.fails is None:
            raise ServerStopped
        return done

    def _at_commit(self, _connection: object) -> None:
        if self._now is not None:
            now, self._now = self._now, None
            raise now


def failure(state: str) -> Exception:
    """What a database says at a commit: `53100` for a full disk, `40001` for one that lost to another."""
    said = sqlite3.OperationalError(f"the commit fails: {state}")
    said.sqlstate = state  # type: ignore[attr-defined]  # as PostgreSQL's driver says it
    return OperationalError("COMMIT", None, said)


class Databases(Protocol):
    """Where the databases of servers come from."""

    def empty(self, providers: Providers) -> Stoppable:
        """One with all tables and no row; the one before it is gone."""
        ...

    def fill(self, database: Engine, template: Engine) -> None:
        """Copy every row of the template, a database in memory."""
        ...


class InMemory:
    """SQLite in memory."""

    def empty(self, providers: Providers) -> Stoppable:
        """One with all tables."""
        database = Stoppable(MEMORY, providers)
        Base.metadata.create_all(database.engine)
        return database

    def fill(self, database: Engine, template: Engine) -> None:
        """By SQLite's own backup."""
        copy(template, database)


@dataclass(frozen=True, slots=True)
class OnPostgreSQL:
    """One database of this process on a server, emptied for each history."""

    server: str
    """The server's URL."""

    def empty(self, providers: Providers) -> Stoppable:
        """One with all tables."""
        name = f"simulation_{os.getpid()}"
        new = self._create(name)
        url = make_url(self.server).set(database=name)
        database = Stoppable(url.render_as_string(hide_password=False), providers)
        if new:
            Base.metadata.create_all(database.engine)
        else:
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            with database.engine.begin() as connection:
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        return database

    def _create(self, name: str) -> bool:
        """Create this process's database; False where it is there from an earlier history."""
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                there = text("SELECT 1 FROM pg_database WHERE datname = :name")
                if connection.scalar(there, {"name": name}) is not None:
                    return False
                connection.execute(text(f"CREATE DATABASE {name}"))
                return True
        finally:
            engine.dispose()

    def fill(self, database: Engine, template: Engine) -> None:
        """Row by row."""
        with template.connect() as source, database.begin() as target:
            for table in Base.metadata.sorted_tables:
                rows = [dict(row) for row in source.execute(select(table)).mappings()]
                if rows:
                    target.execute(table.insert(), rows)


def copy(source: Engine, target: Engine) -> None:
    """Copy one database in memory over another."""
    with source.connect() as one, target.connect() as other:
        from_, to = one.connection.driver_connection, other.connection.driver_connection
        assert isinstance(from_, sqlite3.Connection)
        assert isinstance(to, sqlite3.Connection)
        from_.backup(to)
