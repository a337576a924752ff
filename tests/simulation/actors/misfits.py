"""
What a tablet's own face would not let through, or what another version of it writes.

Programs have defects and tablets have other versions. Such a save is signed by a good key, and must not be lost.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from client_sdk.replica import Own, Proposal, save
from sync import Json, Write
from tests.simulation.actors.field import a_subject, day, tablet_of
from tests.simulation.plan import Act
from tests.simulation.tablets import SimTablet
from tests.simulation.world import Doing, World

NEWER: Final = 2
"""A schema number that this server does not know."""


def poison(world: World, act: Act, random: Random) -> None:
    """A save that will be held."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    kind = random.choice(("malformed", "unknown_subject", "not_settled", "wrong_subject"))
    over = _over(tablet, ("client", subject), "date_of_birth")
    writes = [Write("client", subject, "date_of_birth", over, day(act.number))]
    if kind == "malformed":
        writes.append(Write("client", subject, "language", (), f"no language {act.number}"))
    elif kind == "unknown_subject":
        subject = f"nobody-{act.number}"
        writes = [Write("need", f"need-{act.number}", "detail", (), f"Detail {act.number}")]
    elif kind == "wrong_subject":
        writes.append(Write("staff", f"staff-{act.number}", "name", (), f"Name {act.number}"))
    _put(world, tablet, Proposal(subject, writes), f"what may be held ({kind}) of {world.call(subject)}")


def large(world: World, act: Act, random: Random) -> None:
    """One save of more units than a page holds."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    writes = [
        Write(
            "client",
            subject,
            unit := f"hazards/l{n}",
            _over(tablet, ("client", subject), unit),
            {"kind": "dog", "detail": f"Detail {act.number}.{n}", "review_on": day(act.number)},
        )
        for n in range(random.choice((8, 20, 40)))
    ]
    _put(world, tablet, Proposal(subject, writes), f"{len(writes)} hazards of {world.call(subject)}")


def newer(world: World, act: Act, random: Random) -> None:
    """A tablet of the next version writes units that this server does not know."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    kind = random.choice(("unit", "type"))
    if kind == "unit":
        over = _over(tablet, ("client", subject), "mood")
        writes = [Write("client", subject, "mood", over, f"Mood {act.number}")]
    else:
        record = ("diary", f"diary-{random.randrange(2)}-{subject[:8]}")
        writes = [Write(*record, "page/p1", _over(tablet, record, "page/p1"), f"Page {act.number}")]
    with tablet.desk.change():
        hand = replace(tablet.desk.hand(), schema=NEWER)
        own = save(tablet.replica, hand, Proposal(subject, writes))
    _saved(world, tablet, own, f"a {kind} of a newer schema of {world.call(subject)}")


def propose(world: World, act: Act, random: Random) -> None:
    """A tablet's word about what the office decides: a proposal beside it."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    unit = random.choice((f"assigned/{tablet.worker}", "office"))
    value: Json = {"kind": "cover"} if unit != "office" else f"office-{act.number}"
    over = _over(tablet, ("client", subject), unit)
    _put(world, tablet, Proposal(subject, [Write("client", subject, unit, over, value)]), f"proposes {unit}")


def lose(world: World, act: Act, random: Random) -> None:
    """A save that is lost on the tablet itself before it was sent: what comes after it has a gap before it."""
    tablet = tablet_of(world, act)
    replica = tablet.replica
    # What a restored server has forgotten waits once more, and was sent all the same.
    unsent = sorted(
        own.name for own in replica.own.values() if own.position == 0 and replica.sent.get(own.name) is None
    )
    if not unsent:
        return
    name = random.choice(unsent)
    own = replica.own.get(name)
    assert own is not None, "it was just there"
    with tablet.desk.change():
        replica.own.delete(name)
        replica.drop_envelope(own.made.id)
        for key in own.records:
            replica.refresh(key, own.made.subject)
    world.saves.pop(name, None)
    tablet.known.discard(name)
    tablet.forgot = True
    world.fault(f"{tablet.name} loses {name[:6]}")


def _over(tablet: SimTablet, key: tuple[str, str], unit: str) -> tuple[str, ...]:
    record = tablet.replica.record(key)
    state = None if record is None else record.units.get(unit)
    return () if state is None else tuple(live.name for live in state.live)


def _put(world: World, tablet: SimTablet, proposal: Proposal, what: str) -> None:
    _saved(world, tablet, tablet.desk.commit(proposal), what)


def _saved(world: World, tablet: SimTablet, own: Own, what: str) -> None:
    world.keep(tablet, own.name)
    world.tell(f"{tablet.name} saves {own.name[:6]}: {what}")


DOINGS: Final[dict[str, Doing]] = {
    "poison": poison,
    "large": large,
    "newer": newer,
    "propose": propose,
    "lose": lose,
}
