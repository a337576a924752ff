"""
The unit in dispute: its record, the writes that a decision rests on, and who may decide.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

import casework
from sync import CHOSEN, LIFE, Live, RecordView, Shown, view

from ....crypto import Sealer
from ....errors import Refused
from ...access import rights
from ...access.people import Person
from ...log.changesets import Entry
from ...log.records import Key, read_records


def record_at(session: Session, sealer: Sealer, by: Person, key: Key) -> RecordView:
    """The record as it is shown; refused, where there is none."""
    found = read_records(session, sealer, by.agency, [key]).get(key)
    if found is None:
        raise Refused(f"there is no {key.type} {key.id}")
    return view(found, casework.rule_of)


def unit_of(record: RecordView, unit: str) -> Shown:
    """One unit of it; refused, where nothing was said of it."""
    shown = record.units.get(unit)
    if shown is None or unit.startswith(CHOSEN):
        raise Refused(f"{record.type} {record.id} has no {unit}")
    return shown


def is_once(record: RecordView, unit: str) -> bool:
    """Whether every entry of it stays, and the office chooses which one is shown."""
    return unit != LIFE and casework.rule_of(record.type, unit).ignores_over


def refusal_for(by: Person, record: RecordView, unit: str, said: Mapping[str, Entry]) -> str:
    """Why somebody may not decide; what they settled themselves they may settle again."""
    if not rights.allows(by, rights.SETTLE):
        return "settling is for supervisors of the client's office"
    if by.role not in casework.settled_by(record.type, unit):
        return f"{unit} is settled by others"
    own = [live for live in record.units[unit].live if live.author == by.id]
    if any(live.name not in said or not said[live.name].made.settles for live in own):
        return "nobody settles own work"
    return ""


def live_of(record: RecordView, unit: str) -> list[Live]:
    """The writes that a decision rests on: of the unit, and of the office's choice among its entries."""
    return [
        live for name in (unit, CHOSEN + unit) if name in record.units for live in record.units[name].live
    ]
