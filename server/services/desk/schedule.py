"""
Schedule: the week by worker, intake, planning, and cover for those who are absent.

    week(session, sealer, by, day)                      a line a worker: visits, absences, cover, by days
    open_episode(book, by, client, units, providers)    takes a referral in
    plan(book, by, client, worker, start, end, ...)     plans a visit
    cover(book, by, absent, receiver, days, ...)        the visits of somebody absent go to another, in one act

A client is registered by `registry.register` and assigned by `office.assign`; what waits to be assigned is
`home.lines("unassigned")`. Cover is a grant that begins and ends by itself: for its days the receiver sees the
whole client, and each visit of those days is planned anew for the receiver. A visit that somebody has begun is
never moved. Who is responsible does not change: that is a hand-over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

import casework
from casework import retracting
from sync import LIFE, Json, RecordView, Write, random_id

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.access import GrantRow
from ...tables.fact import FactRow
from ...tables.person import PersonRow
from ..access import grants, people, rights
from ..access.people import Person
from ..log.book import Book
from ..log.records import Key
from . import days, listing, office
from .days import Days
from .listing import Page
from .office import Said

WORKERS: Final = 15
"""Lines of one page of the week: each holds dozens of visits, and every client among them is opened."""

COVER_VISITS_MAX: Final = 60
"""Visits that one act covers: two weeks of a full load, and within one transaction."""

COVER_DAYS_MAX: Final = 60
"""Days that one act covers; a longer absence is handed over."""

MOVED: Final = ("planned", "episode", "address", "purpose", "plan_of_care")
"""What of a planned visit goes over to the one that takes its place."""

VISITING: Final = (people.WORKER, people.SUPERVISOR)
"""Roles that visit."""

ORDER: Final = (("id", False),)

_fact = table_of(FactRow)
_until = _fact.alias("until")
_grant = table_of(GrantRow)
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a week."""

    id: str
    client: str
    name: str
    at: str
    day: date
    cancelled_by: str
    """`nobody`, `agency` or `client`."""
    outcome: str
    """Empty while it has none."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody does not work."""

    kind: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A client whom somebody sees for a time only."""

    client: str
    name: str
    kind: str
    """`cover` or `duty`."""
    begins_ms: int
    ends_ms: int | None


@dataclass(frozen=True, slots=True)
class WorkerWeek:
    """One line of the week."""

    worker: str
    name: str
    visits: tuple[Visit, ...]
    absences: tuple[Absence, ...]
    covers: tuple[Cover, ...]

    def absent_on(self, day: date) -> bool:
        """Whether the worker is absent on a day."""
        return any(span.since <= day.isoformat() <= span.until for span in self.absences)


@dataclass(frozen=True, slots=True)
class Covered:
    """What covering somebody's absence did."""

    clients: tuple[str, ...]
    visits: tuple[str, ...]
    """The ids of the visits as they are planned now."""
    begun: tuple[str, ...]
    """Visits that somebody had begun already, and that stay as they are."""


