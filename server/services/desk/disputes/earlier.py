"""
Earlier decisions about the same unit: a settled one is settled again, and what was decided is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from sync import CHOSEN, Json, RecordView, Write, canonical

from ....crypto import Sealer
from ...access import agencies
from ...log import changesets
from ...log.changesets import Entry

DECISIONS_READ: Final = 200
"""Acts of the office about a client among which earlier decisions are looked for, newest first."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A decision that was made about this unit before."""

    by: str
    at_ms: int
    value: Json
    reason: str | None
    instead: tuple[Json, ...]
    """The values that it decided between, where they can still be read."""


def earlier_of(
    session: Session, sealer: Sealer, agency: str, record: RecordView, unit: str
) -> tuple[Earlier, ...]:
    """The decisions that were made about a unit, newest first."""
    web, _ = agencies.web_device(session, sealer, agency)
    acts = changesets.about(session, sealer, agency, record.subject, web, DECISIONS_READ)
    key, wanted = (record.type, record.id), (unit, CHOSEN + unit)
    decided = [
        (entry, write)
        for entry in acts
        if entry.made.settles
        for write in entry.made.writes
        if (write.type, write.id) == key and write.unit in wanted
    ]
    names = {name for entry, write in decided for name in _between(write)}
    said = changesets.named(session, sealer, agency, names)
    return tuple([_decision(entry, write, record, unit, said) for entry, write in decided])


def _between(write: Write) -> tuple[str, ...]:
    """The names of what a decision decided between."""
    if not write.unit.startswith(CHOSEN):
        return write.over
    seen = write.value.get("seen") if isinstance(write.value, dict) else None
    return tuple([name for name in seen if isinstance(name, str)]) if isinstance(seen, list) else ()


def _decision(
    entry: Entry, write: Write, record: RecordView, unit: str, said: Mapping[str, Entry]
) -> Earlier:
    values = {name: found.value(record.type, record.id, unit) for name, found in said.items()}
    value = write.value
    if write.unit != unit and isinstance(value, dict):
        value = values.get(str(value.get("name")))
    between = {canonical(values[name]): values[name] for name in _between(write) if name in values}
    return Earlier(
        entry.made.prefix.author, entry.received_ms, value, entry.made.reason, tuple(between.values())
    )
