"""
Invitations to the web: a code that lets a person set a password, once, within three days.

The password alone opens nothing: whoever uses the code sets up a second factor at once. A new invitation is
also how somebody begins anew who lost password and second factors.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from ...db import table_of
from ...errors import CodeRefused, NotAssigned, Refused
from ...settings import Providers
from ...tables.account import InvitationRow
from ...tables.person import PersonRow
from . import accounts
from .codes import CODE_BYTES, code_bytes, code_text
from .people import ADMINISTRATOR, Person, person

LIFE_MS: Final = 3 * 24 * 60 * 60 * 1000
"""Milliseconds for which a code is good: over a weekend."""

_invitation = table_of(InvitationRow)
_person = table_of(PersonRow)


@dataclass(frozen=True, slots=True)
class Invited:
    """A code as it is shown, once, and for whom."""

    code: str
    person: str
    expires_ms: int


def invite(session: Session, providers: Providers, by: Person, person_id: str) -> Invited:
    """
    Make an invitation for a person of the same agency; earlier ones, password and second factors are void.

    Raises:
        NotAssigned: Only administrators may; or there is no such person.
        Refused: The person has no e-mail address, by which people sign in, or has left.
    """
    if by.role != ADMINISTRATOR or by.state != "active":
        raise NotAssigned("only administrators invite to the web")
    someone = person(session, by.agency, person_id)
    here = (_person.c.agency == by.agency) & (_person.c.id == person_id)
    if session.scalar(select(_person.c.login).where(here)) is None:
        raise Refused("people sign in by their e-mail address, and this person has none")
    if someone.state == "left":
        raise Refused("this person has left")
    now_ms = providers.now_ms()
    session.execute(update(_invitation).where(_open_of(by.agency, person_id)).values(used_ms=now_ms))
    accounts.void(session, providers, someone)
    code = providers.entropy(CODE_BYTES)
    session.execute(
        _invitation.insert().values(
            agency=by.agency,
            code_hash=sha256(code).digest(),
            person=person_id,
            made_by=by.id,
            created_ms=now_ms,
            expires_ms=now_ms + LIFE_MS,
        )
    )
    return Invited(code_text(code), person_id, now_ms + LIFE_MS)


def whose(session: Session, code: str, now_ms: int) -> Person:
    """
    Whom a code invites.

    Raises:
        CodeRefused: It is unknown, used or too old.
    """
    here = (_invitation.c.code_hash == sha256(code_bytes(code)).digest()) & _invitation.c.used_ms.is_(None)
    row = session.execute(select(_invitation).where(here, _invitation.c.expires_ms > now_ms)).one_or_none()
    if row is None:
        raise CodeRefused
    return person(session, row.agency, row.person)


def accept(session: Session, providers: Providers, code: str, password_hash: str) -> Person:
    """
    Use a code up and give its person this password.

    Raises:
        CodeRefused: It is unknown, used or too old.
    """
    now_ms = providers.now_ms()
    someone = whose(session, code, now_ms)
    session.execute(update(_invitation).where(_open_of(someone.agency, someone.id)).values(used_ms=now_ms))
    accounts.open_account(session, providers, someone.agency, someone.id, password_hash)
    return someone


def _open_of(agency: str, person_id: str) -> ColumnElement[bool]:
    return (
        (_invitation.c.agency == agency)
        & (_invitation.c.person == person_id)
        & _invitation.c.used_ms.is_(None)
    )
