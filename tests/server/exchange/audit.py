"""The audit: what the server stores, against what its log says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import rule_of
from server.db import table_of
from server.house import House
from server.services.log.book import log_context
from server.services.log.chain import first_link, next_link
from server.services.log.records import moved_positions, opened
from server.tables.access import AccessRow, GrantRow, HoldingRow
from server.tables.held import HeldRow, WaitingRow
from server.tables.log import HeadRow, LogRow
from server.tables.record import RecordRow
from server.tables.subject import SubjectRow
from sync import Accepted, At, Prefix, Record, UnitState, fold, parse
from sync.digest import of_records
from sync.wire import read_line

_log, _head, _record = table_of(LogRow), table_of(HeadRow), table_of(RecordRow)
_subject, _access = table_of(SubjectRow), table_of(AccessRow)
_grant, _holding, _held = table_of(GrantRow), table_of(HoldingRow), table_of(HeldRow)

_waiting = table_of(WaitingRow)


def accepted_of(house: House, agency: str = "a1") -> list[Accepted]:
    """Every changeset that the log says is in its records."""
    with house.database.reading() as session:
        return _accepted(session, house, agency)


def stored_of(house: House, agency: str = "a1") -> dict[tuple[str, str], Record]:
    """Every record as it is stored."""
    with house.database.reading() as session:
        rows = session.execute(select(_record).where(_record.c.agency == agency)).all()
        return {(record.type, record.id): record for record in opened(house.sealer, agency, rows)}


def audit(house: House, agency: str = "a1") -> None:
    """Recompute everything that is a cache of the log, and compare."""
    with house.database.reading() as session:
        _check_chain(session, agency)
        records = _check_records(session, house, agency)
        _check_access(session, agency)
        _check_digests(session, agency, records)


def _entries(session: Session, agency: str) -> list[Any]:
    return list(session.execute(select(_log).where(_log.c.agency == agency).order_by(_log.c.position)))


def _accepted(session: Session, house: House, agency: str) -> list[Accepted]:
    lines: dict[str, tuple[Prefix, bytes]] = {}
    found: list[Accepted] = []
    for row in _entries(session, agency):
        if row.kind in ("changeset", "held"):
            box = house.sealer.open(agency, row.sealed_for, log_context(row.position), row.box)
            lines[row.name] = (Prefix(agency, row.device, row.author), box)
        if row.kind in ("changeset", "release"):
            prefix, line = lines[row.name]
            made = parse(prefix, read_line(line).body)
            found.append(Accepted(made, row.position, At(row.at_ms, row.at_counter)))
    return found


def _check_chain(session: Session, agency: str) -> None:
    head = session.execute(select(_head).where(_head.c.agency == agency)).one()
    link = first_link(agency)
    entries = _entries(session, agency)
    assert [row.position for row in entries] == list(range(1, head.position + 1)), "positions are gapless"
    for row in entries:
        link = next_link(link, row.position, row.kind, row.outcome, row.id, row.received_ms)
        assert row.chain == link, f"the chain breaks at {row.position}"
    assert head.chain == link
    names = [row.name for row in entries if row.kind in ("changeset", "held")]
    assert len(names) == len(set(names)), "a name has one first outcome"
    held = set(session.scalars(select(_held.c.name).where(_held.c.agency == agency)))
    assert held == {row.name for row in entries if row.kind == "held"}, "what is held is in the inbox"
    waiting = set(session.scalars(select(_waiting.c.name).where(_waiting.c.agency == agency)))
    assert not waiting & set(names), "what has an outcome waits no longer"


def _check_records(session: Session, house: House, agency: str) -> list[Record]:
    accepted = _accepted(session, house, agency)
    rows = session.execute(select(_record).where(_record.c.agency == agency)).all()
    stored = list(opened(house.sealer, agency, rows))
    wanted = {(write.type, write.id) for entry in accepted for write in entry.changeset.writes}
    assert {(record.type, record.id) for record in stored} == wanted
    for row, record in zip(rows, stored, strict=True):
        assert (row.subject, row.position) == (record.subject, record.position)
        assert row.moved == (",".join(map(str, moved_positions(record))) or None)
        folded = fold(accepted, record.type, record.id, record.subject, rule_of)
        assert _plain(record) == _plain(folded), f"{record.type} {record.id} is not what the log says"
    return stored


def _plain(record: Record) -> Record:
    units = {unit: _plain_state(state) for unit, state in record.units.items()}
    return replace(record, units=dict(sorted(units.items())))


def _plain_state(state: UnitState) -> UnitState:
    return replace(state, bases=dict(state.bases))


def _check_access(session: Session, agency: str) -> None:
    grants = session.execute(select(_grant).where(_grant.c.agency == agency)).all()
    open_: dict[tuple[str, str], int] = {}
    for row in grants:
        if row.begun:
            key = (row.worker, row.subject)
            open_[key] = open_.get(key, 0) + (not row.ended)
    rows = session.execute(select(_access).where(_access.c.agency == agency)).all()
    mine = {(row.worker, row.subject): row.open for row in rows if row.worker != "*"}
    assert mine == open_
    touched: dict[str, int] = {}
    for entry in _entries(session, agency):
        if entry.kind in ("changeset", "release"):
            touched[entry.subject] = entry.position
    for row in rows:
        if row.open:
            assert row.touched >= max(row.gained, touched.get(row.subject, 0)), "no pull would find it"
        else:
            assert row.touched >= row.lost > row.gained


def _check_digests(session: Session, agency: str, records: list[Record]) -> None:
    subjects = session.execute(select(_subject).where(_subject.c.agency == agency)).all()
    digests = {row.id: int.from_bytes(row.digest, "big") for row in subjects}
    assert {record.subject for record in records} <= digests.keys(), "each record has its subject"
    for subject, digest in digests.items():
        assert digest == of_records(r for r in records if r.subject == subject), f"digest of {subject}"
    totals: dict[str, int] = {}
    for row in session.execute(select(_access).where(_access.c.agency == agency, _access.c.open > 0)):
        if row.worker != "*":
            totals[row.worker] = (totals.get(row.worker, 0) + digests[row.subject]) % (1 << 128)
    rows = session.execute(select(_holding).where(_holding.c.agency == agency))
    stored = {row.worker: int.from_bytes(row.total, "big") for row in rows}
    assert {w: t for w, t in stored.items() if t} == {w: t for w, t in totals.items() if t}
