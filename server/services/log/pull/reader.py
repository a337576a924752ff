"""
The reader of a page: who pulls, and what this worker may see in the snapshot.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from ....db import table_of
from ....tables.access import EVERYBODY, AccessRow
from ....tables.fact import FactRow
from ...access.agencies import agency_of

FIRST_SUBJECTS_MAX: Final = 32
"""Clients of today that go first: nobody visits more in a day."""

_access = table_of(AccessRow)
_fact = table_of(FactRow)

_ACCESS = select(
    _access.c.subject, _access.c.open, _access.c.gained, _access.c.lost, _access.c.touched
).where(_access.c.agency == bindparam("a"), _access.c.worker.in_((bindparam("w"), literal(EVERYBODY))))
_CHANGED = _ACCESS.where(_access.c.touched > bindparam("p"))
_OF_SUBJECT = _ACCESS.where(_access.c.subject == bindparam("s"))
_PLANNED = (
    select(_fact.c.subject)
    .where(_fact.c.agency == bindparam("a"), _fact.c.worker == bindparam("w"))
    .where(_fact.c.kind == "visit_planned", _fact.c.at >= bindparam("t"), _fact.c.at < bindparam("e"))
    .order_by(_fact.c.at)
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who pulls, and what stands in the snapshot."""

    agency: str
    worker: str
    device: str
    head: int
    link: bytes
    now_ms: int
    """The clients whom the worker visits today go first."""
    own: Mapping[int, str] = field(default_factory=dict)
    """{position: name} of what this very request brought, which need not be looked for in the log."""


class Access(NamedTuple):
    """A worker's access to one subject, as the index has it."""

    subject: str
    open: int
    """How many grants are open."""
    gained: int
    """The position at which access began the last time."""
    lost: int
    """The position at which it ended the last time."""
    touched: int
    """The last position that matters to this worker here."""


def changed_since(session: Session, reader: Reader, position: int) -> list[Access]:
    """The subjects that a later position touched, whether or not there is access now."""
    rows = session.execute(_CHANGED, {"a": reader.agency, "w": reader.worker, "p": position})
    return list(map(Access._make, rows))


def access_to(session: Session, reader: Reader, subject: str) -> Access | None:
    """The access to one subject, ended or not."""
    row = session.execute(_OF_SUBJECT, {"a": reader.agency, "w": reader.worker, "s": subject}).first()
    return None if row is None else Access._make(row)


def clients_of_today(session: Session, reader: Reader, among: Collection[str]) -> tuple[str, ...]:
    """The clients whom this worker visits today, in the order of the visits."""
    zone = ZoneInfo(agency_of(session, reader.agency).time_zone)
    today = datetime.fromtimestamp(reader.now_ms / 1000, UTC).astimezone(zone).date().isoformat()
    day = {"t": today, "e": today + "~"}
    subjects = session.scalars(_PLANNED, {"a": reader.agency, "w": reader.worker} | day)
    ordered = dict.fromkeys(subject for subject in subjects if subject in among)
    return tuple(ordered)[:FIRST_SUBJECTS_MAX]
