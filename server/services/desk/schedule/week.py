"""
The week: a line a worker, with visits, absences and the clients seen for a time only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....tables.access import GrantRow
from ....tables.fact import FactRow
from ....tables.person import PersonRow
from ...access import grants, people, rights
from ...access.people import Person
from .. import days, listing
from ..days import Days
from ..listing import Page

WORKERS: Final = 15
"""Lines of one page of the week: each holds dozens of visits, and every client among them is opened."""

VISITING: Final = (people.WORKER, people.SUPERVISOR)
"""Roles that visit."""

ORDER: Final = (("id", False),)

_fact = table_of(FactRow)
_until = _fact.alias("until")
_grant = table_of(GrantRow)
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a week."""

    id: str
    client: str
    name: str
    at: str
    day: date
    cancelled_by: str
    """`nobody`, `agency` or `client`."""
    outcome: str
    """Empty while it has none."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody does not work."""

    kind: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A client whom somebody sees for a time only."""

    client: str
    name: str
    kind: str
    """`cover` or `duty`."""
    begins_ms: int
    ends_ms: int | None


@dataclass(frozen=True, slots=True)
class WorkerWeek:
    """One line of the week."""

    worker: str
    name: str
    visits: tuple[Visit, ...]
    absences: tuple[Absence, ...]
    covers: tuple[Cover, ...]

    def absent_on(self, day: date) -> bool:
        """Whether the worker is absent on a day."""
        return any(span.since <= day.isoformat() <= span.until for span in self.absences)


def week(
    session: Session,
    sealer: Sealer,
    by: Person,
    day: date,
    *,
    cursor: str | None = None,
    rows: int = WORKERS,
) -> Page[WorkerWeek]:
    """
    The week in which a day lies, a line a worker.

    Raises:
        NotAssigned: Only supervisors see names in a week.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.ENTER)
    seven = days.week(days.zone_of(session, by.agency), day)

    def make(found: Sequence[Row[Any]]) -> list[WorkerWeek]:
        ids = [row.id for row in found]
        visits = visits_of(session, by, ids, seven)
        covers = _covers(session, by, ids, seven)
        absences = _absences(session, by.agency, ids, seven)
        about = {visit.subject for visit in visits} | {grant.subject for grant in covers}
        names = listing.client_names(session, sealer, by, about)
        workers = people.names_of(session, sealer, by.agency, ids)
        return [
            WorkerWeek(
                id_,
                workers.get(id_, ""),
                tuple([_visit(row, names, seven) for row in visits if row.worker == id_]),
                tuple([Absence(row.code, row.at, row.until) for row in absences if row.worker == id_]),
                tuple([_cover(row, names) for row in covers if row.worker == id_]),
            )
            for id_ in ids
        ]

    visiting = select(_person.c.id).where(rights.workers(by, rights.CASELOAD), _person.c.role.in_(VISITING))
    return listing.page(session, visiting, ORDER, make, cursor=cursor, rows=rows)


def planned_of(session: Session, sealer: Sealer, by: Person, absent: str, when: Days) -> list[Visit]:
    """
    The visits of one worker on some days that are still to be: what covering them would move.

    Raises:
        NotAssigned: Not this supervisor's worker.
    """
    rights.check(by, rights.ENTER)
    rights.check_about_worker(session, by, rights.CASELOAD, absent)
    found = visits_of(session, by, [absent], when, only_open=True)
    names = listing.client_names(session, sealer, by, {row.subject for row in found})
    return [_visit(row, names, when) for row in found]


def visits_of(
    session: Session, by: Person, workers: Sequence[str], when: Days, *, only_open: bool = False
) -> Sequence[Any]:
    """The visits of these workers on these days, in order; of clients whom this person may know of."""
    outcome = _fact.alias("outcome")
    same = (outcome.c.agency == _fact.c.agency) & (outcome.c.type == _fact.c.type)
    same &= (outcome.c.id == _fact.c.id) & (outcome.c.kind == "visit") & (outcome.c.code != "")
    here = listing.facts(by.agency, "visit_planned") & _fact.c.worker.in_(workers)
    here &= (_fact.c.at >= when.begin) & (_fact.c.at < when.end)
    if only_open:
        here &= (_fact.c.code == "nobody") & outcome.c.code.is_(None)
    columns = (_fact.c.id, _fact.c.subject, _fact.c.worker, _fact.c.at, _fact.c.code)
    asked = select(*columns, outcome.c.code.label("outcome")).outerjoin(outcome, same)
    asked = asked.where(here, rights.about_clients(by, rights.ENTER, _fact.c.subject)).order_by(
        _fact.c.at, _fact.c.id
    )
    return session.execute(asked).all()


def _absences(session: Session, agency: str, workers: Sequence[str], when: Days) -> Sequence[Any]:
    same = (_until.c.agency == _fact.c.agency) & (_until.c.id == _fact.c.id) & (_until.c.key == _fact.c.key)
    ends = same & (_until.c.kind == "absence_until") & (_until.c.at >= when.first.isoformat())
    here = listing.facts(agency, "absence") & _fact.c.worker.in_(workers)
    columns = (_fact.c.worker, _fact.c.code, _fact.c.at, _until.c.at.label("until"))
    asked = select(*columns).join(_until, ends).where(here, _fact.c.at <= when.last.isoformat())
    return session.execute(asked.order_by(_fact.c.at, _fact.c.key)).all()


def _covers(session: Session, by: Person, workers: Sequence[str], when: Days) -> Sequence[Any]:
    here = (_grant.c.agency == by.agency) & _grant.c.worker.in_(workers)
    here &= _grant.c.kind.in_((grants.COVER, grants.DUTY)) & (_grant.c.begins_ms < when.end_ms)
    here &= (_grant.c.ended == 0) & (_grant.c.ends_ms.is_(None) | (_grant.c.ends_ms > when.begin_ms))
    asked = select(_grant).where(here, rights.about_clients(by, rights.ENTER, _grant.c.subject))
    return session.execute(asked.order_by(_grant.c.begins_ms, _grant.c.id)).all()


def _visit(row: Any, names: Mapping[str, str], when: Days) -> Visit:
    name = names.get(row.subject, "")
    return Visit(row.id, row.subject, name, row.at, when.day_of(row.at), row.code, row.outcome or "")


def _cover(row: Any, names: Mapping[str, str]) -> Cover:
    return Cover(row.subject, names.get(row.subject, ""), row.kind, row.begins_ms, row.ends_ms)
