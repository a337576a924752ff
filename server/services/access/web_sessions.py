"""
Where people are signed in: each browser's session, when it was last used, and its end.

A session ends when its owner signs out here or elsewhere, after a quarter of an hour without an act, and after a
long shift in any case. The cookie holds a random text, the table its digest.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from sync.ids import encode_bytes

from ...db import table_of
from ...settings import Providers
from ...tables.account import AccountRow, WebSessionRow
from .people import Person

IDLE_MS: Final = 15 * 60 * 1000
"""Milliseconds without an act after which a session is locked: a screen that was left alone shows clients."""

LIFE_MS: Final = 12 * 60 * 60 * 1000
"""Milliseconds after which a session ends whatever is done in it: the longest shift."""

NOTED_MS: Final = 60 * 1000
"""Milliseconds between two notes of an act: not every page should write."""

TOKEN_BYTES: Final = 24
SHOWN_MAX: Final = 20
"""Sessions that one's own list shows."""

_account = table_of(AccountRow)
_session = table_of(WebSessionRow)


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as it is now."""

    id: str
    seen_ms: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of one's own sessions."""

    id: str
    browser: str
    began_ms: int
    seen_ms: int
    open: bool


def begin(session: Session, providers: Providers, someone: Person, browser: str) -> str:
    """Begin a session; answers with what its cookie holds. What happened since the last one is news."""
    token, now_ms = encode_bytes(providers.entropy(TOKEN_BYTES)), providers.now_ms()
    last = session.scalar(select(func.max(_session.c.seen_ms)).where(_of(someone)))
    here = (_account.c.agency == someone.agency) & (_account.c.person == someone.id)
    session.execute(update(_account).where(here).values(left_ms=last))
    session.execute(
        _session.insert().values(
            agency=someone.agency,
            id=_id(token),
            person=someone.id,
            browser=browser,
            began_ms=now_ms,
            seen_ms=now_ms,
        )
    )
    return token


def standing(session: Session, someone: Person, token: str, now_ms: int) -> Standing | None:
    """The session of this cookie; none where it was ended or has been idle too long."""
    here = _of(someone) & (_session.c.id == _id(token)) & _session.c.ended_ms.is_(None)
    row = session.execute(select(_session).where(here)).one_or_none()
    return None if row is None or not _stands(row, now_ms) else Standing(row.id, row.seen_ms)


def touch(session: Session, someone: Person, id_: str, now_ms: int) -> None:
    """Note an act."""
    session.execute(update(_session).where(_of(someone), _session.c.id == id_).values(seen_ms=now_ms))


def end(session: Session, someone: Person, token: str, now_ms: int) -> None:
    """End the session of this cookie."""
    here = _of(someone) & (_session.c.id == _id(token)) & _session.c.ended_ms.is_(None)
    session.execute(update(_session).where(here).values(ended_ms=now_ms))


def end_others(session: Session, someone: Person, token: str, now_ms: int) -> int:
    """End every session of a person but that of this cookie; answers with how many."""
    here = _of(someone) & (_session.c.id != _id(token)) & _session.c.ended_ms.is_(None)
    ended = session.execute(update(_session).where(here).values(ended_ms=now_ms).returning(_session.c.id))
    return len(ended.all())


def listed(session: Session, someone: Person, now_ms: int) -> list[Entry]:
    """A person's sessions, the last used first."""
    rows = session.execute(
        select(_session).where(_of(someone)).order_by(_session.c.seen_ms.desc()).limit(SHOWN_MAX)
    )
    return [
        Entry(
            row.id,
            row.browser,
            row.began_ms,
            row.seen_ms,
            row.ended_ms is None and _stands(row, now_ms),
        )
        for row in rows
    ]


def is_of(id_: str, token: str) -> bool:
    """Whether this is the session of a cookie."""
    return id_ == _id(token)


def _stands(row: Any, now_ms: int) -> bool:
    return bool(row.seen_ms + IDLE_MS >= now_ms and row.began_ms + LIFE_MS >= now_ms)


def _of(someone: Person) -> ColumnElement[bool]:
    return (_session.c.agency == someone.agency) & (_session.c.person == someone.id)


def _id(token: str) -> str:
    return sha256(token.encode()).hexdigest()
