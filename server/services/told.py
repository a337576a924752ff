"""
What a tablet tells of itself with each request: clock, versions, unsent work, and its store's anchor.

A store whose anchor lies behind one that was told before was rolled back: its device has forked. Anchors are
judged in the order in which the requests were made, so one that was delayed on its way is no roll-back.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync import Tablet

from ..db import table_of
from ..tables.device import DeviceRow
from .devices import Device

_device = table_of(DeviceRow)


def note(session: Session, device: Device, tablet: Tablet, now_ms: int) -> bool:
    """Write down what a tablet says; answers whether its store was rolled back."""
    here = (_device.c.agency == device.agency) & (_device.c.id == device.id)
    row = session.execute(select(_device).where(here)).one()
    made_later = row.last_contact_ms is None or tablet.clock >= row.last_contact_ms - row.clock_offset_ms
    values: dict[str, Any] = {
        "clock_offset_ms": now_ms - tablet.clock,
        "last_contact_ms": now_ms,
        "told_pending": tablet.pending,
        "app": tablet.app,
        "schema": tablet.schema,
    }
    sequence, seal = _anchor(tablet.anchor)
    rolled_back = made_later and seal != "" and _is_behind(row, sequence, seal)
    if made_later and seal and not rolled_back:
        values |= {"anchor_seq": sequence, "anchor_digest": seal}
    session.execute(update(_device).where(here).values(**values))
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
