"""
Records at rest: their state read and written in one statement each, sealed for their subjects.

What is stored is a cache: `rebuild` makes the same out of the log.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync import Record, read_state, write_state

from ...bulk import Bulk
from ...crypto import Item, Sealed, Sealer
from ...db import table_of
from ...tables.record import RecordRow

ASKED_MAX: Final = 300
"""Keys in one list of a statement, below every database's limit of parameters."""

_record = table_of(RecordRow)
_INSERT = Bulk(_record)
_BOXES = select(_record.c.type, _record.c.id, _record.c.subject, _record.c.box).where(
    _record.c.agency == bindparam("a")
)
# By pairs of type and id SQLite would go through every record of the agency.
_OF_KEYS = _BOXES.where(
    _record.c.type.in_(bindparam("types", expanding=True)), _record.c.id.in_(bindparam("ids", expanding=True))
)
_OF_SUBJECT = _BOXES.where(_record.c.subject == bindparam("s")).order_by(_record.c.type, _record.c.id)
_UPDATE = (
    update(_record)
    .where(
        _record.c.agency == bindparam("a"), _record.c.type == bindparam("t"), _record.c.id == bindparam("i")
    )
    .values(position=bindparam("p"), moved=bindparam("m"), box=bindparam("b"))
)


class Key(NamedTuple):
    """What names a record."""

    type: str
    id: str


def read_records(session: Session, sealer: Sealer, agency: str, keys: Sequence[Key]) -> dict[Key, Record]:
    """The records of these keys that exist."""
    found: dict[Key, Record] = {}
    for start in range(0, len(keys), ASKED_MAX):
        rows = boxes_of(session, agency, keys[start : start + ASKED_MAX])
        found |= {Key(record.type, record.id): record for record in opened(sealer, agency, rows)}
    return found


def boxes_of(session: Session, agency: str, keys: Collection[tuple[str, str]]) -> list[Any]:
    """Rows of (type, id, subject, box) of these keys, of `ASKED_MAX` at most, where there are such records."""
    types, ids = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
    wanted = set(keys)
    rows = session.execute(_OF_KEYS, {"a": agency, "types": types, "ids": ids})
    return [row for row in rows if (row.type, row.id) in wanted]


def read_subject(session: Session, sealer: Sealer, agency: str, subject: str) -> list[Record]:
    """Every record of a subject, in order of type and id."""
    rows = session.execute(_OF_SUBJECT, {"a": agency, "s": subject}).all()
    return list(opened(sealer, agency, rows))


def opened(sealer: Sealer, agency: str, rows: Sequence[Any]) -> Iterable[Record]:
    """Records out of rows of (type, id, subject, box)."""
    return map(read_state, open_boxes(sealer, agency, rows))


def open_boxes(sealer: Sealer, agency: str, rows: Sequence[Any]) -> list[bytes]:
    """The stored states of rows of (type, id, subject, box), in their order."""
    boxes = [Sealed(row.subject, record_context(row.type, row.id), row.box) for row in rows]
    return sealer.open_many(agency, boxes)


def write_records(
    session: Session, sealer: Sealer, agency: str, new: Sequence[Record], changed: Sequence[Record]
) -> None:
    """Store records that were not there, and records that were."""
    records = [*new, *changed]
    items = [
        Item(record.subject, record_context(record.type, record.id), write_state(record))
        for record in records
    ]
    boxes = sealer.seal_many(agency, items)
    connection = session.connection()
    _INSERT.insert(connection, map(_row, [agency] * len(new), new, boxes))
    if changed:
        rows = map(_row, [agency] * len(changed), changed, boxes[len(new) :])
        connection.execute(_UPDATE, [{column[0]: value for column, value in row.items()} for row in rows])


def record_context(type_: str, id_: str) -> bytes:
    """What binds a record's box to its place."""
    return f"record {type_} {id_}".encode()


def moved_positions(record: Record) -> tuple[int, ...]:
    """The positions, rising, at which units of a record last changed before the record itself did."""
    return tuple(sorted({state.position for state in record.units.values()} - {record.position}))


def _row(agency: str, record: Record, box: bytes) -> dict[str, Any]:
    moved = moved_positions(record)
    return {
        "agency": agency,
        "type": record.type,
        "id": record.id,
        "subject": record.subject,
        "position": record.position,
        "moved": ",".join(map(str, moved)) if moved else None,
        "box": box,
    }
