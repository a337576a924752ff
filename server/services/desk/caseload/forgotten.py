"""
Forgotten: no contact for too long, refused twice in a row, visited without the interpreter they need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Row,
    Select,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....errors import Refused
from ....tables.fact import FactRow
from ....tables.log import LogRow
from ....tables.subject import SubjectRow
from ...access import people, rights
from ...access.people import Person
from .. import days, listing
from ..listing import Page
from ..policy import Policy, policy
from .conditions import VISITED, in_care, is_assigned, last_contact, spoken

DAY_MS: Final = 24 * 60 * 60 * 1000

GIVEN: Final = ("professional", "staff", "declined")
"""What an interpreter's part may be where one is needed: given, or offered and not wanted."""

REFUSALS: Final = 2
"""Refused visits in a row after which a client must not be left to refuse."""

NO_CONTACT: Final = "no_contact"

REFUSED: Final = "refused"

NO_INTERPRETER: Final = "no_interpreter"

WHYS: Final = (NO_CONTACT, REFUSED, NO_INTERPRETER)

FORGOTTEN_ORDER: Final = (("at", False), ("id", False), ("why", False))

_fact = table_of(FactRow)
_other = _fact.alias("other")
_third = _fact.alias("third")
_log = table_of(LogRow)
_subject = table_of(SubjectRow)


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


def _no_contact(by: Person, since: str, since_ms: int) -> Select[Any]:
    """Clients in care with whom nobody has spoken since a moment, and whom we knew already then."""
    recent = spoken(by.agency, _subject.c.id)
    # A subject is opened in the middle of a transaction; its grants and its first writes come after it.
    known = (_log.c.agency == _subject.c.agency) & (_log.c.position == _subject.c.opened + 1)
    last = last_contact(by.agency, _subject.c.id)
    asked = select(_subject.c.id, literal(NO_CONTACT).label("why"), last.label("at"))
    # What is true of most clients is asked first: SQLite asks in this order, and no further once it is settled.
    silent = [~exists(select(one.c.id).where(here, one.c.at >= since)) for one, here in recent]
    asked = asked.join(_log, known).where(rights.clients(by, rights.REVIEW), *silent)
    return asked.where(in_care(by.agency, _subject.c.id), _log.c.received_ms < since_ms)


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
    return asked.where(mine, in_care(by.agency, refusals.c.subject))


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
    return asked.where(mine, in_care(by.agency, without.c.subject))


def _assigned(session: Session, agency: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """{client: those who are assigned}."""
    found: dict[str, list[str]] = {}
    asked = select(_fact.c.subject, _fact.c.worker).where(is_assigned(agency), _fact.c.subject.in_(ids))
    for row in session.execute(asked.order_by(_fact.c.subject, _fact.c.worker)):
        found.setdefault(row.subject, []).append(row.worker)
    return found
