"""
Rebuilding: record states, digests, totals and projections out of the log, and whether they are what is stored.

The log is the truth; everything else here is a cache of it. `replay` reads the log from its beginning, follows its
chain and merges every accepted changeset in order; `compare` says where the stored caches differ; `write` puts
what was replayed in their place. What was erased stays unreadable and is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

import casework
from sync import Accepted, At, Prefix, Record, parse, view, write_state
from sync.digest import MODULUS, of_record
from sync.wire import read_line

from ...crypto import Sealed, Sealer
from ...db import table_of
from ...errors import KeyDestroyed, Unopenable
from ...tables.access import EVERYBODY, AccessRow, HoldingRow
from ...tables.fact import FactRow, NameRow
from ...tables.log import HeadRow, LogRow
from ...tables.record import RecordRow
from ...tables.subject import SubjectRow
from ..log.book import ARRIVED, log_context
from ..log.chain import first_link, next_link
from ..log.holdings import DIGEST_BYTES, as_bytes
from ..log.projections import fact_rows, name_rows
from ..log.records import Key, moved_positions, open_boxes, write_records

SLICE: Final = 500
"""Entries read and rows written at once."""

_access = table_of(AccessRow)
_fact = table_of(FactRow)
_head = table_of(HeadRow)
_holding = table_of(HoldingRow)
_log = table_of(LogRow)
_name = table_of(NameRow)
_record = table_of(RecordRow)
_subject = table_of(SubjectRow)


@dataclass(slots=True)
class Replayed:
    """What the log says."""

    position: int = 0
    changesets: int = 0
    records: dict[Key, Record] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    """Subjects whose key was destroyed."""
    broken: list[str] = field(default_factory=list)
    """Places where the chain does not hold."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what is stored is not what the log says."""

    cache: str
    key: str


def rebuild(
    session: Session, sealer: Sealer, agency: str, tell: Callable[[int, int], None], *, store: bool
) -> tuple[Replayed, list[Difference]]:
    """
    Replay the log, compare, and put right what differs where that is wanted.

    Args:
        session: In a snapshot; to store, in a writing transaction.
        sealer: Opens the entries.
        agency: Whose log.
        tell: Told how many entries of how many are read.
        store: Whether to write what differs.
    """
    if store:
        # Whoever holds the head row lets no other writer in, so that nothing moves while the log is read.
        here = update(_head).where(_head.c.agency == agency)
        session.execute(here.values(position=_head.c.position))
    replayed = replay(session, sealer, agency, tell)
    found = compare(session, sealer, agency, replayed)
    if store and found:
        write(session, sealer, agency, replayed)
    return replayed, found


def replay(session: Session, sealer: Sealer, agency: str, tell: Callable[[int, int], None]) -> Replayed:
    """
    Read the whole log in one snapshot.

    Args:
        session: In a transaction.
        sealer: Opens the entries.
        agency: Whose log.
        tell: Told how many entries of how many are read.
    """
    head = session.execute(select(_head).where(_head.c.agency == agency)).one()
    replayed = Replayed()
    names: set[str] = set()
    link = first_link(agency)
    while rows := _slice(session, agency, replayed.position):
        for row in rows:
            link = next_link(link, replayed.position + 1, row.kind, row.outcome, row.id, row.received_ms)
            if row.position != replayed.position + 1 or row.chain != link:
                replayed.broken.append(f"log {row.position}")
                link = row.chain
            replayed.position = row.position
        for accepted in _accepted(session, sealer, agency, rows, replayed.erased):
            _merge(replayed, accepted, names)
        tell(replayed.position, head.position)
    if (head.position, head.chain) != (replayed.position, link):
        replayed.broken.append("head")
    return replayed


