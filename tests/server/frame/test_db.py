from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column as Col
from sqlalchemy import Integer, MetaData, Table, create_engine, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session

from server.db import ATTEMPTS_MAX, Database, reading, writing
from server.errors import Busy, NoSpace
from server.settings import Providers

from ..conftest import Clock

END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
metadata = MetaData()
tally = Table("tally", metadata, Col("agency", Integer, primary_key=True), Col("total", Integer))


@pytest.fixture
def database(database_url: str, providers: Providers) -> Iterator[Database]:
    """A database with one tally at zero."""
    database = Database(database_url, providers, busy_timeout_ms=5000)
    metadata.create_all(database.engine)
    with database.writing() as session:
        session.execute(tally.insert().values(agency=1, total=0))
    yield database
    database.close()


def add_one(database: Database) -> None:
    """Read, then write: what fails on SQLite where a transaction does not take its turn first."""
    with database.writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(select(tally).with_for_update())
        total = session.scalar(select(tally.c.total))
        session.execute(tally.update().values(total=(total or 0) + 1))


def write_and_stumble(session: Session) -> None:
    """Write, and meet an error before the end."""
    session.execute(tally.update().values(total=7))
    raise LookupError


def total(database: Database) -> int | None:
    """What has been counted."""
    with database.reading() as session:
        return session.scalar(select(tally.c.total))


def test_writers_that_read_first_all_get_their_turn(database: Database) -> None:
    """Eight tablets that push at once lose nothing and see no 'database is locked'."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: add_one(database), range(80)))

    assert total(database) == 80


def test_writers_of_two_processes_get_their_turn_too(
    database_url: str, database: Database, providers: Providers
) -> None:
    """Two server processes stand on one database; a second engine is what a process has."""
    other = Database(database_url, providers, busy_timeout_ms=5000)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: add_one(other if n % 2 else database), range(40)))
    other.close()

    assert total(database) == 40


def test_a_reader_keeps_its_snapshot_while_others_write(database: Database) -> None:
    """Head and rows of a page belong together, or rows are lost."""
    with database.reading() as session:
        before = session.scalar(select(tally.c.total))
        add_one(database)
        after = session.scalar(select(tally.c.total))

    assert (before, after, total(database)) == (0, 0, 1)


def test_nothing_is_written_while_reading(database: Database) -> None:
    """A mistake in a service is found on both databases, not only on one."""
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(tally.update().values(total=7))

    assert total(database) == 0


def test_a_connection_that_read_can_write_again(database: Database) -> None:
    """Connections go back to the pool and come out in the other mode."""
    for _ in range(3):
        total(database)
        add_one(database)

    assert total(database) == 3


def test_an_error_undoes_what_was_written(database: Database) -> None:
    """All or nothing."""
    with pytest.raises(LookupError), database.writing() as session:
        write_and_stumble(session)

    assert total(database) == 0


def test_one_session_writes_and_then_reads(database: Database) -> None:
    """A sync writes what came and then takes its page in a snapshot."""
    with database.session() as session:
        with writing(session):
            session.execute(tally.update().values(total=4))
        with reading(session):
            seen = session.scalar(select(tally.c.total))

    assert seen == 4


def test_transactions_do_not_nest_in_a_session(database: Database) -> None:
    """The inner one would end with the outer, in the outer's mode."""
    with (
        database.session() as session,
        writing(session),
        pytest.raises(InvalidRequestError),
        reading(session),
    ):
        raise AssertionError("never reached")


def test_what_may_be_forgotten_is_committed_without_waiting_for_the_disk(database: Database) -> None:
    """Only such transactions do; the next one waits again."""
    seen = []
    for durable in (False, True):
        with database.writing(durable=durable) as session:
            on_sqlite = session.get_bind().dialect.name == "sqlite"
            asked = "PRAGMA synchronous" if on_sqlite else "SHOW synchronous_commit"
            seen.append(session.scalar(text(asked)))

    assert seen in ([1, 2], ["off", "on"])


