"""
Inbox: late work as pages show it, and the decision about it.

    queue(session, sealer, by)                 what waits, oldest first; or what was decided, newest first
    read(session, sealer, by, name)            one of it, in the words of the record, beside what is shown now
    decide(book, by, Verdict(...), providers)  as it is, quoted by the office, or not applied

What happens to it is `late`'s affair. Who decides second is told who was first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

import casework
from sync import RecordView, Write, read_json, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Overtaken, Refused
from ...settings import Providers
from ...tables.held import HeldRow
from ...tables.log import LogRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..access import people, rights
from ..access.people import Person
from ..log import subjects
from ..log.book import Book, log_context
from ..log.known import DECISION
from ..log.records import Key, read_records
from . import late, listing
from .late import RELEASABLE, Late
from .listing import Page
from .overtaking import Deed

AS_IT_IS: Final = "as_it_is"
QUOTED: Final = "quoted"
NOT_APPLIED: Final = "not_applied"
WAYS: Final = (AS_IT_IS, QUOTED, NOT_APPLIED)

WAITING: Final = (("position", False),)
DECIDED: Final = (("decided", True),)

_held = table_of(HeldRow)
_log = table_of(LogRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inbox."""

    name: str
    worker: str
    worker_name: str
    client: str | None
    """None where no client is known to whom it belongs."""
    client_name: str
    code: str
    """Why it is held, see `judgement.SENTENCES`."""
    received_ms: int
    decision: str
    """`released`, `not_applied`, or nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """One write of it, and the record as it is shown now, if there is one."""

    write: Write
    record: RecordView | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of it, by whom, and why."""

    by: str
    at_ms: int
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One held changeset with all that a decision rests on."""

    late: Late
    said: tuple[Said, ...]
    client_name: str
    names: dict[str, str]
    decided: Decided | None
    ways: tuple[str, ...]
    """What may be decided about it; nothing where it is decided, or this person may not."""
    refusal: str
    """Why this person may not decide; empty where they may."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides."""

    name: str
    way: str
    reason: str


