"""
Clients: the list of those whom somebody may know of, and what stands at the head of a client's page.

    clients(session, sealer, by, Which(typed="rosa", risk="high"))    a page, the riskiest first
    head(session, sealer, by, client)                                 who it is, what to mind, who is assigned
    access(session, sealer, by, client)                               who had access, from when to when
    confirm(book, by, client)                                         somebody has looked at who was met in the field

The list sorts by codes and ids, and is searched by keyed tokens: only the names of the page are opened. Whoever
knows clients by initials only (`rights`) gets initials, the office and who is assigned, and searches no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, select
from sqlalchemy.orm import Session

import casework
from casework import retracting
from casework.risk import LEVELS, rank
from sync import Life, RecordView, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...tables.access import AccessRow, GrantRow
from ...tables.fact import FactRow, NameRow
from ...tables.held import HeldRow
from ...tables.person import PersonRow
from ...tables.record import RecordRow
from ...tables.subject import SubjectRow
from ..access import people, rights
from ..access.people import Person
from ..log import subjects
from ..log.book import AGENCY, Book
from ..log.records import Key, opened, read_records
from . import listing
from .listing import Page

TYPED_CHARS_MAX: Final = 200
"""Characters of what somebody looks for: the longest name there is, and a little."""

ORDER: Final = (("rank", True), ("opened", True), ("id", False))
"""The riskiest first, then whoever came last."""

STATES: Final = ("active", "deceased")
"""States that a list is narrowed to; a client who was retracted has none."""

HEAD: Final = ("address", "client", "contact_person", "episode", "risk_flag")
"""Types of record that stand at the head of a client's page: few of each, however long the case."""

ASSIGNED: Final = "assigned/"
"""What the id of a worker stands behind in the set of those who are assigned."""

