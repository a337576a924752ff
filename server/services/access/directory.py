"""
The directory: finding people, offices, devices and clients by what somebody typed, within what they may read.

Supervisors read the clients of their office, workers those that they have access to, auditors all;
administrators get initials and ids, with which they grant and reassign.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import casework
from sync import RecordView, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...tables.agency import AgencyRow
from ...tables.device import DeviceRow
from ...tables.fact import FactRow, NameRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from ..log import subjects
from ..log.book import AGENCY
from ..log.records import Key, read_records, read_subject
from . import grants, people, rights
from .enrolment import LABEL
from .people import ADMINISTRATOR, AUDITOR, SUPERVISOR, Person

BEGINNING_CHARS_MIN: Final = 4
"""Characters of an id that may stand for all of it, where no other id begins so."""

CLIENTS_MAX: Final = 200
"""Clients that one list shows: each of them is opened for it."""

_agency = table_of(AgencyRow)
_device = table_of(DeviceRow)
_fact = table_of(FactRow)
_name = table_of(NameRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """One line of a list of clients; to administrators the name is initials and the rest is empty."""

    id: str
    name: str
    date_of_birth: str = ""
    language: str = ""
    state: str = ""
    provisional: bool = False
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One line of a list of devices."""

    id: str
    kind: str
    state: str
    worker: str
    name: str
    label: str
    pending: int
    last_contact_ms: int | None


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One line of a list of staff."""

    id: str
    name: str
    role: str
    office: str
    state: str


def agency_id(session: Session, typed: str | None = None) -> str:
    """
    The agency of this id; the only one, where none is named.

    Raises:
        Refused: There is none, or there are several and none is named.
    """
    ids = list(session.scalars(select(_agency.c.agency).order_by(_agency.c.agency)))
    if typed is not None:
        return _one(ids, typed, "agency")
    if len(ids) != 1:
        raise Refused(
            "there is no agency yet" if not ids else "there are several agencies: name one by its id"
        )
    return str(ids[0])


def someone(session: Session, sealer: Sealer, agency: str, typed: str) -> Person:
    """
    The person whom an id, the beginning of one, an e-mail or a full name means.

    Raises:
        Refused: Nobody, or more than one.
    """
    here = _person.c.agency == agency
    if "@" in typed:
        found = session.scalar(select(_person.c.id).where(here, _person.c.login == sealer.login_token(typed)))
        if found is None:
            raise Refused("nobody here has this e-mail address")
        return people.person(session, agency, found)
    ids = list(session.scalars(select(_person.c.id).where(here)))
    named = [
        id_ for id_ in ids if people.name_of(session, sealer, agency, id_).casefold() == typed.casefold()
    ]
    if len(named) == 1:
        return people.person(session, agency, named[0])
    return people.person(session, agency, _one(ids, typed, "person"))


def office_id(session: Session, sealer: Sealer, agency: str, typed: str) -> str:
    """
    The office that an id, the beginning of one, or a name means.

    Raises:
        Refused: None, or more than one.
    """
    offices = {
        record.id: view(record, casework.rule_of)
        for record in read_subject(session, sealer, agency, AGENCY)
        if record.type == "office"
    }
    named = [id_ for id_, shown in offices.items() if casework.columns(shown)["name"] == typed]
    return named[0] if len(named) == 1 else _one(list(offices), typed, "office")


def client_id(session: Session, by: Person, typed: str) -> str:
    """
    The client whom an id or the beginning of one means, among those that this person may know of.

    Raises:
        Refused: None, or more than one.
    """
    rows = session.scalars(
        select(_subject.c.id).where(rights.clients(by), _subject.c.id.startswith(typed, autoescape=True))
    )
    return _one(list(rows), typed, "client")


def check_may_read(session: Session, by: Person, subject: str) -> None:
    """
    Whether somebody may read a client's records.

    Raises:
        NotAssigned: They may not.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active reads nothing", subject)
    if by.role == AUDITOR:
        return
    if by.role == SUPERVISOR:
        if subjects.office_of(session, by.agency, subject) in by.led:
            return
    elif by.role == people.WORKER and grants.has_access(session, by.agency, by.id, subject):
        return
    raise NotAssigned("a client is read by the assigned workers and the supervisors of the office", subject)


