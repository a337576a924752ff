from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, make_url

from server.house import House
from sync import Write

from .conftest import World

MANY = 400
STEPS_MAX = 300
"""Instructions of SQLite's machine for one statement of a sync; going through `MANY` rows takes thousands."""


def steps(path: str, statement: str, values: Any) -> int:
    """How many instructions one statement takes; nothing of it remains."""
    taken = [0]

    def step() -> int:
        taken[0] += 1
        return 0

    driver = sqlite3.connect(path)
    driver.execute("SELECT 1 FROM log").fetchone()  # Reading the shape of the database is no part of it.
    driver.set_progress_handler(step, 1)
    driver.execute(statement, values).fetchall()
    driver.close()
    return taken[0]


@contextmanager
def heard(house: House) -> Iterator[list[tuple[str, Any]]]:
    """Every reading statement of the server with its values."""
    statements: list[tuple[str, Any]] = []

    def hear(_: Any, cursor: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, values))

    event.listen(house.database.engine, "before_cursor_execute", hear)
    yield statements
    event.remove(house.database.engine, "before_cursor_execute", hear)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_few_edits_cost_the_same_however_much_is_held(world: World, database_url: str) -> None:
    """Ten edits took ten times as long for a worker with a hundred thousand records: SQLite went through them all."""
    ana, path = world.tablet("ana"), make_url(database_url).database
    world.client(ana, "c1")
    for number in range(MANY):
        ana.write("c1", Write("note", f"n{number}", "heading", (), "text"))
    for start in range(0, MANY, 100):
        ana.ask(ana.pending[: 100 if start + 100 < MANY else None])
    ana.sync()
    for number in range(0, MANY, 40):
        ana.set("c1", "heading", "new text", type_="note", id_=f"n{number}")

    with heard(world.house) as statements:
        ana.sync()

    assert path is not None
    slow = {said: taken for said, values in statements if (taken := steps(path, said, values)) > STEPS_MAX}
    assert slow == {}