def test_a_writer_gives_up_when_another_process_keeps_the_lock(tmp_path: Path, providers: Providers) -> None:
    """The tablet gets a 503 and comes again; a thread that waits for ever serves nobody."""
    database = Database(f"sqlite:///{tmp_path / 'd.sqlite'}", providers, busy_timeout_ms=20)
    metadata.create_all(database.engine)
    other = sqlite3.connect(tmp_path / "d.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy), database.writing():
        raise AssertionError("never reached")
    other.close()
    with database.writing() as session:
        session.execute(tally.insert().values(agency=1, total=0))
    database.close()


def test_a_writer_gives_up_when_its_own_process_keeps_the_turn(tmp_path: Path, providers: Providers) -> None:
    """Also within a process waiting has an end, and the turn is free again afterwards."""
    database = Database(f"sqlite:///{tmp_path / 'd.sqlite'}", providers, busy_timeout_ms=20)
    metadata.create_all(database.engine)

    with database.writing(), pytest.raises(Busy), database.writing():
        raise AssertionError("never reached")
    with database.writing() as session:
        session.execute(tally.insert().values(agency=1, total=0))
    database.close()


def test_other_failures_to_begin_are_not_taken_for_a_queue(tmp_path: Path, providers: Providers) -> None:
    """A file that is no database stays a failure and is not tried for ever."""
    (tmp_path / "d.sqlite").write_bytes(b"no database " * 100)
    database = Database(f"sqlite:///{tmp_path / 'd.sqlite'}", providers)

    with pytest.raises(DBAPIError), database.writing():
        raise AssertionError("never reached")


def test_a_database_in_memory_works_for_simulations(providers: Providers) -> None:
    """Virtual servers need no disk."""
    database = Database("sqlite://", providers)
    metadata.create_all(database.engine)
    with database.writing() as session:
        session.execute(tally.insert().values(agency=1, total=3))

    assert total(database) == 3
    database.close()


class Lost(Exception):
    """A driver's error as PostgreSQL gives it to the loser of a conflict."""

    sqlstate = "40001"


def test_a_database_in_memory_has_one_transaction_at_a_time(providers: Providers) -> None:
    """It is one connection; a second transaction is a mistake of the caller and not a queue."""
    database = Database("sqlite://", providers)
    with database.reading(), pytest.raises(sqlite3.OperationalError), database.writing():
        raise AssertionError("never reached")
    database.close()


def lose(times: int) -> Iterator[Exception | None]:
    """So many defeats and then nothing in the way."""
    for _ in range(times):
        yield OperationalError("", None, Lost())
    yield None


def attempt(outcomes: Iterator[Exception | None]) -> str:
    """Meet the next outcome."""
    outcome = next(outcomes)
    if outcome is not None:
        raise outcome
    return "done"


def test_a_transaction_that_lost_is_tried_again_after_a_random_wait(
    providers: Providers, clock: Clock
) -> None:
    """Two losers that waited equally long would meet again."""
    database = Database("sqlite://", providers)
    outcomes = lose(3)

    assert database.retrying(lambda: attempt(outcomes)) == "done"
    assert len(set(clock.slept_s)) == 3
    assert all(0 <= slept <= 0.02 * 2**n for n, slept in enumerate(clock.slept_s))


def test_a_transaction_that_always_loses_ends_as_busy(providers: Providers) -> None:
    """Patience has a bound with a name."""
    database = Database("sqlite://", providers)
    outcomes = lose(ATTEMPTS_MAX)

    with pytest.raises(Busy):
        database.retrying(lambda: attempt(outcomes))


def test_other_errors_are_not_tried_again(providers: Providers, clock: Clock) -> None:
    """What fails by its own fault fails at once."""
    database = Database("sqlite://", providers)

    with pytest.raises(OperationalError):
        database.retrying(lambda: attempt(iter([OperationalError("", None, Exception())])))
    assert clock.slept_s == []


@pytest.mark.postgres
def test_two_transactions_that_block_each_other_both_get_done(postgresql: str, providers: Providers) -> None:
    """PostgreSQL ends a deadlock by undoing one of two; that one is tried again."""
    engine = create_engine(postgresql)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    engine.dispose()
    database = Database(postgresql, providers)
    with database.writing() as session:
        session.execute(tally.insert(), [{"agency": 1, "total": 0}, {"agency": 2, "total": 0}])

    def add(first: int) -> None:
        with database.writing() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            for agency in (first, 3 - first):
                session.execute(
                    tally.update().where(tally.c.agency == agency).values(total=tally.c.total + 1)
                )

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda n: database.retrying(lambda: add(1 + n % 2)), range(40)))
    with database.reading() as session:
        totals = session.scalars(select(tally.c.total)).all()
    database.close()

    assert totals == [40, 40]


def test_a_full_disk_is_told_as_such_and_nothing_is_written(database: Database) -> None:
    """Whoever runs the server must hear what to do; "the database does not answer" sends them astray."""
    with pytest.raises(NoSpace), database.writing() as session:
        write_too_much(session)

    assert total(database) == 0


def write_too_much(session: Session) -> None:
    """Write more than the disk takes: SQLite's file is bounded for it, PostgreSQL says so at our word."""
    session.execute(tally.update().values(total=7))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))
        return
    session.execute(text("PRAGMA max_page_count = 1"))
    session.execute(text("CREATE TABLE ballast AS SELECT randomblob(1000000) AS weight"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_connections_that_a_restart_has_ended_are_not_used(database: Database) -> None:
    """Each of them would answer one tablet or one page with an error, though the database is there again."""
    with database.reading() as one, database.reading() as other:
        assert (one.scalar(text("SELECT 1")), other.scalar(text("SELECT 1"))) == (1, 1)
    killer = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with killer.connect() as connection:
        assert len(connection.execute(text(END_OTHERS)).all()) >= 2
    killer.dispose()

    assert [total(database), total(database)] == [0, 0]
