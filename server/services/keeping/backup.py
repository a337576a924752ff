"""
Backup and restore: everything of an agency that the log cannot give back, out of one snapshot, sealed.

A backup is a head in clear (whose it is, up to which position) and numbered boxes of rows, sealed by a key of its
own from the key store, of which the last says that it is the last. So a dump tells nothing without the key store and
the master key, and one that was cut or mixed up is found out. Records, facts, names and totals are not in it: a
restore makes them anew out of the log.

A restored server begins another epoch, by which tablets know that its history changed. Everybody but the
administrator who restored waits to be confirmed, as does every tablet.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from sync import decode_bytes, encode_bytes

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...house import House
from ...migrations import newest
from ...settings import Providers
from ...tables.access import AccessRow, GrantRow
from ...tables.account import AccountRow, PasskeyRow
from ...tables.agency import AgencyRow
from ...tables.device import DeviceRow
from ...tables.held import HeldRow, WaitingRow
from ...tables.log import HeadRow, LogRow
from ...tables.notice import NoticeRow
from ...tables.person import PersonOfficeRow, PersonRow
from ...tables.read import ReadRow
from ...tables.subject import SubjectRow
from ..access import agencies
from ..access.devices import ACTIVE, REVOKED, SUSPENDED
from ..access.people import Person, person
from ..desk.registry import check_administrator
from ..log.book import EPOCH_BYTES, open_book
from . import rebuild

MAGIC: Final = b"doorstep backup 1\n"
SUBJECT: Final = "backup"
"""In place of a subject: the key that seals an agency's backups."""

ROWS: Final = 200
"""Rows in a box."""