def week(
    session: Session,
    sealer: Sealer,
    by: Person,
    day: date,
    *,
    cursor: str | None = None,
    rows: int = WORKERS,
) -> Page[WorkerWeek]:
    """
    The week in which a day lies, a line a worker.

    Raises:
        NotAssigned: Only supervisors see names in a week.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.ENTER)
    seven = days.week(days.zone_of(session, by.agency), day)

    def make(found: Sequence[Row[Any]]) -> list[WorkerWeek]:
        ids = [row.id for row in found]
        visits = _visits(session, by, ids, seven)
        covers = _covers(session, by, ids, seven)
        absences = _absences(session, by.agency, ids, seven)
        about = {visit.subject for visit in visits} | {grant.subject for grant in covers}
        names = listing.client_names(session, sealer, by, about)
        workers = people.names_of(session, sealer, by.agency, ids)
        return [
            WorkerWeek(
                id_,
                workers.get(id_, ""),
                tuple([_visit(row, names, seven) for row in visits if row.worker == id_]),
                tuple([Absence(row.code, row.at, row.until) for row in absences if row.worker == id_]),
                tuple([_cover(row, names) for row in covers if row.worker == id_]),
            )
            for id_ in ids
        ]

    visiting = select(_person.c.id).where(rights.workers(by, rights.CASELOAD), _person.c.role.in_(VISITING))
    return listing.page(session, visiting, ORDER, make, cursor=cursor, rows=rows)


def open_episode(book: Book, by: Person, client: str, units: Mapping[str, Json], providers: Providers) -> str:
    """
    Take a referral in; answers with the episode's id. It is *referred*, and received now, unless told otherwise.

    Raises:
        NotAssigned: Not this supervisor's client.
        BadAnswer: A value breaks the rule of its field.
        UnknownField: A unit that no episode has.
    """
    rights.check_about(book.session, by, rights.ENTER, client)
    told: dict[str, Json] = {"status": "referred", "received_at": _iso(book.now_ms), **units}
    for unit, value in told.items():
        casework.validate("episode", unit, value)
    id_ = random_id(providers.entropy(16))
    writes = [Write("episode", id_, unit, (), value) for unit, value in told.items()]
    office.write(book, by, Said(client, writes), providers)
    return id_


def plan(
    book: Book,
    by: Person,
    client: str,
    worker: str,
    units: Mapping[str, Json],
    providers: Providers,
) -> str:
    """
    Plan a visit of somebody who sees the client; answers with its id. `units` hold `planned`, and more of a visit.

    Raises:
        NotAssigned: Not this supervisor's client, or a worker without access to it when it is to be.
        BadAnswer: A value breaks the rule of its field.
        Refused: It is not said when.
    """
    rights.check_about(book.session, by, rights.ENTER, client)
    planned = units.get("planned")
    if not isinstance(planned, dict) or not isinstance(planned.get("start"), str):
        raise Refused("a visit is planned for a time")
    told: dict[str, Json] = {**units, "worker": worker}
    for unit, value in told.items():
        casework.validate("visit", unit, value)
    at_ms = int(datetime.fromisoformat(str(planned["start"])).timestamp() * 1000)
    if not _sees(book, worker, client, at_ms):
        raise NotAssigned("a visit is planned for somebody who sees the client then", client)
    id_ = random_id(providers.entropy(16))
    writes = [Write("visit", id_, unit, (), value) for unit, value in told.items()]
    office.write(book, by, Said(client, writes), providers)
    return id_


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
    found = _visits(book.session, by, [absent], when, only_open=True)
    if len(found) > COVER_VISITS_MAX:
        raise Refused(f"one act covers at most {COVER_VISITS_MAX} visits: take fewer days")
    clients = sorted({row.subject for row in found})
    for client in clients:
        begins, ends = max(when.begin_ms, book.now_ms), when.end_ms
        if not _covers_already(book, receiver, client, begins, ends):
            office.assign(
                book, by, receiver, client, providers, kind=grants.COVER, begins_ms=begins, ends_ms=ends
            )
    moved, begun = [], []
    for row in found:
        shown = office.record_view(book, Key("visit", row.id))
        if "begin" in shown.units or shown.signed is not None:
            begun.append(row.id)
        else:
            moved.append(_move(book, by, shown, receiver, providers))
    return Covered(tuple(clients), tuple(moved), tuple(begun))


def planned_of(session: Session, sealer: Sealer, by: Person, absent: str, when: Days) -> list[Visit]:
    """
    The visits of one worker on some days that are still to be: what covering them would move.

    Raises:
        NotAssigned: Not this supervisor's worker.
    """
    rights.check(by, rights.ENTER)
    rights.check_about_worker(session, by, rights.CASELOAD, absent)
    found = _visits(session, by, [absent], when, only_open=True)
    names = listing.client_names(session, sealer, by, {row.subject for row in found})
    return [_visit(row, names, when) for row in found]


def _move(book: Book, by: Person, shown: RecordView, receiver: str, providers: Providers) -> str:
    """Plan a visit anew for another, and take the old plan back, in one changeset."""
    id_ = random_id(providers.entropy(16))
    values = {unit: shown.value(unit) for unit in MOVED}
    units: dict[str, Json] = {unit: value for unit, value in values.items() if value is not None}
    gone = retracting.retract(shown, "not_done")
    writes = [
        Write("visit", shown.id, LIFE, shown.over(LIFE), gone),
        *(Write("visit", id_, unit, (), value) for unit, value in {**units, "worker": receiver}.items()),
    ]
    office.write(book, by, Said(shown.subject, writes, f"cover by {receiver}"), providers)
    return id_


def _covers_already(book: Book, worker: str, client: str, begins_ms: int, ends_ms: int) -> bool:
    """Whether one grant that the worker has holds for all of these days."""
    open_ = grants.open_grants(book.session, book.agency, worker, client)
    return any(row.begins_ms <= begins_ms and (row.ends_ms or ends_ms) >= ends_ms for row in open_)


def _sees(book: Book, worker: str, client: str, at_ms: int) -> bool:
    open_ = grants.open_grants(book.session, book.agency, worker, client)
    return any(row.begins_ms <= at_ms and (row.ends_ms is None or at_ms < row.ends_ms) for row in open_)


def _visits(
    session: Session, by: Person, workers: Sequence[str], when: Days, *, only_open: bool = False
) -> Sequence[Any]:
    """The visits of these workers on these days, in order; of clients whom this person may know of."""
    outcome = _fact.alias("outcome")
    same = (outcome.c.agency == _fact.c.agency) & (outcome.c.type == _fact.c.type)
    same &= (outcome.c.id == _fact.c.id) & (outcome.c.kind == "visit") & (outcome.c.code != "")
    here = listing.facts(by.agency, "visit_planned") & _fact.c.worker.in_(workers)
    here &= (_fact.c.at >= when.begin) & (_fact.c.at < when.end)
    if only_open:
        here &= (_fact.c.code == "nobody") & outcome.c.code.is_(None)
    columns = (_fact.c.id, _fact.c.subject, _fact.c.worker, _fact.c.at, _fact.c.code)
    asked = select(*columns, outcome.c.code.label("outcome")).outerjoin(outcome, same)
    asked = asked.where(here, rights.about_clients(by, rights.ENTER, _fact.c.subject)).order_by(
        _fact.c.at, _fact.c.id
    )
    return session.execute(asked).all()


def _absences(session: Session, agency: str, workers: Sequence[str], when: Days) -> Sequence[Any]:
    same = (_until.c.agency == _fact.c.agency) & (_until.c.id == _fact.c.id) & (_until.c.key == _fact.c.key)
    ends = same & (_until.c.kind == "absence_until") & (_until.c.at >= when.first.isoformat())
    here = listing.facts(agency, "absence") & _fact.c.worker.in_(workers)
    columns = (_fact.c.worker, _fact.c.code, _fact.c.at, _until.c.at.label("until"))
    asked = select(*columns).join(_until, ends).where(here, _fact.c.at <= when.last.isoformat())
    return session.execute(asked.order_by(_fact.c.at, _fact.c.key)).all()


def _covers(session: Session, by: Person, workers: Sequence[str], when: Days) -> Sequence[Any]:
    here = (_grant.c.agency == by.agency) & _grant.c.worker.in_(workers)
    here &= _grant.c.kind.in_((grants.COVER, grants.DUTY)) & (_grant.c.begins_ms < when.end_ms)
    here &= (_grant.c.ended == 0) & (_grant.c.ends_ms.is_(None) | (_grant.c.ends_ms > when.begin_ms))
    asked = select(_grant).where(here, rights.about_clients(by, rights.ENTER, _grant.c.subject))
    return session.execute(asked.order_by(_grant.c.begins_ms, _grant.c.id)).all()


def _visit(row: Any, names: Mapping[str, str], when: Days) -> Visit:
    name = names.get(row.subject, "")
    return Visit(row.id, row.subject, name, row.at, when.day_of(row.at), row.code, row.outcome or "")


def _cover(row: Any, names: Mapping[str, str]) -> Cover:
    return Cover(row.subject, names.get(row.subject, ""), row.kind, row.begins_ms, row.ends_ms)


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat()
