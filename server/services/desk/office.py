"""
The office: what people do on the web and by command, as changesets of the agency's own web device.

Its author is the person who acts; the rights of that person are checked before anything is written. The web
device's chain is put in order by the head row, like everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from sync import (
    At,
    Changeset,
    Json,
    Outcome,
    Prefix,
    RecordView,
    Write,
    compose,
    signed_bytes,
    view,
    write_line,
)

from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.device import DeviceRow
from ..access import agencies, grants
from ..access.grants import ASSIGNED, SUPERVISING, Terms
from ..access.people import ADMINISTRATOR, SUPERVISOR, Person, person
from ..log import subjects
from ..log.accept import Sender, accept
from ..log.book import AGENCY, Book
from ..log.incoming import Incoming
from ..log.judgement import SENTENCES, Author
from ..log.records import Key

SALT_BYTES: Final = 16
CLIENT_ACTS: Final = (SUPERVISOR,)
"""Roles that act on client data from the office."""

_device = table_of(DeviceRow)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody at the office says in one save."""

    subject: str
    writes: Sequence[Write]
    reason: str | None = None
    settles: bool = False


def write(book: Book, by: Person, said: Said, providers: Providers) -> Changeset:
    """
    Make a changeset of what somebody says, and accept it.

    Raises:
        NotAssigned: This person may not write about the subject.
        Refused: A value breaks a rule, which is named.
    """
    check_right(book, by, said.subject)
    return _write(book, by, said, providers)


def check_right(book: Book, by: Person, subject: str) -> None:
    """
    Whether somebody may write about a subject from the office.

    Raises:
        NotAssigned: The role or the office does not allow it.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active decides nothing")
    kind = subjects.kind_of(book, subject)
    if kind in (AGENCY, subjects.WORKER) and by.role == ADMINISTRATOR:
        return
    if by.role == SUPERVISOR and kind == "":
        return
    if by.role == SUPERVISOR and kind == AGENCY:
        return
    office = subjects.office_of(book.session, book.agency, subject)
    if office in by.led:
        return
    raise NotAssigned("only supervisors of the subject's office act on it", subject)


def record_view(book: Book, key: Key) -> RecordView:
    """
    What a record shows now.

    Raises:
        Refused: There is no such record.
    """
    record = book.record(key)
    if record is None:
        raise Refused(f"there is no {key.type} {key.id}")
    return view(record, casework.rule_of)


def assign(
    book: Book,
    by: Person,
    worker: str,
    subject: str,
    providers: Providers,
    *,
    kind: str = ASSIGNED,
    begins_ms: int | None = None,
    ends_ms: int | None = None,
) -> str:
    """
    Give a worker access to a client, and write it into the client's record; answers with the grant's id.

    Raises:
        NotAssigned: Not this person's right, or there is no such worker.
        Refused: Nobody is registered under this id.
    """
    someone = person(book.session, book.agency, worker)
    if subjects.kind_of(book, subject) != subjects.CLIENT:
        raise Refused("only a client is assigned")
    _check_may_assign(book, by, subject)
    begins = book.now_ms if begins_ms is None else begins_ms
    grant = grants.make(book, Terms(someone.id, subject, kind, begins, by.id, ends_ms))
    subjects.confirm(book, subject, someone.office if _has_no_office(book, subject) else None)
    value: dict[str, Json] = {"kind": kind if kind in ("cover", "duty") else "assigned"}
    for part, ms in (("since", begins_ms), ("until", ends_ms)):
        if ms is not None:
            value[part] = datetime.fromtimestamp(ms // 1000, UTC).isoformat()
    _write_assigned(book, by, subject, someone.id, value, providers)
    return grant


def unassign(book: Book, by: Person, worker: str, subject: str, providers: Providers) -> int:
    """
    End every open grant by which a worker was assigned to a client; answers with how many there were.

    Raises:
        NotAssigned: Not this person's right, or there is no such grant.
    """
    _check_may_assign(book, by, subject)
    ended = _end_grants(book, by, worker, subject)
    if not ended:
        raise NotAssigned("this worker is not assigned to this client", subject)
    _write_assigned(book, by, subject, worker, None, providers)
    return ended


def pass_on(book: Book, by: Person, giver: str, receiver: str, subject: str, providers: Providers) -> None:
    """
    Make the receiver of a hand-over responsible in place of the giver, whose access ends.

    No right is asked: whoever offered it had the right, and `by` is their name in the record.
    """
    _end_grants(book, by, receiver, subject)
    grants.make(book, Terms(receiver, subject, ASSIGNED, book.now_ms, by.id))
    _end_grants(book, by, giver, subject)
    _write_assigned(book, by, subject, receiver, {"kind": "assigned"}, providers)
    _write_assigned(book, by, subject, giver, None, providers)


def _end_grants(book: Book, by: Person, worker: str, subject: str) -> int:
    """End what a worker was assigned by; answers with how many grants there were."""
    open_ = grants.open_grants(book.session, book.agency, worker, subject)
    mine = [row for row in open_ if row.kind != SUPERVISING]
    for row in mine:
        grants.end(book, row.id, by=by.id)
    return len(mine)


def _check_may_assign(book: Book, by: Person, subject: str) -> None:
    """Administrators grant and reassign without seeing; supervisors within their office."""
    if by.role != ADMINISTRATOR:
        check_right(book, by, subject)
    elif by.state != "active":
        raise NotAssigned("a person who is not active decides nothing")


def _has_no_office(book: Book, subject: str) -> bool:
    return subjects.office_of(book.session, book.agency, subject) is None


def _write_assigned(
    book: Book, by: Person, subject: str, worker: str, value: Json, providers: Providers
) -> None:
    """The unit beside the grant: what the record says of who is responsible."""
    key, unit = Key("client", subject), f"assigned/{worker}"
    over = record_view(book, key).over(unit)
    said = Said(subject, [Write("client", subject, unit, over, value)])
    _write(book, by, said, providers)


def write_as_oneself(book: Book, by: Person, said: Said, providers: Providers) -> Changeset:
    """
    Write what somebody answers for themselves, where another service has checked that it is theirs to answer.

    Raises:
        NotAssigned: A person who is not active.
        Refused: A value breaks a rule, which is named.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active decides nothing")
    return _write(book, by, said, providers)


