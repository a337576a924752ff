"""
Entering: subjects that this worker has gained, each sent whole, in batches.

A batch is all that was gained up to one head. The clients of today go first, the others in the order of their
ids, so that a later page goes on with nothing but the last id; what changed in a subject while it entered follows
as rows, see `changes`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from sync import first_line, read_state

from ....db import table_of
from ....tables.record import RecordRow
from ..cursor import Batch, Place
from ..records import ASKED_MAX, open_boxes
from .reader import Access, access_to, clients_of_today
from .sheet import END, Full, Sheet

OPENED_AT_ONCE: Final = 32
"""Records whose boxes are opened together: about a page of a poor link."""

_record = table_of(RecordRow)
_ROW = (_record.c.type, _record.c.id, _record.c.subject, _record.c.box)


def begin_batch(sheet: Sheet) -> None:
    """Subjects gained after the cursor enter together."""
    cursor, reader = sheet.cursor, sheet.reader
    if cursor.batch is not None:
        return
    gained = {access.subject for access in sheet.changed.values() if _entered(access, cursor.position)}
    if gained:
        first = clients_of_today(sheet.session, reader, gained) if len(gained) > 1 else ()
        sheet.cursor = replace(cursor, batch=Batch(cursor.position, reader.head, first))


def ask_again(sheet: Sheet, again: Sequence[str]) -> None:
    """Subjects that the tablet asks for enter once more."""
    if not again:
        return
    begin_batch(sheet)
    batch = sheet.cursor.batch or Batch(sheet.reader.head, sheet.reader.head)
    if batch.done:
        batch = replace(batch, low=batch.head, done=False, after=END)
    added = tuple(subject for subject in again if subject not in batch.first[batch.index :])
    sheet.cursor = replace(sheet.cursor, batch=replace(batch, first=batch.first + added))


def send_batch(sheet: Sheet) -> None:
    """
    Send what is left of the batch.

    Raises:
        Full: The page ends within it.
    """
    batch = _batch(sheet)
    for index, subject in enumerate(batch.first[batch.index :], batch.index + 1):
        _send_subject(sheet, subject)
        _mark(sheet, index=index, current="", place=None)
    for subject in _others(sheet, batch):
        _send_subject(sheet, subject)
        _mark(sheet, after=subject, current="", place=None)
    _mark(sheet, done=True, first=(), index=0, place=None)


def leave_out_begun(sheet: Sheet) -> None:
    """A subject of which no row fitted begins with the next page."""
    batch = sheet.cursor.batch
    if batch is not None and batch.place is None and sheet.enter[-1:] == [batch.current]:
        sheet.enter.pop()


def _others(sheet: Sheet, batch: Batch) -> list[str]:
    """The subjects of a batch that were not named, as access stands now, in order."""
    named = set(batch.first)
    return sorted(
        subject
        for subject, access in sheet.changed.items()
        if _entered(access, batch.low)
        and access.gained <= batch.head
        and subject > batch.after
        and subject not in named
    )


def _entered(access: Access, position: int) -> bool:
    return access.open > 0 and access.gained > position


def _send_subject(sheet: Sheet, subject: str) -> None:
    """The whole state of a subject, from where the last page broke off."""
    access = sheet.changed.get(subject) or access_to(sheet.session, sheet.reader, subject)
    if access is None or access.open <= 0:
        return
    batch = _batch(sheet)
    place = batch.place if batch.current == subject else None
    if place is None:
        sheet.enter.append(subject)
        _mark(sheet, current=subject, place=None)
    _send_records(sheet, subject, place)
    if access.touched <= batch.head:
        sheet.whole.append(subject)


def _send_records(sheet: Sheet, subject: str, place: Place | None) -> None:
    """The records of a subject, behind the place where the last page broke off."""
    for row, state in _states_of(sheet, subject, place):
        here = place is not None and (row.type, row.id) == (place.type, place.id)
        last = _send_record(sheet, state, place.unit if place is not None and here else "")
        if last:
            place = Place(0, row.type, row.id, last)
        if last != END:
            _mark(sheet, place=place)
            raise Full


def _send_record(sheet: Sheet, state: bytes, after: str) -> str:
    """
    The units of one record, behind one that was sent.

    Returns:
        The last unit that fitted, empty where none did; `END` once there is no more.
    """
    line = first_line(state)
    if not after and sheet.fits(line):
        sheet.add(line)
        return END
    record = read_state(state)
    units = sorted(unit for unit in record.units if unit > after)
    count = sheet.add_units(record, units)
    if count == len(units):
        return END
    return units[count - 1] if count else ""


def _states_of(sheet: Sheet, subject: str, place: Place | None) -> Iterator[tuple[Any, bytes]]:
    """The records of a subject with their states, opened some at a time: a page may end anywhere."""
    rows = _records_of(sheet.session, sheet.reader.agency, subject, place)
    while some := list(islice(rows, OPENED_AT_ONCE)):
        yield from zip(some, open_boxes(sheet.sealer, sheet.reader.agency, some), strict=True)


def _records_of(session: Session, agency: str, subject: str, place: Place | None) -> Iterator[Any]:
    """The records of a subject in order of (type, id), from the one that `place` is in."""
    here = (_record.c.agency == agency) & (_record.c.subject == subject)
    query = select(*_ROW).where(here).order_by(_record.c.type, _record.c.id).limit(ASKED_MAX)
    reached = None if place is None else (place.type, place.id)
    if place is not None and place.unit != END:
        yield from session.execute(query.where(_record.c.type == place.type, _record.c.id == place.id))
    while True:
        after = query if reached is None else query.where(tuple_(_record.c.type, _record.c.id) > reached)
        rows = session.execute(after).all()
        yield from rows
        if len(rows) < ASKED_MAX:
            return
        reached = (rows[-1].type, rows[-1].id)


def _batch(sheet: Sheet) -> Batch:
    batch = sheet.cursor.batch
    assert batch is not None, "a batch is being sent"
    return batch


def _mark(sheet: Sheet, **progress: Any) -> None:
    """Move the cursor within the batch."""
    sheet.cursor = replace(sheet.cursor, batch=replace(_batch(sheet), **progress))
