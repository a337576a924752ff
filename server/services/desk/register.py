"""
The sync register: what each tablet last said, and which have gone silent.

    tablets(session, sealer, by, now_ms=...)               the register, the longest silent first
    lost(session, sealer, by, device, now_ms=...)          what a lost tablet held, and what is to be written again

Everything here is as last told: a tablet without signal may hold more unsent work than it said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from ...crypto import Sealed, Sealer
from ...db import table_of
from ...errors import NotAssigned
from ...tables.access import AccessRow, GrantRow
from ...tables.device import DeviceRow
from ...tables.fact import FactRow
from ...tables.log import LogRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..access import people, rights
from ..access.devices import ACTIVE
from ..access.enrolment import LABEL
from ..access.people import Person
from ..log.book import AGENCY
from . import days, listing
from .listing import Page
from .policy import policy

HOUR_MS: Final = 60 * 60 * 1000
ORDER: Final = (("heard_ms", False), ("id", False))

CLOCK_OFF_MS: Final = 5 * 60 * 1000
"""Milliseconds by which a tablet's clock may differ before it is pointed out."""

_access = table_of(AccessRow)
_device = table_of(DeviceRow)
_fact = table_of(FactRow)
_grant = table_of(GrantRow)
_log = table_of(LogRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Tablet:
    """One line of the register."""

    id: str
    label: str
    worker: str
    name: str
    state: str
    last_contact_ms: int | None
    pending: int
    """Changesets that it said were unsent."""
    clock_offset_ms: int
    clock_off: bool
    app: str
    schema: int | None
    silent: bool
    """Whether it has not been heard of for as long as the agency has set."""
    visits_today: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that was planned after the tablet was last heard of."""

    id: str
    client: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What a lost tablet means."""

    id: str
    worker: str
    worker_name: str
    state: str
    last_contact_ms: int | None
    last_received_ms: int | None
    """When its last work arrived."""
    pending: int
    clients: Page[tuple[str, str]]
    """(id, name) of the clients whom it may hold: those to whom its worker had access since it was heard of."""
    clients_count: int
    visits: tuple[Visit, ...]
    """Planned since its last work arrived: what was written there has to be written again."""


def tablets(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    now_ms: int,
    only_silent: bool = False,
    worker: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Tablet]:
    """
    The tablets that somebody keeps, the longest silent first; the silent ones in use, or one worker's, where asked.

    Raises:
        NotAssigned: Nobody who is not active reads it.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.TABLETS)
    silent_ms = now_ms - policy(session, sealer, by.agency).silent_hours * HOUR_MS
    today = days.today(days.zone_of(session, by.agency), now_ms)

    def make(found: Sequence[Row[Any]]) -> list[Tablet]:
        names = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        boxes = [row.label for row in found if row.label is not None]
        labels = iter(sealer.open_many(by.agency, [Sealed(AGENCY, LABEL, box) for box in boxes]))
        visits = _visits(session, by.agency, sorted({row.worker for row in found}), today)
        return [
            Tablet(
                row.id,
                "" if row.label is None else next(labels).decode(),
                row.worker,
                names.get(row.worker, ""),
                row.state,
                row.last_contact_ms,
                row.told_pending,
                row.clock_offset_ms,
                abs(row.clock_offset_ms) > CLOCK_OFF_MS,
                row.app or "",
                row.schema,
                row.state == ACTIVE and row.heard_ms < silent_ms,
                visits.get(row.worker, 0),
            )
            for row in found
        ]

    asked = silent(by, silent_ms) if only_silent else _kept(by)
    if worker is not None:
        kept = asked.subquery()
        asked = select(kept).where(kept.c.worker == worker)
    return listing.page(session, asked, ORDER, make, cursor=cursor, rows=rows)


def silent(by: Person, silent_ms: int) -> Select[Any]:
    """The tablets in use that were last heard of before a moment: for the list, and for whoever counts it."""
    kept = _kept(by).subquery()
    return select(kept).where(kept.c.state == ACTIVE, kept.c.heard_ms < silent_ms)


def lost(
    session: Session, sealer: Sealer, by: Person, device: str, *, now_ms: int, cursor: str | None = None
) -> Lost:
    """
    What a lost tablet held, for whoever assesses the breach, and what its worker has to write again.

    Raises:
        NotAssigned: Not this person's to keep.
        Refused: The cursor is not one of this list.
    """
    here = (_device.c.agency == by.agency) & (_device.c.id == device) & (_device.c.kind == "tablet")
    row = session.execute(select(_device).where(here)).one_or_none()
    if row is None or row.worker is None:
        raise NotAssigned("there is no such tablet")
    worker = rights.check_about_worker(session, by, rights.TABLETS, row.worker)
    received = select(func.max(_log.c.received_ms)).where(
        _log.c.agency == by.agency, _log.c.device == device, _log.c.seq > 0
    )
    received_ms = session.scalar(received)
    held = _held(by, worker.id, row.last_contact_ms or row.created_ms)

    def make(found: Sequence[Row[Any]]) -> list[tuple[str, str]]:
        names = listing.client_names(session, sealer, by, [line.subject for line in found])
        return [(line.subject, names.get(line.subject, "")) for line in found]

    return Lost(
        device,
        worker.id,
        people.names_of(session, sealer, by.agency, [worker.id]).get(worker.id, ""),
        row.state,
        row.last_contact_ms,
        received_ms,
        row.told_pending,
        listing.page(session, held, (("subject", False),), make, cursor=cursor),
        listing.count(session, held),
        _to_write_again(session, sealer, by, worker.id, received_ms or row.created_ms, now_ms),
    )


def _kept(by: Person) -> Select[Any]:
    """The tablets whose keeping is this person's business."""
    owner = (_person.c.agency == _device.c.agency) & (_person.c.id == _device.c.worker)
    asked = select(
        _device.c.id,
        _device.c.label,
        _device.c.worker,
        _device.c.state,
        _device.c.last_contact_ms,
        _device.c.told_pending,
        _device.c.clock_offset_ms,
        _device.c.app,
        _device.c.schema,
        func.coalesce(_device.c.last_contact_ms, _device.c.created_ms).label("heard_ms"),
    ).join(_person, owner)
    here = (_device.c.agency == by.agency) & (_device.c.kind == "tablet")
    return asked.where(here, rights.workers(by, rights.TABLETS, left=True))


def _visits(session: Session, agency: str, workers: Sequence[str], today: days.Days) -> dict[str, int]:
    """{worker: visits planned today}."""
    here = listing.facts(agency, "visit_planned") & _fact.c.worker.in_(workers) & (_fact.c.code == "nobody")
    here &= (_fact.c.at >= today.begin) & (_fact.c.at < today.end)
    counted = select(_fact.c.worker, func.count()).where(here).group_by(_fact.c.worker)
    return {row.worker: row[1] for row in session.execute(counted)}


def _held(by: Person, worker: str, since_ms: int) -> Select[Any]:
    """Clients to whom the worker had access at the moment when the tablet was last heard of, or later."""
    still = or_(_grant.c.ended == 0, _grant.c.ended_ms >= since_ms)
    here = (_grant.c.agency == by.agency) & (_grant.c.worker == worker) & (_grant.c.begun > 0) & still
    client = (_subject.c.agency == _grant.c.agency) & (_subject.c.id == _grant.c.subject)
    asked = select(_grant.c.subject).join(_subject, client).where(here, _subject.c.kind == "client")
    return asked.distinct()


def _to_write_again(
    session: Session, sealer: Sealer, by: Person, worker: str, since_ms: int, now_ms: int
) -> tuple[Visit, ...]:
    here = listing.facts(by.agency, "visit_planned") & (_fact.c.worker == worker)
    here &= (_fact.c.at >= days.utc_of(since_ms)) & (_fact.c.at < days.utc_of(now_ms))
    asked = select(_fact.c.id, _fact.c.subject, _fact.c.at).where(here).order_by(_fact.c.at, _fact.c.id)
    rows = session.execute(asked.limit(listing.PAGE_ROWS_MAX)).all()
    names = listing.client_names(session, sealer, by, [row.subject for row in rows])
    return tuple([Visit(row.id, row.subject, names.get(row.subject, ""), row.at) for row in rows])
