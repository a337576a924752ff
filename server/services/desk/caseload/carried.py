"""
Carried: the clients of one worker, to look at or to hand over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Row,
    Select,
    func,
    select,
)
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ...access import rights
from ...access.people import Person
from .. import listing
from ..days import Days
from ..listing import Page
from .conditions import is_active, is_assigned, last_contact, month_of

CLIENTS_ORDER: Final = (("rank", True), ("id", False))

_fact = table_of(FactRow)
_other = _fact.alias("other")


@dataclass(frozen=True, slots=True)
class Carried:
    """One client of a worker."""

    client: str
    name: str
    risk: str
    visits: int
    """Planned in this month and not cancelled."""
    last_contact: str
    """When somebody last spoke with the client, ISO 8601; empty for never."""


def clients(
    session: Session,
    sealer: Sealer,
    by: Person,
    worker: str,
    *,
    now_ms: int,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Carried]:
    """
    The clients of one worker, the riskiest first: to look at, or to hand over.

    Raises:
        NotAssigned: Not this person's worker.
        Refused: The cursor is not one of this list.
    """
    rights.check_about_worker(session, by, rights.CASELOAD, worker)
    asked = _carried(by, worker, month_of(session, by, now_ms))

    def make(found: Sequence[Row[Any]]) -> list[Carried]:
        names = listing.client_names(session, sealer, by, [row.id for row in found])
        return [
            Carried(row.id, names.get(row.id, ""), listing.level_of_rank(row.rank), row.visits, row.last)
            for row in found
        ]

    return listing.page(session, asked, CLIENTS_ORDER, make, cursor=cursor, rows=rows)


def _carried(by: Person, worker: str, month: Days) -> Select[Any]:
    visits = (
        select(_other.c.subject, func.count().label("visits"))
        .where(
            _other.c.agency == by.agency,
            _other.c.kind == "visit_planned",
            _other.c.worker == worker,
            _other.c.code == "nobody",
            _other.c.at >= month.begin,
            _other.c.at < month.end,
        )
        .group_by(_other.c.subject)
        .subquery("visits")
    )
    return (
        select(
            _fact.c.subject.label("id"),
            listing.highest_risk(by.agency, _fact.c.subject).label("rank"),
            func.coalesce(visits.c.visits, 0).label("visits"),
            last_contact(by.agency, _fact.c.subject).label("last"),
        )
        .outerjoin(visits, visits.c.subject == _fact.c.subject)
        .where(is_assigned(by.agency) & (_fact.c.worker == worker), is_active(by.agency, _fact.c.subject))
    )
