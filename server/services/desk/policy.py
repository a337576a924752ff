"""
Policy: what an agency has decided about its deadlines, its ladder and its weights; defaults where it has not.

It is kept in the `settings` record of the subject `agency`, decided as a whole: `decide` writes the next version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from casework.records.settings import TELLS
from casework.risk import LEVELS
from sync import Json, RecordView, Write, derived_id, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...settings import Providers
from ...tables.record import RecordRow
from ..access import rights
from ..access.people import Person
from ..log.book import AGENCY, Book
from ..log.records import opened
from . import office, overtaking
from .office import Said

RECORD: Final = derived_id("settings", AGENCY)
"""The id of the one settings record, where the agency has none yet."""

_record = table_of(RecordRow)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: from which level, after how long, whom it tells."""

    level: str
    after_minutes: int
    tell: str

    @property
    def name(self) -> str:
        """What notices call it."""
        return f"{self.level}/{self.after_minutes}/{self.tell}"


LADDER: Final = (
    Step("imminent", 0, "duty"),
    Step("imminent", 0, "supervisor"),
    Step("imminent", 10, "deputy"),
    Step("imminent", 20, "office"),
    Step("imminent", 30, "administrators"),
    Step("high", 0, "supervisor"),
    Step("high", 60, "duty"),
    Step("high", 120, "office"),
    Step("moderate", 0, "supervisor"),
    Step("moderate", 24 * 60, "office"),
    Step("unknown", 0, "supervisor"),
)
"""What holds where an agency has not set its own."""

ACUITY_HOURS: Final[Mapping[str, int]] = {"imminent": 4, "high": 3, "moderate": 2, "unknown": 1}
"""Hours a month that a client's highest risk adds, where an agency has not set its own."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds in one agency now."""

    version: int = 0
    first_visit_hours: int = 48
    """Hours from referral to first visit, and to be assigned at all (42 CFR 484.55)."""
    assessment_days: int = 5
    note_days: int = 1
    cosign_days: int = 7
    forgotten_days: int = 30
    silent_hours: int = 24
    visit_minutes: int = 60
    documentation_minutes: int = 45
    travel_minutes: int = 30
    acuity_hours: tuple[tuple[str, int], ...] = tuple(ACUITY_HOURS.items())
    """(level, hours a month), the highest first."""
    ladder: tuple[Step, ...] = LADDER
    seen: tuple[str, ...] = ()
    """The names of the writes that say so: give them back with a decision."""

    @property
    def minutes_a_visit(self) -> int:
        """What one visit costs: there and back, the visit, and writing it down."""
        return self.visit_minutes + self.documentation_minutes + self.travel_minutes


def policy(session: Session, sealer: Sealer, agency: str) -> Policy:
    """What holds in an agency now."""
    shown = _shown(session, sealer, agency)
    return Policy() if shown is None else _policy(shown)


def decide(
    book: Book, by: Person, values: Mapping[str, Json], seen: Sequence[str], providers: Providers
) -> int:
    """
    Change some of the settings; answers with the new version.

    Args:
        book: The open log.
        by: An administrator.
        values: Members of the record's unit `whole`, without the version; None takes one back to its default.
        seen: The names that were displayed, `Policy.seen`.
        providers: Randomness.

    Raises:
        NotAssigned: Only administrators decide.
        Overtaken: Somebody decided since then.
        BadAnswer: A value breaks its rule.
        Refused: The version is not given, it is counted.
    """
    rights.check(by, rights.SETTINGS)
    if "version" in values:
        raise Refused("the version of the settings is counted")
    shown = _shown(book.session, book.sealer, book.agency)
    if shown is not None:
        overtaking.check([shown], seen)
    before = shown.value("whole") if shown is not None else None
    whole: dict[str, Json] = dict(before) if isinstance(before, dict) else {"version": 0}
    version = int(str(whole.get("version", 0))) + 1
    whole = {name: value for name, value in {**whole, **values}.items() if value is not None}
    whole["version"] = version
    casework.validate("settings", "whole", whole)
    id_, over = (RECORD, ()) if shown is None else (shown.id, shown.over("whole"))
    office.write(book, by, Said(AGENCY, [Write("settings", id_, "whole", over, whole)]), providers)
    return version


def _shown(session: Session, sealer: Sealer, agency: str) -> RecordView | None:
    columns = (_record.c.type, _record.c.id, _record.c.subject, _record.c.box)
    here = (_record.c.agency == agency) & (_record.c.subject == AGENCY) & (_record.c.type == "settings")
    rows = session.execute(select(*columns).where(here).order_by(_record.c.id).limit(1)).all()
    return next((view(record, casework.rule_of) for record in opened(sealer, agency, rows)), None)


def _policy(shown: RecordView) -> Policy:
    whole: Any = shown.value("whole")
    told: dict[str, Any] = whole if isinstance(whole, dict) else {}
    names = (
        "version",
        "first_visit_hours",
        "assessment_days",
        "note_days",
        "cosign_days",
        "forgotten_days",
        "silent_hours",
        "visit_minutes",
        "documentation_minutes",
        "travel_minutes",
    )
    numbers = {name: told[name] for name in names if isinstance(told.get(name), int)}
    return Policy(
        **numbers,
        acuity_hours=_acuity(told.get("acuity_hours")),
        ladder=_ladder(told.get("risk_ladder")),
        seen=overtaking.names([shown]),
    )


def _acuity(listed: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(listed, list):
        return tuple(ACUITY_HOURS.items())
    return tuple([(entry["level"], entry["hours"]) for entry in listed])


def _ladder(listed: Any) -> tuple[Step, ...]:
    """An agency's own steps; an empty ladder tells nobody, so it counts as none."""
    if not isinstance(listed, list) or not listed:
        return LADDER
    return tuple(
        [
            Step(entry["level"], entry["after_minutes"], entry["tell"])
            for entry in listed
            if entry.get("level") in LEVELS and entry.get("tell") in TELLS
        ]
    )
