"""
The exchange as the server sees it: give each changeset its outcome, then a page of what the tablet lacks.

    history    the tablet must know this log: else `HistoryChanged`, and nothing of the request is processed
    work       changesets, at most a hundred to a transaction
    page       one snapshot

Only the answer to the whole request settles anything; whatever fails in between is sent once more, and gets the
outcomes that it has by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync import Fate, Head, Line, Malformed, Outcome, Page, Prefix, Reply, read_request, write_reply
from sync.limits import PAGE_BYTES_MAX

from ...db import reading, table_of, writing
from ...errors import HistoryChanged, NotAssigned
from ...house import House
from ...tables.access import AccessRow
from ...tables.device import DeviceRow
from ...tables.log import HeadRow, LogRow
from ...tables.person import PersonRow
from ..access import agencies, grants
from ..access.devices import ACTIVE, FORKED, REVOKED, Device
from . import told
from .accept import TRANSACTION_CHANGESETS_MAX, Sender, accept, give_up
from .book import open_book
from .chain import first_link
from .cursor import FIRST_MAX, Cursor, link_text, read_cursor
from .incoming import Incoming, Signatory, read_envelope, receive
from .judgement import Author
from .known import fates
from .pull import Reader, page_of

_head = table_of(HeadRow)
_log = table_of(LogRow)
_device = table_of(DeviceRow)
_access = table_of(AccessRow)
_person = table_of(PersonRow)
_HEAD = select(_head.c.position, _head.c.chain, _head.c.epoch, _head.c.safe).where(
    _head.c.agency == bindparam("a")
)
_LINK = select(_log.c.chain).where(_log.c.agency == bindparam("a"), _log.c.position == bindparam("p"))
_SENDER = (
    select(
        _device.c.worker,
        _device.c.state,
        _device.c.clock_offset_ms,
        _device.c.public_key,
        _device.c.tip_seq,
        _device.c.tip_name,
        _person.c.role,
        _person.c.office,
    )
    .outerjoin(_person, (_person.c.agency == _device.c.agency) & (_person.c.id == _device.c.worker))
    .where(_device.c.agency == bindparam("a"), _device.c.id == bindparam("d"))
)

_ENVELOPE_STATES: Final = {FORKED: ACTIVE}
"""What was signed before a device forked is taken out of an envelope: its tablet offers it under a new key."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a request's head says, held against the log."""

    cursor: Cursor
    due: bool
    """Whether a grant's begin or end waits to be written."""
    rolled_back: bool
    """Whether the tablet's store was rolled back."""


@dataclass(slots=True)
class _Work:
    """What came of the changesets of one request."""

    outcomes: list[Outcome]
    forked: bool = False


def sync(session: Session, device: Device, body: bytes, at: House) -> bytes:
    """
    Answer one request of a tablet.

    Args:
        session: At rest; transactions are opened here.
        device: Whose signature the request bears.
        body: The request's lines, inflated.
        at: What this server stands on.

    Raises:
        Malformed: The head is not one.
        Oversize: A bound is passed.
        HistoryChanged: The tablet knows another history.
    """
    head, lines = read_request(body)
    heard = at.database.retrying(lambda: _hear(session, device, head, at))
    work = _take(session, device, head, lines, at, pending_grants=heard.due)
    if heard.rolled_back or work.forked:
        at.database.retrying(lambda: _mark_forked(session, device))
    again = device.state == FORKED or heard.rolled_back or work.forked
    with reading(session):
        top = _head_row(session, device.agency)
        reply = _reply(session, device, top, heard.cursor, at, work.outcomes)
        if device.state != REVOKED and not again and head.page_bytes:
            reply = replace(reply, page=_page(session, device, top, head, heard.cursor, at))
    return write_reply(replace(reply, enrol_again=again))


def _hear(session: Session, device: Device, head: Head, at: House) -> _Heard:
    """
    Hold a request's head against the log, and write down what the tablet says of itself.

    Raises:
        HistoryChanged: The tablet knows another history; nothing is written down.
    """
    now_ms = at.providers.now_ms()
    with writing(session, durable=False):
        cursor = _known_history(session, device.agency, head)
        due = grants.due(session, device.agency, now_ms)
        return _Heard(cursor, due, told.note(session, device, head.tablet, now_ms))