def compare(session: Session, sealer: Sealer, agency: str, replayed: Replayed) -> list[Difference]:
    """Where records, facts, names, digests and totals differ from what was replayed, in the same snapshot."""
    expected = _expected(session, sealer, agency, replayed)
    stored = _stored(session, sealer, agency, replayed.erased)
    found = [Difference("chain", place) for place in replayed.broken]
    for cache, rows in expected.items():
        keys = rows.keys() ^ stored[cache].keys()
        keys |= {key for key in rows.keys() & stored[cache].keys() if rows[key] != stored[cache][key]}
        found += [Difference(cache, " ".join(map(_text, key))) for key in sorted(keys, key=repr)]
    return found


def write(session: Session, sealer: Sealer, agency: str, replayed: Replayed) -> None:
    """Store what was replayed in place of what is stored; in the writing transaction of the replay."""
    for table in (_record, _fact, _name, _holding):
        session.execute(delete(table).where(table.c.agency == agency))
    records = [replayed.records[key] for key in sorted(replayed.records)]
    for start in range(0, len(records), SLICE):
        some = records[start : start + SLICE]
        write_records(session, sealer, agency, some, [])
        views = [view(record, casework.rule_of) for record in some]
        _insert(session, _fact, [row for shown in views for row in fact_rows(agency, shown)])
        clients = [shown for shown in views if shown.type == "client"]
        _insert(session, _name, [row for shown in clients for row in name_rows(sealer, agency, shown)])
    digests = _digests(session, agency, replayed)
    for subject, digest in digests.items():
        here = (_subject.c.agency == agency) & (_subject.c.id == subject)
        session.execute(update(_subject).where(here).values(digest=as_bytes(digest)))
    totals = _totals(session, agency, digests)
    rows = [{"agency": agency, "worker": worker, "total": total} for worker, total in sorted(totals.items())]
    _insert(session, _holding, rows)


def _slice(session: Session, agency: str, after: int) -> Sequence[Any]:
    here = (_log.c.agency == agency) & (_log.c.position > after)
    return session.execute(select(_log).where(here).order_by(_log.c.position).limit(SLICE)).all()


def _accepted(
    session: Session, sealer: Sealer, agency: str, rows: Sequence[Any], erased: set[str]
) -> Iterable[Accepted]:
    """The changesets that came into their records by these entries, in order; a release quotes a held one."""
    came = [row for row in rows if row.kind in ARRIVED]
    released = [row.id for row in came if row.kind == "release"]
    here = (_log.c.agency == agency) & (_log.c.kind == "held") & _log.c.id.in_(released)
    held = {row.id: row for row in session.execute(select(_log).where(here)).all()} if released else {}
    sources = [held[row.id] if row.kind == "release" else row for row in came]
    for row, source, line in zip(came, sources, _lines(sealer, agency, sources, erased), strict=True):
        if line is not None:
            made = parse(Prefix(agency, source.device, source.author), read_line(line).body)
            yield Accepted(made, row.position, At(row.at_ms, row.at_counter))


def _lines(sealer: Sealer, agency: str, rows: Sequence[Any], erased: set[str]) -> list[bytes | None]:
    """The lines of entries; none where the subject was erased."""
    boxes = [Sealed(row.sealed_for, log_context(row.position), row.box) for row in rows]
    try:
        return list(sealer.open_many(agency, boxes))
    except KeyDestroyed:
        return [_line(sealer, agency, box, erased) for box in boxes]


def _line(sealer: Sealer, agency: str, box: Sealed, erased: set[str]) -> bytes | None:
    try:
        return sealer.open(agency, *box)
    except KeyDestroyed:
        erased.add(box.subject)
        return None


def _merge(replayed: Replayed, accepted: Accepted, names: set[str]) -> None:
    made = accepted.changeset
    for key in {Key(write.type, write.id) for write in made.writes}:
        before = replayed.records.get(key) or Record(key.type, key.id, made.subject)
        replayed.records[key] = before.apply(accepted, casework.rule_of, names)
    names.add(made.name)
    replayed.changesets += 1


