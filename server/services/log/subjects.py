"""Subjects: opening one, from the office or from the field, and what is known of it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from ...db import table_of
from ...tables.fact import FactRow
from ...tables.person import PersonOfficeRow, PersonRow
from ...tables.subject import SubjectRow
from ..access import grants
from ..access.grants import OWN, SUPERVISING, Terms
from .book import Book

CLIENT: Final = "client"
WORKER: Final = "worker"

_subject = table_of(SubjectRow)
_person = table_of(PersonRow)
_leads = table_of(PersonOfficeRow)
_fact = table_of(FactRow)
_KINDS = select(_subject.c.id, _subject.c.kind, _subject.c.digest).where(
    _subject.c.agency == bindparam("a"), _subject.c.id.in_(bindparam("ids", expanding=True))
)


def exists(book: Book, subject: str) -> bool:
    """Whether a subject has been opened."""
    return kind_of(book, subject) != ""


def kind_of(book: Book, subject: str) -> str:
    """`client`, `worker` or `agency`; empty for an unknown one."""
    question = ("kind", subject)
    if question not in book.memo:
        look_up(book, [subject])
    return str(book.memo[question])


def look_up(book: Book, ids: Sequence[str]) -> None:
    """Ask for the kinds of these subjects, of a hundred at most, so that `kind_of` need not one by one."""
    kinds: dict[str, str] = dict.fromkeys(ids, "")
    for id_, kind, digest in book.session.execute(_KINDS, {"a": book.agency, "ids": ids}):
        kinds[id_] = kind
        book.memo["digest", id_] = int.from_bytes(digest, "big")
    book.memo.update({("kind", id_): kind for id_, kind in kinds.items()})


def office_of(session: Session, agency: str, subject: str) -> str | None:
    """The office whose supervisors answer for a subject."""
    here = (_subject.c.agency == agency) & (_subject.c.id == subject)
    return session.scalar(select(_subject.c.office).where(here))


def open_subject(
    book: Book, subject: str, kind: str, *, office: str | None, by: str, begins_ms: int, provisional: bool
) -> None:
    """Open a subject, and let the supervisors of its office see it."""
    book.session.execute(
        _subject.insert().values(
            agency=book.agency,
            id=subject,
            kind=kind,
            office=office,
            provisional=provisional,
            opened=book.position,
            digest=bytes(16),
        )
    )
    book.memo.clear()
    for supervisor in supervisors(book.session, book.agency, office):
        grants.make(book, Terms(supervisor, subject, SUPERVISING, begins_ms, by, provisional=provisional))


def open_worker(book: Book, person: str, *, office: str | None, by: str) -> None:
    """Open the subject of a member of staff: they see their own record, and so do their supervisors."""
    open_subject(book, person, WORKER, office=office, by=by, begins_ms=book.now_ms, provisional=False)
    if not grants.has_access(book.session, book.agency, person, person):
        grants.make(book, Terms(person, person, OWN, book.now_ms, by))


def confirm(book: Book, subject: str, office: str | None) -> None:
    """Somebody with the right has looked at a subject that was opened in the field."""
    here = (_subject.c.agency == book.agency) & (_subject.c.id == subject)
    values = {"provisional": False} | ({"office": office} if office is not None else {})
    book.session.execute(update(_subject).where(here).values(**values))
    grants.confirm(book, subject)


def supervisors(session: Session, agency: str, office: str | None) -> list[str]:
    """The supervisors of an office, by id."""
    if office is None:
        return []
    further = select(_leads.c.person).where(_leads.c.agency == agency, _leads.c.office == office)
    leads = (_person.c.office == office) | _person.c.id.in_(further)
    here = (_person.c.agency == agency) & (_person.c.role == "supervisor") & (_person.c.state != "left")
    return list(session.scalars(select(_person.c.id).where(here, leads).order_by(_person.c.id)))


def is_cosigned(book: Book, record: str) -> bool:
    """Whether a review has co-signed a record."""
    here = (_fact.c.agency == book.agency) & (_fact.c.kind == "review") & (_fact.c.key == record)
    signed = select(_fact.c.id).where(here, _fact.c.code == "cosigned")
    return book.session.execute(signed).first() is not None