def clients(session: Session, sealer: Sealer, by: Person, typed: str = "") -> list[ClientEntry]:
    """
    The clients whom this person may know of, by name; those only whose names have all words typed.

    Raises:
        NotAssigned: Somebody who is not active, or an administrator who looks for a name.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active reads nothing")
    if typed and by.role == ADMINISTRATOR:
        raise NotAssigned("administrators see initials and ids, and look for no name")
    asked = select(_subject.c.id, _subject.c.provisional).where(rights.clients(by))
    if typed:
        asked = asked.where(_subject.c.id.in_(_named(sealer.query_tokens(by.agency, typed), by.agency)))
    rows = session.execute(asked.order_by(_subject.c.id).limit(CLIENTS_MAX)).all()
    records = read_records(session, sealer, by.agency, [Key("client", row.id) for row in rows])
    entries = [
        _entry(by, row, view(records[Key("client", row.id)], casework.rule_of))
        for row in rows
        if Key("client", row.id) in records
    ]
    return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))


def named(session: Session, by: Person, tokens: Sequence[bytes]) -> list[str]:
    """The clients whom this person may know of and who are found under all these tokens."""
    here = rights.clients(by) & _subject.c.id.in_(_named(tokens, by.agency))
    return list(session.scalars(select(_subject.c.id).where(here).order_by(_subject.c.id)))


def devices(session: Session, sealer: Sealer, by: Person) -> list[DeviceEntry]:
    """The tablets whose keeping is this person's business: all, those of the office, or one's own."""
    mine = _device.c.worker == _person.c.id
    asked = select(_device, _person.c.office).join(_person, (_person.c.agency == _device.c.agency) & mine)
    asked = asked.where(_device.c.agency == by.agency)
    if by.role not in (ADMINISTRATOR, AUDITOR):
        own = _device.c.worker == by.id
        led = _person.c.office.in_(sorted(by.led))
        asked = asked.where(own | led)
    rows = session.execute(asked.order_by(_device.c.created_ms, _device.c.id)).all()
    names = people.names_of(session, sealer, by.agency, [row.worker for row in rows])
    return [
        DeviceEntry(
            row.id,
            row.kind,
            row.state,
            row.worker,
            names[row.worker],
            "" if row.label is None else sealer.open(by.agency, AGENCY, LABEL, row.label).decode(),
            row.told_pending,
            row.last_contact_ms,
        )
        for row in rows
    ]


def staff(session: Session, sealer: Sealer, by: Person) -> list[PersonEntry]:
    """Everybody who works here, for those who keep staff; the own office's, for others."""
    asked = select(_person).where(_person.c.agency == by.agency)
    if by.role not in (ADMINISTRATOR, AUDITOR):
        mine = sorted(by.led) if by.role == SUPERVISOR else [by.office]
        asked = asked.where(_person.c.office.in_(mine))
    rows = session.execute(asked.order_by(_person.c.created_ms, _person.c.id)).all()
    names = people.names_of(session, sealer, by.agency, [row.id for row in rows])
    return [PersonEntry(row.id, names[row.id], row.role, row.office or "", row.state) for row in rows]


def asked_for(session: Session, by: Person, kinds: Sequence[str]) -> list[Any]:
    """The facts of these kinds about clients whom this person answers for: what waits for a decision."""
    known = select(_subject.c.id).where(rights.clients(by))
    here = (_fact.c.agency == by.agency) & _fact.c.kind.in_(list(kinds)) & _fact.c.subject.in_(known)
    ordered = (_fact.c.subject, _fact.c.type, _fact.c.id, _fact.c.key)
    return list(session.execute(select(_fact).where(here).order_by(*ordered)).all())


def _named(tokens: Sequence[bytes], agency: str) -> Any:
    here = (_name.c.agency == agency) & _name.c.token.in_(list(tokens))
    return select(_name.c.subject).where(here).group_by(_name.c.subject).having(func.count() == len(tokens))


def _entry(by: Person, row: Any, shown: RecordView) -> ClientEntry:
    columns = casework.columns(shown)
    if by.role == ADMINISTRATOR:
        return ClientEntry(row.id, _initials(columns["name"]), provisional=row.provisional)
    undecided = columns["undecided"]
    return ClientEntry(
        row.id,
        str(columns["name"] or ""),
        str(columns["date_of_birth"] or ""),
        str(columns["language"] or ""),
        str(columns["state"]),
        row.provisional,
        undecided if isinstance(undecided, int) else 0,
    )


def _initials(name: object) -> str:
    parts = str(name or "").replace(",", " ").split()
    return " ".join(f"{part[0]}." for part in reversed(parts))


def _one(ids: Iterable[str], typed: str, what: str) -> str:
    found = [
        id_ for id_ in ids if id_ == typed or (len(typed) >= BEGINNING_CHARS_MIN and id_.startswith(typed))
    ]
    if typed in found:
        return typed
    if len(found) != 1:
        raise Refused(
            f"no {what} here has this id" if not found else f"more than one {what} has an id that begins so"
        )
    return found[0]
