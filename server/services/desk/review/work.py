"""
One work: a note with its addenda, or an assessment, and the reviews of them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from sync import Record, RecordView, view

from ....crypto import Sealer
from ....db import table_of
from ....errors import Refused
from ....tables.fact import FactRow
from ...log.records import Key, read_records
from .. import listing

WORKS: Final = ("note", "assessment")

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Work:
    """The records of one work."""

    work: Record
    addenda: tuple[Record, ...] = ()
    reviews: tuple[Record, ...] = ()
    views: dict[Key, RecordView] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Record, ...]:
        """All of them."""
        return (self.work, *self.addenda, *self.reviews)

    def view(self, record: Record) -> RecordView:
        """What one of them shows."""
        return self.views[Key(record.type, record.id)]


def load(session: Session, sealer: Sealer, agency: str, work: Key) -> Work:
    """The work, its addenda, and the reviews of them all, in four statements."""
    if work.type not in WORKS:
        raise Refused(f"what is reviewed is one of: {', '.join(WORKS)}")
    addenda = _about(session, agency, "addendum", [work.id])
    reviews = _about(session, agency, "review", [work.id, *(key.id for key in addenda)])
    found = read_records(session, sealer, agency, [work, *addenda, *reviews])
    if work not in found:
        raise Refused(f"there is no {work.type} {work.id}")
    main = found[work]
    beside = [record for key, record in found.items() if key != work and record.subject == main.subject]
    return Work(
        main,
        tuple(sorted((r for r in beside if r.type == "addendum"), key=_position)),
        tuple(sorted((r for r in beside if r.type == "review"), key=_position)),
        {key: view(record, casework.rule_of) for key, record in found.items()},
    )


def _about(session: Session, agency: str, kind: str, ids: Sequence[str]) -> list[Key]:
    """The records of a kind that are about these."""
    here = listing.facts(agency, kind) & _fact.c.key.in_(ids)
    rows = session.execute(select(_fact.c.type, _fact.c.id).where(here).order_by(_fact.c.id)).all()
    return [Key(row.type, row.id) for row in rows]


def authors_of(parts: Iterable[RecordView]) -> set[str]:
    """Whose work these are: everybody who wrote in them; what the office decides about them is no part of it."""
    return {
        live.author
        for part in parts
        for unit, shown in part.units.items()
        if not unit.startswith("$") and not casework.rule_of(part.type, unit).guards_office
        for live in shown.live
    }


def _position(record: Record) -> int:
    return record.position