def queue(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    decided: bool = False,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Line]:
    """
    What waits for this supervisor, or what was decided in the offices that they lead.

    Raises:
        NotAssigned: Only supervisors decide about late work.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.RELEASE)

    def make(found: Sequence[Row[Any]]) -> list[Line]:
        clients = listing.client_names(session, sealer, by, [row.subject for row in found if row.subject])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Line(
                row.name,
                row.worker,
                workers.get(row.worker, ""),
                row.subject,
                clients.get(row.subject, ""),
                row.code,
                row.received_ms,
                row.decision,
            )
            for row in found
        ]

    asked, order = waiting(by, decided=decided), DECIDED if decided else WAITING
    return listing.page(session, asked, order, make, cursor=cursor, rows=rows)


def waiting(by: Person, *, decided: bool = False) -> Select[Any]:
    """The rows of the inbox, unsorted: for the inbox itself, and for whoever counts it."""
    client = (_subject.c.agency == _held.c.agency) & (_subject.c.id == _held.c.subject)
    author = (_person.c.agency == _held.c.agency) & (_person.c.id == _held.c.worker)
    entry = (_log.c.agency == _held.c.agency) & (_log.c.position == _held.c.position)
    office = func.coalesce(_subject.c.office, _person.c.office)
    state = _held.c.decided > 0 if decided else _held.c.decided == 0
    columns = (_held.c.name, _held.c.worker, _held.c.subject, _held.c.code, _held.c.position)
    return (
        select(*columns, _held.c.decided, _held.c.decision, _log.c.received_ms)
        .join(_log, entry)
        .join(_person, author)
        .outerjoin(_subject, client)
        .where(_held.c.agency == by.agency, state, office.in_(sorted(by.led)))
    )


def read(session: Session, sealer: Sealer, by: Person, name: str) -> Reading:
    """
    One held changeset.

    Raises:
        NotAssigned: It is for another office.
        Refused: Nothing is held under this name.
    """
    found = late.read(session, sealer, by.agency, name)
    _check_office(session, by, found)
    made = found.changeset
    writes = () if made is None else made.writes
    records = read_records(session, sealer, by.agency, sorted({Key(w.type, w.id) for w in writes}))
    views = {key: view(record, casework.rule_of) for key, record in records.items()}
    decided = _decided(session, sealer, by.agency, found)
    client = (found.subject or (made.subject if made is not None else "")) or ""
    persons = {found.worker, *([decided.by] if decided else [])}
    persons |= {
        live.author for shown in views.values() for unit in shown.units.values() for live in unit.live
    }
    refusal = "nobody decides about own work" if found.worker == by.id else ""
    ways = () if decided or refusal else _ways(session, by.agency, found)
    return Reading(
        late=found,
        said=tuple([Said(write, views.get(Key(write.type, write.id))) for write in writes]),
        client_name=listing.client_names(session, sealer, by, [client]).get(client, ""),
        names=people.names_of(session, sealer, by.agency, persons),
        decided=decided,
        ways=ways,
        refusal=refusal,
    )


def decide(book: Book, by: Person, verdict: Verdict, providers: Providers) -> None:
    """
    Decide about one held changeset.

    Raises:
        NotAssigned: Not this person's office, or own work.
        Overtaken: Somebody decided about it already.
        Refused: There is no such way, no reason, or it cannot be applied so.
    """
    if verdict.way not in WAYS:
        raise Refused(f"late work is decided in one of these ways: {', '.join(WAYS)}")
    if not verdict.reason.strip():
        raise Refused("a decision about late work needs a reason")
    found = late.read(book.session, book.sealer, book.agency, verdict.name)
    _check_office(book.session, by, found)
    done = _decided(book.session, book.sealer, book.agency, found)
    if done is not None:
        raise Overtaken([Deed(done.by, "", found.name, "", done.at_ms, done.decision)])
    reason = verdict.reason.strip()
    if verdict.way == AS_IT_IS:
        late.release(book, by, verdict.name, reason)
    elif verdict.way == QUOTED:
        late.release_to_office(book, by, verdict.name, reason, providers)
    else:
        late.refuse(book, by, verdict.name, reason)


def _ways(session: Session, agency: str, found: Late) -> tuple[str, ...]:
    """What can be done with it: what cannot be read, or belongs to nobody's record, is applied in no way."""
    made = found.changeset
    if made is None:
        return (NOT_APPLIED,)
    released = (AS_IT_IS,) if found.code in RELEASABLE else ()
    known = subjects.office_of(session, agency, made.subject) is not None
    return (*released, *((QUOTED,) if known else ()), NOT_APPLIED)


def _check_office(session: Session, by: Person, found: Late) -> None:
    rights.check(by, rights.RELEASE)
    asked = waiting(by, decided=bool(found.decision)).where(_held.c.name == found.name)
    if session.execute(asked).first() is None:
        raise NotAssigned("late work is for supervisors of the client's office, or of the author's")


def _decided(session: Session, sealer: Sealer, agency: str, found: Late) -> Decided | None:
    if not found.decision:
        return None
    here = (_held.c.agency == agency) & (_held.c.name == found.name)
    entry = (_log.c.agency == _held.c.agency) & (_log.c.position == _held.c.decided)
    columns = (_held.c.decision, _held.c.reason, _log.c.position, _log.c.kind, _log.c.author)
    row = session.execute(
        select(*columns, _log.c.received_ms, _log.c.sealed_for, _log.c.box).join(_log, entry).where(here)
    ).one()
    reason = "" if row.reason is None else sealer.open(agency, found.worker, DECISION, row.reason).decode()
    by = row.author or ""
    if row.kind != "changeset":
        # A release and a refusal name the author of the work; who decided stands in what they say.
        said = read_json(sealer.open(agency, row.sealed_for, log_context(row.position), row.box))
        by = str(said.get("by", "")) if isinstance(said, dict) else ""
    return Decided(by, row.received_ms, row.decision, reason)
