"""
Loads: what each worker carries, in clients and in hours of this month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session

from casework.risk import rank

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ....tables.person import PersonRow
from ...access import people, rights
from ...access.people import Person
from .. import listing
from ..days import Days
from ..listing import Page
from ..policy import Policy, policy
from .conditions import is_active, is_assigned, month_of

BOARD_ORDER: Final = (("minutes", True), ("id", False))

_fact = table_of(FactRow)
_other = _fact.alias("other")
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class Load:
    """One line of the board."""

    worker: str
    name: str
    office: str
    clients: int
    visits: int
    """Planned in this month and not cancelled."""
    hours: float
    """What they come to in this month, to a tenth."""
    capacity: int | None
    """Hours a month; none where nobody has set it."""
    risk: str
    """The highest open level among the clients."""
    risks: int
    """Clients with an open risk."""

    @property
    def over(self) -> bool:
        """Whether it is more than there are hours for."""
        return self.capacity is not None and self.hours > self.capacity


def board(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    now_ms: int,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Load]:
    """
    The load of each worker, the heaviest first.

    Raises:
        NotAssigned: Only those who assign see it.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.CASELOAD)
    month = month_of(session, by, now_ms)

    def make(found: Sequence[Row[Any]]) -> list[Load]:
        names = people.names_of(session, sealer, by.agency, [row.id for row in found])
        return [
            Load(
                row.id,
                names.get(row.id, ""),
                row.office or "",
                row.clients,
                row.visits,
                round(row.minutes / 60, 1),
                None if row.capacity is None else int(row.capacity),
                listing.level_of_rank(row.rank),
                row.risks,
            )
            for row in found
        ]

    asked = _loads(by, policy(session, sealer, by.agency), month)
    return listing.page(session, asked, BOARD_ORDER, make, cursor=cursor, rows=rows)


def _loads(by: Person, rule: Policy, month: Days) -> Select[Any]:
    assigned, visits = _by_worker_clients(by, rule), _by_worker_visits(by, month)
    capacity = _other
    hours = (capacity.c.agency == by.agency) & (capacity.c.kind == "capacity")
    clients_ = func.coalesce(assigned.c.clients, 0)
    planned = func.coalesce(visits.c.visits, 0)
    minutes = planned * rule.minutes_a_visit + func.coalesce(assigned.c.hours, 0) * 60
    carries = (_person.c.role == people.WORKER) | (clients_ > 0)
    return (
        select(
            _person.c.id,
            _person.c.office,
            clients_.label("clients"),
            planned.label("visits"),
            minutes.label("minutes"),
            cast(capacity.c.code, Integer).label("capacity"),
            func.coalesce(assigned.c.rank, 0).label("rank"),
            func.coalesce(assigned.c.risks, 0).label("risks"),
        )
        .outerjoin(assigned, assigned.c.worker == _person.c.id)
        .outerjoin(visits, visits.c.worker == _person.c.id)
        .outerjoin(capacity, hours & (capacity.c.key == _person.c.id))
        .where(rights.workers(by, rights.CASELOAD), carries)
    )


def _by_worker_clients(by: Person, rule: Policy) -> Subquery:
    """(worker, clients, hours, rank, risks): who is assigned how many, and how grave they are."""
    highest = listing.highest_risk(by.agency, _fact.c.subject)
    assigned = is_assigned(by.agency) & is_active(by.agency, _fact.c.subject)
    each = select(_fact.c.worker, highest.label("rank")).where(assigned).subquery("each")
    hours = case({rank(level): number for level, number in rule.acuity_hours}, value=each.c.rank, else_=0)
    worker = listing.grouped(each.c.worker)
    return (
        select(
            worker.label("worker"),
            func.count().label("clients"),
            func.sum(hours).label("hours"),
            func.max(each.c.rank).label("rank"),
            func.count().filter(each.c.rank > 0).label("risks"),
        )
        .group_by(worker)
        .subquery("assigned")
    )


def _by_worker_visits(by: Person, month: Days) -> Subquery:
    worker = listing.grouped(_fact.c.worker)
    counted = select(worker.label("worker"), func.count().label("visits")).where(_planned(by.agency, month))
    return counted.group_by(worker).subquery("visits")


def _planned(agency: str, month: Days) -> ColumnElement[bool]:
    here = listing.facts(agency, "visit_planned") & (_fact.c.code == "nobody")
    return here & (_fact.c.at >= month.begin) & (_fact.c.at < month.end)
