"""What is listed follows what records say, and is not written where they say the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from server.db import table_of
from server.services.keeping.rebuild import rebuild
from server.tables.fact import FactRow

from .conftest import World

_fact = table_of(FactRow)


@contextmanager
def listed(world: World) -> Iterator[list[str]]:
    """The statements meanwhile that write rows which are listed or searched."""
    engine, told = world.house.database.engine, list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(
            ("INSERT INTO fact", "DELETE FROM fact", "INSERT INTO name", "DELETE FROM name")
        ):
            told.append(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", note)
    yield told
    event.remove(engine, "before_cursor_execute", note)


def languages(world: World) -> list[str]:
    """The languages by which clients are listed."""
    with world.house.database.reading() as session:
        return list(session.scalars(select(_fact.c.code).where(_fact.c.kind == "language")))


def differences(world: World) -> list[object]:
    """Where what is stored is not what the log says."""
    with world.house.database.reading() as session:
        _, found = rebuild(session, world.house.sealer, "a1", lambda read, of: None, store=False)
    return [*found]


def test_an_edit_that_is_not_listed_writes_no_listed_row(world: World) -> None:
    """Most edits are of this kind, and an index that is written for nothing makes all of them dearer."""
    ana = world.tablet("ana")
    world.client(ana, preferred_name="Rosa")
    ana.set("c1", "pronouns", "she/her")
    with listed(world) as told:
        ana.sync()

    assert told == []
    assert differences(world) == []


def test_an_edit_that_is_listed_replaces_its_rows(world: World) -> None:
    """A client who was listed under two languages would be called in the wrong one."""
    ana = world.tablet("ana")
    world.client(ana)
    ana.set("c1", "language", "es")
    ana.sync()

    assert languages(world) == ["es"]
    assert differences(world) == []


def test_a_new_name_is_found_and_the_old_one_is_not(world: World) -> None:
    """Names are searched by rows of their own, which go with the name that they were made of."""
    ana = world.tablet("ana")
    world.client(ana, preferred_name="Rosa")
    ana.set("c1", "preferred_name", "Rosalind")
    with listed(world) as told:
        ana.sync()

    assert "DELETE FROM name_token" in told
    assert differences(world) == []
