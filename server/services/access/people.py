"""
People of an agency and their roles: who may add staff, and keep whose devices.

*Worker* visits; *supervisor* leads an office; *administrator* keeps staff, devices and settings and sees no
client; *auditor* reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ...crypto import Sealed, Sealer
from ...db import table_of
from ...errors import NotAssigned
from ...tables.person import PersonOfficeRow, PersonRow

WORKER: Final = "worker"
SUPERVISOR: Final = "supervisor"
ADMINISTRATOR: Final = "administrator"
AUDITOR: Final = "auditor"
ROLES: Final = (WORKER, SUPERVISOR, ADMINISTRATOR, AUDITOR)

ASKED_MAX: Final = 400
"""Ids in one list of a statement, below every database's limit of parameters."""

NAME: Final = b"person name"
"""The context under which a person's name is sealed."""

_person = table_of(PersonRow)
_leads = table_of(PersonOfficeRow)
_PERSON = (
    select(
        _person.c.agency,
        _person.c.id,
        _person.c.role,
        _person.c.office,
        _person.c.state,
        _leads.c.office.label("further"),
    )
    .outerjoin(_leads, (_leads.c.agency == _person.c.agency) & (_leads.c.person == _person.c.id))
    .where(_person.c.agency == bindparam("a"), _person.c.id == bindparam("p"))
    .order_by(_leads.c.office)
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person and what decides their rights; the name is sealed elsewhere."""

    agency: str
    id: str
    role: str
    office: str | None
    state: str = "active"
    offices: tuple[str, ...] = ()
    """Further offices that a supervisor leads."""

    @property
    def led(self) -> frozenset[str]:
        """The offices that somebody leads: a supervisor's own and further ones, nobody else's."""
        if self.role != SUPERVISOR:
            return frozenset()
        return frozenset(self.offices) | ({self.office} if self.office is not None else frozenset())


def person(session: Session, agency: str, person_id: str) -> Person:
    """
    The person of this id.

    Raises:
        NotAssigned: There is none in this agency.
    """
    rows = session.execute(_PERSON, {"a": agency, "p": person_id}).all()
    if not rows:
        raise NotAssigned("there is no such person in this agency")
    own = rows[0]
    further = tuple([row.further for row in rows if row.further is not None])
    return Person(own.agency, own.id, own.role, own.office, own.state, further)


def add_person(
    session: Session,
    sealer: Sealer,
    someone: Person,
    *,
    name: str,
    e_mail: str | None = None,
    now_ms: int,
) -> None:
    """
    Add a person to the agency.

    Raises:
        NotAssigned: The e-mail belongs to somebody already: it decides the agency, so it is unique in all.
    """
    assert someone.role in ROLES, f"no such role: {someone.role}"
    login = None if e_mail is None else sealer.login_token(e_mail)
    if login is not None and session.scalar(select(_person.c.id).where(_person.c.login == login)) is not None:
        raise NotAssigned("an e-mail address belongs to one person")
    session.execute(
        _person.insert().values(
            agency=someone.agency,
            id=someone.id,
            role=someone.role,
            office=someone.office,
            login=login,
            name=sealer.seal(someone.agency, someone.id, NAME, name.encode()),
            state=someone.state,
            created_ms=now_ms,
        )
    )


def names_of(session: Session, sealer: Sealer, agency: str, ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of the people among these ids, opened in one statement."""
    wanted = sorted(set(ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), ASKED_MAX):
        here = (_person.c.agency == agency) & _person.c.id.in_(wanted[start : start + ASKED_MAX])
        rows = session.execute(select(_person.c.id, _person.c.name).where(here)).all()
        boxes = [Sealed(row.id, NAME, row.name) for row in rows]
        opened = sealer.open_many(agency, boxes)
        found |= {row.id: name.decode() for row, name in zip(rows, opened, strict=True)}
    return found


def name_of(session: Session, sealer: Sealer, agency: str, person_id: str) -> str:
    """
    The name of a person, opened.

    Raises:
        NotAssigned: There is no such person in this agency.
    """
    here = (_person.c.agency == agency) & (_person.c.id == person_id)
    box = session.scalar(select(_person.c.name).where(here))
    if box is None:
        raise NotAssigned("there is no such person in this agency")
    return sealer.open(agency, person_id, NAME, box).decode()


def may_keep_devices_of(by: Person, worker: Person) -> None:
    """
    Whether `by` may enrol, suspend, confirm and revoke this worker's devices.

    Raises:
        NotAssigned: Only administrators may, and the supervisor of the worker's office.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active decides nothing")
    if by.role == ADMINISTRATOR:
        return
    if worker.office in by.led:
        return
    raise NotAssigned("devices are kept by administrators and by the supervisor of the office")
