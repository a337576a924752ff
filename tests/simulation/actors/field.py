"""
Workers in the field: what they enter on their tablets, by the tablet's own face.

Every value is told by the number of its act, so that it can be found again wherever it went.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, TypeVar

from client_sdk.items import Item
from sync import Json, Needs
from tests.simulation.plan import UNITS, Act
from tests.simulation.tablets import SimTablet
from tests.simulation.world import Doing, World, sync_of

Found = TypeVar("Found")

MEMBERS: Final = ("m1", "m2", "m3")
"""Ids of members: few, so that tablets meet in them."""
FIRST: Final = 0.5
"""How often the first of many is taken."""
HAZARDS: Final = ("dog", "weapon", "smoke", "area")


def tablet_of(world: World, act: Act) -> SimTablet:
    """The tablet that an act concerns."""
    return world.tablets[act.who % len(world.tablets)]


def subjects_of(tablet: SimTablet) -> list[str]:
    """The clients that a tablet shows."""
    shown = [about.id for about in tablet.replica.subjects.values() if about.shown]
    mine = [own.made.subject for own in tablet.replica.own.values()]
    found = sorted({*shown, *mine} - {"agency"})
    return [subject for subject in found if tablet.replica.record(("client", subject)) is not None]


def a_subject(tablet: SimTablet, random: Random) -> str | None:
    """One of them: the one that the act is about, where it is there."""
    found, focus = subjects_of(tablet), tablet.world.focus
    return focus if focus in found else rather_first(found, random)


def rather_first(found: Sequence[Found], random: Random) -> Found | None:
    """One of them, rather the first, so that tablets meet; none where there is none."""
    if not found:
        return None
    return found[0] if random.random() < FIRST else random.choice(found)


def day(number: int) -> str:
    """A day of the calendar that tells a number."""
    return (date(1920, 1, 1) + timedelta(days=number)).isoformat()


def value_of(unit: str, act: Act, random: Random) -> Json:
    """A value for a unit of the client record."""
    n = act.number
    values: dict[str, Callable[[], Json]] = {
        "preferred_name": lambda: f"Name {n}",
        "pronouns": lambda: f"they {n}",
        "date_of_birth": lambda: day(n),
        "legal_name": lambda: {"family": f"Family {n}", "given": random.choice(("Ana", "Eva"))},
        "deceased": lambda: {"deceased": random.random() < 0.5, "reported_by": f"Neighbour {n}"},
        "do_not_visit_alone": lambda: random.choice(("yes", "no")),
        "voicemail_safe": lambda: random.choice(("yes", "no", "unknown")),
        "language": lambda: random.choice(("en", "es", "fr", "pl")),
        "identifiers/m1": lambda: {"value": f"ID {n}"},
        "race": lambda: {
            "codes": ["2106-3"],
            "source": random.choice(("imported", "observed", "self_reported")),
            "words": f"Words {n}",
        },
    }
    return values[unit]()


def units_of(world: World, random: Random, count: int) -> list[str]:
    """So many units of the client record, rather those that others write, too."""
    favoured = [unit for unit in world.plan.units if random.random() < 0.8]
    others = random.sample(UNITS, len(UNITS))
    return list(dict.fromkeys([*random.sample(favoured, len(favoured)), *others]))[:count]


def edit(world: World, act: Act, random: Random) -> None:
    """One to three units of a client."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    units = units_of(world, random, random.choice((1, 1, 2, 3)))
    with tablet.tablet.edit(subject, reason=random.choice((None, f"visit {act.number}"))) as edit:
        client = edit.handle("client", subject)
        for unit in units:
            name, _, member = unit.partition("/")
            value = value_of(unit, act, random)
            edit.update(client, {name: {member: value} if member else value})
    saved(world, tablet, edit.saved, f"{', '.join(units)} of {world.call(subject)}")


