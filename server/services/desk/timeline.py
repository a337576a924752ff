"""
The timeline: everything that is recorded about one client, the newest first.

    timeline(session, sealer, by, client)                      a page of it
    read(session, sealer, by, client, Key("note", id))         one record with all its units
    history(session, sealer, by, client, key, "narrative")     what one unit said before, out of the log

An *entry* is one record of any type. It lies at the moment that it is about (a visit where it began, a note where
it was signed); what has none lies where it was first written. Only the records of a page are opened: the others
are sorted by what lies in clear. What was written in the wrong chart is seen by whoever wrote it, supervisors
and auditors; everything else that was retracted stays, and says so.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import casework
from casework import retracting, reviewing
from sync import Json, Live, Record, RecordView, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...tables.fact import FactRow
from ...tables.log import LogRow
from ...tables.record import RecordRow
from ..access import people, rights
from ..access.people import Person
from ..log import changesets
from ..log.records import Key, read_records
from . import days, listing
from .clients import authors
from .listing import Page

MOMENTS: Final = (
    "addendum",
    "assessment",
    "contact",
    "deceased",
    "episode",
    "handover",
    "message",
    "need",
    "note",
    "referral_event",
    "review",
    "risk",
    "visit",
)
"""Kinds of fact whose moment is the one that the record is about; a date that lies ahead is none."""

CLOCKS_APART_MS: Final = 5 * 60 * 1000
"""Milliseconds between writing and receipt from which both are worth showing: a sync takes less."""

GIST_UNITS: Final = 3
"""Units that say in a line what a record is about."""

GIST_CHARS: Final = 220
"""Characters of a text that stand in a line."""

HISTORY_ROUNDS_MAX: Final = 40
"""How many writes deep a unit's history goes: each round is a statement."""

SHORT: Final = ("choice", "line", "name", "date", "language", "several", "list")
SHORT_PARTS: Final = ("choice", "line", "name", "date")
LONG: Final = ("text", "narrative")

NOT_TOLD: Final = ("author", "worker", "visit", "episode", "note", "of", "digest", reviewing.UNIT)
"""Units that say whose a record is and what it belongs to, and nothing of what happened."""

_fact = table_of(FactRow)
_log = table_of(LogRow)
_record = table_of(RecordRow)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the timeline."""

    shown: RecordView
    at: str
    """The moment that it is about, ISO 8601."""
    authors: tuple[str, ...]
    """Who wrote what it shows, each once."""
    written_ms: int
    """When it last changed, by the clock of whoever changed it, never later than its receipt."""
    received_ms: int
    retracted: str | None
    """Why it was retracted; none where it stands."""
    undecided: tuple[str, ...]
    """Units that a person must settle."""
    reviewed: str
    """`returned`, `approved` or `cosigned`; empty where nobody has reviewed what it says now."""
    waits: bool
    """Whether it waits for a review."""

    @property
    def came_late(self) -> bool:
        """Whether it was received noticeably after it was written."""
        return self.received_ms - self.written_ms >= CLOCKS_APART_MS

    @property
    def key(self) -> Key:
        """What names the record."""
        return Key(self.shown.type, self.shown.id)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline, and what the rest of it consists of."""

    page: Page[Entry]
    types: Mapping[str, int]
    """{type of record: how many there are}."""
    names: Mapping[str, str]
    """{person: name} of everybody whom the page refers to."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One record."""

    entry: Entry
    names: Mapping[str, str]
    received_ms: Mapping[str, int]
    """{unit: when its last change was received}."""


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
class _Place:
    """A record and where it lies, before it is opened."""

    key: Key
    at: str
    position: int


