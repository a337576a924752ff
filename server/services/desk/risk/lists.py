"""
Lists of danger: the flags that are open, and what was done since somebody left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, case, select
from sqlalchemy.orm import Session

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ...access import people, rights
from ...access.people import Person
from .. import listing
from ..listing import Page

WAITS: Final = "risk_waits"

IN_HAND: Final = "risk_in_hand"

ACTS_ORDER: Final = (("at", False), ("id", False), ("key", False))

ORDER: Final = (("rank", True), ("waits", True), ("at", False), ("id", False))

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Flag:
    """One line of the list."""

    id: str
    client: str
    name: str
    kind: str
    level: str
    waits: bool
    """Whether nobody has acknowledged this level."""
    at: str
    """When its latest reason was given, ISO 8601."""
    assigned: str
    assigned_name: str


@dataclass(frozen=True, slots=True)
class Acted:
    """One line of what was done since somebody left."""

    flag: str
    client: str
    name: str
    kind: str
    act: str
    at: str
    by: str
    by_name: str


def flags(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    only: str | None = None,
    kind: str | None = None,
    assigned: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Flag]:
    """
    The open dangers of this supervisor's clients, the highest first.

    Args:
        session: In a transaction.
        sealer: Opens the names of the page.
        by: A supervisor.
        only: `risk_waits` or `risk_in_hand`; both, where left out.
        kind: A kind of harm.
        assigned: Who has it in hand.
        since: Those only whose latest reason is as new as this moment.
        cursor: Where the page begins.
        rows: How many at most.

    Raises:
        NotAssigned: Only supervisors act on risk.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.RISK)

    def make(found: Sequence[Row[Any]]) -> list[Flag]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Flag(
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.key,
                row.code,
                row.kind == WAITS,
                row.at,
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    asked = open_flags(by, only=only, kind=kind, assigned=assigned, since=since)
    return listing.page(session, asked, ORDER, make, cursor=cursor, rows=rows)


def acts(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    since: str,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Acted]:
    """
    Who acted on the dangers of this supervisor's clients since a moment, oldest first.

    Raises:
        NotAssigned: Only supervisors act on risk.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.RISK)

    def make(found: Sequence[Row[Any]]) -> list[Acted]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Acted(
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.kind,
                row.code,
                row.at,
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    return listing.page(session, acts_since(by, since), ACTS_ORDER, make, cursor=cursor, rows=rows)


def acts_since(by: Person, since: str) -> Select[Any]:
    """The rows of the list of acts, unsorted: for the list itself, and for whoever counts it."""
    flag = _fact.alias("flag")
    same = (flag.c.agency == _fact.c.agency) & (flag.c.type == _fact.c.type) & (flag.c.id == _fact.c.id)
    here = listing.facts(by.agency, "risk_act") & (_fact.c.at >= since)
    columns = (_fact.c.id, _fact.c.key, _fact.c.subject, _fact.c.code, _fact.c.at, _fact.c.worker)
    asked = select(*columns, flag.c.key.label("kind")).join(flag, same & (flag.c.kind == "risk"))
    return asked.where(here, rights.about_clients(by, rights.RISK, _fact.c.subject))


def open_flags(
    by: Person,
    *,
    only: str | None = None,
    kind: str | None = None,
    assigned: str | None = None,
    since: str | None = None,
    levels: Sequence[str] = listing.OPEN_LEVELS,
) -> Select[Any]:
    """The rows of the list, unsorted: for the list itself, and for whoever counts it."""
    here = listing.facts(by.agency, only) if only else listing.facts(by.agency, WAITS, IN_HAND)
    here &= _fact.c.code.in_(levels)
    if kind is not None:
        here &= _fact.c.key == kind
    if assigned is not None:
        here &= _fact.c.worker == assigned
    if since is not None:
        here &= _fact.c.at >= since
    return select(
        _fact.c.kind,
        _fact.c.id,
        _fact.c.subject,
        _fact.c.key,
        _fact.c.code,
        _fact.c.at,
        _fact.c.worker,
        listing.level_rank(_fact.c.code).label("rank"),
        case((_fact.c.kind == WAITS, 1), else_=0).label("waits"),
    ).where(here, rights.about_clients(by, rights.RISK, _fact.c.subject))
