"""What the log already says about a changeset, by its name: repeats get their first outcome and present fate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sync import At, Fate, Outcome

from ...crypto import Sealer
from ...db import table_of
from ...tables.held import HeldRow
from ...tables.log import LogRow
from .book import ARRIVED, Book
from .judgement import SENTENCES

ASKED_MAX: Final = 400
"""Names in one list of a statement, below every database's limit of parameters."""

RECEIVED: Final = ("changeset", "held")
"""The kinds of entries by which a changeset gets its first outcome."""

DECISION: Final = b"held decision"
"""The context under which the reason of a decision is sealed."""

_log = table_of(LogRow)
_held = table_of(HeldRow)
# Their kind is looked at here: PostgreSQL would go through all entries of a kind.
_NAMED = (_log.c.agency == bindparam("a")) & _log.c.name.in_(bindparam("names", expanding=True))
_LOGGED = select(
    _log.c.name, _log.c.kind, _log.c.position, _log.c.outcome, _log.c.at_ms, _log.c.at_counter
).where(_NAMED)
_ARRIVED = select(_log.c.name, _log.c.kind).where(_NAMED)
_MINE = (
    select(_held.c.name, _held.c.decided, _held.c.decision, _held.c.reason, _held.c.worker)
    .where(_held.c.agency == bindparam("a"), _held.c.worker == bindparam("w"))
    .order_by(_held.c.decided)
)
_RECENT = _held.c.decided > bindparam("p")
_RECENT_FATES = _MINE.where(_RECENT)
_FATES = _MINE.where(_RECENT | ((_held.c.decided > 0) & _held.c.name.in_(bindparam("names", expanding=True))))


@dataclass(frozen=True, slots=True)
class Known:
    """The first entry of a changeset in the log."""

    name: str
    position: int
    outcome: str
    at: At

    def as_outcome(self, at: At | None) -> Outcome:
        """Its outcome once more; `at` is the clock that its tablet gave it, where that can be read."""
        if self.outcome != "accepted":
            return Outcome(self.name, self.position, held=self.outcome, sentence=SENTENCES[self.outcome])
        return Outcome(self.name, self.position, at_ms=None if at in (None, self.at) else self.at.ms)


def known(session: Session, agency: str, names: Iterable[str]) -> dict[str, Known]:
    """{name: first entry} of those that have an outcome."""
    found: dict[str, Known] = {}
    for some in _slices(names):
        asked = {"a": agency, "names": some}
        for name, kind, position, outcome, at_ms, at_counter in session.execute(_LOGGED, asked):
            if kind in RECEIVED:
                found[name] = Known(name, position, outcome, At(at_ms, at_counter))
    return found


def chain_seq(session: Session, agency: str, device: str, id_: str) -> int | None:
    """The number of a changeset in its device's chain, by its id; none where it has not arrived."""
    here = (_log.c.agency == agency) & (_log.c.id == id_) & _log.c.kind.in_(RECEIVED)
    return session.scalar(select(_log.c.seq).where(here, _log.c.device == device))


def arrived(book: Book, names: Iterable[str]) -> frozenset[str]:
    """Those of these names that were accepted, as they are or by release."""
    found: set[str] = set()
    for some in _slices(names):
        rows = book.session.execute(_ARRIVED, {"a": book.agency, "names": some})
        found |= {name for name, kind in rows if kind in ARRIVED}
    return frozenset(found)


def fates(
    session: Session, sealer: Sealer, agency: str, worker: str, *, after: int, also: Iterable[str] = ()
) -> list[Fate]:
    """What was decided about a worker's held work after a position, and about the names asked for besides."""
    asked = {"a": agency, "w": worker, "p": after, "names": list(also)}
    rows = session.execute(_FATES if asked["names"] else _RECENT_FATES, asked).all()
    return [_fate(sealer, agency, row) for row in rows]


def _fate(sealer: Sealer, agency: str, row: Any) -> Fate:
    reason = "" if row.reason is None else sealer.open(agency, row.worker, DECISION, row.reason).decode()
    return Fate(row.name, row.decided, row.decision, reason)


def _slices(names: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(set(names))
    return (wanted[start : start + ASKED_MAX] for start in range(0, len(wanted), ASKED_MAX))
