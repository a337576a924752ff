"""
Rights: what each role may do, and to whom; one table, and the questions that services ask of it.

A *scope* says to whom an act may be done:

    none       nobody
    own        oneself: one's own device, one's own task
    grants     clients to whom one has access at this moment
    offices    clients and workers of the offices that one leads
    agency     everybody of the agency
    initials   everybody, by initials and id only, so as to grant and reassign

Rules that no table can hold stand with the act: nobody reviews, settles, releases or co-signs own work.
Pages use `MATRIX` to declare their permission and `allows` to show what somebody may do:

    rights.check(by, rights.REVIEW)                      # the role alone
    rights.check_about(session, by, rights.RISK, client)  # the role, and this client
    select(...).where(rights.clients(by))                 # the rows of `subject` that somebody may know of
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import Session

from casework.codes import PURPOSES
from casework.instruments import Definition

from ...db import table_of
from ...errors import NotAssigned
from ...tables.access import AccessRow
from ...tables.person import PersonRow
from ...tables.subject import SubjectRow
from .people import ADMINISTRATOR, AUDITOR, SUPERVISOR, WORKER, Person, person

Scope: TypeAlias = Literal["none", "own", "grants", "offices", "agency", "initials"]

READ: Final = "read"
"""Reading clients' records."""
ENTER: Final = "enter"
"""Writing about clients from the office."""
REGISTER: Final = "register"
ASSIGN: Final = "assign"
REVIEW: Final = "review"
SETTLE: Final = "settle"
RELEASE: Final = "release"
RISK: Final = "risk"
ANSWERS: Final = "answers"
"""Reading answers that were given in confidence; a purpose is asked for."""
CASELOAD: Final = "caseload"
STAFF: Final = "staff"
"""Admitting people, offices and supervision of record."""
ROTA: Final = "rota"
"""Duty and absence."""
DEVICES: Final = "devices"
"""Enrolling, suspending, confirming and revoking tablets."""
TABLETS: Final = "tablets"
"""Reading what tablets last said."""
SETTINGS: Final = "settings"
KEYS: Final = "keys"
"""Keys, backup and restore."""
READS: Final = "reads"
"""Reading who read what."""

_NOBODY: Final[Mapping[str, Scope]] = {
    WORKER: "none",
    SUPERVISOR: "none",
    ADMINISTRATOR: "none",
    AUDITOR: "none",
}


def _row(**scopes: Scope) -> Mapping[str, Scope]:
    return {**_NOBODY, **scopes}


MATRIX: Final[Mapping[str, Mapping[str, Scope]]] = {
    READ: _row(worker="grants", supervisor="offices", administrator="initials", auditor="agency"),
    ENTER: _row(supervisor="offices"),
    REGISTER: _row(supervisor="offices"),
    ASSIGN: _row(supervisor="offices", administrator="initials"),
    REVIEW: _row(supervisor="offices"),
    SETTLE: _row(supervisor="offices"),
    RELEASE: _row(supervisor="offices"),
    RISK: _row(supervisor="offices"),
    ANSWERS: _row(worker="grants", supervisor="offices", auditor="agency"),
    CASELOAD: _row(supervisor="offices", administrator="initials"),
    STAFF: _row(supervisor="offices", administrator="agency", auditor="agency"),
    ROTA: _row(supervisor="offices", administrator="agency"),
    DEVICES: _row(worker="own", supervisor="offices", administrator="agency"),
    TABLETS: _row(worker="own", supervisor="offices", administrator="agency", auditor="agency"),
    SETTINGS: _row(administrator="agency"),
    KEYS: _row(administrator="agency"),
    READS: _row(administrator="agency", auditor="agency"),
}
"""{act: {role: scope}}. Of staff, supervisors and auditors only read; what changes it, administrators do."""

_access = table_of(AccessRow)
_person = table_of(PersonRow)
_subject = table_of(SubjectRow)


def scope(by: Person, act: str) -> Scope:
    """To whom somebody may do something; to nobody, if they are not active."""
    return MATRIX[act][by.role] if by.state == "active" else "none"


