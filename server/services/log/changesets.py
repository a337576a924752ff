"""
Changesets: what was said, found by name in the log and opened, with when it came and by whom.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sync import Changeset, Json, Prefix, parse
from sync.wire import read_line

from ...crypto import Sealed, Sealer
from ...db import table_of
from ...tables.log import LogRow
from .book import log_context

ASKED_MAX: Final = 300
"""Names in one list of a statement, below every database's limit of parameters."""

_UNREADABLE: Final = ("unreadable", "bad_signature")

_log = table_of(LogRow)
_COLUMNS = (
    _log.c.position,
    _log.c.kind,
    _log.c.name,
    _log.c.outcome,
    _log.c.device,
    _log.c.author,
    _log.c.sealed_for,
    _log.c.at_ms,
    _log.c.received_ms,
    _log.c.box,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One changeset as the log has it."""

    position: int
    kind: str
    """`changeset`, or `held` where it awaited a decision."""
    at_ms: int
    """Its clock, capped at the time of receipt."""
    received_ms: int
    made: Changeset

    def value(self, type_: str, id_: str, unit: str) -> Json:
        """What it writes to a unit; none where it does not, or takes the value out."""
        found = [w.value for w in self.made.writes if (w.type, w.id, w.unit) == (type_, id_, unit)]
        return found[0] if found else None

    def over(self, type_: str, id_: str, unit: str) -> tuple[str, ...]:
        """The names that its write of a unit replaces."""
        found = [w.over for w in self.made.writes if (w.type, w.id, w.unit) == (type_, id_, unit)]
        return found[0] if found else ()


def named(session: Session, sealer: Sealer, agency: str, names: Iterable[str]) -> Mapping[str, Entry]:
    """{name: its first entry} of the changesets of these names that can be read."""
    wanted, found = sorted(set(names)), dict[str, Entry]()
    for start in range(0, len(wanted), ASKED_MAX):
        here = _log.c.name.in_(wanted[start : start + ASKED_MAX])
        found |= {entry.made.name: entry for entry in reversed(_read(session, sealer, agency, here))}
    return found


def about(
    session: Session, sealer: Sealer, agency: str, subject: str, device: str, newest: int
) -> list[Entry]:
    """The newest changesets of a device about a subject, newest first."""
    here = (_log.c.subject == subject) & (_log.c.device == device)
    return _read(session, sealer, agency, here, newest)[::-1]


def _read(
    session: Session, sealer: Sealer, agency: str, here: ColumnElement[bool], newest: int | None = None
) -> list[Entry]:
    """Entries in order of position; the newest only, where a number is told."""
    readable = _log.c.kind.in_(("changeset", "held")) & _log.c.outcome.not_in(_UNREADABLE)
    asked = select(*_COLUMNS).where(_log.c.agency == agency, readable, here)
    asked = asked.order_by(_log.c.position.desc())
    rows = session.execute(asked if newest is None else asked.limit(newest)).all()[::-1]
    boxes = [Sealed(row.sealed_for, log_context(row.position), row.box) for row in rows]
    lines = sealer.open_many(agency, boxes)
    return [_entry(agency, row, line) for row, line in zip(rows, lines, strict=True)]


def _entry(agency: str, row: Any, line: bytes) -> Entry:
    made = parse(Prefix(agency, row.device, row.author), read_line(line).body)
    return Entry(row.position, row.kind, row.at_ms, row.received_ms, made)
