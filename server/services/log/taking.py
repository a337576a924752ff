"""
Taking in what a request brings: each line gets its outcome, by the device that signed it.

One transaction takes at most a hundred changesets, and writes down at once what they reveal of their device: a
server that stops between two has lost nothing, and forgotten nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync import Head, Line, Outcome, Prefix

from ...db import reading, table_of, writing
from ...errors import NotAssigned
from ...house import House
from ...tables.device import DeviceRow
from ...tables.person import PersonRow
from ..access import agencies, grants
from ..access.devices import ACTIVE, FORKED, Device, note_fork
from .accept import TRANSACTION_CHANGESETS_MAX, Sender, accept, give_up
from .book import open_book
from .erased import without_erased
from .incoming import Incoming, Signatory, read_envelope, receive
from .judgement import Author
from .waiting import ANY

_device = table_of(DeviceRow)
_person = table_of(PersonRow)
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


@dataclass(slots=True)
class Work:
    """What came of the changesets of one request."""

    outcomes: list[Outcome]
    own: dict[int, str] = field(default_factory=dict)
    """{position: name} of what the device itself wrote and now is accepted."""
    forked: bool = False
    """Whether this request reveals that its device has forked: it is taken in whole, later ones are not."""


def take(
    session: Session,
    device: Device,
    head: Head,
    lines: Sequence[Line],
    at: House,
    *,
    due: bool,
    rolled_back: bool,
) -> Work:
    """
    Give every line of a request its outcome; grants that are due begin and end first.

    Args:
        session: At rest; transactions are opened here.
        device: Whose request it is.
        head: Of the request.
        lines: The changesets.
        at: What this server stands on.
        due: Whether a grant's begin or end waits to be written.
        rolled_back: Whether the tablet's store was found to be rolled back.
    """
    work = Work([], forked=rolled_back and device.state != FORKED)
    groups = _by_device(session, device, lines, at)
    if due and not groups:
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
    session: Session, device: Device, signer: str, some: Sequence[Incoming], at: House, work: Work
) -> list[Outcome]:
    """Give some lines of one device their outcomes, in a transaction of their own."""

    def accepting(erased: frozenset[str]) -> list[Outcome]:
        return at.database.retrying(lambda: _accept(session, device, signer, some, at, work, erased))

    return without_erased(session, device.agency, at, accepting)


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
    work: Work,
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
            note_fork(session, device)
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
