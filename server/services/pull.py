"""
Pull: the next page of what a tablet lacks, out of one snapshot.

A pull asks the index of what changed for this worker and nothing else. First come subjects that *enter*, whole, in
the order of their batch; then the rows of all others in order of (position, record, unit). What counts is access in
the snapshot of each page. A row that the asking device can make itself, because it is its own write and nothing
else is alive there, is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from sync import Page, Record, first_line, read_state, write_row
from sync.digest import write_digest

from ..crypto import Sealer
from ..db import table_of
from ..tables.access import AccessRow
from ..tables.fact import FactRow
from ..tables.log import LogRow
from ..tables.record import RecordRow
from ..tables.subject import SubjectRow
from . import holdings
from .book import EVERYBODY
from .cursor import Batch, Cursor, Place, link_text, write_cursor
from .records import ASKED_MAX, open_boxes

FIRST_SUBJECTS_MAX: Final = 32
"""Clients of today that go first: nobody visits more in a day."""

_access = table_of(AccessRow)
_record = table_of(RecordRow)
_subject = table_of(SubjectRow)
_log = table_of(LogRow)
_fact = table_of(FactRow)

_ROW = (_record.c.type, _record.c.id, _record.c.subject, _record.c.box)
_POSITIONS = (_record.c.type, _record.c.id, _record.c.subject, _record.c.position, _record.c.moved)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who pulls, and what stands in the snapshot."""

    agency: str
    worker: str
    device: str
    head: int
    link: bytes
    today: str
    """The day at the agency, ISO 8601: the clients of its visits go first."""


