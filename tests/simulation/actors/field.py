"""
Workers in the field: what they enter on their tablets, by the tablet's own face.

Every value is told by the number of its act, so that it can be found again wherever it went.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from casework.instruments import shipped
from casework.retracting import REASONS
from client_sdk.items import Item
from sync import Json, Life, Needs

from ..oracle import story, versions_of
from ..plan import Act
from ..tablets import SimTablet
from ..world import Doing, World, sync_of

MEMBERS: Final = ("m1", "m2", "m3")
"""Ids of members: few, so that tablets meet in them."""
KINDS: Final = ("self_harm", "partner_violence")
LEVELS: Final = ("none", "low", "unknown", "moderate", "high", "imminent")
HAZARDS: Final = ("dog", "weapon", "smoke", "area")
INSTRUMENT: Final = "phq2"


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
    """One of them."""
    found = subjects_of(tablet)
    return random.choice(found) if found else None


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


UNITS: Final = (
    "preferred_name",
    "preferred_name",
    "date_of_birth",
    "date_of_birth",
    "legal_name",
    "pronouns",
    "deceased",
    "do_not_visit_alone",
    "voicemail_safe",
    "language",
    "identifiers/m1",
    "race",
)


def edit(world: World, act: Act, random: Random) -> None:
    """One to three units of a client."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    units = random.sample(UNITS, random.choice((1, 1, 2, 3)))
    with tablet.tablet.edit(subject, reason=random.choice((None, f"visit {act.number}"))) as edit:
        client = edit.handle("client", subject)
        for unit in units:
            name, _, member = unit.partition("/")
            value = value_of(unit, act, random)
            edit.update(client, {name: {member: value} if member else value})
    _saved(world, tablet, edit.saved, f"{', '.join(units)} of {world.call(subject)}")


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
    _saved(world, tablet, edit.saved, f"hazard {member} of {world.call(subject)}")


def note(world: World, act: Act, random: Random) -> None:
    """A new note."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    text = story([f"w{act.number}{letter}" for letter in "abcde"])
    with tablet.tablet.edit(subject) as edit:
        made = edit.create("note", kind="progress", heading=f"Note {act.number}", narrative=text)
    _saved(world, tablet, edit.saved, f"note {made.id[:6]} of {world.call(subject)}")


def narrate(world: World, act: Act, random: Random) -> None:
    """A sentence of a note anew."""
    tablet = tablet_of(world, act)
    found = _a_record(tablet, random, "note")
    if found is None:
        return
    shown = found.view.units.get("narrative")
    words = versions_of(str(shown.value)) if shown is not None and shown.winner else list("vwxyz")
    words[random.randrange(5)] = f"w{act.number}"
    with tablet.tablet.edit(found.subject) as edit:
        edit.update(found, narrative=story(words))
    _saved(world, tablet, edit.saved, f"narrative of note {found.id[:6]}")


def risk(world: World, act: Act, random: Random) -> None:
    """A risk raised, or lowered by a person's judgement."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    kind, level = random.choice(KINDS), random.choice(LEVELS)
    lower = random.random() < 0.4
    with tablet.tablet.edit(subject) as edit:
        if lower:
            flag = _a_record(tablet, random, "risk_flag", subject)
            if flag is None:
                return
            edit.lower_risk(flag, level, f"Why {act.number}")
        else:
            edit.raise_risk(kind, level, f"Why {act.number}")
    _saved(world, tablet, edit.saved, f"risk {'down' if lower else 'up'} to {level} of {world.call(subject)}")


def assess(world: World, act: Act, random: Random) -> None:
    """An instrument begun, answered, or completed: another worker may complete the same."""
    tablet = tablet_of(world, act)
    open_ = _a_record(tablet, random, "assessment")
    subject = a_subject(tablet, random)
    if subject is None:
        return
    definition = shipped().load(INSTRUMENT)
    answers = {item.id: random.choice(item.options).code for item in definition.items}
    some = dict(random.sample(sorted(answers.items()), random.choice((1, len(answers)))))
    begin = open_ is None or random.random() < 0.4
    with tablet.tablet.edit(subject if begin or open_ is None else open_.subject) as edit:
        assessment: Any = edit.begin_assessment(INSTRUMENT) if begin else open_
        edit.answer(assessment, some)
        if len(some) == len(answers) and random.random() < 0.7:
            edit.complete_assessment(assessment)
    _saved(world, tablet, edit.saved, f"assessment {assessment.id[:6]} of {world.call(edit.subject)}")


