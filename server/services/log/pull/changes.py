"""
Changes: rows of subjects that the tablet has whole, in order of (position, record, unit).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from sync import Live, Record, read_state, sole_changeset

from ....db import table_of
from ....tables.log import LogRow
from ....tables.record import RecordRow
from ..cursor import Batch, Place
from ..records import boxes_of, open_boxes
from .reader import Access
from .sheet import END, Full, Sheet, slices

_record = table_of(RecordRow)
_log = table_of(LogRow)
_POSITIONS = select(
    _record.c.type, _record.c.id, _record.c.subject, _record.c.position, _record.c.moved
).where(
    _record.c.agency == bindparam("a"),
    _record.c.subject.in_(bindparam("subjects", expanding=True)),
    _record.c.position > bindparam("p"),
)
# Whose they are is looked at here: SQLite would go through everything that the device ever wrote.
_ENTRIES = select(_log.c.position, _log.c.name, _log.c.device, _log.c.kind).where(
    _log.c.agency == bindparam("a"), _log.c.position.in_(bindparam("positions", expanding=True))
)


def send_changes(sheet: Sheet, upper: int) -> None:
    """
    Send what changed up to a position.

    Raises:
        Full: The page ends before it.
    """
    groups = _groups(sheet, upper)
    mine = _own_positions(sheet, {group[0] for group in groups})
    for some in slices(groups):
        states = _states(sheet, {group[1:] for group in some})
        for position, type_, id_ in some:
            state, name = states[type_, id_], mine.get(position)
            if name is None or sole_changeset(state) != name:
                _send_record(sheet, read_state(state), position, name)


def _send_record(sheet: Sheet, record: Record, position: int, name: str | None) -> None:
    """What changed in a record at a position, but for what the changeset of this name alone says."""
    units = [
        unit
        for unit, state in record.units.items()
        if state.position == position and not _makes_itself(state.live, name)
    ]
    _send_units(sheet, record, sorted(units), position)


def _groups(sheet: Sheet, upper: int) -> list[tuple[int, str, str]]:
    """(position, type, id) of everything to send, in order, without what the last page had."""
    start, place, lows = sheet.cursor.position, sheet.cursor.place, _lows(sheet, upper)
    groups: list[tuple[int, str, str]] = []
    for some in slices(sorted(lows)):
        asked = {"a": sheet.reader.agency, "subjects": some, "p": start}
        for row in sheet.session.execute(_POSITIONS, asked):
            low = lows[row.subject]
            positions = [int(part) for part in row.moved.split(",")] if row.moved else []
            groups += [(p, row.type, row.id) for p in (*positions, row.position) if low < p <= upper]
    groups.sort()
    return groups if place is None else [group for group in groups if group >= place[:3]]


def _lows(sheet: Sheet, upper: int) -> dict[str, int]:
    """{subject: the position behind which the tablet lacks rows} of those with any up to another position."""
    start, batch = sheet.cursor.position, sheet.cursor.batch
    lows: dict[str, int] = {}
    for subject, access in sheet.changed.items():
        low = batch.head if batch is not None and _in_batch(access, batch) else start
        if access.open > 0 and access.gained <= sheet.reader.head and low < min(upper, access.touched):
            lows[subject] = low
    return lows


def _in_batch(access: Access, batch: Batch) -> bool:
    return batch.low < access.gained <= batch.head


def _own_positions(sheet: Sheet, positions: set[int]) -> dict[int, str]:
    """{position: name} of the asking device's own accepted changesets among these."""
    own = sheet.reader.own
    found = {position: own[position] for position in positions & own.keys()}
    for some in slices(sorted(positions - own.keys())):
        rows = sheet.session.execute(_ENTRIES, {"a": sheet.reader.agency, "positions": some})
        found |= {
            row.position: row.name
            for row in rows
            if row.device == sheet.reader.device and row.kind == "changeset"
        }
    return found


def _makes_itself(live: Sequence[Live], name: str | None) -> bool:
    return name is not None and len(live) == 1 and live[0].name == name


def _states(sheet: Sheet, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    """{(type, id): stored state} of at most a slice of records."""
    agency = sheet.reader.agency
    rows = boxes_of(sheet.session, agency, keys)
    states = open_boxes(sheet.sealer, agency, rows)
    return {(row.type, row.id): state for row, state in zip(rows, states, strict=True)}


def _send_units(sheet: Sheet, record: Record, units: Sequence[str], position: int) -> None:
    """The units of one record, behind the one that the last page ended with."""
    place, key = sheet.cursor.place, (position, record.type, record.id)
    if place is not None and place[:3] == key:
        units = [unit for unit in units if unit > place.unit]
    count = sheet.add_units(record, units)
    if count < len(units):
        if count:
            sheet.cursor = replace(sheet.cursor, place=Place(*key, units[count - 1]))
        raise Full
    sheet.cursor = replace(sheet.cursor, place=Place(*key, END))