def page_of(
    session: Session,
    sealer: Sealer,
    reader: Reader,
    cursor: Cursor,
    page_bytes: int,
    again: Iterable[str] = (),
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
    return _Pull(session, sealer, reader, cursor, page_bytes).page(tuple(again))


class _Full(Exception):
    """The page has no room for the next row."""


class _Pull:
    """One page in the making."""

    def __init__(
        self, session: Session, sealer: Sealer, reader: Reader, cursor: Cursor, page_bytes: int
    ) -> None:
        self.session = session
        self.sealer = sealer
        self.reader = reader
        self.start = cursor
        self.cursor = cursor
        self.room = page_bytes
        self.rows: list[bytes] = []
        self.enter: list[str] = []
        self.whole: list[str] = []
        self.changed = self._changed(cursor.position)

    def page(self, again: tuple[str, ...]) -> Page:
        """Fill the page; it is the last one when nothing more stops it."""
        self._ask_again(again)
        try:
            self._fill()
            more = False
        except _Full:
            more = True
            self._leave_out_begun()
        return self._made(more, again)

    def _leave_out_begun(self) -> None:
        """A subject of which no row fitted begins with the next page."""
        batch = self.cursor.batch
        if batch is not None and batch.place is None and self.enter[-1:] == [batch.current]:
            self.enter.pop()

    def _fill(self) -> None:
        while True:
            self._begin_batch()
            batch = self.cursor.batch
            if batch is not None and not batch.done:
                self._send_batch()
            batch = self.cursor.batch
            upper = self.reader.head if batch is None else batch.head
            self._send_rows(upper, batch)
            self.cursor = replace(self.cursor, position=upper, place=None, batch=None)
            if upper == self.reader.head:
                return

    def _begin_batch(self) -> None:
        """Subjects gained after the cursor enter together."""
        if self.cursor.batch is not None:
            return
        gained = [row.subject for row in self.changed if row.open > 0 and row.gained > self.cursor.position]
        if gained:
            first = _today(self.session, self.reader, gained) if len(gained) > 1 else ()
            self.cursor = replace(self.cursor, batch=Batch(self.cursor.position, self.reader.head, first))

    def _ask_again(self, again: tuple[str, ...]) -> None:
        if not again:
            return
        self._begin_batch()
        batch = self.cursor.batch or Batch(self.reader.head, self.reader.head)
        if batch.done:
            batch = replace(batch, low=batch.head, done=False, after="\uffff")
        added = tuple(subject for subject in again if subject not in batch.first[batch.index :])
        self.cursor = replace(self.cursor, batch=replace(batch, first=batch.first + added))

    def _send_batch(self) -> None:
        batch = self.cursor.batch
        assert batch is not None, "there is a batch to send"
        for subject in batch.first[batch.index :]:
            self._send_subject(subject)
            batch = replace(self._batch(), index=self._batch().index + 1, current="", place=None)
            self.cursor = replace(self.cursor, batch=batch)
        for subject in self._others(batch):
            self._send_subject(subject)
            batch = replace(self._batch(), after=subject, current="", place=None)
            self.cursor = replace(self.cursor, batch=batch)
        self.cursor = replace(
            self.cursor, batch=replace(self._batch(), done=True, first=(), index=0, place=None)
        )

    def _others(self, batch: Batch) -> list[str]:
        """The subjects of a batch that were not named, as access stands now, in order."""
        named = set(batch.first)
        return sorted(
            row.subject
            for row in self.changed
            if row.open > 0
            and batch.low < row.gained <= batch.head
            and row.subject > batch.after
            and row.subject not in named
        )

    def _batch(self) -> Batch:
        batch = self.cursor.batch
        assert batch is not None, "a batch is being sent"
        return batch

    def _send_subject(self, subject: str) -> None:
        """The whole state of a subject, from where the last page broke off."""
        access = self._access(subject)
        if access is None:
            return
        place = self._batch().place if self._batch().current == subject else None
        if place is None:
            self.enter.append(subject)
            self.cursor = replace(self.cursor, batch=replace(self._batch(), current=subject, place=None))
        for row in _records_of(self.session, self.reader.agency, subject, place):
            state = open_boxes(self.sealer, self.reader.agency, [row])[0]
            after = place.unit if place is not None and (row.type, row.id) == (place.type, place.id) else ""
            line = first_line(state)
            if not after and self._fits(line):
                self._send(line)
                self._mark(Place(0, row.type, row.id, "\uffff"))
                continue
            record = read_state(state)
            self._send_units(record, sorted(unit for unit in record.units if unit > after), 0)
            self._mark(Place(0, row.type, row.id, "\uffff"))
        if access.touched <= self._batch().head:
            self.whole.append(subject)

    def _access(self, subject: str) -> Any:
        """The worker's access to a subject, if it is open."""
        found = next((row for row in self.changed if row.subject == subject), None)
        if found is None:
            here = (_access.c.agency == self.reader.agency) & (_access.c.subject == subject)
            who = _access.c.worker.in_((self.reader.worker, EVERYBODY))
            found = self.session.execute(_ACCESS.where(here, who)).first()
        return found if found is not None and found.open > 0 else None

    def _send_rows(self, upper: int, batch: Batch | None) -> None:
        """Rows of whole subjects up to a position, in order of (position, record, unit)."""
        groups = self._groups(upper, batch)
        mine = self._own_positions({group[0] for group in groups})
        for some in _slices(groups):
            states = _states(self.session, self.sealer, self.reader.agency, {group[1:] for group in some})
            for position, type_, id_ in some:
                record = states[type_, id_]
                units = [
                    unit
                    for unit, state in record.units.items()
                    if state.position == position and not self._makes_itself(state.live, mine.get(position))
                ]
                self._send_units(record, sorted(self._not_sent(position, type_, id_, units)), position)
                self.cursor = replace(self.cursor, place=Place(position, type_, id_, "\uffff"))

    def _groups(self, upper: int, batch: Batch | None) -> list[tuple[int, str, str]]:
        """(position, type, id) of everything to send, in order, without what the last page had."""
        start, place = self.cursor.position, self.cursor.place
        groups: list[tuple[int, str, str]] = []
        for access, rows in self._candidates(start):
            low = start
            if batch is not None and batch.low < access.gained <= batch.head:
                low = batch.head
            for row in rows:
                positions = [int(part) for part in row.moved.split(",")] if row.moved else []
                groups += [(p, row.type, row.id) for p in (*positions, row.position) if low < p <= upper]
        groups.sort()
        return groups if place is None else [group for group in groups if group >= place[:3]]

    def _candidates(self, start: int) -> Iterator[tuple[Any, list[Any]]]:
        """Accessible subjects that changed, with the positions of their records that did."""
        access = {row.subject: row for row in self.changed if row.open > 0 and row.gained <= self.reader.head}
        rows: dict[str, list[Any]] = {}
        for some in _slices(sorted(access)):
            here = (_record.c.agency == self.reader.agency) & _record.c.subject.in_(some)
            for row in self.session.execute(select(*_POSITIONS).where(here, _record.c.position > start)):
                rows.setdefault(row.subject, []).append(row)
        return ((access[subject], found) for subject, found in rows.items())

    def _own_positions(self, positions: set[int]) -> dict[int, str]:
        """{position: name} of the asking device's own accepted changesets among these."""
        found: dict[int, str] = {}
        for some in _slices(sorted(positions)):
            here = (_log.c.agency == self.reader.agency) & _log.c.position.in_(some)
            own = (_log.c.device == self.reader.device) & (_log.c.kind == "changeset")
            rows = self.session.execute(select(_log.c.position, _log.c.name).where(here, own))
            found |= {row.position: row.name for row in rows}
        return found

    @staticmethod
    def _makes_itself(live: Sequence[Any], name: str | None) -> bool:
        return name is not None and len(live) == 1 and live[0].name == name

    def _not_sent(self, position: int, type_: str, id_: str, units: list[str]) -> list[str]:
        place = self.cursor.place
        if place is None or place[:3] != (position, type_, id_):
            return units
        return [unit for unit in units if unit > place.unit]

    def _send_units(self, record: Record, units: Sequence[str], position: int) -> None:
        """As many units of one record as fit, as one row; then the page is full."""
        if not units:
            return
        line = write_row(record, units)
        if self._fits(line):
            self._send(line)
            return
        some = list(units)
        while len(some) > 1 and not self._fits(line):
            some = some[: max(1, len(some) // 2)]
            line = write_row(record, some)
        if self.rows and not self._fits(line):
            raise _Full
        self._send(line)
        place = Place(position, record.type, record.id, some[-1])
        if position:
            self.cursor = replace(self.cursor, place=place)
        else:
            self._mark(place)
        if len(some) < len(units):
            raise _Full

    def _fits(self, line: bytes) -> bool:
        return len(line) + 1 <= self.room

    def _send(self, line: bytes) -> None:
        self.rows.append(line)
        self.room -= len(line) + 1

    def _mark(self, place: Place) -> None:
        self.cursor = replace(self.cursor, batch=replace(self._batch(), place=place))

    def _made(self, more: bool, again: tuple[str, ...]) -> Page:
        start, reader = self.start, self.reader
        cursor = self._closed(more)
        leave = [
            row.subject
            for row in self.changed
            if row.open == 0 and start.position < row.lost <= cursor.position
        ]
        moved = cursor != start
        digests, total = ({}, "") if more or not moved else self._digests(again)
        return Page(
            cursor=write_cursor(cursor),
            more=more,
            rows=tuple(self.rows),
            enter=tuple(self.enter),
            whole=tuple(self.whole),
            leave=tuple(leave),
            digests=digests,
            total=total,
            head=reader.head if moved else 0,
        )

    def _closed(self, more: bool) -> Cursor:
        """The cursor that the tablet keeps: positions of which every row was sent."""
        cursor, place = self.cursor, self.cursor.place
        if not more:
            return Cursor(self.reader.head, link_text(self.reader.link))
        position = cursor.position
        if place is not None and place.position - 1 > position:
            position = place.position - 1
        link = (
            cursor.link if position == self.start.position else _link_at(self.session, self.reader, position)
        )
        since = self.start.position if self.start.since is None else self.start.since
        return replace(cursor, position=position, link=link, since=since)

    def _digests(self, again: tuple[str, ...]) -> tuple[dict[str, str], str]:
        since = self.start.position if self.start.since is None else self.start.since
        rows = self.changed if since == self.start.position else self._changed(since)
        subjects = sorted({row.subject for row in rows if row.open > 0 and row.touched > since} | set(again))
        if not subjects and not any(row.open == 0 for row in rows):
            return {}, ""
        found: dict[str, str] = {}
        for some in _slices(subjects):
            here = (_subject.c.agency == self.reader.agency) & _subject.c.id.in_(some)
            for row in self.session.execute(select(_subject.c.id, _subject.c.digest).where(here)):
                found[row.id] = write_digest(int.from_bytes(row.digest, "big"))
        total = holdings.total_of(self.session, self.reader.agency, self.reader.worker)
        return found, write_digest(total)

    def _changed(self, after: int) -> list[Any]:
        here = (_access.c.agency == self.reader.agency) & (_access.c.touched > after)
        who = _access.c.worker.in_((self.reader.worker, EVERYBODY))
        return list(self.session.execute(_ACCESS.where(here, who)))


_ACCESS = select(_access.c.subject, _access.c.open, _access.c.gained, _access.c.lost, _access.c.touched)


def _records_of(session: Session, agency: str, subject: str, place: Place | None) -> Iterator[Any]:
    """The records of a subject in order of (type, id), from the one that `place` is in."""
    here = (_record.c.agency == agency) & (_record.c.subject == subject)
    query = select(*_ROW).where(here).order_by(_record.c.type, _record.c.id).limit(ASKED_MAX)
    reached = None if place is None else (place.type, place.id)
    if place is not None and place.unit != "\uffff":
        yield from session.execute(query.where(_record.c.type == place.type, _record.c.id == place.id))
    while True:
        after = query if reached is None else query.where(tuple_(_record.c.type, _record.c.id) > reached)
        rows = session.execute(after).all()
        yield from rows
        if len(rows) < ASKED_MAX:
            return
        reached = (rows[-1].type, rows[-1].id)


def _states(
    session: Session, sealer: Sealer, agency: str, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Record]:
    wanted = sorted(keys)
    found: dict[tuple[str, str], Record] = {}
    for some in _slices(wanted):
        here = (_record.c.agency == agency) & tuple_(_record.c.type, _record.c.id).in_(some)
        rows = session.execute(select(*_ROW).where(here)).all()
        for row, state in zip(rows, open_boxes(sealer, agency, rows), strict=True):
            found[row.type, row.id] = read_state(state)
    return found


def _today(session: Session, reader: Reader, gained: Sequence[str]) -> tuple[str, ...]:
    """The clients whom this worker visits today, in the order of the visits."""
    wanted = set(gained)
    here = (_fact.c.agency == reader.agency) & (_fact.c.worker == reader.worker)
    day = (_fact.c.kind == "visit_planned") & (_fact.c.at >= reader.today) & (_fact.c.at < reader.today + "~")
    subjects = session.scalars(select(_fact.c.subject).where(here, day).order_by(_fact.c.at))
    ordered = dict.fromkeys(subject for subject in subjects if subject in wanted)
    return tuple(ordered)[:FIRST_SUBJECTS_MAX]


def _link_at(session: Session, reader: Reader, position: int) -> str:
    here = (_log.c.agency == reader.agency) & (_log.c.position == position)
    return link_text(session.scalars(select(_log.c.chain).where(here)).one())


def _slices(parts: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (parts[start : start + ASKED_MAX] for start in range(0, len(parts), ASKED_MAX))
