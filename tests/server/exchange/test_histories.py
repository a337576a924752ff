"""Histories made up by a seed: whatever happens, the log explains the records and all tablets agree."""

from __future__ import annotations

from random import Random

import pytest

from server.services.desk import late
from sync import Write

from .audit import audit
from .conftest import HOUR_MS, World
from .tablet import Scripted

UNITS = {
    ("client", "language"): ("en", "es", "fr", "ht"),
    ("client", "preferred_name"): ("Ann", "Annie", "Anna"),
    ("client", "date_of_birth"): ("1950-01-01", "1950-02-02"),
    ("client", "do_not_visit_alone"): ("yes", "no"),
    ("note", "heading"): ("one", "two"),
    ("note", "narrative"): ("She is well.", "She is not well.", "She is well. She sleeps."),
    ("note", "author"): ("ana", "ben", "lead"),
}
STEPS = 45


@pytest.mark.parametrize("seed", range(6))
def test_a_made_up_history_leaves_everyone_with_the_same(world: World, seed: int) -> None:
    """Saves, lost replies, small pages, grants that come and go, decisions at the office: in any order."""
    random = Random(seed)
    tablets = [world.tablet("ana"), world.tablet("ben"), world.tablet("lead")]
    for subject in ("c1", "c2"):
        world.client(tablets[0], subject)
    assigned: set[str] = set()
    for _ in range(STEPS):
        world.clock.ms += random.randrange(0, HOUR_MS)
        _step(world, random, random.choice(tablets), assigned)

    for subject in {"c1", "c2"} - assigned:
        world.assign("ben", subject)
    for tablet in (*tablets, *tablets):
        tablet.sync()
    for tablet in tablets:
        tablet.own = {name: own for name, own in tablet.own.items() if not own.held}
    clients = [{k: v for k, v in t.rows().items() if k[0] in ("client", "note")} for t in tablets]
    assert clients[0] == clients[1] == clients[2]
    assert not any(tablet.pending for tablet in tablets)
    audit(world.house)


def _step(world: World, random: Random, tablet: Scripted, assigned: set[str]) -> None:
    act = random.choice(
        ["save", "save", "save", "save", "sync", "pages", "lost", "grant", "office", "decide"]
    )
    subject = random.choice(["c1", "c2"])
    if act == "save":
        _save(random, tablet, subject)
    elif act == "sync":
        tablet.sync()
    elif act == "pages":
        for _ in range(random.randrange(1, 4)):
            tablet.ask(page_bytes=random.choice([1, 150, 400]))
    elif act == "lost":
        tablet.send(tablet.request(tablet.pending[: random.randrange(0, 3)]))
    elif act == "grant":
        if subject in assigned:
            world.unassign("ben", subject)
        else:
            world.assign("ben", subject)
        assigned ^= {subject}
    elif act == "office":
        world.say(subject, Write("client", subject, "preferred_name", (), random.choice("ABC")))
    else:
        _decide(world, random)


def _save(random: Random, tablet: Scripted, subject: str) -> None:
    writes = []
    for type_, unit in random.sample(sorted(UNITS), random.randrange(1, 4)):
        id_ = subject if type_ == "client" else f"{subject}-{random.choice('ab')}"
        seen = tablet.over(type_, id_, unit)
        over = seen if random.random() < 0.8 else seen[:1]
        writes.append(Write(type_, id_, unit, over, random.choice(UNITS[type_, unit])))
    unique = {(write.type, write.id, write.unit): write for write in writes}
    settles = {"settles": True, "reason": "I asked."} if random.random() < 0.2 else {}
    tablet.write(subject, *unique.values(), **settles)


def _decide(world: World, random: Random) -> None:
    with world.house.database.reading() as session:
        waiting = late.inbox(session, world.house.sealer, world.people["lead"])
    mine = [one for one in waiting if one.worker != "lead"]
    if not mine:
        return
    one = random.choice(mine)
    if random.random() < 0.5 and one.code in late.RELEASABLE and one.code != "unknown_subject":
        world.release(one.name)
    else:
        world.refuse(one.name)
