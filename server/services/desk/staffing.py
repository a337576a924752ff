"""
Staffing: supervision of record, duty, absences, and which offices a supervisor leads.

    supervise(book, by, worker, span, ...)      who answers for a worker, from when to when (administrators)
    put_on_duty(...), be_absent(...)            supervisors of the office, and administrators
    remove(book, by, "duty", worker, span, seen, providers)
    lead(book, by, person, office, providers)   a supervisor leads one office more (administrators)
    spans(session, by, "absence", days)         what is written down, in codes

Each is a span in the one record that a worker has of it (`casework.spans`); two that overlap are a contradiction
that the record itself shows. `seen` is `overtaking.names` of the record that was displayed: whoever acts on a
rota that somebody else changed meanwhile is told, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

import casework
from sync import Json, RecordView, Write, random_id, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.fact import FactRow
from ...tables.person import PersonOfficeRow, PersonRow
from ...tables.subject import SubjectRow
from ..access import grants, people, rights
from ..access.grants import SUPERVISING, Terms
from ..access.people import SUPERVISOR, Person
from ..log.book import Book
from ..log.records import Key, read_records
from . import listing, office, overtaking
from .days import Days
from .listing import Page
from .office import Said

SUPERVISION: Final = "supervision"
DUTY: Final = "duty"
ABSENCE: Final = "absence"
TYPES: Final = (SUPERVISION, DUTY, ABSENCE)

ORDER: Final = (("since", False), ("worker", False), ("id", False))

_fact = table_of(FactRow)
_until = _fact.alias("until")
_leads = table_of(PersonOfficeRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Span:
    """One line of a rota, in codes."""

    id: str
    worker: str
    name: str
    code: str
    """The supervisor, the place on duty, or the kind of absence."""
    since: str
    until: str
    """Empty where it goes on."""


def supervise(
    book: Book,
    by: Person,
    worker: str,
    supervisor: str,
    since: str,
    until: str | None,
    seen: Sequence[str],
    providers: Providers,
) -> str:
    """
    Name a supervisor of record, by days; answers with the span's id.

    Raises:
        NotAssigned: Only administrators do; or no active supervisor of this id, or the worker themselves.
        Overtaken: Somebody changed it since it was displayed.
        BadAnswer: A day breaks its rule.
    """
    if rights.check(by, rights.STAFF) != "agency" or by.role != people.ADMINISTRATOR:
        raise NotAssigned("supervision of record is named by administrators")
    named = office.known_person(book.session, book.agency, supervisor)
    if named.role != SUPERVISOR or supervisor == worker:
        raise NotAssigned("a supervisor of record is a supervisor, and somebody else than the worker")
    span: dict[str, Json] = {"supervisor": supervisor, "since": since}
    return _add(book, by, SUPERVISION, worker, span | ({"until": until} if until else {}), seen, providers)


def put_on_duty(
    book: Book,
    by: Person,
    worker: str,
    span: Mapping[str, Json],
    seen: Sequence[str],
    providers: Providers,
) -> str:
    """
    Put somebody on duty: `{place, office, since, until}`, moments with their offset; answers with the span's id.

    Raises:
        NotAssigned: Not this person's worker, or an office that they do not lead.
        Overtaken: Somebody changed it since it was displayed.
        BadAnswer: A value breaks its rule.
    """
    found = rights.check_about_worker(book.session, by, rights.ROTA, worker)
    if by.role == SUPERVISOR and span.get("office") not in by.led:
        raise NotAssigned("supervisors keep the rota of their own offices")
    return _add(book, by, DUTY, found.id, dict(span), seen, providers)


def be_absent(
    book: Book,
    by: Person,
    worker: str,
    span: Mapping[str, Json],
    seen: Sequence[str],
    providers: Providers,
) -> str:
    """
    Write down an absence: `{kind, since, until}`, first and last day; answers with the span's id.

    Raises:
        NotAssigned: Not this person's worker.
        Overtaken: Somebody changed it since it was displayed.
        BadAnswer: A value breaks its rule.
    """
    found = rights.check_about_worker(book.session, by, rights.ROTA, worker)
    return _add(book, by, ABSENCE, found.id, dict(span), seen, providers)


def remove(
    book: Book, by: Person, type_: str, worker: str, span: str, seen: Sequence[str], providers: Providers
) -> None:
    """
    Take a span out; it stays in the history.

    Raises:
        NotAssigned: Not this person's to change.
        Overtaken: Somebody changed it since it was displayed.
        Refused: There is no such span.
    """
    if type_ == SUPERVISION and by.role != people.ADMINISTRATOR:
        raise NotAssigned("supervision of record is named by administrators")
    rights.check_about_worker(book.session, by, rights.ROTA, worker)
    shown = _shown(book, type_, worker)
    overtaking.check([] if shown is None else [shown], seen)
    if shown is None or span not in shown.members("spans"):
        raise Refused(f"there is no {type_} {span}")
    unit = f"spans/{span}"
    writes = [Write(type_, worker, unit, shown.over(unit), None)]
    office.write(book, by, Said(worker, writes), providers)


def read(session: Session, sealer: Sealer, by: Person, type_: str, worker: str) -> RecordView:
    """
    One worker's record of supervision, duty or absence; an empty one where there is none yet.

    Raises:
        NotAssigned: Not this person's worker.
        Refused: No such type.
    """
    if type_ not in TYPES:
        raise Refused(f"a rota is one of: {', '.join(TYPES)}")
    rights.check_about_worker(session, by, rights.STAFF, worker)
    found = read_records(session, sealer, by.agency, [Key(type_, worker)])
    record = found.get(Key(type_, worker))
    return RecordView(type_, worker, worker, {}) if record is None else view(record, casework.rule_of)


def spans(
    session: Session,
    sealer: Sealer,
    by: Person,
    type_: str,
    days: Days,
    *,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Span]:
    """
    The spans that touch some days, by their begin.

    Raises:
        NotAssigned: Those who keep no staff.
        Refused: No such type, or a cursor of another list.
    """
    rights.check(by, rights.STAFF)
    if type_ not in TYPES:
        raise Refused(f"a rota is one of: {', '.join(TYPES)}")

    def make(found: Sequence[Row[Any]]) -> list[Span]:
        names = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Span(row.id, row.worker, names.get(row.worker, ""), row.code, row.since, row.until or "")
            for row in found
        ]

    return listing.page(session, _touching(by, type_, days), ORDER, make, cursor=cursor, rows=rows)


def lead(book: Book, by: Person, person: str, place: str, providers: Providers) -> None:
    """
    Let a supervisor lead one office more: they see its subjects from now on.

    Raises:
        NotAssigned: Only administrators decide it; or no active supervisor of this id.
        Refused: There is no such office, or they lead it already.
    """
    someone = _supervisor(book, by, person)
    if book.record(Key("office", place)) is None:
        raise Refused("there is no such office")
    if place in someone.led:
        raise Refused("this supervisor leads the office already")
    book.session.execute(_leads.insert().values(agency=book.agency, person=person, office=place))
    for subject in _subjects_of(book, place):
        if subject != person and not _supervises(book, person, subject):
            grants.make(book, Terms(person, subject, SUPERVISING, book.now_ms, by.id))
    _write_offices(book, by, people.person(book.session, book.agency, person), providers)


def stop_leading(book: Book, by: Person, person: str, place: str, providers: Providers) -> None:
    """
    Let a supervisor lead a further office no more; access that they had by leading it ends.

    Raises:
        NotAssigned: Only administrators decide it; or no active supervisor of this id.
        Refused: It is no further office of theirs.
    """
    someone = _supervisor(book, by, person)
    if place not in someone.offices:
        raise Refused("this is no further office of the supervisor")
    here = (_leads.c.agency == book.agency) & (_leads.c.person == person) & (_leads.c.office == place)
    book.session.execute(delete(_leads).where(here))
    for subject in _subjects_of(book, place):
        for row in grants.open_grants(book.session, book.agency, person, subject):
            if row.kind == SUPERVISING:
                grants.end(book, row.id, by=by.id)
    _write_offices(book, by, people.person(book.session, book.agency, person), providers)


def _add(
    book: Book,
    by: Person,
    type_: str,
    worker: str,
    span: dict[str, Json],
    seen: Sequence[str],
    providers: Providers,
) -> str:
    shown = _shown(book, type_, worker)
    overtaking.check([] if shown is None else [shown], seen)
    id_ = random_id(providers.entropy(16))
    casework.validate(type_, f"spans/{id_}", span)
    office.write(book, by, Said(worker, [Write(type_, worker, f"spans/{id_}", (), span)]), providers)
    return id_


def _shown(book: Book, type_: str, worker: str) -> RecordView | None:
    record = book.record(Key(type_, worker))
    return None if record is None else view(record, casework.rule_of)


def _touching(by: Person, type_: str, days: Days) -> Any:
    """Spans that begin before the days end and have not ended before they begin."""
    whole_days = type_ != DUTY
    begin, end = (days.first.isoformat(), days.last.isoformat()) if whole_days else (days.begin, days.end)
    same = (_until.c.agency == _fact.c.agency) & (_until.c.id == _fact.c.id) & (_until.c.key == _fact.c.key)
    worker = (_person.c.agency == _fact.c.agency) & (_person.c.id == _fact.c.worker)
    started = _fact.c.at <= end if whole_days else _fact.c.at < end
    going_on = _until.c.at >= begin if whole_days else _until.c.at > begin
    columns = (_fact.c.key.label("id"), _fact.c.worker, _fact.c.code, _fact.c.at.label("since"))
    asked = select(*columns, _until.c.at.label("until"))
    asked = asked.outerjoin(_until, same & (_until.c.kind == f"{type_}_until")).join(_person, worker)
    here = listing.facts(by.agency, type_) & started & (going_on | _until.c.at.is_(None))
    return asked.where(here, rights.workers(by, rights.STAFF))


def _supervisor(book: Book, by: Person, person: str) -> Person:
    if by.role != people.ADMINISTRATOR or by.state != "active":
        raise NotAssigned("administrators decide who leads an office")
    someone = office.known_person(book.session, book.agency, person)
    if someone.role != SUPERVISOR:
        raise NotAssigned("only supervisors lead offices")
    return someone


def _subjects_of(book: Book, place: str) -> list[str]:
    here = (_subject.c.agency == book.agency) & (_subject.c.office == place)
    return list(book.session.scalars(select(_subject.c.id).where(here).order_by(_subject.c.id)))


def _supervises(book: Book, person: str, subject: str) -> bool:
    open_ = grants.open_grants(book.session, book.agency, person, subject)
    return any(row.kind == SUPERVISING for row in open_)


def _write_offices(book: Book, by: Person, someone: Person, providers: Providers) -> None:
    """The record of the person says so, too."""
    shown = _shown(book, "staff", someone.id)
    over = () if shown is None else shown.over("offices")
    writes = [Write("staff", someone.id, "offices", over, list[Json](sorted(someone.led)))]
    office.write(book, by, Said(someone.id, writes), providers)
