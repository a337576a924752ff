"""
Plain: what a tablet gives, as JSON for a program. Ids and codes as they are, never labels.
"""

from typing import Any

from sync import Shown

from ..account import Conflict, Event
from ..items import Item


def record(item: Item) -> dict[str, Any]:
    """A whole record."""
    return {
        "type": item.type,
        "id": item.id,
        "subject": item.subject,
        "life": item.life.value,
        "custody": item.custody.value,
        "values": {unit: shown.value for unit, shown in item.view.units.items() if not unit.startswith("$")},
        "columns": dict(item.columns),
        "undecided": {unit: rivals(shown) for unit, shown in item.undecided.items()},
        "flags": [flag.code for flag in item.flags],
        "signed": signed(item),
    }


def rivals(shown: Shown) -> list[dict[str, Any]]:
    """Every value that stands for a unit, each with who said it; the shown one first."""
    return [
        {"value": group[0].value, "by": [{"author": live.author, "at_ms": live.at.ms} for live in group]}
        for group in shown.rivals
    ]


def signed(item: Item) -> dict[str, Any] | None:
    """Who signed it and when, and what came late."""
    if item.signed is None:
        return None
    by = item.signed.by
    return {"by": by.author, "at_ms": by.at.ms, "late": sorted(item.signed.late)}


def conflict(found: Conflict) -> dict[str, Any]:
    """A unit that somebody must look at."""
    return {
        "type": found.record.type,
        "id": found.record.id,
        "subject": found.record.subject,
        "unit": found.unit,
        "needs": found.shown.needs.name.lower(),
        "value": found.shown.value if found.shown.winner else None,
        "rivals": rivals(found.shown),
    }


def event(found: Event) -> dict[str, Any]:
    """One write of a record."""
    return {name: getattr(found, name) for name in found.__dataclass_fields__}
