"""
The registry: an agency with its offices and staff, and the clients that the office registers.

A *draft* is what is to be written about somebody who has no id yet; it comes from a form, a CSV file or a FHIR
resource. Who may do what here is decided here, by role and office.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import casework
from sync import Json, Write, random_id

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.agency import AgencyRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..access import agencies, grants, people
from ..access.grants import SUPERVISING, Terms
from ..access.people import ADMINISTRATOR, SUPERVISOR, Person
from ..log import subjects
from ..log.book import AGENCY, Book, open_book
from . import office

ID_BYTES: Final = 16

_agency = table_of(AgencyRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A record to be: its type and what is said of each unit."""

    type: str
    units: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Draft:
    """A client to be: the `client` record and others about the same person."""

    client: DraftRecord
    others: tuple[DraftRecord, ...] = ()

    @property
    def records(self) -> tuple[DraftRecord, ...]:
        """All of it, the client first."""
        return (self.client, *self.others)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who begins to work here."""

    name: str
    role: str
    office: str | None
    e_mail: str | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """What an agency begins with."""

    name: str
    time_zone: str
    office: str
    administrator: str
    administrator_e_mail: str | None = None
    supervisor: str | None = None
    supervisor_e_mail: str | None = None


@dataclass(frozen=True, slots=True)
class Founded:
    """The ids of what was founded."""

    agency: str
    office: str
    administrator: str
    supervisor: str | None = None


def found(session: Session, sealer: Sealer, providers: Providers, founding: Founding) -> Founded:
    """
    Found an agency with one office, its first administrator and, where named, a supervisor.

    Raises:
        BadAnswer: A name or an e-mail breaks the rule of its field.
        NotAssigned: An e-mail belongs to somebody already.
    """
    agency = random_id(providers.entropy(ID_BYTES))
    agencies.found(
        session, sealer, providers, agency=agency, name=founding.name, time_zone=founding.time_zone
    )
    with open_book(session, sealer, agency, providers) as book:
        first = Person(agency, random_id(providers.entropy(ID_BYTES)), ADMINISTRATOR, None)
        who = Newcomer(founding.administrator, ADMINISTRATOR, None, founding.administrator_e_mail)
        _admit(book, first, first, who, providers)
        place = add_office(book, first, founding.office, providers)
        supervisor = None
        if founding.supervisor is not None:
            leader = Newcomer(founding.supervisor, SUPERVISOR, place, founding.supervisor_e_mail)
            supervisor = add_staff(book, first, leader, providers)
    return Founded(agency, place, first.id, supervisor)


def check_first(session: Session) -> None:
    """
    Whether no agency has been founded here yet: a second `init` by mistake must not found another.

    Raises:
        Refused: There is one.
    """
    if session.scalar(select(_agency.c.agency).limit(1)) is not None:
        raise Refused("there is an agency already; --another founds one more")


def add_office(book: Book, by: Person, name: str, providers: Providers) -> str:
    """
    Open an office; answers with its id.

    Raises:
        NotAssigned: Only administrators may.
        BadAnswer: The name breaks the rule of its field.
    """
    check_administrator(by)
    whole: Json = {"version": 1, "name": name}
    casework.validate("office", "whole", whole)
    place = random_id(providers.entropy(ID_BYTES))
    office.write(book, by, office.Said(AGENCY, [Write("office", place, "whole", (), whole)]), providers)
    return place


def add_staff(book: Book, by: Person, newcomer: Newcomer, providers: Providers) -> str:
    """
    Admit somebody to the staff; answers with their id. A supervisor sees the office's subjects from now on.

    Raises:
        NotAssigned: Only administrators may; or the e-mail belongs to somebody already.
        Refused: A worker or a supervisor without an office.
        BadAnswer: A name or an e-mail breaks the rule of its field.
    """
    check_administrator(by)
    if newcomer.office is None and newcomer.role in (SUPERVISOR, people.WORKER):
        raise Refused(f"a {newcomer.role} belongs to an office")
    someone = Person(book.agency, random_id(providers.entropy(ID_BYTES)), newcomer.role, newcomer.office)
    _admit(book, by, someone, newcomer, providers)
    return someone.id


def confirm_person(session: Session, by: Person, person: str) -> None:
    """
    Let somebody act again who has waited since a restore.

    Raises:
        NotAssigned: Only administrators may.
        Refused: This person does not wait.
    """
    check_administrator(by)
    here = (_person.c.agency == by.agency) & (_person.c.id == person) & (_person.c.state == "suspended")
    waited = session.execute(update(_person).where(here).values(state="active").returning(_person.c.id))
    if waited.one_or_none() is None:
        raise Refused("only somebody who is suspended is confirmed")


def register(book: Book, by: Person, draft: Draft, providers: Providers, *, place: str | None = None) -> str:
    """
    Register a client of an office that one leads, by default one's own; answers with the id.

    Nothing about it is provisional.

    Raises:
        NotAssigned: Only supervisors of an office may.
        BadAnswer: A value breaks the rule of its field.
    """
    where = by.office if place is None else place
    if by.state != "active" or where not in by.led:
        raise NotAssigned("only supervisors of an office register its clients")
    check(draft)
    client = random_id(providers.entropy(ID_BYTES))
    writes: list[Write] = []
    for record in draft.records:
        entropy = providers.entropy(ID_BYTES)
        id_ = casework.new_id(record.type, client, record.units, entropy)
        writes += [Write(record.type, id_, unit, (), value) for unit, value in record.units.items()]
    subjects.open_subject(
        book, client, subjects.CLIENT, office=where, by=by.id, begins_ms=book.now_ms, provisional=False
    )
    office.write(book, by, office.Said(client, writes), providers)
    return client


def check(draft: Draft) -> None:
    """
    Hold every value of a draft against the rule of its field.

    Raises:
        UnknownField: A unit that is not declared.
        BadAnswer: The first value that breaks its rule.
    """
    for record in draft.records:
        for unit, value in record.units.items():
            casework.validate(record.type, unit, value)


def check_administrator(by: Person) -> None:
    """
    Whether somebody may keep staff, offices, keys and backups.

    Raises:
        NotAssigned: Only active administrators may.
    """
    if by.role != ADMINISTRATOR or by.state != "active":
        raise NotAssigned("only administrators may")


def _admit(book: Book, by: Person, someone: Person, newcomer: Newcomer, providers: Providers) -> None:
    units: dict[str, Json] = {"name": newcomer.name, "roles": [newcomer.role], "active": True}
    units |= {} if newcomer.e_mail is None else {"email": newcomer.e_mail}
    units |= {} if newcomer.office is None else {"offices": [newcomer.office]}
    for unit, value in units.items():
        casework.validate("staff", unit, value)
    people.add_person(
        book.session,
        book.sealer,
        someone,
        name=newcomer.name,
        e_mail=newcomer.e_mail,
        now_ms=book.now_ms,
    )
    subjects.open_worker(book, someone.id, office=someone.office, by=by.id)
    if someone.role == SUPERVISOR:
        _supervise(book, someone, by)
    writes = [Write("staff", someone.id, unit, (), value) for unit, value in units.items()]
    office.write(book, by, office.Said(someone.id, writes), providers)


def _supervise(book: Book, supervisor: Person, by: Person) -> None:
    """Whoever comes to lead an office sees what the office has already."""
    here = (_subject.c.agency == book.agency) & (_subject.c.office == supervisor.office)
    here &= _subject.c.id != supervisor.id
    for subject in book.session.scalars(select(_subject.c.id).where(here).order_by(_subject.c.id)).all():
        grants.make(book, Terms(supervisor.id, subject, SUPERVISING, book.now_ms, by.id))
