"""
Scores: what the answers of a client come to, by the instruments of the agency; computed, never stored.

    asking(session, sealer, agency, client)                    the instruments, and what a score needs besides answers
    courses(session, sealer, by, asking, client, purpose)      each instrument's administrations

A *sitting* is one administration, a *course* all those of one version of one instrument: versions never mix. A
missing answer is never 0, so a sitting may have no total and says what is missing; one that another amends is
*superseded* and stays. What was asked alone comes to nothing, and no alert speaks, for whoever may not see the
answers (`rights.may_see_answers`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

import casework
from casework import UnknownInstrument, instruments, retracting
from casework.instruments import Alert, Definition, Inputs, Library, Score
from casework.reading import utc_at, utc_of_ms
from casework.records.assessment import answers_of, is_closed
from sync import RecordView, view

from ...crypto import Sealer
from ..access import rights
from ..access.people import Person
from ..log.book import AGENCY
from ..log.records import read_subject
from .clients import check_reads, of_types

LOUD: Final = ("now", "today")
"""Voices of alerts that are worth a mark; the others stand in the timeline only."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a score needs besides the answers: the instruments, and what record and agency say."""

    library: Library
    inputs: Inputs

    def definition(self, shown: RecordView) -> Definition | None:
        """The instrument of an assessment, in the version that asked; none that is not here."""
        return self.named(" ".join(_asked_by(shown)))

    def named(self, form: str) -> Definition | None:
        """The instrument of an id and a version with a space between, as reasons of a danger name it."""
        id_, _space, version = form.partition(" ")
        try:
            return self.library.load(id_, version)
        except UnknownInstrument:
            return None

    def score(self, shown: RecordView) -> Score | None:
        """What one assessment comes to; none where its instrument is not here."""
        definition = self.definition(shown)
        return None if definition is None else instruments.score(definition, answers_of(shown), self.inputs)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One administration of an instrument."""

    shown: RecordView
    at: str
    """When it was finished, else begun, else written down; ISO 8601, in UTC."""
    score: Score | None
    """What it comes to; none where the instrument is not here, or where it is not for this reader."""
    told: bool
    """Whether this reader may see its answers."""
    alerts: tuple[Alert, ...] = ()
    """The loud ones that its answers raise; none for whoever may not see these."""
    superseded: bool = False
    """Whether another sitting amends it."""
    retracted: str = ""
    """Why it was retracted; empty where it stands."""

    @property
    def total(self) -> int | None:
        """Its total; none where answers are missing, or where there is no total."""
        return None if self.score is None else self.score.total

    @property
    def missing(self) -> int:
        """How many answers are missing."""
        return 0 if self.score is None else len(self.score.missing)

    @property
    def open(self) -> bool:
        """Whether it may still be answered."""
        return not is_closed(self.shown)

    @property
    def rivals(self) -> int:
        """How many different answers to it there are; 0 where there is one."""
        return len(self.shown.units["answers"].rivals) if "answers" in self.shown.units else 0

    @property
    def amends(self) -> bool:
        """Whether it corrects an earlier one."""
        return self.shown.value("amends") is not None

    @property
    def counts(self) -> bool:
        """Whether it stands for itself: neither retracted nor superseded."""
        return not self.retracted and not self.superseded


@dataclass(frozen=True, slots=True)
class Course:
    """All sittings of one version of one instrument, the first one first."""

    instrument: str
    version: str
    definition: Definition | None
    """None where that version is not here: then nothing has a score."""
    sittings: tuple[Sitting, ...]


def asking(session: Session, sealer: Sealer, agency: str, client: RecordView | None) -> Asking:
    """
    The shipped instruments and those that the agency imported, and what it has decided about them.

    Args:
        session: In a transaction.
        sealer: Opens them.
        agency: Whose.
        client: The record of whoever was asked; none where it is not here.
    """
    views = [view(record, casework.rule_of) for record in read_subject(session, sealer, agency, AGENCY)]
    wholes = [shown.value("whole") for shown in views if shown.type == "instrument"]
    imported = [instruments.imported(whole) for whole in wholes if whole is not None]
    settings = [shown for shown in views if shown.type == "settings"]
    return Asking(instruments.shipped().adding(imported), instruments.inputs_of(client, settings))


def courses(
    session: Session, sealer: Sealer, by: Person, asked: Asking, client: str, purpose: str = ""
) -> list[Course]:
    """
    What was asked of a client over time; what was asked last comes first.

    Args:
        session: In a transaction.
        sealer: Opens them.
        by: Who reads.
        asked: The instruments.
        client: Whose.
        purpose: For what answers that were given in confidence are read; empty, where that was not told.

    Raises:
        NotAssigned: Not this person's client.
    """
    check_reads(session, by, client)
    views = of_types(session, sealer, by, client, ("assessment",))
    amended = _amended(views)
    found: dict[tuple[str, str], list[Sitting]] = {}
    for shown in views:
        found.setdefault(_asked_by(shown), []).append(
            _sitting(shown, by, asked, purpose, shown.id in amended)
        )
    made = [
        Course(*key, asked.definition(sittings[0].shown), tuple(sorted(sittings, key=_order)))
        for key, sittings in sorted(found.items())
    ]
    return sorted(made, key=lambda course: course.sittings[-1].at, reverse=True)


def _amended(views: Iterable[RecordView]) -> set[str]:
    """The ids of those that another one, which stands, amends."""
    standing = [shown for shown in views if retracting.retracted_because(shown) is None]
    return {str(amends) for shown in standing if (amends := shown.value("amends")) not in (None, shown.id)}


def _asked_by(shown: RecordView) -> tuple[str, str]:
    named = shown.value("instrument")
    told = named if isinstance(named, dict) else {}
    return str(told.get("id") or ""), str(told.get("version") or "")


def _sitting(shown: RecordView, by: Person, asked: Asking, purpose: str, superseded: bool) -> Sitting:
    definition, author = asked.definition(shown), shown.value("worker")
    told = rights.may_see_answers(by, author if isinstance(author, str) else None, definition, purpose)
    open_ = definition is not None and (told or not definition.ask_alone)
    return Sitting(
        shown,
        _moment(shown),
        asked.score(shown) if open_ else None,
        told,
        _loud(definition, shown, asked.inputs) if definition is not None and told else (),
        superseded,
        retracting.retracted_because(shown) or "",
    )


def _loud(definition: Definition, shown: RecordView, inputs: Inputs) -> tuple[Alert, ...]:
    found = instruments.alerts(definition, answers_of(shown), closed=is_closed(shown), inputs=inputs)
    return tuple([alert for alert in found if alert.voice in LOUD])


def _moment(shown: RecordView) -> str:
    said = utc_at(shown, "finished_at") or utc_at(shown, "started_at")
    if said is not None:
        return str(said)
    written: Sequence[int] = [live.at.ms for unit in shown.units.values() for live in unit.live]
    return utc_of_ms(min(written, default=0))


def _order(sitting: Sitting) -> tuple[str, list[Any]]:
    """By its moment; in one second, by what was written first: a correction comes after what it corrects."""
    return (sitting.at, sorted(live.order for unit in sitting.shown.units.values() for live in unit.live)[:1])