HEAD_BYTES_MAX: Final = 4096
BOX_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of a box that is read: 200 of the largest entries of the log."""

LENGTH_BYTES: Final = 4
PRIVATE_MODE: Final = 0o600
BYTES: Final = "bytes"
END: Final = "end"

TABLES: Final[tuple[Table, ...]] = tuple(
    table_of(row)
    for row in (
        AgencyRow,
        PersonRow,
        PersonOfficeRow,
        AccountRow,
        PasskeyRow,
        DeviceRow,
        SubjectRow,
        GrantRow,
        AccessRow,
        HeldRow,
        WaitingRow,
        HeadRow,
        LogRow,
        NoticeRow,
        ReadRow,
    )
)
"""
What is backed up. Codes are not (of enrolment, invitations, recovery), nor nonces and sessions: restored, they would
open a door twice.
"""

Tell = Callable[[int, int], None]

_agency = table_of(AgencyRow)
_device = table_of(DeviceRow)
_head = table_of(HeadRow)
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds."""

    agency: str
    position: int
    rows: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore."""

    agency: str
    administrator: str
    position: int
    epoch: str
    web_device: str


def backup(house: House, by: Person, file: Path, tell: Tell) -> BackedUp:
    """
    Write a backup while others go on working, and note up to which position it is safe.

    Raises:
        NotAssigned: Only administrators may.
        Refused: The file exists already.
    """
    check_administrator(by)
    if file.exists():
        raise Refused("a file of this name exists already: a backup replaces none")
    part = file.with_name(file.name + ".part")
    made = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_MODE)
    with os.fdopen(made, "wb") as out:
        with house.database.reading() as session:
            position, rows = _write(session, house, by.agency, out, tell)
        out.flush()
        os.fsync(out.fileno())
    part.rename(file)
    with house.database.writing() as session:
        here = (_head.c.agency == by.agency) & (_head.c.safe < position)
        session.execute(update(_head).where(here).values(safe=position))
    return BackedUp(by.agency, position, rows, file.stat().st_size)


def restore(house: House, file: Path, administrator: str, tell: Tell) -> Restored:
    """
    Fill an empty database from a backup, all or nothing.

    Args:
        house: With the key store that was there when the backup was made.
        file: The backup.
        administrator: The id of the person who restores.
        tell: Told how many rows of how many are read, then how much of the log is replayed.

    Raises:
        Refused: The database is not empty, or the file is no backup of this version, or not whole.
        Unopenable: The key store is another one, or the file was changed.
        NotAssigned: This person was no administrator when the backup was made.
    """
    with house.database.writing() as session:
        if session.scalar(select(_agency.c.agency).limit(1)) is not None:
            raise Refused("a backup is restored into an empty database")
        agency = _read(session, house.sealer, file, tell)
        by = person(session, agency, administrator)
        check_administrator(by)
        return _begin_anew(session, house.sealer, house.providers, by, tell)


def agency_in(file: Path) -> str:
    """
    Whose backup a file is.

    Raises:
        Refused: It is none.
    """
    with file.open("rb") as source:
        return str(_read_head(source)["agency"])


def _write(session: Session, house: House, agency: str, out: BinaryIO, tell: Tell) -> tuple[int, int]:
    here = {table.name: table.c.agency == agency for table in TABLES}
    total = sum(
        session.scalar(select(func.count()).select_from(table).where(here[table.name])) or 0
        for table in TABLES
    )
    position = session.scalar(select(_head.c.position).where(_head.c.agency == agency)) or 0
    head = {
        "agency": agency,
        "id": encode_bytes(house.providers.entropy(16)),
        "made_ms": house.providers.now_ms(),
        "position": position,
        "revision": newest(),
        "rows": total,
    }
    out.write(MAGIC + json.dumps(head, sort_keys=True).encode() + b"\n")
    boxes = done = 0
    for table in TABLES:
        for rows in _partitions(session, table, agency):
            _write_box(out, house.sealer, head, boxes, {"table": table.name, "rows": rows})
            boxes, done = boxes + 1, done + len(rows)
            tell(done, total)
    _write_box(out, house.sealer, head, boxes, {"table": END, "rows": []})
    return position, total


def _partitions(session: Session, table: Table, agency: str) -> Iterator[list[dict[str, Any]]]:
    ordered = select(table).where(table.c.agency == agency).order_by(*table.primary_key.columns)
    for rows in session.execute(ordered, execution_options={"yield_per": ROWS}).mappings().partitions():
        yield [{name: _as_json(value) for name, value in row.items()} for row in rows]


def _write_box(out: BinaryIO, sealer: Sealer, head: dict[str, Any], number: int, content: Any) -> None:
    box = sealer.seal(head["agency"], SUBJECT, _context(head, number), json.dumps(content).encode())
    out.write(len(box).to_bytes(LENGTH_BYTES, "big") + box)


def _read(session: Session, sealer: Sealer, file: Path, tell: Tell) -> str:
    tables = {table.name: table for table in TABLES}
    done = 0
    with file.open("rb") as source:
        head = _read_head(source)
        if head["revision"] != newest():
            raise Refused(
                f"the backup has revision {head['revision']}: restore it with the program that made it"
            )
        for content in _contents(source, sealer, head):
            if content["table"] == END:
                return str(head["agency"])
            rows = [{name: _as_value(value) for name, value in row.items()} for row in content["rows"]]
            session.connection().execute(tables[content["table"]].insert(), rows)
            done += len(rows)
            tell(done, head["rows"])
    raise Refused("the backup is not whole")


def _contents(source: BinaryIO, sealer: Sealer, head: dict[str, Any]) -> Iterator[dict[str, Any]]:
    number = 0
    while length := source.read(LENGTH_BYTES):
        size_bytes = int.from_bytes(length, "big")
        box = source.read(size_bytes) if size_bytes <= BOX_BYTES_MAX else b""
        if len(box) != size_bytes:
            raise Refused("the backup is not whole")
        content: dict[str, Any] = json.loads(
            sealer.open(head["agency"], SUBJECT, _context(head, number), box)
        )
        yield content
        number += 1


def _read_head(source: BinaryIO) -> dict[str, Any]:
    if source.read(len(MAGIC)) != MAGIC:
        raise Refused("this file is no backup")
    try:
        head: dict[str, Any] = json.loads(source.readline(HEAD_BYTES_MAX))
    except ValueError:
        raise Refused("the head of the backup cannot be read") from None
    return head


def _begin_anew(session: Session, sealer: Sealer, providers: Providers, by: Person, tell: Tell) -> Restored:
    """Another epoch, another web device, everybody else waits; then what the log gives back."""
    agency = by.agency
    position = session.scalar(select(_head.c.position).where(_head.c.agency == agency)) or 0
    epoch = encode_bytes(providers.entropy(EPOCH_BYTES))
    session.execute(update(_head).where(_head.c.agency == agency).values(epoch=epoch, safe=position))
    tablets = (_device.c.agency == agency) & (_device.c.kind == "tablet") & (_device.c.state == ACTIVE)
    session.execute(update(_device).where(tablets).values(state=SUSPENDED))
    old = (_device.c.agency == agency) & (_device.c.kind == "web")
    session.execute(update(_device).where(old).values(state=REVOKED))
    others = (_person.c.agency == agency) & (_person.c.id != by.id) & (_person.c.state == "active")
    session.execute(update(_person).where(others).values(state="suspended"))
    device = agencies.add_web_device(session, sealer, providers, agency=agency)
    with open_book(session, sealer, agency, providers) as book:
        book.act("act", {"act": "restore", "by": by.id, "device": device, "epoch": epoch, "from": position})
    replayed = rebuild.replay(session, sealer, agency, tell)
    if replayed.broken:
        raise Refused(f"the chain of the log is broken at {replayed.broken[0]}")
    rebuild.write(session, sealer, agency, replayed)
    return Restored(agency, by.id, position, epoch, device)


def _context(head: dict[str, Any], number: int) -> bytes:
    """Binds a box to its backup, whose head it vouches for, and to its place."""
    return b"backup " + json.dumps(head, sort_keys=True).encode() + b" %d" % number


def _as_json(value: Any) -> Any:
    return {BYTES: encode_bytes(value)} if isinstance(value, bytes) else value


def _as_value(value: Any) -> Any:
    return decode_bytes(value[BYTES]) if isinstance(value, dict) else value
