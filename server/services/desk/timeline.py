"""
The timeline: everything that is recorded about one client, the newest first.

    timeline(session, sealer, by, client)                      a page of it
    read(session, sealer, by, client, Key("note", id))         one record with all its units
    everything(session, sealer, by, client, rows)              all of it at once, for a copy

An *entry* is one record of any type. It lies at the moment that it is about (a visit where it began, a note where
it was signed); what has none lies where it was first written. Only the records of a page are opened: the others
are sorted by what lies in clear. What was written in the wrong chart is seen by whoever wrote it, supervisors
and auditors; everything else that was retracted stays, and says so.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import casework
from casework import retracting, reviewing
from sync import Live, Record, RecordView, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...tables.fact import FactRow
from ...tables.log import LogRow
from ...tables.record import RecordRow
from ..access import people
from ..access.people import Person
from ..log.records import Key, read_records
from . import days, listing
from .clients import authors, check_reads
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
    check_reads(session, by, client)
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
    check_reads(session, by, client)
    clocks = _clocks(session, by.agency, client)
    record, shown = _seen(session, sealer, by, client, key)
    place = next((p for p in _places(session, by.agency, client, clocks) if p.key == key), None)
    names = people.names_of(session, sealer, by.agency, authors([shown]))
    return _reading(record, "" if place is None else place.at, clocks, names)


def everything(
    session: Session, sealer: Sealer, by: Person, client: str, within: Callable[[Key, str], bool], rows: int
) -> tuple[list[Reading], int]:
    """
    Every record of a client that this person may see, the newest first, and how many are left out as too many.

    Args:
        session: In a transaction.
        sealer: Opens them.
        by: Who reads.
        client: Whose.
        within: Whether a record that lies at a moment is wanted at all.
        rows: How many records at most; the oldest are left out.

    Raises:
        NotAssigned: Not this person's client.
    """
    check_reads(session, by, client)
    clocks = _clocks(session, by.agency, client)
    places = [place for place in _places(session, by.agency, client, clocks) if within(place.key, place.at)]
    places.sort(key=_order, reverse=True)
    taken = places[:rows]
    records = read_records(session, sealer, by.agency, [place.key for place in taken])
    views = [view(record, casework.rule_of) for record in records.values()]
    names = people.names_of(session, sealer, by.agency, authors(views))
    readings = [
        _reading(records[place.key], place.at, clocks, names) for place in taken if place.key in records
    ]
    found = [reading for reading in readings if _may_see(reading.entry.shown, by)]
    return found, len(places) - len(taken)


def seen(session: Session, sealer: Sealer, by: Person, client: str, key: Key) -> RecordView:
    """
    What one record of a client shows.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record of this client that this person may see.
    """
    check_reads(session, by, client)
    return _seen(session, sealer, by, client, key)[1]


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


def _reading(
    record: Record, at: str, clocks: Mapping[int, tuple[int, int]], names: Mapping[str, str]
) -> Reading:
    received = {
        unit: clocks[state.position][1] for unit, state in record.units.items() if state.position in clocks
    }
    return Reading(_entry(record, at, clocks), names, received)


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
