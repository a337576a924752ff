"""
The proof after a kill of the server: every outcome that was told is in the log, and the log stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from server.db import table_of
from server.services.keeping import rebuild
from server.services.log.chain import first_link, next_link
from server.tables.log import HeadRow, LogRow

from .agency import Agency
from .nursery import Failed

_head, _log = table_of(HeadRow), table_of(LogRow)


@dataclass(slots=True)
class Book:
    """What is known of an agency's log, so that each entry is followed once."""

    position: int = 0
    link: bytes = b""
    places: dict[str, int] = field(default_factory=dict)
    """{name of a changeset: position of its first outcome}"""


def follow(agency: Agency, book: Book) -> None:
    """
    Follow the chain from where it was left to the head.

    Raises:
        Failed: It is broken, has a gap, or the head is another.
    """
    link = book.link or first_link(agency.id)
    with agency.house.database.reading() as session:
        head = session.execute(select(_head).where(_head.c.agency == agency.id)).one()
        here = (_log.c.agency == agency.id) & (_log.c.position > book.position)
        for row in session.execute(select(_log).where(here).order_by(_log.c.position)):
            link = next_link(link, row.position, row.kind, row.outcome, row.id, row.received_ms)
            if row.position != book.position + 1 or row.chain != link:
                raise Failed(f"the chain of the log is broken at {row.position}")
            book.position, book.link = row.position, link
            if row.kind in ("changeset", "held"):
                if row.name in book.places:
                    raise Failed("one changeset has two first outcomes")
                book.places[row.name] = row.position
    if (head.position, head.chain) != (book.position, link):
        raise Failed("the head of the log is not its last entry")


def check_told(book: Book, told: Mapping[str, int]) -> None:
    """
    Whether what tablets were told is so.

    Raises:
        Failed: An outcome was told of which the log knows nothing, or another.
    """
    for name, position in told.items():
        if book.places.get(name) != position:
            raise Failed("an outcome was told that is not in the log: acknowledged work is lost")


def check_rebuild(agency: Agency) -> int:
    """
    Replay the whole log; how many changesets it has.

    Raises:
        Failed: What is stored is not what the log says.
    """
    house = agency.house
    with house.database.reading() as session:
        replayed, found = rebuild.rebuild(
            session, house.sealer, agency.id, lambda _so_far, _of: None, store=False
        )
    if found:
        raise Failed(f"a rebuild differs in {len(found)} places, first {found[0].cache}")
    return replayed.changesets


def check_all(agency: Agency, told: Sequence[Mapping[str, int]]) -> Book:
    """All of it, from the first entry on."""
    book = Book()
    follow(agency, book)
    for each in told:
        check_told(book, each)
    check_rebuild(agency)
    return book