def _expected(
    session: Session, sealer: Sealer, agency: str, replayed: Replayed
) -> dict[str, dict[tuple[Any, ...], Any]]:
    """{cache: {key: value}} as the log has it."""
    views = [view(record, casework.rule_of) for record in replayed.records.values()]
    digests = _digests(session, agency, replayed)
    return {
        "record": {
            (key.type, key.id): (record.position, moved_positions(record), write_state(record))
            for key, record in replayed.records.items()
        },
        "fact": {_fact_key(row): _fact_value(row) for shown in views for row in fact_rows(agency, shown)},
        "name": {
            (row["subject"], row["token"]): True
            for shown in views
            if shown.type == "client"
            for row in name_rows(sealer, agency, shown)
        },
        "digest": {(subject,): as_bytes(digest) for subject, digest in digests.items()},
        "total": {(worker,): total for worker, total in _totals(session, agency, digests).items()},
    }


def _stored(
    session: Session, sealer: Sealer, agency: str, erased: set[str]
) -> dict[str, dict[tuple[Any, ...], Any]]:
    """{cache: {key: value}} as it is stored."""
    return {
        "record": _stored_records(session, sealer, agency, erased),
        "fact": {_fact_key(row): _fact_value(row) for row in _rows(session, _fact, agency)},
        "name": {(row["subject"], row["token"]): True for row in _rows(session, _name, agency)},
        "digest": {(row["id"],): row["digest"] for row in _rows(session, _subject, agency)},
        "total": {
            (row["worker"],): row["total"]
            for row in _rows(session, _holding, agency)
            if row["total"] != bytes(DIGEST_BYTES)
        },
    }


def _stored_records(
    session: Session, sealer: Sealer, agency: str, erased: set[str]
) -> dict[tuple[Any, ...], Any]:
    stored: dict[tuple[Any, ...], Any] = {}
    here = _record.c.agency == agency
    rows = [row for row in session.execute(select(_record).where(here)).all() if row.subject not in erased]
    for row in rows:
        moved = tuple(int(position) for position in row.moved.split(",")) if row.moved else ()
        stored[row.type, row.id] = (row.position, moved, _state(sealer, agency, row))
    return stored


def _state(sealer: Sealer, agency: str, row: Any) -> bytes:
    """The stored state of a record; nothing where it does not open, which equals no state."""
    try:
        return open_boxes(sealer, agency, [row])[0]
    except Unopenable:
        return b""


def _digests(session: Session, agency: str, replayed: Replayed) -> dict[str, int]:
    """{subject: digest} of every subject that was opened and not erased."""
    opened = session.scalars(select(_subject.c.id).where(_subject.c.agency == agency))
    digests = {subject: 0 for subject in opened if subject not in replayed.erased}
    for record in replayed.records.values():
        digests[record.subject] = (digests.get(record.subject, 0) + of_record(record)) % MODULUS
    return digests


def _totals(session: Session, agency: str, digests: dict[str, int]) -> dict[str, bytes]:
    """{worker: sum over what they have access to}, without those who see nothing."""
    totals: dict[str, int] = {}
    here = (_access.c.agency == agency) & (_access.c.open > 0) & (_access.c.worker != EVERYBODY)
    for worker, subject in session.execute(select(_access.c.worker, _access.c.subject).where(here)):
        totals[worker] = (totals.get(worker, 0) + digests.get(subject, 0)) % MODULUS
    return {worker: as_bytes(total) for worker, total in totals.items() if total}


def _rows(session: Session, table: Table, agency: str) -> Iterable[Any]:
    return session.execute(select(table).where(table.c.agency == agency)).mappings()


def _insert(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(table.insert(), rows)


def _fact_key(row: Any) -> tuple[Any, ...]:
    return row["kind"], row["type"], row["id"], row["key"]


def _fact_value(row: Any) -> tuple[Any, ...]:
    return row["subject"], row["code"], row["at"], row["worker"]


def _text(part: Any) -> str:
    return part.hex() if isinstance(part, bytes) else str(part)