def hazard(world: World, act: Act, random: Random) -> None:
    """A hazard more or less."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    member = random.choice(MEMBERS)
    with tablet.tablet.edit(subject) as edit:
        client = edit.handle("client", subject)
        if random.random() < 0.3:
            edit.remove_member(client, "hazards", member)
        else:
            value: Json = {
                "kind": random.choice(HAZARDS),
                "detail": f"Detail {act.number}",
                "review_on": day(act.number),
            }
            edit.add_member(client, "hazards", value, member=member)
    saved(world, tablet, edit.saved, f"hazard {member} of {world.call(subject)}")


def settle(world: World, act: Act, random: Random) -> None:
    """A question settled on the tablet."""
    tablet = tablet_of(world, act)
    open_ = [each for each in tablet.tablet.conflicts(Needs.PERSON) if each.shown.needs is Needs.PERSON]
    open_.sort(key=lambda each: (each.record.type, each.record.id, each.unit))
    if not open_:
        return
    found = random.choice(open_)
    values = [group[0].value for group in found.shown.rivals]
    with tablet.tablet.edit(found.record.subject) as edit:
        edit.settle(found.record, found.unit, random.choice(values), reason=f"Settled {act.number}")
    saved(world, tablet, edit.saved, f"settlement of {found.unit} of {found.record.type}")


def draft(world: World, act: Act, random: Random) -> None:
    """Something half typed."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    if random.random() < 0.5:
        kept = tablet.tablet.new_draft("note", subject)
        kept.put(kind="progress", heading=f"Draft {act.number}")
    else:
        kept = tablet.tablet.draft(tablet.tablet.get("client", subject))
        kept.put(preferred_name=f"Draft {act.number}")
    tablet.drafts.add(f"{kept.type}/{kept.id}")
    world.tell(f"{tablet.name} keeps a draft about {world.call(subject)}")


def end_draft(world: World, act: Act, random: Random) -> None:
    """A draft saved or given up."""
    tablet = tablet_of(world, act)
    drafts = sorted(tablet.tablet.drafts(), key=lambda each: (each.type, each.id))
    if not drafts:
        return
    found = random.choice(drafts)
    if random.random() < 0.3:
        found.discard()
        tablet.drafts.discard(f"{found.type}/{found.id}")
        world.tell(f"{tablet.name} gives up a draft")
    else:
        saved(world, tablet, found.save(), f"draft about {world.call(found.subject)}")
        tablet.drafts.discard(f"{found.type}/{found.id}")


def register(world: World, act: Act, random: Random) -> None:
    """A client registered at the door."""
    tablet = tablet_of(world, act)
    with tablet.tablet.registration() as edit:
        made = edit.create("client", preferred_name=f"Name {act.number}", date_of_birth=day(act.number))
        if random.random() < 0.4:
            edit.update(made, do_not_visit_alone="yes")
    world.clients.append(edit.subject)
    saved(world, tablet, edit.saved, f"registration of {world.call(edit.subject)}")


def dismiss(world: World, act: Act, random: Random) -> None:
    """A notice read."""
    tablet = tablet_of(world, act)
    notices = sorted(tablet.tablet.notices())
    if notices:
        key = random.choice(notices)
        tablet.tablet.dismiss(key)
        world.tell(f"{tablet.name}: notice {key.partition('/')[0]} is read")


def sync(world: World, act: Act, _random: Random) -> None:
    """A sync, with what befalls its messages."""
    tablet = tablet_of(world, act)
    if not tablet.syncing:
        tablet.wire.trips = list(act.trips)
        world.faults += sum(bool(trip.fault) for trip in act.trips)
        sync_of(world, tablet)


def a_record(tablet: SimTablet, random: Random, type_: str, subject: str | None = None) -> Item | None:
    """One of the records of a type that a tablet shows, of the client that the act is about where there is one."""
    focus = tablet.world.focus
    if subject is None and focus is not None and a_record(tablet, Random(0), type_, focus) is not None:
        subject = focus
    found = tablet.tablet.records(type_) if subject is None else tablet.tablet.records(type_).about(subject)
    return rather_first(sorted(found, key=lambda item: item.id), random)


def saved(world: World, tablet: SimTablet, name: str | None, what: str) -> None:
    """Note what a tablet has acknowledged."""
    if name is None:
        return
    world.keep(tablet, name)
    world.tell(f"{tablet.name} saves {name[:6]}: {what}")


DOINGS: Final[dict[str, Doing]] = {
    "edit": edit,
    "hazard": hazard,
    "settle": settle,
    "draft": draft,
    "end_draft": end_draft,
    "register": register,
    "dismiss": dismiss,
    "sync": sync,
}
