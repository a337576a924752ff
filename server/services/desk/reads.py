"""
Reads: who read whose record, what of it, when, why and from where. Kept outside the chain, and never changed.

    with house.database.writing() as session:
        note_read(session, house.providers, by, client, "all", via=WEB, purpose="care")
        ...                                                # then show it

A page notes the read before it shows anything. What is read is `all` of a client, a type of record (with the
id of the one record), or `list:` and the name of a list, with the number of lines shown. Purposes are codes;
a reason in words is sealed. Administrators and auditors list reads and take them away as CSV, which is a read
itself. The rows go by (time, id), newest first; a cursor continues a page.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from casework.codes import PURPOSES
from sync import random_id

from ...crypto import Sealed, Sealer
from ...db import table_of
from ...errors import Refused
from ...settings import Providers
from ...tables.read import ReadRow
from ..access import people, rights
from ..access.people import Person
from ..log.book import AGENCY
from . import listing
from .listing import Page

WEB: Final = "web"
CLI: Final = "cli"
EXPORT: Final = "export"
VIAS: Final = (WEB, CLI, EXPORT)

ALL: Final = "all"
"""Everything of a subject."""

LIST: Final = "list:"
"""What the name of a list stands behind."""

WHY: Final = b"why it was read"
"""The context under which a reason in words is sealed."""

WHY_CHARS_MAX: Final = 1_000
"""Characters of a reason in words."""

EXPORT_ROWS_MAX: Final = 100_000
"""Rows of one export: what a spreadsheet opens."""

COLUMNS: Final = ("at", "person", "name", "client", "what", "record", "rows", "via", "purpose", "why")

ORDER: Final = (("at_ms", True), ("id", True))

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would execute."""

_read = table_of(ReadRow)


@dataclass(frozen=True, slots=True)
class Read:
    """One read."""

    id: str
    at_ms: int
    person: str
    name: str
    subject: str
    what: str
    record: str
    rows: int
    via: str
    purpose: str
    why: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reads; what is left out does not narrow."""

    person: str | None = None
    subject: str | None = None
    via: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None


EVERYTHING: Final = Filter()


def note_read(
    session: Session,
    providers: Providers,
    by: Person,
    subject: str,
    what: str,
    *,
    via: str = WEB,
    record: str = "",
    rows: int = 1,
    purpose: str | None = None,
    why: str | None = None,
    sealer: Sealer | None = None,
) -> str:
    """
    Note one read; answers with its id. `sealer` seals the reason in words, where there is one.

    Args:
        session: In a writing transaction.
        providers: Clock and randomness.
        by: Who reads.
        subject: The client or worker; empty for a list.
        what: `all`, a type of record, or `list:` and a name.
        via: `web`, `cli` or `export`.
        record: The id of the one record.
        rows: How many records or lines are shown.
        purpose: A code of `casework.codes.PURPOSES`.
        why: A reason in words.
        sealer: Needed where there is a reason in words.

    Raises:
        Refused: No such purpose, or too long a reason.
    """
    assert via in VIAS, "where it is read"
    if purpose and purpose not in PURPOSES:
        raise Refused(f"a purpose is one of: {', '.join(PURPOSES)}")
    if why and len(why) > WHY_CHARS_MAX:
        raise Refused(f"a reason has at most {WHY_CHARS_MAX} characters")
    id_ = random_id(providers.entropy(16))
    assert why is None or sealer is not None, "a reason in words is sealed"
    box = None if not why or sealer is None else sealer.seal(by.agency, AGENCY, WHY, why.encode())
    session.execute(
        _read.insert().values(
            agency=by.agency,
            at_ms=providers.now_ms(),
            id=id_,
            person=by.id,
            subject=subject,
            what=what,
            record=record,
            rows=rows,
            via=via,
            purpose=purpose or "",
            why=box,
        )
    )
    return id_


def reads(
    session: Session,
    sealer: Sealer,
    by: Person,
    which: Filter = EVERYTHING,
    *,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Read]:
    """
    Who read what, newest first.

    Raises:
        NotAssigned: Only administrators and auditors see it.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.READS)

    def make(found: Sequence[Row[Any]]) -> list[Read]:
        return _reads(session, sealer, by.agency, found)

    return listing.page(session, _asked(by.agency, which), ORDER, make, cursor=cursor, rows=rows)


def of_client(
    session: Session, sealer: Sealer, by: Person, client: str, *, cursor: str | None = None
) -> Page[Read]:
    """
    Who read one client's record, for those who answer for the client too.

    Raises:
        NotAssigned: Not this person's client.
    """
    if not rights.allows(by, rights.READS):
        rights.check_about(session, by, rights.ENTER, client)

    def make(found: Sequence[Row[Any]]) -> list[Read]:
        return _reads(session, sealer, by.agency, found)

    return listing.page(session, _asked(by.agency, Filter(subject=client)), ORDER, make, cursor=cursor)


def as_csv(session: Session, sealer: Sealer, by: Person, which: Filter = EVERYTHING) -> Iterator[str]:
    """
    The same as lines of CSV, the head line first; a cell that looks like a formula is made text.

    The caller notes the export as a read.

    Raises:
        NotAssigned: Only administrators and auditors take it away.
    """
    rights.check(by, rights.READS)
    yield _line(COLUMNS)
    cursor: str | None = None
    told = 0
    while told < EXPORT_ROWS_MAX:
        page = reads(session, sealer, by, which, cursor=cursor, rows=listing.PAGE_ROWS_MAX)
        for row in page.rows:
            yield _line(_cells(row))
        told += len(page.rows)
        cursor = page.cursor
        if cursor is None:
            return


def guarded(cell: str) -> str:
    """A cell that no spreadsheet executes."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _asked(agency: str, which: Filter) -> Select[Any]:
    here = _read.c.agency == agency
    for column, value in ((_read.c.person, which.person), (_read.c.subject, which.subject)):
        here = here if value is None else here & (column == value)
    if which.via is not None:
        here &= _read.c.via == which.via
    if which.from_ms is not None:
        here &= _read.c.at_ms >= which.from_ms
    if which.until_ms is not None:
        here &= _read.c.at_ms < which.until_ms
    return select(_read).where(here)


def _reads(session: Session, sealer: Sealer, agency: str, found: Sequence[Row[Any]]) -> list[Read]:
    names = people.names_of(session, sealer, agency, [row.person for row in found])
    sealed = [row for row in found if row.why is not None]
    opened = sealer.open_many(agency, [Sealed(AGENCY, WHY, row.why) for row in sealed])
    whys = {row.id: why.decode() for row, why in zip(sealed, opened, strict=True)}
    return [
        Read(
            row.id,
            row.at_ms,
            row.person,
            names.get(row.person, ""),
            row.subject,
            row.what,
            row.record,
            row.rows,
            row.via,
            row.purpose,
            whys.get(row.id, ""),
        )
        for row in found
    ]


def _cells(row: Read) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    about = (row.subject, row.what, row.record, str(row.rows), row.via, row.purpose, row.why)
    return (at, row.person, row.name, *about)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue()
