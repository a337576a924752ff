"""
The numbers of home, by group, counted in a fixed number of statements.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ...access import rights
from ...access.people import Person
from .. import days, duty, listing, register, review, risk
from ..policy import policy
from .selections import LISTS, conflicts, late_work
from .when import DAY_MS, Moment

DUTY_DAYS: Final = 7
"""Days ahead for which duty hours must be covered."""

GRAVE: Final = ("imminent", "high")
"""Levels of risk that are counted as urgent."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many, and how many of them are late or grave."""

    name: str
    count: int
    urgent: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """Every number, by group, in the order of the page."""

    since: tuple[Number, ...]
    now: tuple[Number, ...]
    today: tuple[Number, ...]
    moment: Moment


def home(session: Session, sealer: Sealer, by: Person, *, now_ms: int, since_ms: int) -> Home:
    """
    Every number of this supervisor's.

    Args:
        session: In a transaction.
        sealer: Opens the agency's settings.
        by: A supervisor.
        now_ms: The time.
        since_ms: When they left.

    Raises:
        NotAssigned: Only supervisors have such a page.
    """
    rights.check(by, rights.REVIEW)
    at = moment(session, sealer, by, now_ms=now_ms, since_ms=since_ms)
    since = days.utc_of(since_ms)
    return Home(
        since=(
            _grave(session, "flags", risk.open_flags(by, since=since)),
            Number("acts", listing.count(session, risk.acts_since(by, since))),
            *(_counted(session, by, name, at) for name in ("contacts", "deaths", "admissions", "messages")),
        ),
        now=(
            _grave(session, "dangers", risk.open_flags(by, only=risk.WAITS)),
            Number("conflicts", listing.count(session, conflicts(by))),
            Number("late", listing.count(session, late_work(by))),
            Number("review", listing.count(session, review.waiting(by))),
            _counted(session, by, "unassigned", at, late=at.late),
            Number("silent", listing.count(session, register.silent(by, at.silent_ms))),
            _counted(session, by, "declined", at),
        ),
        today=(
            *(_counted(session, by, name, at) for name in ("visits", "absent", "unclaimed")),
            _duty(session, by, at),
        ),
        moment=at,
    )


def moment(session: Session, sealer: Sealer, by: Person, *, now_ms: int, since_ms: int) -> Moment:
    """What the numbers and their lists are counted from."""
    zone = days.zone_of(session, by.agency)
    return Moment(now_ms, since_ms, days.today(zone, now_ms), policy(session, sealer, by.agency))


def _counted(session: Session, by: Person, name: str, at: Moment, *, late: str | None = None) -> Number:
    """A number, and how many of its rows are older than a moment."""
    inner = LISTS[name](by, at).subquery()
    old = func.count() if late is None else func.count().filter(inner.c.at < late)
    number, urgent = session.execute(select(func.count(), old).select_from(inner)).one()
    return Number(name, number, 0 if late is None else urgent)


def _grave(session: Session, name: str, asked: Select[Any]) -> Number:
    inner = asked.subquery()
    grave = func.count().filter(inner.c.code.in_(GRAVE))
    number, urgent = session.execute(select(func.count(), grave).select_from(inner)).one()
    return Number(name, number, urgent)


def _duty(session: Session, by: Person, at: Moment) -> Number:
    """Uncovered hours, rounded up; urgent are those of the first place."""
    found = duty.gaps(session, by, begin_ms=at.now_ms, end_ms=at.now_ms + DUTY_DAYS * DAY_MS)
    first = sum(gap.hours for gap in found if gap.place == "first")
    return Number("duty", -int(-sum(gap.hours for gap in found) // 1), -int(-first // 1))
