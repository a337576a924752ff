"""
Staging: what an edit has entered of one record, and what the record would show were it saved now.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import casework
from sync import Accepted, Json, Oversize, Record, RecordView, Write, compose, tick, view
from sync.changeset import SALT_BYTES

from .desk import Desk
from .replica import too_large

NOT_SAVED: Final = "-" * 22
"""The name of what is not saved yet; it has the form of a name and is the digest of nothing we know."""


@dataclass(slots=True)
class Staged:
    """What an edit does to one record."""

    before: Record
    """As it stood when the edit first looked at it."""
    values: dict[str, Json] = field(default_factory=dict)

    def over(self, unit: str) -> tuple[str, ...]:
        """The writes of a unit that were in view."""
        state = self.before.units.get(unit)
        return () if state is None else tuple([live.name for live in state.live])


def as_if_saved(desk: Desk, subject: str, staged: Staged) -> RecordView:
    """
    What a record shows with what was entered.

    Raises:
        Refused: It is more than one save may hold.
    """
    key = (staged.before.type, staged.before.id)
    writes = [Write(*key, unit, staged.over(unit), value) for unit, value in staged.values.items()]
    at = tick(desk.replica.chain.value.at, desk.now_ms())
    try:
        made = compose(
            desk.identity.prefix,
            subject=subject,
            seq=1,
            prev="",
            at=at,
            wall=at.ms,
            schema=casework.SCHEMA,
            salt=bytes(SALT_BYTES),
            writes=writes,
        )
    except Oversize as error:
        raise too_large(error) from None
    accepted = Accepted(replace(made, id=NOT_SAVED), 0, at)
    return view(staged.before.apply(accepted, casework.rule_of), casework.rule_of)
