"""
The queue: what waits for a supervisor to decide or to look at, highest risk first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ...access import rights
from ...access.people import Person
from ...log.projections import CHECK, UNDECIDED
from ...log.records import Key
from .. import listing
from ..listing import Page

KINDS: Final = (UNDECIDED, CHECK)

ORDER: Final = (("rank", True), ("subject", False), ("type", False), ("id", False), ("key", False))

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    key: Key
    unit: str
    units: tuple[str, ...]
    """The units that contradict each other, where `unit` is the code of a check and no unit."""
    kind: str
    """`undecided`: a person must settle it; `check`: somebody looks."""
    client: str
    name: str
    risk: str
    """The client's highest open level; empty for none."""


def queue(
    session: Session, sealer: Sealer, by: Person, *, cursor: str | None = None, rows: int = listing.PAGE_ROWS
) -> Page[Waiting]:
    """
    What waits for this supervisor.

    Raises:
        NotAssigned: Only supervisors settle from the office.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.SETTLE)

    def make(found: Sequence[Row[Any]]) -> list[Waiting]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        return [
            Waiting(
                Key(row.type, row.id),
                row.key,
                tuple(row.code.split(",")) if row.code else (row.key,),
                row.kind,
                row.subject,
                names.get(row.subject, ""),
                listing.level_of_rank(row.rank),
            )
            for row in found
        ]

    return listing.page(session, waiting(by), ORDER, make, cursor=cursor, rows=rows)


def waiting(by: Person) -> Select[Any]:
    """The rows of the queue, unsorted: for the queue itself, and for whoever counts it."""
    rank = listing.highest_risk(by.agency, _fact.c.subject).label("rank")
    columns = (_fact.c.subject, _fact.c.type, _fact.c.id, _fact.c.key, _fact.c.kind, _fact.c.code, rank)
    mine = rights.about_clients(by, rights.SETTLE, _fact.c.subject)
    return select(*columns).where(listing.facts(by.agency, *KINDS), mine)
