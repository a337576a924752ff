"""
Who had access to a client's record, from when to when; and confirming who was met in the field.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....errors import Refused
from ....tables.access import AccessRow, GrantRow
from ....tables.subject import SubjectRow
from ...access import people, rights
from ...access.people import Person
from ...log import subjects
from ...log.book import Book
from .heading import check_reads

_access = table_of(AccessRow)
_grant = table_of(GrantRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Access:
    """One grant: who, of which kind, from when to when."""

    worker: str
    name: str
    kind: str
    begins_ms: int
    ends_ms: int | None
    """When it ended, or will end by itself; none where it stands until somebody ends it."""
    begun: bool
    ended: bool
    made_by: str
    made_by_name: str
    provisional: bool


def access(session: Session, sealer: Sealer, by: Person, client: str) -> list[Access]:
    """
    Every grant of a client, the newest first: who had access when, and who gave it.

    Raises:
        NotAssigned: Not this person's client.
    """
    check_reads(session, by, client)
    # Grants are indexed by worker: whoever ever had access is asked for first.
    ever = select(_access.c.worker).where(_access.c.agency == by.agency, _access.c.subject == client)
    mine = (_grant.c.agency == by.agency) & (_grant.c.subject == client)
    ahead = mine & (_grant.c.begun == 0)
    begun = mine & _grant.c.worker.in_(ever)
    rows = session.execute(
        select(_grant).where(begun | ahead).order_by(_grant.c.begins_ms.desc(), _grant.c.id)
    ).all()
    ids = {id_ for row in rows for id_ in (row.worker, row.made_by)}
    names = people.names_of(session, sealer, by.agency, ids)
    return [
        Access(
            row.worker,
            names.get(row.worker, ""),
            row.kind,
            row.begins_ms,
            row.ended_ms if row.ended else row.ends_ms,
            row.begun > 0,
            row.ended > 0,
            row.made_by,
            names.get(row.made_by, ""),
            row.provisional,
        )
        for row in rows
    ]


def confirm(book: Book, by: Person, client: str) -> None:
    """
    Say that somebody who was registered in the field is a client of the office.

    Raises:
        NotAssigned: Not this person's client.
        Refused: Nothing about this client is provisional.
    """
    rights.check_about(book.session, by, rights.REGISTER, client)
    here = (_subject.c.agency == by.agency) & (_subject.c.id == client)
    if not book.session.scalar(select(_subject.c.provisional).where(here)):
        raise Refused("this client is confirmed already")
    subjects.confirm(book, client, None)
    book.act("act", {"act": "client confirmed", "by": by.id, "subject": client}, subject=client)
