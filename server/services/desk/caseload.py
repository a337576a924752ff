"""
Caseload: who carries how much, and whom nobody must forget.

    board(session, sealer, by, now_ms=...)                a line a worker, the heaviest load first
    clients(session, sealer, by, worker, now_ms=...)      one worker's clients, the riskiest first
    forgotten(session, sealer, by, now_ms=...)            by name: no contact, refused twice, no interpreter

A load is counted raw, and in hours of this month: each planned visit costs the way, the visit and its
documentation, and each client adds hours by the highest open risk; all as the agency has set (`policy`). Clients
are handed on by `handover.offer`, one or many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from casework.risk import rank

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...tables.fact import FactRow
from ...tables.log import LogRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..access import people, rights
from ..access.people import Person
from . import days, listing
from .days import Days
from .listing import Page
from .policy import Policy, policy

DAY_MS: Final = 24 * 60 * 60 * 1000
VISITED: Final = ("made", "partial")
"""Outcomes of a visit on which somebody was seen."""

GIVEN: Final = ("professional", "staff", "declined")
"""What an interpreter's part may be where one is needed: given, or offered and not wanted."""

OVER: Final = ("discharged", "declined")
"""States of an episode in which nobody visits any more."""

REFUSALS: Final = 2
"""Refused visits in a row after which a client must not be left to refuse."""

NO_CONTACT: Final = "no_contact"
REFUSED: Final = "refused"
NO_INTERPRETER: Final = "no_interpreter"
WHYS: Final = (NO_CONTACT, REFUSED, NO_INTERPRETER)

BOARD_ORDER: Final = (("minutes", True), ("id", False))
CLIENTS_ORDER: Final = (("rank", True), ("id", False))
FORGOTTEN_ORDER: Final = (("at", False), ("id", False), ("why", False))

