"""
Copies: what of a client's record goes onto paper, for a purpose and for somebody who is named.

    copied(session, sealer, by, client, Wanted(...), zone)     everything that the copy holds

A copy holds less than the page: no confidential address, nothing that was written in the wrong chart, never an
answer that was asked alone; other answers that were given in confidence only where they are asked for and the
reader may see them for that purpose. What is left out is counted, so that a copy never looks more whole than it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from casework import retracting
from casework.instruments import Definition
from casework.records.address import printable
from sync import Json, RecordView

from ...crypto import Sealer
from ..access import rights
from ..access.people import Person
from ..log.records import Key
from . import clients, scores, timeline
from .clients import HEAD, Head
from .scores import Asking, Course, Sitting
from .timeline import Reading

RECORDS_MAX: Final = 500
"""Records of one copy: more than anybody reads on paper, and what one request may open and set."""


STANDING: Final = ("client", "risk_flag", "address", "contact_person", "episode")
"""The types of `HEAD` in the order in which a reader asks for them."""

assert set(STANDING) == set(HEAD)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to have copied."""

    purpose: str
    """A code of `casework.codes.PURPOSES`."""
    answers: bool = False
    """Whether answers that were given in confidence are wanted, too."""
    since: date | None = None
    until: date | None = None
    """The days, both included, to which what happened is narrowed; who it is stands in every copy."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One record of a copy."""

    reading: Reading
    told: bool
    """Whether its answers stand in the copy, or the reasons of a danger that tell an answer."""


@dataclass(frozen=True, slots=True)
class Copy:
    """All that a copy holds."""

    head: Head
    asking: Asking
    standing: tuple[Copied, ...]
    """Who it is, where, who is reached, why they came and what they are in danger of."""
    happened: tuple[Copied, ...]
    """Everything else, the newest first."""
    courses: tuple[Course, ...]
    names: Mapping[str, str]
    """{person: name} of everybody whom the copy refers to."""
    unprinted: int
    """Confidential addresses that no copy holds."""
    too_old: int
    """Records that are left out because there are more than `RECORDS_MAX`."""

    @property
    def records(self) -> int:
        """How many records it holds."""
        return len(self.standing) + len(self.happened)


def copied(session: Session, sealer: Sealer, by: Person, client: str, wanted: Wanted, zone: ZoneInfo) -> Copy:
    """
    What a copy of a client's record holds.

    Args:
        session: In a transaction.
        sealer: Opens them.
        by: Who takes the copy.
        client: Whose record.
        wanted: What is asked for.
        zone: The agency's, in which a day begins and ends.

    Raises:
        NotAssigned: Not this person's client.
    """
    head = clients.head(session, sealer, by, client)
    asked = scores.asking(session, sealer, by.agency, head.client)

    def within(key: Key, at: str) -> bool:
        return key.type in HEAD or _within(at, wanted, zone)

    found, too_old = timeline.everything(session, sealer, by, client, within, RECORDS_MAX)
    fit = [reading for reading in found if retracting.is_copied(reading.entry.shown)]
    printed = [reading for reading in fit if _is_printed(reading.entry.shown)]
    lines = [Copied(reading, _told(reading.entry.shown, by, asked, wanted)) for reading in printed]
    names = {**head.names, **(found[0].names if found else {})}
    taken = scores.courses(session, sealer, by, asked, client, wanted.purpose if wanted.answers else "")
    return Copy(
        replace(head, addresses=tuple([each for each in head.addresses if printable(each)])),
        asked,
        tuple(sorted([line for line in lines if line.reading.entry.key.type in HEAD], key=_place)),
        tuple([line for line in lines if line.reading.entry.key.type not in HEAD]),
        tuple([_on_paper(course, wanted, zone) for course in taken]),
        names,
        len(fit) - len(printed),
        too_old,
    )


def _place(line: Copied) -> int:
    return STANDING.index(line.reading.entry.key.type)


def _within(at: str, wanted: Wanted, zone: ZoneInfo) -> bool:
    """Whether a moment, or a day, lies in the days that are wanted; what has neither is always in."""
    if not at:
        return True
    day = datetime.fromisoformat(at).astimezone(zone).date() if "T" in at else date.fromisoformat(at)
    return (wanted.since is None or day >= wanted.since) and (wanted.until is None or day <= wanted.until)


def _is_printed(shown: RecordView) -> bool:
    return shown.type != "address" or printable(shown)


def _told(shown: RecordView, by: Person, asked: Asking, wanted: Wanted) -> bool:
    if shown.type == "assessment":
        return _answers_told(asked.definition(shown), by, wanted)
    if shown.type == "risk_flag":
        # A rule that spoke says what was answered.
        return all(_answers_told(asked.named(form), by, wanted) for form in _forms(shown))
    return True


def _answers_told(definition: Definition | None, by: Person, wanted: Wanted) -> bool:
    if definition is not None and definition.ask_alone:
        return False
    # Nobody is the author here: whoever asked sees the answers on the page, and copies them only for a purpose.
    return rights.may_see_answers(by, None, definition, wanted.purpose if wanted.answers else "")


def _forms(flag: RecordView) -> set[str]:
    """The instruments, as `id version`, whose answers any reason of a danger tells."""
    values = [live.value for live in flag.units["level"].live] if "level" in flag.units else []
    reasons = [each for value in values if isinstance(value, dict) for each in _list(value.get("reasons"))]
    return {str(each["instrument"]) for each in reasons if isinstance(each, dict) and each.get("instrument")}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _on_paper(course: Course, wanted: Wanted, zone: ZoneInfo) -> Course:
    kept = [
        sitting
        for sitting in course.sittings
        if retracting.is_copied(sitting.shown) and _within(sitting.at, wanted, zone)
    ]
    alone = course.definition is not None and course.definition.ask_alone
    return replace(course, sittings=tuple([_quiet(sitting, wanted, alone) for sitting in kept]))


def _quiet(sitting: Sitting, wanted: Wanted, alone: bool) -> Sitting:
    if alone:
        return replace(sitting, score=None, told=False, alerts=())
    return sitting if wanted.answers else replace(sitting, told=False, alerts=())
