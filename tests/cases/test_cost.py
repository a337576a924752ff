"""What a sync costs: what has changed for this worker, never what the worker holds or how often it was saved."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from sqlalchemy import event

from client_sdk.replica import Subject
from server.db import table_of
from server.tables.access import AccessRow, GrantRow
from server.tables.subject import SubjectRow
from sync import Write, random_id

from .agreement import meet
from .kit import Agency, Carried, drawn

MANY = 5000
Pair = tuple[Carried, Carried]
_access, _grant, _subject = table_of(AccessRow), table_of(GrantRow), table_of(SubjectRow)


def test_many_edits_of_one_field_between_two_syncs_are_one_value(
    agency: Agency, pair: Pair, client: str
) -> None:
    """A worker who corrects a word five thousand times conflicts with nobody, oneself least."""
    ana, ben = pair
    desk = ana.tablet._desk
    over = ana.item("client", client).view.over("preferred_name")
    with desk.change():
        for number in range(MANY):
            write = Write("client", client, "preferred_name", over, f"name {number}")
            over = (ana.save(client, write),)

    ana.sync()
    ben.sync()

    assert (
        ana.values(client, "preferred_name") == ben.values(client, "preferred_name") == [f"name {MANY - 1}"]
    )
    assert ana.tablet.status().waiting == 0
    assert agency.inbox() == []
    meet(ana, ben)


def test_a_sync_with_nothing_to_say_does_no_work_for_each_of_five_thousand_clients(
    agency: Agency, pair: Pair
) -> None:
    """Neither the tablet nor the server looks at what has not changed; the bytes are the same, too."""
    ana, _ = pair
    ana.sync()
    few = cost_of(agency, ana)
    hold(agency, ana, MANY)
    ana.sync()

    many = cost_of(agency, ana)

    assert ana.tablet.status().subjects == MANY + 1
    assert many.statements == few.statements
    assert len(many.statements) < 25
    assert abs(many.calls - few.calls) < 500, "no call for each subject"
    assert many.rows_written == few.rows_written
    assert abs(many.steps - few.steps) < 500, "no row is read for each subject"
    assert abs(many.bytes_up - few.bytes_up) < 8, "a position may have a digit more"
    assert many.bytes_down == few.bytes_down


@dataclass
class Cost:
    """What one sync cost on both sides."""

    statements: list[str] = field(default_factory=list)
    calls: int = 0
    """Calls of Python functions, of tablet and server."""
    steps: int = 0
    """Instructions of SQLite's machine on the server; 0 on PostgreSQL, which runs the same statements."""
    rows_written: int = 0
    """Rows that the tablet's store wrote."""
    bytes_up: int = 0
    bytes_down: int = 0


def cost_of(agency: Agency, tablet: Carried) -> Cost:
    """One sync, measured."""
    cost = Cost()
    before = tablet.tablet._desk.store.anchor().sequence
    with statements(agency, cost), calls(cost):
        tablet.sync()
    trip = tablet.road.trips[-1]
    cost.bytes_up, cost.bytes_down = len(trip.request), len(trip.reply)
    cost.rows_written = tablet.tablet._desk.store.anchor().sequence - before
    return cost


@contextmanager
def statements(agency: Agency, cost: Cost) -> Iterator[None]:
    """Every statement of the server, and every step of SQLite's machine."""
    engine = agency.house.database.engine

    def execute(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        cost.statements.append(statement)

    told: list[sqlite3.Connection] = []

    def step() -> int:
        cost.steps += 1
        return 0

    def begin(connection: Any) -> None:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.set_progress_handler(step, 1)
            told.append(driver)

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "begin", begin)
    yield
    event.remove(engine, "before_cursor_execute", execute)
    event.remove(engine, "begin", begin)
    for driver in told:
        driver.set_progress_handler(None, 1)


@contextmanager
def calls(cost: Cost) -> Iterator[None]:
    """Every call in this thread."""

    def profile(frame: FrameType, what: str, _: Any) -> None:
        cost.calls += what in ("call", "c_call")

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(profile)
    yield
    sys.setprofile(before)


def hold(agency: Agency, tablet: Carried, count: int) -> None:
    """So many clients more on both sides, as they are long after the sync that brought them."""
    draw = drawn("many")
    clients = [random_id(draw(16)) for _ in range(count)]
    common = {"agency": "a1", "worker": tablet.worker}
    with agency.house.database.writing() as session:
        connection = session.connection()
        connection.execute(
            _subject.insert(),
            [
                {"agency": "a1", "id": client, "kind": "client", "office": None, "provisional": False,
                 "opened": 1, "digest": bytes(16)}
                for client in clients
            ],
        )  # fmt: skip
        connection.execute(
            _access.insert(),
            [
                common | {"subject": client, "open": 1, "gained": 1, "lost": 0, "touched": 1}
                for client in clients
            ],
        )
        connection.execute(
            _grant.insert(),
            [
                common | {"id": client[:22], "subject": client, "kind": "assigned", "begins_ms": 0,
                          "ends_ms": None, "begun": 1, "ended": 0, "ended_ms": None, "made_by": "lead",
                          "provisional": False}
                for client in clients
            ],
        )  # fmt: skip
    replica = tablet.replica
    with replica.transaction():
        for client in clients:
            replica.subjects.put(client, Subject(client, shown=True, whole_at=replica.place.value.head))
