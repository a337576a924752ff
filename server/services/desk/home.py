"""
Home: what a supervisor sees on Monday at half past eight. Each number is a query with a list behind it.

    home(session, sealer, by, now_ms=..., since_ms=...)       every number, in a fixed count of statements
    lines(session, sealer, by, "unassigned", moment)          the list behind one of them, by page

Numbers and where their lists are:

    since you left   flags (risk.flags(since=...)) · acts (risk.acts) · contacts (of those on duty) · deaths ·
                     admissions · messages
    needs me now     dangers (risk.flags) · conflicts (conflicts.listing) · late (late work) ·
                     review (review.queue) · unassigned · silent (register.tablets(only_silent=True)) ·
                     declined (hand-overs)
    today            visits · absent (visits whose worker is absent) · unclaimed (visits that nobody has) ·
                     duty (hours of the next seven days for which nobody is on duty, see `duty.gaps`)

`lines` answers for contacts, deaths, admissions, messages, unassigned, declined, visits, absent and unclaimed. A
number says how many, and how many of them are late or grave (`urgent`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...tables.fact import FactRow
from ...tables.held import HeldRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..access import people, rights
from ..access.people import Person
from ..log.projections import CHECK, UNDECIDED
from . import days, duty, listing, register, review, risk
from .days import Days
from .listing import Page
from .policy import Policy, policy

HOUR_MS: Final = 60 * 60 * 1000
DAY_MS: Final = 24 * HOUR_MS
DUTY_DAYS: Final = 7
"""Days ahead for which duty hours must be covered."""

GRAVE: Final = ("imminent", "high")
"""Levels of risk that are counted as urgent."""

OPEN_EPISODES: Final = ("referred", "active", "on_hold")

ORDER: Final = (("at", False), ("type", False), ("id", False), ("key", False))

_fact = table_of(FactRow)
_held = table_of(HeldRow)
_other = _fact.alias("other")
_until = _fact.alias("until")
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Number:
    """How many, and how many of them are late or grave."""

    name: str
    count: int
    urgent: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """When home is looked at, and what the agency has decided."""

    now_ms: int
    since_ms: int
    today: Days
    policy: Policy

    @property
    def late(self) -> str:
        """Episodes received before this should have been assigned."""
        return days.utc_of(self.now_ms - self.policy.first_visit_hours * HOUR_MS)

    @property
    def silent_ms(self) -> int:
        """Tablets that were last heard of before this are silent."""
        return self.now_ms - self.policy.silent_hours * HOUR_MS


@dataclass(frozen=True, slots=True)
class Home:
    """Every number, by group, in the order of the page."""

    since: tuple[Number, ...]
    now: tuple[Number, ...]
    today: tuple[Number, ...]
    moment: Moment


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, in codes; the names are opened for this page."""

    type: str
    id: str
    client: str
    name: str
    code: str
    at: str
    worker: str
    worker_name: str


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


