"""
The queue: what waits to be reviewed, of the riskiest client first, then the oldest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ...access import people, rights
from ...access.people import Person
from ...log.records import Key
from .. import listing
from ..listing import Page

ORDER: Final = (("rank", True), ("at", False), ("work", False))

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    work: Key
    client: str
    name: str
    author: str
    author_name: str
    risk: str
    """The client's highest open level; empty for none."""
    since: str
    """Since when the oldest part of it waits, ISO 8601."""
    parts: int
    """How many parts of it wait: the note itself, addenda."""


def queue(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    worker: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Waiting]:
    """
    What waits for this supervisor, riskiest and oldest first; of one worker only, where one is named.

    Raises:
        NotAssigned: Only supervisors review.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.REVIEW)

    def make(found: Sequence[Row[Any]]) -> list[Waiting]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        authors = people.names_of(session, sealer, by.agency, [row.author for row in found])
        return [
            Waiting(
                _work_of(row.code, row.work),
                row.subject,
                names.get(row.subject, ""),
                row.author,
                authors.get(row.author, ""),
                listing.level_of_rank(row.rank),
                row.at,
                row.parts,
            )
            for row in found
        ]

    return listing.page(session, waiting(by, worker), ORDER, make, cursor=cursor, rows=rows)


def waiting(by: Person, worker: str | None = None) -> Select[Any]:
    """The rows of the queue, unsorted: for the queue itself, and for whoever counts it."""
    here = listing.facts(by.agency, "review_due") & (_fact.c.worker != by.id)
    if worker is not None:
        here &= _fact.c.worker == worker
    return (
        select(
            _fact.c.key.label("work"),
            _fact.c.subject,
            func.max(_fact.c.code).label("code"),
            func.min(_fact.c.at).label("at"),
            func.min(_fact.c.worker).label("author"),
            func.count().label("parts"),
            func.max(listing.highest_risk(by.agency, _fact.c.subject)).label("rank"),
        )
        .where(here, rights.about_clients(by, rights.REVIEW, _fact.c.subject))
        .group_by(_fact.c.key, _fact.c.subject)
    )


def _work_of(code: str, work: str) -> Key:
    return Key("assessment" if code == "assessment" else "note", work)
