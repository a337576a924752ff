"""
Selections: which rows each number counts, and its list shows.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, select

from ....db import table_of
from ....tables.fact import FactRow
from ....tables.held import HeldRow
from ....tables.person import PersonRow
from ....tables.subject import SubjectRow
from ...access import rights
from ...access.people import Person
from ...log.projections import CHECK, UNDECIDED
from .. import days, listing
from ..days import Days
from .when import Moment

OPEN_EPISODES: Final = ("referred", "active", "on_hold")

_fact = table_of(FactRow)
_held = table_of(HeldRow)
_other = _fact.alias("other")
_until = _fact.alias("until")
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


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


LISTS: Final[dict[str, Callable[[Person, Moment], Select[Any]]]] = {
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
"""{number: which rows it counts}: each has a list of its own behind it."""
