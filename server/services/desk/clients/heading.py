"""
The head of a client's page: who it is, what to mind, and who is assigned; and what other pages about one client ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import casework
from casework import retracting
from casework.risk import rank
from sync import Life, RecordView, view

from ....crypto import Sealer
from ....db import table_of
from ....errors import NotAssigned
from ....tables.access import AccessRow
from ....tables.held import HeldRow
from ....tables.person import PersonRow
from ....tables.record import RecordRow
from ....tables.subject import SubjectRow
from ...access import people, rights
from ...access.people import Person
from ...log.records import opened

HEAD: Final = ("address", "client", "contact_person", "episode", "risk_flag")
"""Types of record that stand at the head of a client's page: few of each, however long the case."""

ASSIGNED: Final = "assigned/"
"""What the id of a worker stands behind in the set of those who are assigned."""

_access = table_of(AccessRow)
_held = table_of(HeldRow)
_person = table_of(PersonRow)
_record = table_of(RecordRow)
_subject = table_of(SubjectRow)


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
        workers=workers_of(session, sealer, by.agency, [client]).get(client, ()),
        late=_late(session, by.agency, client),
        names=people.names_of(session, sealer, by.agency, authors(views)),
    )


def check_reads(session: Session, by: Person, client: str) -> None:
    """
    Whether somebody may open what is recorded about a client: who knows initials only does not.

    Raises:
        NotAssigned: Not this person's client, or known by initials only.
    """
    rights.check_about(session, by, rights.READ, client)
    if rights.scope(by, rights.READ) == "initials":
        raise NotAssigned("administrators know clients by initials and ids only", client)


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


def workers_of(
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


def _members(views: Sequence[RecordView], prefix: str) -> set[str]:
    return {unit for shown in views for unit in shown.units if unit.startswith(prefix)}


def _is_reference(type_: str, unit: str) -> bool:
    declared = casework.field_of(type_, unit)
    return declared is not None and declared.kind == "reference"


def _late(session: Session, agency: str, client: str) -> int:
    here = (_held.c.agency == agency) & (_held.c.decided == 0) & (_held.c.subject == client)
    return int(session.scalar(select(func.count()).where(here)) or 0)


def _state(contact: RecordView) -> str:
    return str(casework.columns(contact).get("state") or "")


def _rank(flag: RecordView) -> int:
    return rank(str(casework.columns(flag).get("level") or "none"))
