"""
Finding clients: the list of those whom somebody may know of, narrowed and by pages.

The list sorts by codes and ids, and is searched by keyed tokens: only the names of the page are opened. Whoever
knows clients by initials only (`rights`) gets initials, the office and who is assigned, and searches no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, select
from sqlalchemy.orm import Session

import casework
from casework.risk import LEVELS, rank
from sync import RecordView, view

from ....crypto import Sealer
from ....db import table_of
from ....errors import NotAssigned, Refused
from ....tables.access import AccessRow
from ....tables.fact import FactRow, NameRow
from ....tables.subject import SubjectRow
from ...access import rights
from ...access.people import Person
from ...log.book import AGENCY
from ...log.records import Key, read_records
from .. import listing
from ..listing import Page
from .heading import of_types, workers_of

TYPED_CHARS_MAX: Final = 200
"""Characters of what somebody looks for: the longest name there is, and a little."""

ORDER: Final = (("rank", True), ("opened", True), ("id", False))
"""The riskiest first, then whoever came last."""

STATES: Final = ("active", "deceased")
"""States that a list is narrowed to; a client who was retracted has none."""

_access = table_of(AccessRow)
_fact = table_of(FactRow)
_name = table_of(NameRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Which:
    """What a list is narrowed to; what is left out does not narrow."""

    typed: str = ""
    office: str = ""
    worker: str = ""
    risk: str = ""
    """The least level of an open risk."""
    state: str = ""
    provisional: bool = False


EVERYBODY: Final = Which()


@dataclass(frozen=True, slots=True)
class Line:
    """One client of the list; to administrators the name is initials, and what is about the person is empty."""

    id: str
    name: str
    office: str
    workers: tuple[tuple[str, str], ...]
    """(id, name) of the workers who have access now."""
    provisional: bool
    date_of_birth: str = ""
    language: str = ""
    state: str = ""
    risk: str = ""
    undecided: int = 0
    not_alone: bool = False


def clients(
    session: Session,
    sealer: Sealer,
    by: Person,
    which: Which = EVERYBODY,
    *,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Line]:
    """
    A page of the clients whom somebody may know of, the riskiest first.

    Raises:
        NotAssigned: Somebody who is not active, or who looks for what they may not see.
        Refused: No such level or state, or the cursor is not one of this list.
    """
    by_initials = rights.check(by, rights.READ) == "initials"
    if by_initials and (which.typed or which.risk or which.state):
        raise NotAssigned("administrators see initials and ids, and look for no name")

    def make(found: Sequence[Row[Any]]) -> list[Line]:
        workers = workers_of(session, sealer, by.agency, [row.id for row in found])
        if by_initials:
            names = listing.client_names(session, sealer, by, [row.id for row in found])
            return [
                Line(
                    row.id, names.get(row.id, ""), row.office or "", workers.get(row.id, ()), row.provisional
                )
                for row in found
            ]
        records = read_records(session, sealer, by.agency, [Key("client", row.id) for row in found])
        views = {key.id: view(record, casework.rule_of) for key, record in records.items()}
        return [_line(row, views.get(row.id), workers.get(row.id, ())) for row in found]

    return listing.page(
        session, _asked(sealer, by, which, by_initials), ORDER, make, cursor=cursor, rows=rows
    )


def offices(session: Session, sealer: Sealer, by: Person) -> dict[str, str]:
    """{office: name} of those whose clients somebody may know of."""
    views = of_types(session, sealer, by, AGENCY, ("office",))
    named = {shown.id: str(casework.columns(shown)["name"] or "") for shown in views}
    mine = rights.scope(by, rights.READ) in ("agency", "initials")
    return {id_: name for id_, name in named.items() if mine or id_ in by.led}


def _asked(sealer: Sealer, by: Person, which: Which, by_initials: bool) -> Select[Any]:
    here = rights.clients(by)
    if which.provisional:
        here &= _subject.c.provisional
    if which.office:
        here &= _subject.c.office == which.office
    if which.worker:
        here &= _has_access(by.agency, which.worker)
    if which.state:
        here &= _in_state(by.agency, which.state)
    if which.typed:
        here &= _subject.c.id.in_(_named(sealer, by.agency, which.typed))
    risks = listing.risks(by.agency)
    level = literal(0) if by_initials else func.coalesce(risks.c.rank, 0)
    if which.risk:
        here &= risks.c.rank >= _least(which.risk)
    return (
        select(
            _subject.c.id,
            _subject.c.office,
            _subject.c.provisional,
            _subject.c.opened,
            level.label("rank"),
        )
        .outerjoin(risks, risks.c.subject == _subject.c.id)
        .where(here)
    )


def _named(sealer: Sealer, agency: str, typed: str) -> Select[Any]:
    """Those who are filed under the beginning of every word that was typed; nobody, where no word was."""
    tokens = sealer.query_tokens(agency, typed[:TYPED_CHARS_MAX])
    here = (_name.c.agency == agency) & _name.c.token.in_(list(tokens))
    return select(_name.c.subject).where(here).group_by(_name.c.subject).having(func.count() == len(tokens))


def _has_access(agency: str, worker: str) -> ColumnElement[bool]:
    mine = (_access.c.agency == agency) & (_access.c.worker == worker) & (_access.c.open > 0)
    return exists(select(_access.c.subject).where(mine, _access.c.subject == _subject.c.id))


def _in_state(agency: str, state: str) -> ColumnElement[bool]:
    if state not in STATES:
        raise Refused(f"a state is one of: {', '.join(STATES)}")
    here = listing.facts(agency, "client") & (_fact.c.subject == _subject.c.id) & (_fact.c.code == state)
    return exists(select(_fact.c.id).where(here))


def _least(level: str) -> int:
    if level not in LEVELS:
        raise Refused(f"a level is one of: {', '.join(LEVELS)}")
    return rank(level)


def _line(row: Row[Any], shown: RecordView | None, workers: tuple[tuple[str, str], ...]) -> Line:
    columns = {} if shown is None else casework.columns(shown)
    undecided = columns.get("undecided")
    return Line(
        row.id,
        str(columns.get("name") or ""),
        row.office or "",
        workers,
        row.provisional,
        str(columns.get("date_of_birth") or ""),
        str(columns.get("language") or ""),
        str(columns.get("state") or ""),
        listing.level_of_rank(row.rank),
        undecided if isinstance(undecided, int) else 0,
        columns.get("do_not_visit_alone") == "yes",
    )
