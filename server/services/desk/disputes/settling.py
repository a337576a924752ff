"""
Settling: one of the values is taken, or another is said, with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import casework
from casework import retracting
from sync import CHOSEN, LIFE, Changeset, Json, Life, RecordView, Shown, Write

from ....errors import NotAssigned, Refused
from ....settings import Providers
from ...access import rights
from ...access.people import Person
from ...log import changesets
from ...log.book import Book
from ...log.records import Key
from .. import office, overtaking
from ..office import Said
from .unit import is_once, record_at, refusal_for, unit_of


@dataclass(frozen=True, slots=True)
class Settlement:
    """What somebody decides about one unit."""

    key: Key
    unit: str
    value: Json
    """Of `$life`: `active`, or the reason for which the record stays retracted."""
    reason: str
    seen: Sequence[str]
    name: str = ""
    """Of a unit that is said once: the name of the entry to show."""


def settle(book: Book, by: Person, decision: Settlement, providers: Providers) -> Changeset:
    """
    Decide between rivals, or decide again; answers with what was written.

    Raises:
        NotAssigned: Not this person's client, not their right, or their own work.
        Overtaken: Somebody wrote to the unit since it was displayed.
        Refused: No such record or unit, or no reason.
        BadAnswer: The value breaks the rule of its field.
    """
    key, unit = decision.key, decision.unit
    record = record_at(book.session, book.sealer, by, key)
    rights.check_about(book.session, by, rights.SETTLE, record.subject)
    shown = unit_of(record, unit)
    said = changesets.named(book.session, book.sealer, by.agency, [live.name for live in shown.live])
    refusal = refusal_for(by, record, unit, said)
    if refusal:
        raise NotAssigned(refusal, record.subject)
    overtaking.check([_only(record, unit)], decision.seen)
    if not decision.reason.strip():
        raise Refused("a settlement needs a reason")
    made = _choice(record, shown, decision) if is_once(record, unit) else _value(record, decision)
    decided = Said(record.subject, [made], decision.reason.strip(), settles=True)
    return office.write(book, by, decided, providers)


def _value(record: RecordView, decision: Settlement) -> Write:
    value = decision.value
    if decision.unit == LIFE:
        value = _life(record, value)
    else:
        casework.validate(record.type, decision.unit, value)
    return Write(record.type, record.id, decision.unit, record.over(decision.unit), value)


def _life(record: RecordView, value: Json) -> Json:
    """Whether a record counts, decided in view of every edit: `active`, or the reason of the retraction."""
    if value == Life.ACTIVE.value:
        return retracting.revive()
    return retracting.retract(record, str(value))


def _choice(record: RecordView, shown: Shown, decision: Settlement) -> Write:
    names = [live.name for live in shown.live]
    if decision.name not in names:
        raise Refused(f"{decision.unit} has no entry of this name")
    choice = CHOSEN + decision.unit
    value: Json = {"name": decision.name, "seen": list[Json](names)}
    return Write(record.type, record.id, choice, record.over(choice), value)


def _only(record: RecordView, unit: str) -> RecordView:
    units = {name: record.units[name] for name in (unit, CHOSEN + unit) if name in record.units}
    return RecordView(record.type, record.id, record.subject, units)