def visit(world: World, act: Act, random: Random) -> None:
    """A visit that begins, or one that ends, perhaps a second time."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    made = _a_record(tablet, random, "visit", subject)
    clock = {"device_at": tablet.desk.moment(), "method": "manual"}
    with tablet.tablet.edit(subject) as edit:
        if made is None or random.random() < 0.4:
            edit.create("visit", worker=tablet.worker, purpose=f"Purpose {act.number}", begin=clock)
        else:
            edit.update(made, end=clock, outcome={"outcome": "made", "reason": f"Reason {act.number}"})
    _saved(world, tablet, edit.saved, f"visit of {world.call(subject)}")


def sign(world: World, act: Act, random: Random) -> None:
    """A note or a visit signed."""
    tablet = tablet_of(world, act)
    found = _a_record(tablet, random, random.choice(("note", "visit")))
    if found is None:
        return
    with tablet.tablet.edit(found.subject) as edit:
        edit.sign(found, title=f"Title {act.number}")
    _saved(world, tablet, edit.saved, f"signature on {found.type} {found.id[:6]}")


def retract(world: World, act: Act, random: Random) -> None:
    """A record retracted, or brought back."""
    tablet = tablet_of(world, act)
    found = _a_record(tablet, random, random.choice(("note", "visit", "assessment")))
    if found is None:
        return
    with tablet.tablet.edit(found.subject) as edit:
        if found.life is Life.ACTIVE:
            edit.retract(found, random.choice(sorted(REASONS)))
        else:
            edit.revive(found)
    _saved(world, tablet, edit.saved, f"life of {found.type} {found.id[:6]}")


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
    _saved(world, tablet, edit.saved, f"settlement of {found.unit} of {found.record.type}")


def draft(world: World, act: Act, random: Random) -> None:
    """Something half typed."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    if random.random() < 0.5:
        tablet.tablet.new_draft("note", subject).put(kind="progress", heading=f"Draft {act.number}")
    else:
        client = tablet.tablet.get("client", subject)
        tablet.tablet.draft(client).put(preferred_name=f"Draft {act.number}")
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
        world.tell(f"{tablet.name} gives up a draft")
    else:
        _saved(world, tablet, found.save(), f"draft about {world.call(found.subject)}")


def register(world: World, act: Act, random: Random) -> None:
    """A client registered at the door."""
    tablet = tablet_of(world, act)
    with tablet.tablet.registration() as edit:
        made = edit.create("client", preferred_name=f"Name {act.number}", date_of_birth=day(act.number))
        if random.random() < 0.4:
            edit.update(made, do_not_visit_alone="yes")
    world.clients.append(edit.subject)
    _saved(world, tablet, edit.saved, f"registration of {world.call(edit.subject)}")


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


def _a_record(tablet: SimTablet, random: Random, type_: str, subject: str | None = None) -> Item | None:
    found = tablet.tablet.records(type_) if subject is None else tablet.tablet.records(type_).about(subject)
    items = sorted(found, key=lambda item: item.id)
    return random.choice(items) if items else None


def _saved(world: World, tablet: SimTablet, name: str | None, what: str) -> None:
    if name is None:
        return
    world.keep(tablet, name)
    world.tell(f"{tablet.name} saves {name[:6]}: {what}")


DOINGS: Final[dict[str, Doing]] = {
    "edit": edit,
    "hazard": hazard,
    "note": note,
    "narrate": narrate,
    "risk": risk,
    "assess": assess,
    "visit": visit,
    "sign": sign,
    "retract": retract,
    "settle": settle,
    "draft": draft,
    "end_draft": end_draft,
    "register": register,
    "dismiss": dismiss,
    "sync": sync,
}