def _known_history(session: Session, agency: str, head: Head) -> Cursor:
    """
    The request's cursor, if it is one of this history.

    Raises:
        HistoryChanged: It is of another one; the newest kept cursor that still holds is named.
    """
    row = _head_row(session, agency)
    cursor = read_cursor(head.cursor, first_link(agency))
    if head.epoch == row.epoch and _holds(session, agency, cursor, row.position):
        return cursor
    named: str | None = None
    if head.kept:
        named = next((text for text in head.kept if _still_holds(session, agency, text, row.position)), "")
    raise HistoryChanged(row.epoch, named)


def _still_holds(session: Session, agency: str, text: str, position: int) -> bool:
    try:
        cursor = read_cursor(text, first_link(agency))
    except Malformed:
        return False
    return _holds(session, agency, cursor, position)


def _holds(session: Session, agency: str, cursor: Cursor, position: int) -> bool:
    if cursor.furthest > position:
        return False
    if cursor.position == 0:
        return cursor.link == link_text(first_link(agency))
    link = session.scalar(_LINK, {"a": agency, "p": cursor.position})
    return link is not None and link_text(link) == cursor.link


def _take(
    session: Session,
    device: Device,
    head: Head,
    lines: Sequence[Line],
    at: House,
    *,
    pending_grants: bool,
) -> _Work:
    """Give every line its outcome; grants that are due begin and end first."""
    work = _Work([])
    groups = _by_device(session, device, lines, at)
    if pending_grants and not groups:
        at.database.retrying(lambda: _accept(session, device, device.id, [], at, work))
    for sender, incoming in groups:
        for start in range(0, len(incoming), TRANSACTION_CHANGESETS_MAX):
            some = incoming[start : start + TRANSACTION_CHANGESETS_MAX]
            work.outcomes += at.database.retrying(
                lambda some=some, sender=sender: _accept(session, device, sender, some, at, work)  # type: ignore[misc]  # bound now
            )
    if head.lacks:
        work.outcomes += at.database.retrying(lambda: _give_up(session, device, head.lacks, at))
    return work


def _by_device(
    session: Session, device: Device, lines: Sequence[Line], at: House
) -> list[tuple[str, list[Incoming]]]:
    """The lines as changesets, in runs of the device that signed them: envelopes may be by a predecessor."""
    groups: list[tuple[str, list[Line]]] = []
    for line in lines:
        signer, plain = _opened(session, device, line, at) if line.envelope else (device.id, line)
        if not groups or groups[-1][0] != signer:
            groups.append((signer, []))
        groups[-1][1].append(plain)
    read: list[tuple[str, list[Incoming]]] = []
    for signer, some in groups:
        read.append((signer, receive(_signatory(session, device, signer), some)))
    return read


def _signatory(session: Session, device: Device, signer: str) -> Signatory:
    """The key by which lines are signed: mostly that of the device that sends them."""
    if signer == device.id and device.worker is not None:
        return Signatory(Prefix(device.agency, device.id, device.worker), device.public_key)
    with reading(session):
        return _sender(session, device, signer).signatory


def _opened(session: Session, device: Device, line: Line, at: House) -> tuple[str, Line]:
    """The signer and the line in an envelope; one that is by no device of this worker stays closed."""
    with reading(session):
        content = agencies.open_envelope(session, at.sealer, device.agency, line.body)
        found = None if content is None else read_envelope(content)
        if found is None:
            return device.id, line
        prefix, plain = found
        here = (_device.c.agency == device.agency) & (_device.c.id == prefix.device)
        worker = session.scalar(select(_device.c.worker).where(here))
    if prefix.agency != device.agency or worker != device.worker or prefix.author != device.worker:
        return device.id, line
    return prefix.device, plain