def allows(by: Person, act: str) -> bool:
    """Whether somebody may do something to anybody."""
    return scope(by, act) != "none"


def check(by: Person, act: str) -> Scope:
    """
    Hold somebody against the table; answers with the scope.

    Raises:
        NotAssigned: To nobody.
    """
    if by.state != "active":
        raise NotAssigned("a person who is not active decides and reads nothing")
    found = scope(by, act)
    if found == "none":
        may = sorted(role for role, scope_ in MATRIX[act].items() if scope_ != "none")
        raise NotAssigned(f"{act} is for: {', '.join(may)}")
    return found


def check_about(session: Session, by: Person, act: str, subject: str) -> None:
    """
    Whether somebody may do something to a client.

    Raises:
        NotAssigned: Not to anybody, or not to this one. Whether there is such a client is not told.
    """
    here = _within(by, check(by, act)) & (_subject.c.id == subject)
    if session.execute(select(_subject.c.id).where(here)).first() is None:
        raise NotAssigned(f"{act} is for those who answer for this client", subject)


def check_about_worker(session: Session, by: Person, act: str, worker: str) -> Person:
    """
    Whether somebody may do something to a worker; answers with the worker.

    Raises:
        NotAssigned: Not to anybody, not to this one, or there is no such person.
    """
    found = check(by, act)
    someone = person(session, by.agency, worker)
    if found in ("agency", "initials") or (found == "own" and worker == by.id):
        return someone
    if found == "offices" and someone.office in by.led:
        return someone
    raise NotAssigned(f"{act} is for those who answer for this worker")


def clients(by: Person, act: str = READ) -> ColumnElement[bool]:
    """The condition for rows of `subject` that are clients to whom somebody may do something."""
    return _within(by, scope(by, act))


def about_clients(by: Person, act: str, client: ColumnElement[str]) -> ColumnElement[bool]:
    """
    The condition that a column holds a client to whom somebody may do something.

    It is asked for each row that the rest of a statement finds: a short list costs what it is long, however many
    clients there are.
    """
    here = clients(by, act) & (_subject.c.id == client)
    return exists(select(_subject.c.id).where(here).correlate_except(_subject))


def workers(by: Person, act: str = CASELOAD, *, left: bool = False) -> ColumnElement[bool]:
    """The condition for rows of `person` to whom somebody may do something, also those who left where asked."""
    here = _person.c.agency == by.agency
    here = here if left else here & (_person.c.state != "left")
    found = scope(by, act)
    if found in ("agency", "initials"):
        return here
    if found == "offices":
        return here & _person.c.office.in_(sorted(by.led))
    return here & (_person.c.id == by.id) if found in ("own", "grants") else false()


def may_see_answers(by: Person, author: str | None, definition: Definition | None, purpose: str) -> bool:
    """
    Whether somebody who may read the client sees these answers, too.

    What was asked alone, or has sensitive items, was said in confidence: whoever asked sees it; others of the
    right role when they have named a purpose; administrators never. A form that is not known here counts as
    confidential.
    """
    if not allows(by, ANSWERS):
        return False
    confidential = (
        definition is None
        or definition.ask_alone
        or any(item.sensitive is not None for item in definition.items)
    )
    return not confidential or by.id == author or purpose in PURPOSES


def check_not_own(by: Person, authors: Collection[str], rule: str) -> None:
    """
    Whether somebody judges the work of others.

    Raises:
        NotAssigned: It is, in part, their own.
    """
    if by.id in authors:
        raise NotAssigned(rule)


def _within(by: Person, found: Scope) -> ColumnElement[bool]:
    here = (_subject.c.agency == by.agency) & (_subject.c.kind == "client")
    if found in ("agency", "initials"):
        return here
    if found == "offices":
        return here & _subject.c.office.in_(sorted(by.led))
    if found == "grants":
        mine = (_access.c.agency == by.agency) & (_access.c.worker == by.id) & (_access.c.open > 0)
        return here & _subject.c.id.in_(select(_access.c.subject).where(mine))
    return false()
