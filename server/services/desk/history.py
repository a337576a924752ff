"""
The history of a unit: what it said before, out of the log.

    history(session, sealer, by, client, key, "narrative")     what one unit of a record said, the newest write first
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from sync import Json

from ...crypto import Sealer
from ...errors import Refused
from ..access import people
from ..access.people import Person
from ..log import changesets
from ..log.records import Key
from . import timeline

HISTORY_ROUNDS_MAX: Final = 40
"""How many writes deep a unit's history goes: each round is a statement."""


@dataclass(frozen=True, slots=True)
class Before:
    """One write of a unit, as the log has it."""

    name: str
    value: Json
    author: str
    device: str
    at_ms: int
    received_ms: int
    reason: str | None
    live: bool
    """Whether it still stands, alone or among rivals."""


@dataclass(frozen=True, slots=True)
class History:
    """What a unit said."""

    writes: Sequence[Before]
    """The newest first."""
    names: Mapping[str, str]
    """{person: name} of those who wrote them."""
    whole: bool
    """Whether these are all; else older ones stand in the log alone."""


def history(session: Session, sealer: Sealer, by: Person, client: str, key: Key, unit: str) -> History:
    """
    What a unit said.

    Each write names those that it replaced; so it is followed backwards, `HISTORY_ROUNDS_MAX` writes deep.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record or unit that this person may see.
    """
    shown = timeline.seen(session, sealer, by, client, key)
    if unit not in shown.units:
        raise Refused(f"this {key.type} has no {unit}")
    standing = {live.name for live in shown.units[unit].live}
    found: dict[str, changesets.Entry] = {}
    wanted = set(standing)
    for _round in range(HISTORY_ROUNDS_MAX):
        entries = changesets.named(session, sealer, by.agency, wanted)
        found |= entries
        wanted = {name for entry in entries.values() for name in entry.over(*key, unit)} - set(found)
        if not wanted:
            break
    told = [_before(entry, key, unit, standing) for entry in found.values()]
    names = people.names_of(session, sealer, by.agency, {write.author for write in told})
    newest_first = sorted(told, key=lambda write: (write.at_ms, write.name), reverse=True)
    return History(newest_first, names, whole=not wanted)


def _before(entry: changesets.Entry, key: Key, unit: str, standing: set[str]) -> Before:
    made = entry.made
    return Before(
        made.name,
        entry.value(*key, unit),
        made.prefix.author,
        made.prefix.device,
        entry.at_ms,
        entry.received_ms,
        made.reason,
        made.name in standing,
    )
