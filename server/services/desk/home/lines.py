"""
The lists behind the numbers, oldest first, by page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....errors import Refused
from ...access import people, rights
from ...access.people import Person
from .. import listing
from ..listing import Page
from .selections import LISTS
from .when import Moment

ORDER: Final = (("at", False), ("type", False), ("id", False), ("key", False))


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
    if name not in LISTS:
        raise Refused(f"a list of home is one of: {', '.join(LISTS)}")

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

    return listing.page(session, LISTS[name](by, at), ORDER, make, cursor=cursor, rows=rows)
