"""
The exchange as the server sees it: give each changeset its outcome, then a page of what the tablet lacks.

    history    the tablet must know this log: else `HistoryChanged`, and nothing of the request is processed
    work       changesets, at most a hundred to a transaction
    page       one snapshot

Only the answer to the whole request settles anything; whatever fails in between is sent once more, and gets the
outcomes that it has by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from .erased import without_erased
from .incoming import Incoming, Signatory, read_envelope, receive
from .judgement import Author
from .known import fates
from .pull import Reader, page_of
from .waiting import ANY

_head = table_of(HeadRow)
_log = table_of(LogRow)
_device = table_of(DeviceRow)
_access = table_of(AccessRow)
_person = table_of(PersonRow)
_HEAD = select(_head.c.position, _head.c.chain, _head.c.epoch, _head.c.safe).where(
    _head.c.agency == bindparam("a")
)
_LINK_AT = select(_log.c.chain).where(_log.c.agency == bindparam("a"), _log.c.position == bindparam("p"))
# What must be known of a request's cursor, in one statement: each costs a request more than its answer does.
_HEARD = select(
    _head.c.position,
    _head.c.epoch,
    _LINK_AT.scalar_subquery().label("link"),
    grants.DUE.label("due"),
).where(_head.c.agency == bindparam("a"))
_SENDER = (
    select(
        _device.c.worker,
        _device.c.state,
        _device.c.clock_offset_ms,
        _device.c.public_key,
        _device.c.tip_seq,
        _device.c.tip_name,
        _device.c.told_pending,
        _person.c.role,
        _person.c.office,
        ANY.label("waits"),
        grants.DUE.label("due"),
    )
    .outerjoin(_person, (_person.c.agency == _device.c.agency) & (_person.c.id == _device.c.worker))
    .where(_device.c.agency == bindparam("a"), _device.c.id == bindparam("d"))
)

_TAKEN_WHOLE: Final = {FORKED: ACTIVE}
"""
As what a forked device counts while its work is taken in: in the request that reveals the fork, and out of an
envelope, in which its tablet offers under a new key what was signed before.
"""


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
    own: dict[int, str] = field(default_factory=dict)
    """{position: name} of what the device itself wrote and now is accepted."""
    forked: bool = False
    """Whether this request reveals that its device has forked: it is taken in whole, later ones are not."""


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
    work = _take(session, device, head, lines, at, heard)
    # A revoked tablet may have no other key: all that it still has is taken under this one, and held.
    again = device.state != REVOKED and (device.state == FORKED or work.forked)

    def answer(_erased: frozenset[str]) -> Reply:
        with reading(session):
            top = _head_row(session, device.agency)
            reply = _reply(session, device, top, heard.cursor, at, work.outcomes)
            if device.state != REVOKED and not again and head.page_bytes:
                reply = replace(reply, page=_page(session, device, top, head, heard.cursor, at, work.own))
        return reply

    reply = without_erased(session, device.agency, at, answer)
    return write_reply(replace(reply, enrol_again=again))


def _hear(session: Session, device: Device, head: Head, at: House) -> _Heard:
    """
    Hold a request's head against the log, and write down what the tablet says of itself.

    Raises:
        HistoryChanged: The tablet knows another history; nothing is written down.
    """
    now_ms = at.providers.now_ms()
    with writing(session, durable=False):
        cursor, due = _known_history(session, device.agency, head, now_ms)
        rolled_back = told.note(session, device, head.tablet, now_ms)
        if rolled_back:
            _mark_forked(session, device)
        return _Heard(cursor, due, rolled_back)


def _known_history(session: Session, agency: str, head: Head, now_ms: int) -> tuple[Cursor, bool]:
    """
    The request's cursor, if it is one of this history, and whether a grant's begin or end is due.

    Raises:
        HistoryChanged: It is of another one; the newest kept cursor that still holds is named.
    """
    cursor = _cursor(agency, head.cursor)
    asked = {"a": agency, "p": 0 if cursor is None else cursor.position, "now": now_ms}
    row = session.execute(_HEARD, asked).one()
    if cursor is not None and head.epoch == row.epoch and _holds(agency, cursor, row.position, row.link):
        return cursor, row.due
    named: str | None = None
    if head.kept:
        named = next((text for text in head.kept if _still_holds(session, agency, text, row.position)), "")
    raise HistoryChanged(row.epoch, named)


def _cursor(agency: str, text: str) -> Cursor | None:
    """A cursor, read; none for what this server never wrote, which is of no history that it knows."""
    try:
        return read_cursor(text, first_link(agency))
    except Malformed:
        return None


def _still_holds(session: Session, agency: str, text: str, position: int) -> bool:
    cursor = _cursor(agency, text)
    if cursor is None:
        return False
    link = session.scalar(_LINK_AT, {"a": agency, "p": cursor.position})
    return _holds(agency, cursor, position, link)


def _holds(agency: str, cursor: Cursor, position: int, link: bytes | None) -> bool:
    """Whether a cursor is of this log, which ends at a position and has this link at the cursor's."""
    if cursor.furthest > position:
        return False
    if cursor.position == 0:
        return cursor.link == link_text(first_link(agency))
    return link is not None and link_text(link) == cursor.link


