"""
Clinical work on the tablets: notes, visits, assessments and risks, signed and retracted.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from casework.instruments import shipped
from casework.records.assessment import is_closed
from casework.retracting import REASONS
from sync import Life
from tests.simulation.actors.field import a_record, a_subject, saved, tablet_of
from tests.simulation.oracle import story, versions_of
from tests.simulation.plan import Act
from tests.simulation.world import Doing, World

KINDS: Final = ("self_harm", "partner_violence")
LEVELS: Final = ("none", "low", "unknown", "moderate", "high", "imminent")
INSTRUMENT: Final = "phq2"


def note(world: World, act: Act, random: Random) -> None:
    """A new note."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    text = story([f"w{act.number}{letter}" for letter in "abcde"])
    with tablet.tablet.edit(subject) as edit:
        made = edit.create("note", kind="progress", heading=f"Note {act.number}", narrative=text)
    saved(world, tablet, edit.saved, f"note {made.id[:6]} of {world.call(subject)}")


def narrate(world: World, act: Act, random: Random) -> None:
    """A sentence of a note anew."""
    tablet = tablet_of(world, act)
    found = a_record(tablet, random, "note")
    if found is None:
        return
    shown = found.view.units.get("narrative")
    words = versions_of(str(shown.value)) if shown is not None and shown.winner else list("vwxyz")
    words[random.randrange(5)] = f"w{act.number}"
    with tablet.tablet.edit(found.subject) as edit:
        edit.update(found, narrative=story(words))
    saved(world, tablet, edit.saved, f"narrative of note {found.id[:6]}")


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
            flag = a_record(tablet, random, "risk_flag", subject)
            if flag is None:
                return
            edit.lower_risk(flag, level, f"Why {act.number}")
        else:
            edit.raise_risk(kind, level, f"Why {act.number}")
    saved(world, tablet, edit.saved, f"risk {'down' if lower else 'up'} to {level} of {world.call(subject)}")


def assess(world: World, act: Act, random: Random) -> None:
    """An instrument begun, answered, or completed: another worker may complete the same."""
    tablet = tablet_of(world, act)
    open_ = a_record(tablet, random, "assessment")
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
    saved(world, tablet, edit.saved, f"assessment {assessment.id[:6]} of {world.call(edit.subject)}")


def complete(world: World, act: Act, random: Random) -> None:
    """A form completed that is open here; another worker may do the same elsewhere."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    found = sorted(tablet.tablet.records("assessment").about(subject), key=lambda item: item.id)
    open_ = [item for item in found if not is_closed(item.view)]
    items = shipped().load(INSTRUMENT).items
    with tablet.tablet.edit(subject) as edit:
        assessment: Any = open_[0] if open_ else edit.begin_assessment(INSTRUMENT)
        edit.answer(assessment, {item.id: random.choice(item.options).code for item in items})
        if open_:
            edit.complete_assessment(assessment)
    saved(world, tablet, edit.saved, f"assessment {assessment.id[:6]} of {world.call(subject)} as a whole")


def visit(world: World, act: Act, random: Random) -> None:
    """A visit that begins, or one that ends, perhaps a second time."""
    tablet = tablet_of(world, act)
    subject = a_subject(tablet, random)
    if subject is None:
        return
    made = a_record(tablet, random, "visit", subject)
    clock = {"device_at": tablet.desk.moment(), "method": "manual"}
    with tablet.tablet.edit(subject) as edit:
        if made is None or random.random() < 0.4:
            edit.create("visit", worker=tablet.worker, purpose=f"Purpose {act.number}", begin=clock)
        else:
            edit.update(made, end=clock, outcome={"outcome": "made", "reason": f"Reason {act.number}"})
    saved(world, tablet, edit.saved, f"visit of {world.call(subject)}")


def sign(world: World, act: Act, random: Random) -> None:
    """A note or a visit signed."""
    tablet = tablet_of(world, act)
    found = a_record(tablet, random, random.choice(("note", "visit")))
    if found is None:
        return
    with tablet.tablet.edit(found.subject) as edit:
        edit.sign(found, title=f"Title {act.number}")
    saved(world, tablet, edit.saved, f"signature on {found.type} {found.id[:6]}")


def retract(world: World, act: Act, random: Random) -> None:
    """A record retracted, or brought back."""
    tablet = tablet_of(world, act)
    found = a_record(tablet, random, random.choice(("note", "visit", "assessment")))
    if found is None:
        return
    with tablet.tablet.edit(found.subject) as edit:
        if found.life is Life.ACTIVE:
            edit.retract(found, random.choice(sorted(REASONS)))
        else:
            edit.revive(found)
    saved(world, tablet, edit.saved, f"life of {found.type} {found.id[:6]}")


DOINGS: Final[dict[str, Doing]] = {
    "note": note,
    "narrate": narrate,
    "risk": risk,
    "assess": assess,
    "complete": complete,
    "visit": visit,
    "sign": sign,
    "retract": retract,
}