_access = table_of(AccessRow)
_fact = table_of(FactRow)
_grant = table_of(GrantRow)
_held = table_of(HeldRow)
_name = table_of(NameRow)
_person = table_of(PersonRow)
_record = table_of(RecordRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Which:
    """What a list is narrowed to; what is left out does not narrow."""

    typed: str = ""
    office: str = ""
    worker: str = ""
    risk: str = ""
    """The least level of an open risk."""
    state: str = ""
    provisional: bool = False


EVERYBODY: Final = Which()


@dataclass(frozen=True, slots=True)
class Line:
    """One client of the list; to administrators the name is initials, and what is about the person is empty."""

    id: str
    name: str
    office: str
    workers: tuple[tuple[str, str], ...]
    """(id, name) of the workers who have access now."""
    provisional: bool
    date_of_birth: str = ""
    language: str = ""
    state: str = ""
    risk: str = ""
    undecided: int = 0
    not_alone: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What whoever opens a client's page must know before anything else."""

    client: RecordView
    name: str
    office: str
    provisional: bool
    risks: tuple[RecordView, ...]
    """Risk flags that stand above *low*, the highest first."""
    addresses: tuple[RecordView, ...]
    """Those that are current."""
    contacts: tuple[RecordView, ...]
    """Contact persons who were not removed."""
    episodes: tuple[RecordView, ...]
    workers: tuple[tuple[str, str], ...]
    late: int
    """Changesets about the client that are received and await a decision."""
    names: dict[str, str]
    """{person: name} of those whom these records refer to."""


@dataclass(frozen=True, slots=True)
class Access:
    """One grant: who, of which kind, from when to when."""

    worker: str
    name: str
    kind: str
    begins_ms: int
    ends_ms: int | None
    """When it ended, or will end by itself; none where it stands until somebody ends it."""
    begun: bool
    ended: bool
    made_by: str
    made_by_name: str
    provisional: bool


def clients(
    session: Session,
    sealer: Sealer,
    by: Person,
    which: Which = EVERYBODY,
    *,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Line]:
    """
    A page of the clients whom somebody may know of, the riskiest first.

    Raises:
        NotAssigned: Somebody who is not active, or who looks for what they may not see.
        Refused: No such level or state, or the cursor is not one of this list.
    """
    by_initials = rights.check(by, rights.READ) == "initials"
    if by_initials and (which.typed or which.risk or which.state):
        raise NotAssigned("administrators see initials and ids, and look for no name")

    def make(found: Sequence[Row[Any]]) -> list[Line]:
        workers = _workers(session, sealer, by.agency, [row.id for row in found])
        if by_initials:
            names = listing.client_names(session, sealer, by, [row.id for row in found])
            return [
                Line(
                    row.id, names.get(row.id, ""), row.office or "", workers.get(row.id, ()), row.provisional
                )
                for row in found
            ]
        records = read_records(session, sealer, by.agency, [Key("client", row.id) for row in found])
        views = {key.id: view(record, casework.rule_of) for key, record in records.items()}
        return [_line(row, views.get(row.id), workers.get(row.id, ())) for row in found]

    return listing.page(
        session, _asked(sealer, by, which, by_initials), ORDER, make, cursor=cursor, rows=rows
    )


def head(session: Session, sealer: Sealer, by: Person, client: str) -> Head:
    """
    Who a client is, what to mind, and who is assigned.

    Raises:
        NotAssigned: Not this person's client.
    """
    check_reads(session, by, client)
    row = session.execute(
        select(_subject.c.office, _subject.c.provisional).where(
            _subject.c.agency == by.agency, _subject.c.id == client
        )
    ).one()
    views = [
        shown for shown in of_types(session, sealer, by, client, HEAD) if shown.life is not Life.RETRACTED
    ]
    found = next(
        (shown for shown in views if shown.type == "client"), RecordView("client", client, client, {})
    )
    risks = [shown for shown in views if shown.type == "risk_flag" and _rank(shown) > rank("low")]
    return Head(
        client=found,
        name=str(casework.columns(found).get("name") or ""),
        office=row.office or "",
        provisional=row.provisional,
        risks=tuple(sorted(risks, key=lambda shown: (-_rank(shown), shown.id))),
        addresses=tuple([v for v in views if v.type == "address" and v.value("state") != "past"]),
        contacts=tuple([v for v in views if v.type == "contact_person" and _state(v) != "removed"]),
        episodes=tuple([v for v in views if v.type == "episode"]),
        workers=_workers(session, sealer, by.agency, [client]).get(client, ()),
        late=_late(session, by.agency, client),
        names=people.names_of(session, sealer, by.agency, authors(views)),
    )


def access(session: Session, sealer: Sealer, by: Person, client: str) -> list[Access]:
    """
    Every grant of a client, the newest first: who had access when, and who gave it.

    Raises:
        NotAssigned: Not this person's client.
    """
    check_reads(session, by, client)
    # Grants are indexed by worker: whoever ever had access is asked for first.
    ever = select(_access.c.worker).where(_access.c.agency == by.agency, _access.c.subject == client)
    mine = (_grant.c.agency == by.agency) & (_grant.c.subject == client)
    ahead = mine & (_grant.c.begun == 0)
    begun = mine & _grant.c.worker.in_(ever)
    rows = session.execute(
        select(_grant).where(begun | ahead).order_by(_grant.c.begins_ms.desc(), _grant.c.id)
    ).all()
    ids = {id_ for row in rows for id_ in (row.worker, row.made_by)}
    names = people.names_of(session, sealer, by.agency, ids)
    return [
        Access(
            row.worker,
            names.get(row.worker, ""),
            row.kind,
            row.begins_ms,
            row.ended_ms if row.ended else row.ends_ms,
            row.begun > 0,
            row.ended > 0,
            row.made_by,
            names.get(row.made_by, ""),
            row.provisional,
        )
        for row in rows
    ]


def check_reads(session: Session, by: Person, client: str) -> None:
    """
    Whether somebody may open what is recorded about a client: who knows initials only does not.

    Raises:
        NotAssigned: Not this person's client, or known by initials only.
    """
    rights.check_about(session, by, rights.READ, client)
    if rights.scope(by, rights.READ) == "initials":
        raise NotAssigned("administrators know clients by initials and ids only", client)


def confirm(book: Book, by: Person, client: str) -> None:
    """
    Say that somebody who was registered in the field is a client of the office.

    Raises:
        NotAssigned: Not this person's client.
        Refused: Nothing about this client is provisional.
    """
    rights.check_about(book.session, by, rights.REGISTER, client)
    here = (_subject.c.agency == by.agency) & (_subject.c.id == client)
    if not book.session.scalar(select(_subject.c.provisional).where(here)):
        raise Refused("this client is confirmed already")
    subjects.confirm(book, client, None)
    book.act("act", {"act": "client confirmed", "by": by.id, "subject": client}, subject=client)


def offices(session: Session, sealer: Sealer, by: Person) -> dict[str, str]:
    """{office: name} of those whose clients somebody may know of."""
    views = of_types(session, sealer, by, AGENCY, ("office",))
    named = {shown.id: str(casework.columns(shown)["name"] or "") for shown in views}
    mine = rights.scope(by, rights.READ) in ("agency", "initials")
    return {id_: name for id_, name in named.items() if mine or id_ in by.led}


def of_types(
    session: Session, sealer: Sealer, by: Person, client: str, types: Sequence[str]
) -> list[RecordView]:
    """What the records of these types show about a client, for those that this person may see."""
    rows = session.execute(
        select(_record.c.type, _record.c.id, _record.c.subject, _record.c.box)
        .where(_record.c.agency == by.agency, _record.c.subject == client, _record.c.type.in_(types))
        .order_by(_record.c.type, _record.c.id)
    ).all()
    views = [view(record, casework.rule_of) for record in opened(sealer, by.agency, rows)]
    return [shown for shown in views if retracting.may_see(shown, by.id, frozenset((by.role,)))]


def authors(views: Sequence[RecordView]) -> set[str]:
    """Everybody who wrote what these show, or whom their units name."""
    wrote = {live.author for shown in views for unit in shown.units.values() for live in unit.live}
    named = {
        value
        for shown in views
        for unit in shown.units
        if isinstance(value := shown.value(unit), str) and _is_reference(shown.type, unit)
    }
    return wrote | named | {unit.removeprefix(ASSIGNED) for unit in _members(views, ASSIGNED)}


def _members(views: Sequence[RecordView], prefix: str) -> set[str]:
    return {unit for shown in views for unit in shown.units if unit.startswith(prefix)}


def _is_reference(type_: str, unit: str) -> bool:
    declared = casework.field_of(type_, unit)
    return declared is not None and declared.kind == "reference"


def _asked(sealer: Sealer, by: Person, which: Which, by_initials: bool) -> Select[Any]:
    here = rights.clients(by)
    if which.provisional:
        here &= _subject.c.provisional
    if which.office:
        here &= _subject.c.office == which.office
    if which.worker:
        here &= _has_access(by.agency, which.worker)
    if which.state:
        here &= _in_state(by.agency, which.state)
    if which.typed:
        here &= _subject.c.id.in_(_named(sealer, by.agency, which.typed))
    risks = listing.risks(by.agency)
    level = literal(0) if by_initials else func.coalesce(risks.c.rank, 0)
    if which.risk:
        here &= risks.c.rank >= _least(which.risk)
    return (
        select(
            _subject.c.id,
            _subject.c.office,
            _subject.c.provisional,
            _subject.c.opened,
            level.label("rank"),
        )
        .outerjoin(risks, risks.c.subject == _subject.c.id)
        .where(here)
    )


def _named(sealer: Sealer, agency: str, typed: str) -> Select[Any]:
    """Those who are filed under the beginning of every word that was typed; nobody, where no word was."""
    tokens = sealer.query_tokens(agency, typed[:TYPED_CHARS_MAX])
    here = (_name.c.agency == agency) & _name.c.token.in_(list(tokens))
    return select(_name.c.subject).where(here).group_by(_name.c.subject).having(func.count() == len(tokens))


def _has_access(agency: str, worker: str) -> ColumnElement[bool]:
    mine = (_access.c.agency == agency) & (_access.c.worker == worker) & (_access.c.open > 0)
    return exists(select(_access.c.subject).where(mine, _access.c.subject == _subject.c.id))


def _in_state(agency: str, state: str) -> ColumnElement[bool]:
    if state not in STATES:
        raise Refused(f"a state is one of: {', '.join(STATES)}")
    here = listing.facts(agency, "client") & (_fact.c.subject == _subject.c.id) & (_fact.c.code == state)
    return exists(select(_fact.c.id).where(here))


def _least(level: str) -> int:
    if level not in LEVELS:
        raise Refused(f"a level is one of: {', '.join(LEVELS)}")
    return rank(level)


def _line(row: Row[Any], shown: RecordView | None, workers: tuple[tuple[str, str], ...]) -> Line:
    columns = {} if shown is None else casework.columns(shown)
    undecided = columns.get("undecided")
    return Line(
        row.id,
        str(columns.get("name") or ""),
        row.office or "",
        workers,
        row.provisional,
        str(columns.get("date_of_birth") or ""),
        str(columns.get("language") or ""),
        str(columns.get("state") or ""),
        listing.level_of_rank(row.rank),
        undecided if isinstance(undecided, int) else 0,
        columns.get("do_not_visit_alone") == "yes",
    )


def _workers(
    session: Session, sealer: Sealer, agency: str, ids: Sequence[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """{client: workers who have access now}, in two statements."""
    here = (_access.c.agency == agency) & _access.c.subject.in_(ids) & (_access.c.open > 0)
    who = (_person.c.agency == _access.c.agency) & (_person.c.id == _access.c.worker)
    rows = session.execute(
        select(_access.c.subject, _access.c.worker)
        .join(_person, who & (_person.c.role == people.WORKER))
        .where(here)
        .order_by(_access.c.worker)
    ).all()
    names = people.names_of(session, sealer, agency, [row.worker for row in rows])
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        found[row.subject] = (*found.get(row.subject, ()), (row.worker, names.get(row.worker, "")))
    return found


def _late(session: Session, agency: str, client: str) -> int:
    here = (_held.c.agency == agency) & (_held.c.decided == 0) & (_held.c.subject == client)
    return int(session.scalar(select(func.count()).where(here)) or 0)


def _state(contact: RecordView) -> str:
    return str(casework.columns(contact).get("state") or "")


def _rank(flag: RecordView) -> int:
    return rank(str(casework.columns(flag).get("level") or "none"))
