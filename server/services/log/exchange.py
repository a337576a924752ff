"""
The exchange as the server sees it: give each changeset its outcome, then a page of what the tablet lacks.

    history    the tablet must know this log: else `HistoryChanged`, and nothing of the request is processed
    work       changesets, at most a hundred to a transaction; see `taking`
    page       one snapshot

Only the answer to the whole request settles anything; whatever fails in between is sent once more, and gets the
outcomes that it has by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync import Fate, Head, Malformed, Outcome, Page, Reply, read_request, write_reply
from sync.limits import PAGE_BYTES_MAX

from ...db import reading, table_of, writing
from ...errors import HistoryChanged
from ...house import House
from ...tables.access import AccessRow
from ...tables.log import HeadRow, LogRow
from ..access import grants
from ..access.devices import FORKED, REVOKED, Device, note_fork
from . import told
from .chain import first_link
from .cursor import FIRST_MAX, Cursor, link_text, read_cursor
from .erased import without_erased
from .known import fates
from .pull import Reader, page_of
from .taking import take

_head = table_of(HeadRow)
_log = table_of(LogRow)
_access = table_of(AccessRow)
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


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a request's head says, held against the log."""

    cursor: Cursor
    due: bool
    """Whether a grant's begin or end waits to be written."""
    rolled_back: bool
    """Whether the tablet's store was rolled back."""


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
    work = take(session, device, head, lines, at, due=heard.due, rolled_back=heard.rolled_back)
    # A revoked tablet gets no code unasked: all that it still has is taken under this key, and held.
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
            note_fork(session, device)
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