def timeline(
    session: Session,
    sealer: Sealer,
    by: Person,
    client: str,
    *,
    type_: str = "",
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Timeline:
    """
    A page of everything about a client, newest first; of one type only, where one is named.

    Raises:
        NotAssigned: Not this person's client.
        Refused: The cursor is not one of this list.
    """
    rights.check_about(session, by, rights.READ, client)
    clocks = _clocks(session, by.agency, client)
    places = _places(session, by.agency, client, clocks)
    types = Counter(place.key.type for place in places)
    wanted = [place for place in places if type_ in ("", place.key.type)]
    found, after = listing.sliced(wanted, _order, cursor, rows)
    records = read_records(session, sealer, by.agency, [place.key for place in found])
    entries = [_entry(records[place.key], place.at, clocks) for place in found if place.key in records]
    seen = tuple([entry for entry in entries if _may_see(entry.shown, by)])
    names = people.names_of(session, sealer, by.agency, authors([entry.shown for entry in seen]))
    return Timeline(Page(seen, after), dict(sorted(types.items())), names)


def read(session: Session, sealer: Sealer, by: Person, client: str, key: Key) -> Reading:
    """
    One record of a client, with everything that it says.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record of this client that this person may see.
    """
    rights.check_about(session, by, rights.READ, client)
    clocks = _clocks(session, by.agency, client)
    record, shown = _seen(session, sealer, by, client, key)
    place = next((p for p in _places(session, by.agency, client, clocks) if p.key == key), None)
    names = people.names_of(session, sealer, by.agency, authors([shown]))
    received = {
        unit: clocks[state.position][1] for unit, state in record.units.items() if state.position in clocks
    }
    return Reading(_entry(record, "" if place is None else place.at, clocks), names, received)


def history(
    session: Session, sealer: Sealer, by: Person, client: str, key: Key, unit: str
) -> tuple[list[Before], dict[str, str]]:
    """
    What a unit said, the newest write first, and the names of those who wrote it.

    Each write names those that it replaced; so it is followed backwards, `HISTORY_ROUNDS_MAX` writes deep.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record or unit that this person may see.
    """
    rights.check_about(session, by, rights.READ, client)
    _, shown = _seen(session, sealer, by, client, key)
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
    return sorted(told, key=lambda write: (write.at_ms, write.name), reverse=True), names


def gist(shown: RecordView) -> list[tuple[str, Json]]:
    """(unit, value) of the few units that say what a record is about, in the order of its form."""
    kind = casework.record_types().get(shown.type)
    told: list[tuple[str, Json]] = []
    words: list[tuple[str, Json]] = []
    for unit, declared in () if kind is None else kind.fields.items():
        value = shown.value(unit)
        if value is None or unit in NOT_TOLD or declared.many:
            continue
        if declared.kind in LONG and isinstance(value, str):
            words.append((unit, value if len(value) <= GIST_CHARS else f"{value[:GIST_CHARS].rstrip()} …"))
        elif declared.kind in SHORT:
            told.append((unit, value))
        elif declared.kind == "group" and isinstance(value, dict):
            parts = {
                name: value[name] for name, part in declared.parts.items() if _is_told(part, value.get(name))
            }
            if parts:
                told.append((unit, parts))
    return [*told[:GIST_UNITS], *words[:1]]


def _is_told(part: casework.Field, value: Json) -> bool:
    return value is not None and part.kind in SHORT_PARTS


def _places(
    session: Session, agency: str, client: str, clocks: Mapping[int, tuple[int, int]]
) -> list[_Place]:
    """Every record of a client and where it lies; nothing is opened."""
    same = (
        (_fact.c.agency == _record.c.agency) & (_fact.c.type == _record.c.type) & (_fact.c.id == _record.c.id)
    )
    # Asked for each record, by its id: grouped, or with the index of kinds, SQLite would walk the whole agency's.
    moment = (
        select(func.max(_fact.c.at)).where(same, listing.grouped(_fact.c.kind).in_(MOMENTS)).scalar_subquery()
    )
    columns = (_record.c.type, _record.c.id, _record.c.position, _record.c.moved)
    here = (_record.c.agency == agency) & (_record.c.subject == client)
    asked = select(*columns, moment.label("at")).where(here)
    return [
        _Place(Key(row.type, row.id), row.at or _first_written(row, clocks), row.position)
        for row in session.execute(asked)
    ]


def _first_written(row: Any, clocks: Mapping[int, tuple[int, int]]) -> str:
    first = int(row.moved.split(",")[0]) if row.moved else row.position
    return days.utc_of(clocks[first][0]) if first in clocks else ""


def _order(place: _Place) -> tuple[str, str, str]:
    return (place.at, place.key.type, place.key.id)


def _clocks(session: Session, agency: str, client: str) -> dict[int, tuple[int, int]]:
    """{position: (clock, receipt)} of what was said about a client."""
    asked = select(_log.c.position, _log.c.at_ms, _log.c.received_ms)
    rows = session.execute(asked.where(_log.c.agency == agency, _log.c.subject == client))
    return {row.position: (row.at_ms, row.received_ms) for row in rows}


def _entry(record: Record, at: str, clocks: Mapping[int, tuple[int, int]]) -> Entry:
    shown = view(record, casework.rule_of)
    written, received = clocks.get(record.position, (0, 0))
    return Entry(
        shown=shown,
        at=at,
        authors=tuple(dict.fromkeys(live.author for live in _by_position(record))),
        written_ms=written,
        received_ms=received,
        retracted=retracting.retracted_because(shown),
        undecided=tuple(sorted(shown.undecided())),
        reviewed=reviewing.reviewed_as(shown) or "",
        waits=reviewing.waits(shown),
    )


def _by_position(record: Record) -> list[Live]:
    """What is live in the record's own words, the first said first; what the office marks is no part of it."""
    units = sorted(record.units.items(), key=lambda item: (item[1].position, item[0]))
    said = [state for name, state in units if name != reviewing.UNIT and not name.startswith("$")]
    return [live for state in said for live in state.live]


def _seen(session: Session, sealer: Sealer, by: Person, client: str, key: Key) -> tuple[Record, RecordView]:
    record = read_records(session, sealer, by.agency, [key]).get(key)
    shown = None if record is None else view(record, casework.rule_of)
    if record is None or shown is None or record.subject != client or not _may_see(shown, by):
        raise Refused(f"there is no {key.type} of this client under this id")
    return record, shown


def _may_see(shown: RecordView, by: Person) -> bool:
    return retracting.may_see(shown, by.id, frozenset((by.role,)))


def _before(entry: changesets.Entry, key: Key, unit: str, standing: Sequence[str] | set[str]) -> Before:
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
