"""
Grants: the only source of access.

A grant has a kind, a begin and an end. Begin and end are entries of the log, written when they are due, before
anything of the agency is accepted or pulled. A worker has access to a subject while at least one grant is open:
a further grant changes nothing for the tablet, and the end of one of two takes nothing away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, literal, select, update
from sqlalchemy.orm import Session

from sync import Json

from ...db import table_of
from ...errors import NotAssigned
from ...tables.access import EVERYBODY, AccessRow, GrantRow
from ..log.book import Book

ASSIGNED: Final = "assigned"
SUPERVISING: Final = "supervising"
COVER: Final = "cover"
DUTY: Final = "duty"
OWN: Final = "own"
KINDS: Final = (ASSIGNED, SUPERVISING, COVER, DUTY, OWN)

_grant = table_of(GrantRow)
_access = table_of(AccessRow)

_UNENDED = select(_grant).where(_grant.c.agency == bindparam("a"), _grant.c.ended == 0)
_BEGINS = _UNENDED.where(_grant.c.begun == 0, _grant.c.begins_ms <= bindparam("now"))
_ENDS = _UNENDED.where(_grant.c.ends_ms <= bindparam("now"))
DUE: Final = _BEGINS.exists() | _ENDS.exists()
"""Whether a begin or an end of the agency `a` waits to be written at the moment `now`."""

_DUE = select(DUE)
_OPEN = (
    select(_access.c.subject)
    .distinct()
    .where(_access.c.agency == bindparam("a"), _access.c.subject.in_(bindparam("subjects", expanding=True)))
    .where(_access.c.worker.in_((bindparam("w"), literal(EVERYBODY))), _access.c.open > 0)
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says."""

    worker: str
    subject: str
    kind: str
    begins_ms: int
    made_by: str
    ends_ms: int | None = None
    provisional: bool = False

    def as_json(self) -> dict[str, Json]:
        """The terms as the log's act keeps them."""
        return {
            "begins": self.begins_ms,
            "by": self.made_by,
            "ends": self.ends_ms,
            "provisional": self.provisional,
            "grant": self.kind,
            "subject": self.subject,
            "worker": self.worker,
        }


def make(book: Book, terms: Terms) -> str:
    """Write a grant down; it begins at once where its begin has come. Answers with its id."""
    assert terms.kind in KINDS, f"no such kind of grant: {terms.kind}"
    _, id_ = book.act("act", {**terms.as_json(), "act": "grant made"}, subject=terms.subject)
    row = {
        "agency": book.agency,
        "id": id_,
        "worker": terms.worker,
        "subject": terms.subject,
        "kind": terms.kind,
        "begins_ms": terms.begins_ms,
        "ends_ms": terms.ends_ms,
        "begun": 0,
        "ended": 0,
        "ended_ms": None,
        "made_by": terms.made_by,
        "provisional": terms.provisional,
    }
    book.session.execute(_grant.insert().values(row))
    if terms.begins_ms <= book.now_ms:
        _begin(book, id_, terms.worker, terms.subject)
    return id_


def end(book: Book, grant: str, *, by: str) -> None:
    """End one open grant now. One that has not begun ends without ever having begun."""
    here = (_grant.c.agency == book.agency) & (_grant.c.id == grant)
    row = book.session.execute(select(_grant).where(here)).one_or_none()
    if row is None or row.ended:
        raise NotAssigned("there is no such open grant")
    _end(book, row, by)


def open_grants(session: Session, agency: str, worker: str, subject: str) -> list[Row[Any]]:
    """The grants of a worker to a subject that have no end yet, oldest first."""
    here = (_grant.c.agency == agency) & (_grant.c.worker == worker) & (_grant.c.subject == subject)
    return list(session.execute(select(_grant).where(here, _grant.c.ended == 0).order_by(_grant.c.begins_ms)))


def confirm(book: Book, subject: str) -> None:
    """A supervisor has looked: the grants that opened a subject are no longer provisional."""
    here = (_grant.c.agency == book.agency) & (_grant.c.subject == subject)
    book.session.execute(update(_grant).where(here, _grant.c.provisional).values(provisional=False))


def due(session: Session, agency: str, now_ms: int) -> bool:
    """Whether a grant's begin or end waits to be written."""
    return bool(session.scalar(_DUE, {"a": agency, "now": now_ms}))


