"""
Late work: what is held, and what a person decides about it.

It is released as it is, with its own author and signature, at a new position; or to a worker of today, by a
changeset of the office that quotes it; or it is not applied, with a reason. Nothing can be thrown away.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from sync import At, Changeset, Json, Line, Live, Malformed, Oversize, Prefix, Write, canonical, parse
from sync.record import Accepted
from sync.wire import read_line

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.held import HeldRow
from ...tables.log import LogRow
from ..access.agencies import open_envelope
from ..access.people import SUPERVISOR, Person, person
from ..log import subjects
from ..log.accept import apply, open_from_field
from ..log.book import Book, changeset_columns, log_context
from ..log.incoming import read_envelope
from ..log.judgement import SENTENCES, Author, fault_of, is_settlement, opens_subject
from ..log.known import DECISION
from ..log.records import Key
from . import office

RELEASED: Final = "released"
NOT_APPLIED: Final = "not_applied"

RELEASABLE: Final = frozenset(
    (
        "not_assigned",
        "revoked",
        "bad_chain",
        "lost_before",
        "unknown_subject",
        "not_settled",
        "may_not_settle",
    )
)
"""Reasons that a person may overrule. What breaks a rule of its field or has no sound signature is quoted anew."""

_held = table_of(HeldRow)
_log = table_of(LogRow)


@dataclass(frozen=True, slots=True)
class Late:
    """One held changeset, readable."""

    name: str
    position: int
    worker: str
    device: str
    subject: str | None
    code: str
    received_ms: int
    changeset: Changeset | None
    """None where the bytes cannot be read."""
    decision: str = ""

    @property
    def sentence(self) -> str:
        """Why it is held."""
        return SENTENCES[self.code]


def inbox(session: Session, sealer: Sealer, by: Person) -> list[Late]:
    """
    What awaits a decision of this person's, oldest first.

    Raises:
        NotAssigned: Only supervisors decide about late work.
    """
    _check_role(by)
    here = (_held.c.agency == by.agency) & (_held.c.decided == 0)
    names = list(session.scalars(select(_held.c.name).where(here).order_by(_held.c.position)))
    return [
        late
        for late in (read(session, sealer, by.agency, name) for name in names)
        if _is_for(session, by, late)
    ]


def read(session: Session, sealer: Sealer, agency: str, name: str) -> Late:
    """
    One held changeset.

    Raises:
        Refused: Nothing is held under this name.
    """
    row = _row(session, agency, name)
    entry = _entry(session, agency, row.position)
    made = _said_in(session, sealer, agency, row, entry)
    return Late(
        name,
        row.position,
        row.worker,
        row.device,
        row.subject,
        row.code,
        entry.received_ms,
        made,
        row.decision,
    )


def _said_in(
    session: Session, sealer: Sealer, agency: str, row: Row[Any], entry: Row[Any]
) -> Changeset | None:
    """What held bytes say, whoever signed them; nothing where they cannot be read."""
    line = read_line(sealer.open(agency, entry.sealed_for, log_context(row.position), entry.box))
    found: tuple[Prefix, Line] | None = Prefix(agency, row.device, row.worker), line
    if line.envelope:
        content = open_envelope(session, sealer, agency, line.body)
        found = None if content is None else read_envelope(content)
    try:
        return None if found is None else parse(found[0], found[1].body)
    except (Malformed, Oversize):
        return None


def release(book: Book, by: Person, name: str, reason: str) -> int:
    """
    Put held work into its records as it is; answers with its position.

    Raises:
        NotAssigned: Not this person's office, or own work.
        Refused: It is decided already, or cannot be applied as it is.
    """
    late = _decidable(book, by, name)
    made = late.changeset
    if made is None or late.code not in RELEASABLE:
        raise Refused(f"{name} cannot be applied as it is: {late.sentence}")
    entry = _entry(book.session, book.agency, late.position)
    at = At(entry.at_ms, entry.at_counter)
    author = person(book.session, book.agency, late.worker)
    _check_applies(book, made)
    position = book.append(
        "release",
        _said(by, reason, book.now_ms),
        id=made.id,
        outcome="accepted",
        sealed_for=made.subject,
        **changeset_columns(made) | {"at_ms": at.ms, "at_counter": at.counter},
    )
    if opens_subject(made) and not subjects.exists(book, made.subject):
        open_from_field(book, Author(author.id, author.role, author.office, 0), made)
    apply(book, Accepted(made, position, at))
    _decide(book, late, RELEASED, reason, position)
    return position


def release_to_office(book: Book, by: Person, name: str, reason: str, providers: Providers) -> int:
    """
    Put held work into its records by a changeset of the office that quotes it, for the worker of today.

    Its values are the author's. What they replace is what the record shows now, for that is what the person who
    decides has in view; where it shows rivals that only a settlement may decide, this is one.

    Raises:
        NotAssigned: Not this person's office, own work, or a settlement that is not theirs.
        Refused: It is decided already, or a value in it breaks a rule.
    """
    late = _decidable(book, by, name)
    made = late.changeset
    if made is None or not subjects.exists(book, made.subject):
        raise Refused(f"{name} has no client to be written to")
    quoted = f"{reason} [quotes {name} by {late.worker}]"
    writes = [replace(write, over=tuple([live.name for live in _live(book, write)])) for write in made.writes]
    settled = [write for write in writes if is_settlement(book, write)]
    if any(live.author == by.id for write in settled for live in _live(book, write)):
        raise NotAssigned("nobody settles own work", made.subject)
    settles = made.settles or bool(settled)
    office.write(book, by, office.Said(made.subject, writes, quoted, settles), providers)
    # Its author gets the row of this position: so nothing of the original is taken for part of the record.
    position = book.position
    book.act("act", {"act": "quoted", "by": by.id, "name": name}, subject=made.subject)
    _decide(book, late, RELEASED, reason, position)
    return position


def refuse(book: Book, by: Person, name: str, reason: str) -> int:
    """
    Decide that held work is not applied; it stays readable. Answers with the position of the decision.

    Raises:
        NotAssigned: Not this person's office, or own work.
        Refused: It is decided already, or there is no reason.
    """
    late = _decidable(book, by, name)
    if not reason.strip():
        raise Refused("what is not applied needs a reason")
    sealed_for = late.subject or late.worker
    position = book.append(
        "refusal",
        _said(by, reason, book.now_ms),
        id=name,
        outcome="accepted",
        sealed_for=sealed_for,
        name=name,
        subject=late.subject,
        author=late.worker,
        device=late.device,
    )
    _decide(book, late, NOT_APPLIED, reason, position)
    return position


def _check_applies(book: Book, made: Changeset) -> None:
    """A release overrules who wrote and when, never what a record is."""
    unlimited = Author(made.prefix.author, SUPERVISOR, None, 0)
    fault = fault_of(book, unlimited, made)
    if fault == "unknown_subject" or (fault and fault not in RELEASABLE):
        raise Refused(SENTENCES[fault])


def _live(book: Book, write: Write) -> tuple[Live, ...]:
    """What the unit of a write holds now."""
    record = book.record(Key(write.type, write.id))
    state = None if record is None else record.units.get(write.unit)
    return () if state is None else state.live


def _decidable(book: Book, by: Person, name: str) -> Late:
    _check_role(by)
    late = read(book.session, book.sealer, book.agency, name)
    if late.decision:
        raise Refused(f"{name} was decided already: {late.decision}")
    if late.worker == by.id:
        raise NotAssigned("nobody decides about own work")
    if not _is_for(book.session, by, late):
        raise NotAssigned("this is for another office")
    return late


def _is_for(session: Session, by: Person, late: Late) -> bool:
    """The office of the client decides; where no client is known, that of the author."""
    place = None if late.subject is None else subjects.office_of(session, by.agency, late.subject)
    if place is None:
        place = person(session, by.agency, late.worker).office
    return place in by.led


def _check_role(by: Person) -> None:
    if by.role != SUPERVISOR or by.state != "active":
        raise NotAssigned("only supervisors decide about late work")


def _decide(book: Book, late: Late, decision: str, reason: str, position: int) -> None:
    here = (_held.c.agency == book.agency) & (_held.c.name == late.name)
    box = book.sealer.seal(book.agency, late.worker, DECISION, reason.encode())
    values = {"decided": position, "decision": decision, "reason": box}
    book.session.execute(update(_held).where(here).values(**values))


def _said(by: Person, reason: str, now_ms: int) -> bytes:
    said: dict[str, Json] = {"at": now_ms, "by": by.id, "reason": reason}
    return canonical(said)


def _row(session: Session, agency: str, name: str) -> Row[Any]:
    here = (_held.c.agency == agency) & (_held.c.name == name)
    row = session.execute(select(_held).where(here)).one_or_none()
    if row is None:
        raise Refused(f"nothing is held under the name {name}")
    return row


def _entry(session: Session, agency: str, position: int) -> Row[Any]:
    here = (_log.c.agency == agency) & (_log.c.position == position)
    return session.execute(select(_log).where(here)).one()