def lines(
    session: Session,
    sealer: Sealer,
    by: Person,
    name: str,
    at: Moment,
    *,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Line]:
    """
    The list behind a number, oldest first.

    Raises:
        NotAssigned: Only supervisors have such a page.
        Refused: No such list here, or a cursor of another.
    """
    rights.check(by, rights.REVIEW)
    if name not in _LISTS:
        raise Refused(f"a list of home is one of: {', '.join(_LISTS)}")

    def make(found: Sequence[Row[Any]]) -> list[Line]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Line(
                row.type,
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.code,
                row.at,
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    return listing.page(session, _LISTS[name](by, at), ORDER, make, cursor=cursor, rows=rows)


def conflicts(by: Person) -> Select[Any]:
    """The units of this supervisor's clients that a person must settle or check."""
    return _about_clients(by, listing.facts(by.agency, UNDECIDED, CHECK))


def late_work(by: Person) -> Select[Any]:
    """The held work that awaits this supervisor: of the client's office, else of the author's."""
    offices = sorted(by.led)
    client = (_subject.c.agency == _held.c.agency) & (_subject.c.id == _held.c.subject)
    author = (_person.c.agency == _held.c.agency) & (_person.c.id == _held.c.worker)
    place = func.coalesce(_subject.c.office, _person.c.office)
    here = (_held.c.agency == by.agency) & (_held.c.decided == 0) & place.in_(offices)
    asked = select(_held.c.name, _held.c.position, _held.c.worker, _held.c.subject, _held.c.code)
    return asked.outerjoin(_subject, client).outerjoin(_person, author).where(here, _held.c.worker != by.id)


def absent_on(agency: str, worker: ColumnElement[str], day: str) -> ColumnElement[bool]:
    """The condition that a worker is absent on a day."""
    same = (
        (_until.c.agency == _other.c.agency) & (_until.c.id == _other.c.id) & (_until.c.key == _other.c.key)
    )
    here = (_other.c.agency == agency) & (_other.c.kind == "absence") & (_other.c.worker == worker)
    ends = (_until.c.kind == "absence_until") & (_until.c.at >= day)
    return exists(select(_other.c.id).where(here, _other.c.at <= day, same, ends).correlate(_fact))


def _contacts(by: Person, at: Moment) -> Select[Any]:
    """What came in and went out by whoever was on duty at that moment."""
    same = (
        (_until.c.agency == _other.c.agency) & (_until.c.id == _other.c.id) & (_until.c.key == _other.c.key)
    )
    ends = same & (_until.c.kind == "duty_until") & (_until.c.at > _fact.c.at)
    turn = (_other.c.agency == by.agency) & (_other.c.kind == "duty") & (_other.c.worker == _fact.c.worker)
    on_duty = exists(select(_other.c.id).where(turn, _other.c.at <= _fact.c.at, ends).correlate(_fact))
    made = listing.facts(by.agency, "contact") & (_fact.c.at >= days.utc_of(at.since_ms))
    return _about_clients(by, made & on_duty)


def _deaths(by: Person, at: Moment) -> Select[Any]:
    reported = listing.facts(by.agency, "deceased") & (_fact.c.at >= days.utc_of(at.since_ms))
    return _about_clients(by, reported)


def _admissions(by: Person, at: Moment) -> Select[Any]:
    # An admission has a day and no hour: those of the day on which somebody left are told once more.
    day = days.today(at.today.zone, at.since_ms).first.isoformat()
    return _about_clients(by, listing.facts(by.agency, "admitted") & (_fact.c.at >= day))


def _messages(by: Person, at: Moment) -> Select[Any]:
    unread = listing.facts(by.agency, "message") & (_fact.c.worker == by.id) & (_fact.c.code == "unread")
    return _about_clients(by, unread)


def _unassigned(by: Person, at: Moment) -> Select[Any]:
    """Open episodes of clients to whom nobody is assigned."""
    here = listing.facts(by.agency, "episode") & _fact.c.code.in_(OPEN_EPISODES)
    mine = (_other.c.agency == by.agency) & (_other.c.subject == _fact.c.subject)
    client = mine & (_other.c.kind == "assigned") & (_other.c.code == "assigned")
    episode = mine & (_other.c.kind == "episode_assigned") & (_other.c.id == _fact.c.id)
    return _about_clients(by, here & ~_exists(client) & ~_exists(episode))


def _declined(by: Person, at: Moment) -> Select[Any]:
    return _about_clients(by, listing.facts(by.agency, "handover") & (_fact.c.code == "declined"))


def _visits(by: Person, at: Moment) -> Select[Any]:
    return _about_clients(by, planned(by.agency, at.today))


def _absent(by: Person, at: Moment) -> Select[Any]:
    day = at.today.first.isoformat()
    return _about_clients(by, planned(by.agency, at.today) & absent_on(by.agency, _fact.c.worker, day))


def _unclaimed(by: Person, at: Moment) -> Select[Any]:
    return _about_clients(by, planned(by.agency, at.today) & (_fact.c.worker == ""))


def planned(agency: str, days_: Days) -> ColumnElement[bool]:
    """The condition for visits planned in some days that nobody cancelled."""
    here = listing.facts(agency, "visit_planned") & (_fact.c.code == "nobody")
    return here & (_fact.c.at >= days_.begin) & (_fact.c.at < days_.end)


_LISTS: Final[dict[str, Callable[[Person, Moment], Select[Any]]]] = {
    "contacts": _contacts,
    "deaths": _deaths,
    "admissions": _admissions,
    "messages": _messages,
    "unassigned": _unassigned,
    "declined": _declined,
    "visits": _visits,
    "absent": _absent,
    "unclaimed": _unclaimed,
}


def _about_clients(by: Person, here: ColumnElement[bool]) -> Select[Any]:
    """Rows of facts about this supervisor's clients."""
    columns = (
        _fact.c.type,
        _fact.c.id,
        _fact.c.key,
        _fact.c.subject,
        _fact.c.code,
        _fact.c.at,
        _fact.c.worker,
    )
    return select(*columns).where(here, rights.about_clients(by, rights.REVIEW, _fact.c.subject))


def _exists(here: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(_other.c.id).where(here).correlate(_fact))


def _counted(session: Session, by: Person, name: str, at: Moment, *, late: str | None = None) -> Number:
    """A number, and how many of its rows are older than a moment."""
    inner = _LISTS[name](by, at).subquery()
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