def _write(book: Book, by: Person, said: Said, providers: Providers) -> Changeset:
    """Make and accept a changeset by a person whose right was checked."""
    device, key = agencies.web_device(book.session, book.sealer, book.agency)
    here = (_device.c.agency == book.agency) & (_device.c.id == device)
    row = book.session.execute(select(_device).where(here)).one()
    prefix = Prefix(book.agency, device, by.id)
    made = compose(
        prefix,
        subject=said.subject,
        seq=row.tip_seq + 1,
        prev=row.tip_name or "",
        at=At(book.now_ms, book.position % 1_000_000),
        wall=book.now_ms,
        schema=casework.SCHEMA,
        salt=providers.entropy(SALT_BYTES),
        writes=said.writes,
        reason=said.reason,
        settles=said.settles,
    )
    line = write_line(key.sign(signed_bytes(prefix, made.body)), made.body)
    author = Author(by.id, by.role, by.office, 0, at_office=True)
    sender = Sender(
        book.agency, device, "active", author, row.public_key, tip_seq=row.tip_seq, tip_id=row.tip_name or ""
    )
    _check_accepted(accept(book, sender, [Incoming(prefix, made.id, line, made)]))
    return made


def _check_accepted(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.held:
            raise Refused(SENTENCES[outcome.held])


def known_person(session: Session, agency: str, person_id: str) -> Person:
    """
    The active person of this id.

    Raises:
        NotAssigned: There is none, or not active.
    """
    someone = person(session, agency, person_id)
    if someone.state != "active":
        raise NotAssigned("a person who is not active decides nothing")
    return someone
