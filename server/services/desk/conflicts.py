"""
Conflicts: what waits for a person of the office, all at once and with the rivals, as commands and exports tell it.

Which units wait is known from the projections; what the rivals say is opened from their records. Pages list them by
page and show one at a time: that is `disputes`, whose rule says who may decide what.
"""

from typing import Any, Final

from sqlalchemy.orm import Session

import casework
from sync import LIFE, Changeset, Json, Life, RecordView, Shown, view

from ...crypto import Sealer
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ..access import directory
from ..access.people import ADMINISTRATOR, Person
from ..log.book import Book
from ..log.projections import CHECK, UNDECIDED
from ..log.records import Key, read_records
from . import disputes, office
from .disputes import Settlement
from .disputes.unit import live_of

NEEDS: Final = {UNDECIDED: "settle", CHECK: "check"}
"""{kind of fact: what a person is asked to do}."""


def conflicts(session: Session, sealer: Sealer, by: Person) -> list[dict[str, Any]]:
    """
    What must be settled or checked about the clients of this person, a row for each unit.

    Raises:
        NotAssigned: Administrators see no client's data, and nobody does who is not active.
    """
    if by.role == ADMINISTRATOR or by.state != "active":
        raise NotAssigned("conflicts are seen by workers and supervisors of the clients")
    found = directory.asked_for(session, by, tuple(NEEDS))
    keys = sorted({Key(fact.type, fact.id) for fact in found})
    records = read_records(session, sealer, by.agency, keys)
    views = {key: view(record, casework.rule_of) for key, record in records.items()}
    return [_row(fact, views[Key(fact.type, fact.id)]) for fact in found]


def settle(
    book: Book, by: Person, client: str, key: Key, unit: str, value: Json, reason: str, providers: Providers
) -> Changeset:
    """
    Settle a unit of one of a client's records as it is at this moment, by the one rule of `disputes`.

    Raises:
        NotAssigned: Not this person's office, not their right, or their own work.
        Refused: No such record of this client, no such unit, or no reason.
        BadAnswer: The value breaks the rule of its field.
    """
    shown = office.record_view(book, key)
    if shown.subject != client:
        raise Refused(f"{key.type} {key.id} is not this client's")
    live = live_of(shown, unit)
    entry = next((write.name for write in live if write.value == value), "")
    seen = tuple([write.name for write in live])
    decision = Settlement(key, unit, _word(unit, value), reason, seen, entry)
    return disputes.settle(book, by, decision, providers)


def _word(unit: str, value: Json) -> Json:
    """Of the unit that says whether a record counts: `active`, or the reason why it does not."""
    if unit != LIFE or not isinstance(value, dict):
        return value
    return value.get("reason") if value.get("state") == Life.RETRACTED.value else Life.ACTIVE.value


def rivals_of(shown: Shown) -> list[dict[str, Json]]:
    """The rivals of a unit, the shown one first: each value with its authors and the names of its writes."""
    return [
        {
            "value": group[0].value,
            "authors": [write.author for write in group],
            "names": [write.name for write in group],
        }
        for group in shown.rivals
    ]


def _row(fact: Any, shown: RecordView) -> dict[str, Any]:
    unit = shown.units.get(fact.key)
    return {
        "client": fact.subject,
        "type": fact.type,
        "id": fact.id,
        "unit": fact.key,
        "units": fact.code.split(",") if fact.code else [fact.key],
        "needs": NEEDS[fact.kind],
        "rivals": [] if unit is None else rivals_of(unit),
    }