def write_due(book: Book) -> None:
    """Write the begins and ends that are due, oldest first; of one that begins and ends at once, both."""
    if not due(book.session, book.agency, book.now_ms):
        return
    asked = {"a": book.agency, "now": book.now_ms}
    for row in book.session.execute(_BEGINS.order_by(_grant.c.begins_ms, _grant.c.id), asked).all():
        _begin(book, row.id, row.worker, row.subject)
    for row in book.session.execute(_ENDS.order_by(_grant.c.ends_ms, _grant.c.id), asked).all():
        _end(book, row, by="time")


def has_access(session: Session, agency: str, worker: str, subject: str) -> bool:
    """Whether a worker has access now."""
    return subject in _open_to(session, agency, worker, [subject])


def has_access_now(book: Book, worker: str, subject: str) -> bool:
    """The same within a transaction, which remembers the answer until a grant begins or ends."""
    question = ("access", worker, subject)
    if question not in book.memo:
        look_up(book, worker, [subject])
    return bool(book.memo[question])


def look_up(book: Book, worker: str, subjects: Sequence[str]) -> None:
    """Ask for a worker's access to these subjects at once, so that `has_access_now` need not one by one."""
    found = _open_to(book.session, book.agency, worker, subjects)
    book.memo.update({("access", worker, subject): subject in found for subject in subjects})


def had_access(session: Session, agency: str, worker: str, subject: str, at_ms: int) -> bool:
    """Whether a moment lies inside a grant that has begun, ended or not."""
    here = (_grant.c.agency == agency) & (_grant.c.worker == worker) & (_grant.c.subject == subject)
    inside = (_grant.c.begins_ms <= at_ms) & ((_grant.c.ended_ms.is_(None)) | (_grant.c.ended_ms >= at_ms))
    return session.execute(select(_grant.c.id).where(here, _grant.c.begun > 0, inside)).first() is not None


def last_end_ms(session: Session, agency: str, worker: str, subject: str) -> int | None:
    """When the worker's last grant to a subject ended; none where there never was one."""
    here = (_grant.c.agency == agency) & (_grant.c.worker == worker) & (_grant.c.subject == subject)
    ends = select(_grant.c.ended_ms).where(here, _grant.c.ended > 0).order_by(_grant.c.ended.desc())
    return session.scalar(ends.limit(1))


def _open_to(session: Session, agency: str, worker: str, subjects: Sequence[str]) -> set[str]:
    """Those of these subjects, of a hundred at most, that a worker has access to."""
    return set(session.scalars(_OPEN, {"a": agency, "w": worker, "subjects": subjects}))


def _begin(book: Book, grant: str, worker: str, subject: str) -> None:
    position, _ = book.act("grant", {"of": grant, "subject": subject, "worker": worker}, subject=subject)
    here = (_grant.c.agency == book.agency) & (_grant.c.id == grant)
    book.session.execute(update(_grant).where(here).values(begun=position))
    mine = _mine(book, worker, subject)
    book.memo.clear()
    open_ = book.session.scalar(select(_access.c.open).where(mine))
    book.note_access(worker, subject, had=bool(open_))
    if open_ is None:
        row = {"agency": book.agency, "worker": worker, "subject": subject, "open": 1, "lost": 0}
        book.session.execute(_access.insert().values(row | {"gained": position, "touched": position}))
        return
    gained = {} if open_ else {"gained": position, "touched": position}
    book.session.execute(update(_access).where(mine).values(open=open_ + 1, **gained))


def _end(book: Book, row: Row[Any], by: str) -> None:
    said: dict[str, Json] = {"by": by, "of": row.id, "subject": row.subject, "worker": row.worker}
    position, _ = book.act("revoke", said, subject=row.subject)
    ended_ms = min(book.now_ms, row.ends_ms) if row.ends_ms is not None else book.now_ms
    here = (_grant.c.agency == book.agency) & (_grant.c.id == row.id)
    book.session.execute(update(_grant).where(here).values(ended=position, ended_ms=ended_ms))
    if not row.begun:
        return
    mine = _mine(book, row.worker, row.subject)
    book.memo.clear()
    open_: int = book.session.scalar(select(_access.c.open).where(mine)) or 0
    book.note_access(row.worker, row.subject, had=open_ > 0)
    lost = {"lost": position, "touched": position} if open_ == 1 else {}
    book.session.execute(update(_access).where(mine).values(open=open_ - 1, **lost))


def _mine(book: Book, worker: str, subject: str) -> Any:
    return (_access.c.agency == book.agency) & (_access.c.worker == worker) & (_access.c.subject == subject)
