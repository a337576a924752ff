"""
Erased: subjects whose key was destroyed. One of them stops nobody's work about the others.

Nothing of an erased subject is opened or sealed ever again. It is met, not looked for, so that requests about others
pay nothing: whoever meets one ends every access to it, so that tablets let it go, and goes on without it. What still
comes about it is held, under its author's own key, for a person.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ...db import table_of, writing
from ...errors import KeyDestroyed
from ...house import House
from ...tables.access import GrantRow
from ...tables.record import RecordRow
from ..access import grants
from .book import Book, open_book
from .records import Key

T = TypeVar("T")

BY_ERASURE = "erasure"
"""Who ends the grants."""

_grant = table_of(GrantRow)
_record = table_of(RecordRow)


def without_erased(session: Session, agency: str, at: House, do: Callable[[frozenset[str]], T]) -> T:
    """
    Do something, and once more for each erased subject that it meets, told of all that were met.

    Raises:
        KeyDestroyed: It cannot be done without: the one who writes was erased, say.
    """
    met: frozenset[str] = frozenset()
    while True:
        try:
            return do(met)
        except KeyDestroyed as error:
            if error.subject in met:
                raise
            met |= {error.subject}
        at.database.retrying(lambda: _end_access(session, agency, met, at))  # noqa: B023  # called at once


def touches(book: Book, erased: Collection[str], keys: Collection[Key]) -> bool:
    """Whether one of these records is of an erased subject."""
    wanted = tuple_(_record.c.type, _record.c.id).in_([(key.type, key.id) for key in keys])
    here = (_record.c.agency == book.agency) & _record.c.subject.in_(erased)
    return book.session.execute(select(_record.c.id).where(here, wanted)).first() is not None


def _end_access(session: Session, agency: str, erased: Collection[str], at: House) -> None:
    """End every grant to what was erased; by hand or by time, all of them."""
    with writing(session), open_book(session, at.sealer, agency, at.providers) as book:
        book.erased = frozenset(erased)
        here = (_grant.c.agency == agency) & _grant.c.subject.in_(erased) & (_grant.c.ended == 0)
        for grant in session.scalars(select(_grant.c.id).where(here).order_by(_grant.c.id)).all():
            grants.end(book, grant, by=BY_ERASURE)