def _take(
    session: Session,
    device: Device,
    head: Head,
    lines: Sequence[Line],
    at: House,
    heard: _Heard,
) -> _Work:
    """Give every line its outcome; grants that are due begin and end first."""
    work = _Work([], forked=heard.rolled_back and device.state != FORKED)
    groups = _by_device(session, device, lines, at)
    if heard.due and not groups:
        _take_in(session, device, device.id, [], at, work)
    for sender, incoming in groups:
        for start in range(0, len(incoming), TRANSACTION_CHANGESETS_MAX):
            some = incoming[start : start + TRANSACTION_CHANGESETS_MAX]
            work.outcomes += _take_in(session, device, sender, some, at, work)
    if head.lacks:
        work.outcomes += without_erased(
            session,
            device.agency,
            at,
            lambda erased: at.database.retrying(
                lambda: _give_up(session, device, head.lacks, at, erased, reveals=work.forked)
            ),
        )
    return work


def _take_in(
    session: Session, device: Device, signer: str, some: Sequence[Incoming], at: House, work: _Work
) -> list[Outcome]:
    """Give some lines of one device their outcomes, in a transaction of their own."""

    def take(erased: frozenset[str]) -> list[Outcome]:
        return at.database.retrying(lambda: _accept(session, device, signer, some, at, work, erased))

    return without_erased(session, device.agency, at, take)


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
        return _sender(session, device, signer, 0)[0].signatory


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
    session: Session,
    device: Device,
    signer: str,
    some: Sequence[Incoming],
    at: House,
    work: _Work,
    erased: frozenset[str],
) -> list[Outcome]:
    with writing(session), open_book(session, at.sealer, device.agency, at.providers) as book:
        sender, due = _sender(session, device, signer, book.now_ms, reveals=work.forked)
        if due:
            book.erased = erased
            grants.write_due(book)
        sender.erased = erased
        outcomes = accept(book, sender, some)
        if signer == device.id and sender.forks:
            # In the same transaction: a server that stops here would know the second branch and forget the fork.
            _mark_forked(session, device)
    if signer == device.id:
        work.forked = work.forked or sender.forks
        work.own |= sender.accepted
    return outcomes


def _give_up(
    session: Session,
    device: Device,
    lacks: Sequence[str],
    at: House,
    erased: frozenset[str],
    *,
    reveals: bool,
) -> list[Outcome]:
    with writing(session), open_book(session, at.sealer, device.agency, at.providers) as book:
        sender, _ = _sender(session, device, device.id, book.now_ms, reveals=reveals)
        sender.erased = erased
        return give_up(book, sender, lacks)


def _sender(
    session: Session, device: Device, signer: str, now_ms: int, *, reveals: bool = False
) -> tuple[Sender, bool]:
    """
    A device as it stands in this transaction, with the rights of its worker; and whether a grant is due.

    Args:
        session: In a transaction.
        device: Whose request it is.
        signer: The device whose work is taken, which may be a predecessor.
        now_ms: The time of the transaction.
        reveals: Whether this request is the one that revealed the device's fork: what it brings is taken in.
    """
    row = session.execute(_SENDER, {"a": device.agency, "d": signer, "now": now_ms}).one()
    if row.role is None:
        raise NotAssigned("a tablet belongs to a worker")
    taken_whole = reveals or signer != device.id
    state = _TAKEN_WHOLE.get(row.state, row.state) if taken_whole else row.state
    sender = Sender(
        agency=device.agency,
        id=signer,
        state=state,
        author=Author(row.worker, row.role, row.office, row.clock_offset_ms),
        public_key=row.public_key,
        tip_seq=row.tip_seq,
        tip_id=row.tip_name or "",
        waits=row.waits,
        pending=row.told_pending,
    )
    return sender, row.due


def _mark_forked(session: Session, device: Device) -> None:
    """In a transaction: from here on the device's later requests store nothing."""
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


def _page(
    session: Session,
    device: Device,
    top: Any,
    head: Head,
    cursor: Cursor,
    at: House,
    own: Mapping[int, str],
) -> Page:
    assert device.worker is not None, "a tablet belongs to a worker"
    reader = Reader(
        agency=device.agency,
        worker=device.worker,
        device=device.id,
        head=top.position,
        link=top.chain,
        now_ms=at.providers.now_ms(),
        own=own,
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
