"""
The office: supervisors register, edit, assign, settle, choose, decide about late work and return notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

import casework
from server.services.access.people import Person, person
from server.services.desk import conflicts, late, office, registry
from server.services.desk.office import Said
from server.services.log.book import Book, open_book
from server.services.log.records import Key
from sync import Json, Write
from tests.simulation.actors.field import day, rather_first, tablet_of, units_of, value_of
from tests.simulation.plan import DAY_MS, HOUR_MS, MINUTE_MS, Act
from tests.simulation.world import Doing, World


@contextmanager
def at_desk(world: World, person_id: str) -> Iterator[tuple[Book, Person]]:
    """One transaction of somebody at the office."""
    house = world.house
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, world.staff.agency, house.providers) as book,
    ):
        yield book, person(session, world.staff.agency, person_id)


def supervisor(world: World, act: Act) -> str:
    """One of the supervisors."""
    return world.staff.supervisors[act.who % 2 if act.who % 5 == 0 else 0]


def office_registers(world: World, act: Act, random: Random) -> None:
    """A client registered at the office."""
    units: dict[str, Json] = {"preferred_name": f"Name {act.number}", "date_of_birth": day(act.number)}
    if random.random() < 0.5:
        units["legal_name"] = {"family": f"Family {act.number}"}
    with at_desk(world, supervisor(world, act)) as (book, by):
        draft = registry.Draft(registry.DraftRecord("client", units))
        client = registry.register(book, by, draft, world.house.providers)
    world.clients.append(client)
    world.tell(f"the office registers {world.call(client)}")


def office_edits(world: World, act: Act, random: Random) -> None:
    """A unit of a client set from the office, over what is shown there."""
    if not world.clients:
        return
    client, (unit,) = _a_client(world, random), units_of(world, random, 1)
    with at_desk(world, supervisor(world, act)) as (book, by):
        over = office.record_view(book, Key("client", client)).over(unit)
        said = Said(client, [Write("client", client, unit, over, value_of(unit, act, random))])
        made = office.write(book, by, said, world.house.providers)
    world.tell(f"the office sets {unit} of {world.call(client)} in {made.name[:6]}")


def assign(world: World, act: Act, random: Random) -> None:
    """A worker assigned to a client."""
    if not world.clients:
        return
    client, worker = _a_client(world, random), _a_worker(world, act, random)
    by = random.choice((world.staff.administrator, supervisor(world, act)))
    with at_desk(world, by) as (book, someone):
        office.assign(book, someone, worker, client, world.house.providers)
    world.tell(f"{world.call(client)} is assigned to {world.call(worker)}")


def unassign(world: World, act: Act, random: Random) -> None:
    """An assignment ended."""
    if not world.clients:
        return
    client, worker = _a_client(world, random), _a_worker(world, act, random)
    by = random.choice((world.staff.administrator, supervisor(world, act)))
    with at_desk(world, by) as (book, someone):
        office.unassign(book, someone, worker, client, world.house.providers)
    world.tell(f"{world.call(client)} is taken from {world.call(worker)}")


def cover(world: World, act: Act, random: Random) -> None:
    """A cover that begins and ends by time alone."""
    if not world.clients:
        return
    client, worker = _a_client(world, random), _a_worker(world, act, random)
    begins_ms = world.now_ms + random.choice((-HOUR_MS, 0, MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS))
    ends_ms = begins_ms + random.choice((MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS, 2 * DAY_MS))
    with at_desk(world, supervisor(world, act)) as (book, someone):
        office.assign(
            book,
            someone,
            worker,
            client,
            world.house.providers,
            kind="cover",
            begins_ms=begins_ms,
            ends_ms=ends_ms,
        )
    minutes = [(moment - world.now_ms) // MINUTE_MS for moment in (begins_ms, ends_ms)]
    world.tell(f"{world.call(worker)} covers {world.call(client)} from {minutes[0]} to {minutes[1]} minutes")


def office_settles(world: World, act: Act, random: Random) -> None:
    """A question settled at the office."""
    house = world.house
    with house.database.reading() as session:
        by = person(session, world.staff.agency, supervisor(world, act))
        rows = [row for row in conflicts.conflicts(session, house.sealer, by) if row["needs"] == "settle"]
    if not rows:
        return
    row = random.choice(sorted(rows, key=lambda row: (row["type"], row["id"], row["unit"])))
    values = [rival["value"] for rival in row["rivals"]] or [day(act.number)]
    with at_desk(world, by.id) as (book, someone):
        conflicts.settle(
            book,
            someone,
            row["client"],
            Key(row["type"], row["id"]),
            row["unit"],
            random.choice(values),
            f"Settled {act.number}",
            house.providers,
        )
    world.tell(f"the office settles {row['unit']} of {world.call(row['client'])}")


def choose(world: World, act: Act, random: Random) -> None:
    """One of two entries chosen at the office."""
    house = world.house
    with house.database.reading() as session:
        by = person(session, world.staff.agency, supervisor(world, act))
        rows = [row for row in conflicts.conflicts(session, house.sealer, by) if row["needs"] == "check"]
    if not rows:
        return
    row = random.choice(sorted(rows, key=lambda row: (row["type"], row["id"], row["unit"])))
    key, unit = Key(row["type"], row["id"]), row["unit"]
    with at_desk(world, by.id) as (book, someone):
        shown = office.record_view(book, key)
        names = list(shown.over(unit))
        if not names:
            return
        value: Json = {"name": random.choice(names), "seen": list[Json](names)}
        choice = f"$chosen/{unit}"
        said = Said(row["client"], [Write(*key, choice, shown.over(choice), value)])
        office.write(book, someone, said, house.providers)
    world.tell(f"the office chooses among {unit} of {key.type}")


def release(world: World, act: Act, random: Random) -> None:
    """Held work put into its records."""
    _decide(world, act, random, "release")


def refuse(world: World, act: Act, random: Random) -> None:
    """Held work not applied."""
    _decide(world, act, random, "refuse")


def quote(world: World, act: Act, random: Random) -> None:
    """Held work quoted by the office."""
    _decide(world, act, random, "quote")


def review(world: World, act: Act, random: Random) -> None:
    """A note returned to its author."""
    if not world.clients:
        return
    client = _a_client(world, random)
    entropy = world.entropy(16)
    with at_desk(world, supervisor(world, act)) as (book, by):
        id_ = casework.new_id("review", client, {}, entropy)
        fields: dict[str, Json] = {
            "kind": "returned",
            "author": _a_worker(world, act, random),
            "reviewer": by.id,
            "reason": f"Please {act.number}",
        }
        writes = [Write("review", id_, unit, (), value) for unit, value in fields.items()]
        office.write(book, by, Said(client, writes), world.house.providers)
    world.tell(f"the office returns a note of {world.call(client)}")


def _decide(world: World, act: Act, random: Random, what: str) -> None:
    house, reason = world.house, f"Decided {act.number}"
    with house.database.reading() as session:
        by = person(session, world.staff.agency, supervisor(world, act))
        names = sorted(each.name for each in late.inbox(session, house.sealer, by))
    if not names:
        return
    name = random.choice(names)
    with at_desk(world, by.id) as (book, someone):
        if what == "release":
            late.release(book, someone, name, reason)
        elif what == "refuse":
            late.refuse(book, someone, name, reason)
        else:
            late.release_to_office(book, someone, name, reason, house.providers)
    world.tell(f"the office decides about {name[:6]}: {what}")


def _a_client(world: World, random: Random) -> str:
    client = world.focus or rather_first(sorted(world.clients), random)
    assert client is not None, "there are clients"
    return client


def _a_worker(world: World, act: Act, random: Random) -> str:
    """The worker of the act's tablet, or another one."""
    if world.focus is not None or random.random() < 0.6:
        return tablet_of(world, act).worker
    return random.choice(sorted({tablet.worker for tablet in world.tablets}))


DOINGS: Final[dict[str, Doing]] = {
    "office_registers": office_registers,
    "office_edits": office_edits,
    "assign": assign,
    "unassign": unassign,
    "cover": cover,
    "office_settles": office_settles,
    "choose": choose,
    "release": release,
    "refuse": refuse,
    "quote": quote,
    "review": review,
}
