"""
The page: in which order it is filled, and what is said at its end.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync import Page
from sync.digest import write_digest

from ....crypto import Sealer
from ....db import table_of
from ....tables.log import LogRow
from ....tables.subject import SubjectRow
from .. import holdings
from ..cursor import Cursor, link_text, write_cursor
from .changes import send_changes
from .entering import ask_again, begin_batch, leave_out_begun, send_batch
from .reader import Reader, access_to, changed_since
from .sheet import Full, Sheet, slices

_subject = table_of(SubjectRow)
_log = table_of(LogRow)
_DIGESTS = select(_subject.c.id, _subject.c.digest, holdings.TOTAL.scalar_subquery().label("total")).where(
    _subject.c.agency == bindparam("a"), _subject.c.id.in_(bindparam("subjects", expanding=True))
)
_LINK = select(_log.c.chain).where(_log.c.agency == bindparam("a"), _log.c.position == bindparam("p"))


def page_of(
    session: Session,
    sealer: Sealer,
    reader: Reader,
    cursor: Cursor,
    page_bytes: int,
    again: Sequence[str] = (),
) -> Page:
    """
    The page after a cursor.

    Args:
        session: In a reading snapshot.
        sealer: Opens what is sent.
        reader: Who asks.
        cursor: Checked against the chain.
        page_bytes: Bytes of rows wanted; at least one row is sent.
        again: Subjects to send whole once more, by name.
    """
    sheet = Sheet(session, sealer, reader, cursor, page_bytes)
    ask_again(sheet, again)
    try:
        _fill(sheet)
        more = False
    except Full:
        more = True
        leave_out_begun(sheet)
    return _finished(sheet, more, again)


def _fill(sheet: Sheet) -> None:
    """What enters, then what changed; again while something was gained after the batch began."""
    while True:
        begin_batch(sheet)
        batch = sheet.cursor.batch
        if batch is not None and not batch.done:
            send_batch(sheet)
        upper = sheet.reader.head if batch is None else batch.head
        send_changes(sheet, upper)
        sheet.cursor = replace(sheet.cursor, position=upper, place=None, batch=None)
        if upper == sheet.reader.head:
            return


def _finished(sheet: Sheet, more: bool, again: Sequence[str]) -> Page:
    start, cursor = sheet.start, _closed(sheet, more)
    lost = [
        access.subject
        for access in sheet.changed.values()
        if access.open == 0 and start.position < access.lost <= cursor.position
    ]
    moved = cursor != start
    if start.batch is not None:
        # An earlier page of this pull was asked for these; this one may be the last.
        again = (*again, *start.batch.first)
    digests, total = ({}, "") if more or not (moved or again) else _digests(sheet, again)
    return Page(
        cursor=write_cursor(cursor),
        more=more,
        rows=tuple(sheet.rows),
        enter=tuple(sheet.enter),
        whole=tuple(sheet.whole),
        leave=tuple(lost),
        digests=digests,
        total=total,
        head=sheet.reader.head if moved else 0,
    )


def _closed(sheet: Sheet, more: bool) -> Cursor:
    """The cursor that the tablet keeps: positions of which every row was sent."""
    start, cursor, reader = sheet.start, sheet.cursor, sheet.reader
    if not more:
        return Cursor(reader.head, link_text(reader.link))
    position = cursor.position
    if cursor.place is not None and cursor.place.position - 1 > position:
        position = cursor.place.position - 1
    link = cursor.link if position == start.position else _link_at(sheet, position)
    return replace(cursor, position=position, link=link, since=_begun(start))


def _begun(start: Cursor) -> int:
    """Where the pull began, of which this may be a later page."""
    return start.position if start.since is None else start.since


def _digests(sheet: Sheet, again: Sequence[str]) -> tuple[dict[str, str], str]:
    """({subject: digest} of what changed in the whole pull, the total); nothing where nothing did."""
    session, reader, since = sheet.session, sheet.reader, _begun(sheet.start)
    once = since == sheet.start.position
    rows = sheet.changed.values() if once else changed_since(session, reader, since)
    changed = {row.subject for row in rows if row.open > 0 and row.touched > since}
    subjects = sorted(changed | {subject for subject in again if _is_open(sheet, subject)})
    if not subjects and not any(row.open == 0 for row in rows):
        return {}, ""
    found: list[Any] = []
    for some in slices(subjects):
        asked = {"a": reader.agency, "w": reader.worker, "subjects": some}
        found += session.execute(_DIGESTS, asked).all()
    if not found:
        return {}, write_digest(holdings.total_of(session, reader.agency, reader.worker))
    return {row.id: _text(row.digest) for row in found}, _text(found[0].total)


def _text(digest: bytes | None) -> str:
    return write_digest(int.from_bytes(digest or b"", "big"))


def _is_open(sheet: Sheet, subject: str) -> bool:
    """Whether the worker has access: whoever asks for another's client learns nothing by it."""
    access = sheet.changed.get(subject) or access_to(sheet.session, sheet.reader, subject)
    return access is not None and access.open > 0


def _link_at(sheet: Sheet, position: int) -> str:
    return link_text(sheet.session.scalars(_LINK, {"a": sheet.reader.agency, "p": position}).one())
