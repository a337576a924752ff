"""
Covering: the visits of somebody absent go to another, with access for these days.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from casework import retracting
from sync import LIFE, Json, RecordView, Write, random_id

from ....errors import Refused
from ....settings import Providers
from ...access import grants, rights
from ...access.people import Person
from ...log.book import Book
from ...log.records import Key
from .. import days, office
from ..days import Days
from ..office import Said
from . import company
from .week import VISITING, visits_of

COVER_VISITS_MAX: Final = 60
"""Visits that one act covers: two weeks of a full load, and within one transaction."""

COVER_DAYS_MAX: Final = 60
"""Days that one act covers; a longer absence is handed over."""

MOVED: Final = ("planned", "joint_with", "episode", "address", "purpose", "plan_of_care")
"""What of a planned visit goes over to the one that takes its place."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What covering somebody's absence did."""

    clients: tuple[str, ...]
    visits: tuple[str, ...]
    """The ids of the visits as they are planned now."""
    begun: tuple[str, ...]
    """Visits that somebody had begun already, and that stay as they are."""
    alone: tuple[str, ...] = ()
    """Visits that stay as they are because somebody would go alone to a client who is not visited alone."""


def cover(
    book: Book, by: Person, absent: str, receiver: str, first: date, last: date, providers: Providers
) -> Covered:
    """
    Let somebody make the visits that an absent worker has on some days, and see those clients on these days.

    Raises:
        NotAssigned: Not this supervisor's workers, or no such active person.
        Refused: Too many days or visits at once, no days, or both the same person.
    """
    rights.check_about_worker(book.session, by, rights.CASELOAD, absent)
    to = rights.check_about_worker(book.session, by, rights.CASELOAD, receiver)
    if absent == receiver or to.state != "active" or to.role not in VISITING:
        raise Refused("cover is given by another who visits")
    if not 0 <= (last - first).days < COVER_DAYS_MAX:
        raise Refused(f"one act covers 1 to {COVER_DAYS_MAX} days")
    when = Days(first, last, days.zone_of(book.session, book.agency))
    found = visits_of(book.session, by, [absent], when, only_open=True)
    if len(found) > COVER_VISITS_MAX:
        raise Refused(f"one act covers at most {COVER_VISITS_MAX} visits: take fewer days")
    views = {row.id: office.record_view(book, Key("visit", row.id)) for row in found}
    alone = [id_ for id_, shown in views.items() if not company.can_pass(book, shown, receiver)]
    clients = sorted({shown.subject for id_, shown in views.items() if id_ not in alone})
    for client in clients:
        begins, ends = max(when.begin_ms, book.now_ms), when.end_ms
        if not _covers_already(book, receiver, client, begins, ends):
            office.assign(
                book, by, receiver, client, providers, kind=grants.COVER, begins_ms=begins, ends_ms=ends
            )
    moved, begun = [], []
    for id_, shown in views.items():
        if "begin" in shown.units or shown.signed is not None:
            begun.append(id_)
        elif id_ not in alone:
            moved.append(_move(book, by, shown, receiver, providers))
    return Covered(
        tuple(clients), tuple(moved), tuple(begun), tuple([id_ for id_ in alone if id_ not in begun])
    )


def _move(book: Book, by: Person, shown: RecordView, receiver: str, providers: Providers) -> str:
    """Plan a visit anew for another, and take the old plan back, in one changeset."""
    id_ = random_id(providers.entropy(16))
    values = {unit: shown.value(unit) for unit in MOVED}
    units: dict[str, Json] = {unit: value for unit, value in values.items() if value is not None}
    gone = retracting.retract(shown, "not_done")
    writes = [
        Write("visit", shown.id, LIFE, shown.over(LIFE), gone),
        *(Write("visit", id_, unit, (), value) for unit, value in {**units, "worker": receiver}.items()),
        *company.told(book, shown, receiver),
    ]
    office.write(book, by, Said(shown.subject, writes, f"cover by {receiver}"), providers)
    return id_


def _covers_already(book: Book, worker: str, client: str, begins_ms: int, ends_ms: int) -> bool:
    """Whether one grant that the worker has holds for all of these days."""
    open_ = grants.open_grants(book.session, book.agency, worker, client)
    return any(row.begins_ms <= begins_ms and (row.ends_ms or ends_ms) >= ends_ms for row in open_)
