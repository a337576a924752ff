"""
Offices: where people work; the names that lists and forms show.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

import casework
from sync import view

from ...crypto import Sealer
from ..access.people import ADMINISTRATOR, AUDITOR, Person
from ..log.book import AGENCY
from ..log.records import read_subject


@dataclass(frozen=True, slots=True)
class Office:
    """One office."""

    id: str
    name: str


def offices(session: Session, sealer: Sealer, by: Person) -> list[Office]:
    """The offices of the agency, for those who keep it; one's own, for others; by name."""
    records = [each for each in read_subject(session, sealer, by.agency, AGENCY) if each.type == "office"]
    named = [(record.id, view(record, casework.rule_of).value("whole")) for record in records]
    found = [Office(id_, str(whole.get("name", ""))) for id_, whole in named if isinstance(whole, dict)]
    if by.role not in (ADMINISTRATOR, AUDITOR):
        found = [office for office in found if office.id in by.led or office.id == by.office]
    return sorted(found, key=lambda office: (office.name.casefold(), office.id))