_fact = table_of(FactRow)
_other = _fact.alias("other")
_third = _fact.alias("third")
_log = table_of(LogRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Load:
    """One line of the board."""

    worker: str
    name: str
    office: str
    clients: int
    visits: int
    """Planned in this month and not cancelled."""
    hours: float
    """What they come to in this month, to a tenth."""
    capacity: int | None
    """Hours a month; none where nobody has set it."""
    risk: str
    """The highest open level among the clients."""
    risks: int
    """Clients with an open risk."""

    @property
    def over(self) -> bool:
        """Whether it is more than there are hours for."""
        return self.capacity is not None and self.hours > self.capacity


@dataclass(frozen=True, slots=True)
class Carried:
    """One client of a worker."""

    client: str
    name: str
    risk: str
    visits: int
    """Planned in this month and not cancelled."""
    last_contact: str
    """When somebody last spoke with the client, ISO 8601; empty for never."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One client whom nobody must forget, and why."""

    client: str
    name: str
    why: str
    """`no_contact`, `refused` or `no_interpreter`."""
    at: str
    """The last contact, the last refusal, or the last visit without; empty for none."""
    workers: tuple[tuple[str, str], ...]
    """(id, name) of those who are assigned."""


def board(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    now_ms: int,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Load]:
    """
    The load of each worker, the heaviest first.

    Raises:
        NotAssigned: Only those who assign see it.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.CASELOAD)
    month = _month(session, by, now_ms)

    def make(found: Sequence[Row[Any]]) -> list[Load]:
        names = people.names_of(session, sealer, by.agency, [row.id for row in found])
        return [
            Load(
                row.id,
                names.get(row.id, ""),
                row.office or "",
                row.clients,
                row.visits,
                round(row.minutes / 60, 1),
                None if row.capacity is None else int(row.capacity),
                listing.level_of_rank(row.rank),
                row.risks,
            )
            for row in found
        ]

    asked = _loads(by, policy(session, sealer, by.agency), month)
    return listing.page(session, asked, BOARD_ORDER, make, cursor=cursor, rows=rows)


def clients(
    session: Session,
    sealer: Sealer,
    by: Person,
    worker: str,
    *,
    now_ms: int,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Carried]:
    """
    The clients of one worker, the riskiest first: to look at, or to hand over.

    Raises:
        NotAssigned: Not this person's worker.
        Refused: The cursor is not one of this list.
    """
    rights.check_about_worker(session, by, rights.CASELOAD, worker)
    asked = _carried(by, worker, _month(session, by, now_ms))

    def make(found: Sequence[Row[Any]]) -> list[Carried]:
        names = listing.client_names(session, sealer, by, [row.id for row in found])
        return [
            Carried(row.id, names.get(row.id, ""), listing.level_of_rank(row.rank), row.visits, row.last)
            for row in found
        ]

    return listing.page(session, asked, CLIENTS_ORDER, make, cursor=cursor, rows=rows)


def forgotten(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    now_ms: int,
    why: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Forgotten]:
    """
    Clients whom nobody must forget, the longest first; for one reason only, where one is named.

    Raises:
        NotAssigned: Only supervisors are shown names.
        Refused: No such reason, or a cursor of another list.
    """
    rights.check(by, rights.REVIEW)
    if why is not None and why not in WHYS:
        raise Refused(f"a reason is one of: {', '.join(WHYS)}")
    asked = forgotten_rows(by, policy(session, sealer, by.agency), now_ms, why)

    def make(found: Sequence[Row[Any]]) -> list[Forgotten]:
        names = listing.client_names(session, sealer, by, [row.id for row in found])
        assigned = _assigned(session, by.agency, sorted({row.id for row in found}))
        workers = people.names_of(
            session, sealer, by.agency, [id_ for ids in assigned.values() for id_ in ids]
        )
        return [
            Forgotten(
                row.id,
                names.get(row.id, ""),
                row.why,
                row.at,
                tuple([(id_, workers.get(id_, "")) for id_ in assigned.get(row.id, [])]),
            )
            for row in found
        ]

    return listing.page(session, asked, FORGOTTEN_ORDER, make, cursor=cursor, rows=rows)


def forgotten_rows(by: Person, rule: Policy, now_ms: int, why: str | None = None) -> Select[Any]:
    """(id, why, at) of the list, unsorted: for the list itself, and for whoever counts it."""
    since = days.utc_of(now_ms - rule.forgotten_days * DAY_MS)
    parts = {
        NO_CONTACT: _no_contact(by, since, now_ms - rule.forgotten_days * DAY_MS),
        REFUSED: _refused(by),
        NO_INTERPRETER: _no_interpreter(by, since),
    }
    chosen = [part for name, part in parts.items() if why in (None, name)]
    inner = union_all(*chosen).subquery()
    return select(inner.c.id, inner.c.why, inner.c.at)


def _loads(by: Person, rule: Policy, month: Days) -> Select[Any]:
    assigned, visits = _by_worker_clients(by, rule), _by_worker_visits(by, month)
    capacity = _other
    hours = (capacity.c.agency == by.agency) & (capacity.c.kind == "capacity")
    clients_ = func.coalesce(assigned.c.clients, 0)
    planned = func.coalesce(visits.c.visits, 0)
    minutes = planned * rule.minutes_a_visit + func.coalesce(assigned.c.hours, 0) * 60
    carries = (_person.c.role == people.WORKER) | (clients_ > 0)
    return (
        select(
            _person.c.id,
            _person.c.office,
            clients_.label("clients"),
            planned.label("visits"),
            minutes.label("minutes"),
            cast(capacity.c.code, Integer).label("capacity"),
            func.coalesce(assigned.c.rank, 0).label("rank"),
            func.coalesce(assigned.c.risks, 0).label("risks"),
        )
        .outerjoin(assigned, assigned.c.worker == _person.c.id)
        .outerjoin(visits, visits.c.worker == _person.c.id)
        .outerjoin(capacity, hours & (capacity.c.key == _person.c.id))
        .where(rights.workers(by, rights.CASELOAD), carries)
    )


def _by_worker_clients(by: Person, rule: Policy) -> Subquery:
    """(worker, clients, hours, rank, risks): who is assigned how many, and how grave they are."""
    highest = listing.highest_risk(by.agency, _fact.c.subject)
    assigned = _is_assigned(by.agency) & _is_active(by.agency, _fact.c.subject)
    each = select(_fact.c.worker, highest.label("rank")).where(assigned).subquery("each")
    hours = case({rank(level): number for level, number in rule.acuity_hours}, value=each.c.rank, else_=0)
    worker = listing.grouped(each.c.worker)
    return (
        select(
            worker.label("worker"),
            func.count().label("clients"),
            func.sum(hours).label("hours"),
            func.max(each.c.rank).label("rank"),
            func.count().filter(each.c.rank > 0).label("risks"),
        )
        .group_by(worker)
        .subquery("assigned")
    )


def _by_worker_visits(by: Person, month: Days) -> Subquery:
    worker = listing.grouped(_fact.c.worker)
    counted = select(worker.label("worker"), func.count().label("visits")).where(_planned(by.agency, month))
    return counted.group_by(worker).subquery("visits")


def _carried(by: Person, worker: str, month: Days) -> Select[Any]:
    visits = (
        select(_other.c.subject, func.count().label("visits"))
        .where(
            _other.c.agency == by.agency,
            _other.c.kind == "visit_planned",
            _other.c.worker == worker,
            _other.c.code == "nobody",
            _other.c.at >= month.begin,
            _other.c.at < month.end,
        )
        .group_by(_other.c.subject)
        .subquery("visits")
    )
    return (
        select(
            _fact.c.subject.label("id"),
            listing.highest_risk(by.agency, _fact.c.subject).label("rank"),
            func.coalesce(visits.c.visits, 0).label("visits"),
            _last_contact(by.agency, _fact.c.subject).label("last"),
        )
        .outerjoin(visits, visits.c.subject == _fact.c.subject)
        .where(_is_assigned(by.agency) & (_fact.c.worker == worker), _is_active(by.agency, _fact.c.subject))
    )


def _no_contact(by: Person, since: str, since_ms: int) -> Select[Any]:
    """Clients in care with whom nobody has spoken since a moment, and whom we knew already then."""
    recent = _spoken(by.agency, _subject.c.id)
    # A subject is opened in the middle of a transaction; its grants and its first writes come after it.
    known = (_log.c.agency == _subject.c.agency) & (_log.c.position == _subject.c.opened + 1)
    last = _last_contact(by.agency, _subject.c.id)
    asked = select(_subject.c.id, literal(NO_CONTACT).label("why"), last.label("at"))
    # What is true of most clients is asked first: SQLite asks in this order, and no further once it is settled.
    silent = [~exists(select(one.c.id).where(here, one.c.at >= since)) for one, here in recent]
    asked = asked.join(_log, known).where(rights.clients(by, rights.REVIEW), *silent)
    return asked.where(_in_care(by.agency, _subject.c.id), _log.c.received_ms < since_ms)


def _refused(by: Person) -> Select[Any]:
    """Clients who refused twice since they last let somebody in."""
    outcome = (_other.c.agency == by.agency) & (_other.c.subject == _fact.c.subject)
    outcome &= (_other.c.kind == "visit") & _other.c.code.in_(VISITED)
    let_in = func.coalesce(
        select(func.max(_other.c.at)).where(outcome).correlate(_fact).scalar_subquery(), ""
    )
    subject = listing.grouped(_fact.c.subject)
    refusals = (
        select(subject.label("subject"), func.count().label("refusals"), func.max(_fact.c.at).label("at"))
        .where(listing.facts(by.agency, "visit"), _fact.c.code == "refused", _fact.c.at > let_in)
        .group_by(subject)
        .having(func.count() >= REFUSALS)
        .subquery("refusals")
    )
    asked = select(refusals.c.subject.label("id"), literal(REFUSED).label("why"), refusals.c.at)
    mine = rights.about_clients(by, rights.REVIEW, refusals.c.subject)
    return asked.where(mine, _in_care(by.agency, refusals.c.subject))


def _no_interpreter(by: Person, since: str) -> Select[Any]:
    """Clients who need an interpreter and were visited without since a moment."""
    needs = (_other.c.agency == by.agency) & (_other.c.kind == "interpreter_needed")
    needs &= _other.c.code == "yes"
    given = (_third.c.agency == by.agency) & (_third.c.kind == "interpreter") & (_third.c.id == _fact.c.id)
    given &= (_third.c.type == _fact.c.type) & _third.c.code.in_(GIVEN)
    subject = listing.grouped(_fact.c.subject)
    without = (
        select(subject.label("subject"), func.max(_fact.c.at).label("at"))
        .where(listing.facts(by.agency, "visit"), _fact.c.code.in_(VISITED), _fact.c.at >= since)
        .where(
            _fact.c.subject.in_(select(_other.c.subject).where(needs)),
            ~exists(select(_third.c.id).where(given).correlate(_fact)),
        )
        .group_by(subject)
        .subquery("without")
    )
    asked = select(without.c.subject.label("id"), literal(NO_INTERPRETER).label("why"), without.c.at)
    mine = rights.about_clients(by, rights.REVIEW, without.c.subject)
    return asked.where(mine, _in_care(by.agency, without.c.subject))


def _in_care(agency: str, client: ColumnElement[str]) -> ColumnElement[bool]:
    """That a client lives, and that the episodes are not all over."""
    episode = _fact.alias("episode")
    here = (episode.c.agency == agency) & (episode.c.subject == client) & (episode.c.kind == "episode")
    over = exists(select(episode.c.id).where(here, episode.c.code.in_(OVER)))
    going_on = exists(select(episode.c.id).where(here, episode.c.code.not_in(OVER)))
    return _is_active(agency, client) & (~over | going_on)


def _last_contact(agency: str, client: ColumnElement[str]) -> ColumnElement[str]:
    """When somebody last spoke with a client: a visit that was made, or a contact that reached."""
    newest = [
        func.coalesce(select(one.c.at).where(here).order_by(one.c.at.desc()).limit(1).scalar_subquery(), "")
        for one, here in _spoken(agency, client)
    ]
    return case((newest[0] >= newest[1], newest[0]), else_=newest[1])


def _spoken(agency: str, client: ColumnElement[str]) -> list[tuple[Any, ColumnElement[bool]]]:
    """The two ways to have spoken with a client, each (rows of facts, which of them): the index finds the newest."""
    visit, contact = _fact.alias("spoken_visit"), _fact.alias("spoken_contact")
    made = (visit.c.kind == "visit") & visit.c.code.in_(VISITED)
    reached = (contact.c.kind == "contact") & (contact.c.code == "reached")
    return [
        (visit, (visit.c.agency == agency) & (visit.c.subject == client) & made),
        (contact, (contact.c.agency == agency) & (contact.c.subject == client) & reached),
    ]


def _is_assigned(agency: str) -> ColumnElement[bool]:
    return listing.facts(agency, "assigned") & (_fact.c.code == "assigned")


def _is_active(agency: str, client: ColumnElement[str]) -> ColumnElement[bool]:
    about = _fact.alias("about")
    here = (about.c.agency == agency) & (about.c.subject == client) & (about.c.kind == "client")
    return exists(select(about.c.id).where(here, about.c.code == "active"))


def _planned(agency: str, month: Days) -> ColumnElement[bool]:
    here = listing.facts(agency, "visit_planned") & (_fact.c.code == "nobody")
    return here & (_fact.c.at >= month.begin) & (_fact.c.at < month.end)


def _month(session: Session, by: Person, now_ms: int) -> Days:
    zone = days.zone_of(session, by.agency)
    return days.month(zone, days.today(zone, now_ms).first)


def _assigned(session: Session, agency: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """{client: those who are assigned}."""
    found: dict[str, list[str]] = {}
    asked = select(_fact.c.subject, _fact.c.worker).where(_is_assigned(agency), _fact.c.subject.in_(ids))
    for row in session.execute(asked.order_by(_fact.c.subject, _fact.c.worker)):
        found.setdefault(row.subject, []).append(row.worker)
    return found
