"""
What a tablet tells of itself with each request: clock, versions, unsent work, and its store's anchor.

A store whose anchor lies behind one that was told before was rolled back: its device has forked. Anchors are
judged in the order in which the requests were made, so one that was delayed on its way is no roll-back.
"""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync import Tablet

from ...db import table_of
from ...tables.device import DeviceRow
from ..access.devices import Device

_device = table_of(DeviceRow)
_HERE = (_device.c.agency == bindparam("a")) & (_device.c.id == bindparam("d"))
_LAST_TOLD = select(
    _device.c.last_contact_ms, _device.c.clock_offset_ms, _device.c.anchor_seq, _device.c.anchor_digest
).where(_HERE)
_TELL = (
    update(_device)
    .where(_HERE)
    .values(
        clock_offset_ms=bindparam("offset"),
        last_contact_ms=bindparam("now"),
        told_pending=bindparam("pending"),
        app=bindparam("app_told"),
        schema=bindparam("schema_told"),
        anchor_seq=bindparam("seq"),
        anchor_digest=bindparam("seal"),
    )
)


def note(session: Session, device: Device, tablet: Tablet, now_ms: int) -> bool:
    """Write down what a tablet says; answers whether its store was rolled back."""
    here = {"a": device.agency, "d": device.id}
    row = session.execute(_LAST_TOLD, here).one()
    made_later = row.last_contact_ms is None or tablet.clock >= row.last_contact_ms - row.clock_offset_ms
    sequence, seal = _anchor(tablet.anchor)
    rolled_back = made_later and seal != "" and _is_behind(row, sequence, seal)
    moves_on = made_later and seal != "" and not rolled_back
    values = {
        "offset": now_ms - tablet.clock,
        "now": now_ms,
        "pending": tablet.pending,
        "app_told": tablet.app,
        "schema_told": tablet.schema,
        "seq": sequence if moves_on else row.anchor_seq,
        "seal": seal if moves_on else row.anchor_digest,
    }
    session.execute(_TELL, here | values)
    return rolled_back


def _anchor(text: str) -> tuple[int, str]:
    """`sequence.seal`; nothing where a tablet tells none."""
    sequence, found, seal = text.partition(".")
    if not found or not sequence.isascii() or not sequence.isdecimal() or len(sequence) > 18:
        return 0, ""
    return int(sequence), seal


def _is_behind(row: Any, sequence: int, seal: str) -> bool:
    if row.anchor_digest is None:
        return False
    return bool(sequence < row.anchor_seq or (sequence == row.anchor_seq and seal != row.anchor_digest))