def _accept(
    session: Session, device: Device, signer: str, some: Sequence[Incoming], at: House, work: _Work
) -> list[Outcome]:
    with writing(session), open_book(session, at.sealer, device.agency, at.providers) as book:
        grants.write_due(book)
        sender = _sender(session, device, signer)
        outcomes = accept(book, sender, some)
        work.forked = work.forked or (sender.forks and signer == device.id)
    return outcomes


def _give_up(session: Session, device: Device, lacks: Sequence[str], at: House) -> list[Outcome]:
    with writing(session), open_book(session, at.sealer, device.agency, at.providers) as book:
        return give_up(book, _sender(session, device, device.id), lacks)


def _sender(session: Session, device: Device, signer: str) -> Sender:
    """A device as it stands in this transaction, with the rights of its worker."""
    row = session.execute(_SENDER, {"a": device.agency, "d": signer}).one()
    if row.role is None:
        raise NotAssigned("a tablet belongs to a worker")
    state = row.state if signer == device.id else _ENVELOPE_STATES.get(row.state, row.state)
    return Sender(
        agency=device.agency,
        id=signer,
        state=state,
        author=Author(row.worker, row.role, row.office, row.clock_offset_ms),
        public_key=row.public_key,
        tip_seq=row.tip_seq,
        tip_id=row.tip_name or "",
    )


def _mark_forked(session: Session, device: Device) -> None:
    with writing(session):
        here = (_device.c.agency == device.agency) & (_device.c.id == device.id)
        session.execute(update(_device).where(here, _device.c.state == ACTIVE).values(state=FORKED))


def _reply(
    session: Session, device: Device, top: Any, cursor: Cursor, at: House, outcomes: Sequence[Outcome]
) -> Reply:
    held = [outcome.name for outcome in outcomes if outcome.held]
    decided: tuple[Fate, ...] = ()
    if device.worker is not None:
        found = fates(session, at.sealer, device.agency, device.worker, after=cursor.position, also=held)
        decided = tuple(found)
    return Reply(
        epoch=top.epoch,
        clock=at.providers.now_ms(),
        outcomes=tuple(outcomes),
        fates=decided,
        safe=top.safe,
    )


def _page(session: Session, device: Device, top: Any, head: Head, cursor: Cursor, at: House) -> Page:
    assert device.worker is not None, "a tablet belongs to a worker"
    reader = Reader(
        agency=device.agency,
        worker=device.worker,
        device=device.id,
        head=top.position,
        link=top.chain,
        now_ms=at.providers.now_ms(),
    )
    again = [*head.refetch, *_once_more(session, device, head, cursor)]
    if len(again) > FIRST_MAX:
        cursor, again = Cursor(0, link_text(first_link(device.agency))), []
    leave = _not_granted(session, device, head)
    page = page_of(session, at.sealer, reader, cursor, min(head.page_bytes, PAGE_BYTES_MAX), again)
    return replace(page, leave=tuple(dict.fromkeys((*page.leave, *leave)))) if leave else page


def _once_more(session: Session, device: Device, head: Head, cursor: Cursor) -> list[str]:
    """After a restore: what the tablet holds from a lost time, and what it does not hold and should."""
    if head.holds is None:
        return []
    held = set(head.holds)
    here = (_access.c.agency == device.agency) & (_access.c.worker == device.worker) & (_access.c.open > 0)
    rows = session.execute(select(_access.c.subject, _access.c.gained).where(here)).all()
    known = {row.subject for row in rows if row.gained <= cursor.position}
    return [*(subject for subject in head.again), *sorted(known - held - set(head.again))]


def _not_granted(session: Session, device: Device, head: Head) -> list[str]:
    """After a restore: what the tablet holds without a grant in this history."""
    if head.holds is None:
        return []
    here = (_access.c.agency == device.agency) & (_access.c.worker == device.worker) & (_access.c.open > 0)
    granted = set(session.scalars(select(_access.c.subject).where(here))) | {"agency"}
    return [subject for subject in head.holds if subject not in granted]


def _head_row(session: Session, agency: str) -> Any:
    return session.execute(_HEAD, {"a": agency}).one()
