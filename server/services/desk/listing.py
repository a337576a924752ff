"""
Lists that stay fast however long they grow: a page of rows, and a cursor for the next.

A *cursor* holds what the last row was sorted by, so the next page begins behind it whatever came or went in
between. Lists sort by codes, dates, ids and risk; names are sealed, and are opened for the rows of a page only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

import casework
from casework.risk import LEVELS, rank
from sync import Json, SyncError, canonical, decode_bytes, encode_bytes, read_json, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...tables.fact import FactRow
from ..access.people import ADMINISTRATOR, Person
from ..log.records import Key, read_records

PAGE_ROWS: Final = 50
"""Rows of one page: what fits on a screen or two."""

PAGE_ROWS_MAX: Final = 200
"""Rows that a caller may ask for: each of them is opened."""

CURSOR_CHARS_MAX: Final = 1_000
"""Characters of a cursor: a few codes, dates and ids."""

OPEN_LEVELS: Final = tuple([level for level in LEVELS if rank(level) > rank("low")])
"""Levels of risk that call for somebody."""

Line = TypeVar("Line")
Order = Sequence[tuple[str, bool]]
"""(name of a column, whether the greatest comes first); the last ones make every row's place its own."""

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Some rows of a list, and the cursor of those behind them; none on the last page."""

    rows: tuple[Line, ...]
    cursor: str | None = None


def page(
    session: Session,
    asked: Select[Any],
    order: Order,
    make: Callable[[Sequence[Row[Any]]], Sequence[Line]],
    *,
    cursor: str | None = None,
    rows: int = PAGE_ROWS,
) -> Page[Line]:
    """
    One page of what is asked for.

    Args:
        session: In a transaction.
        asked: A statement whose columns hold those of `order`.
        order: How the list is sorted.
        make: Makes the lines of all rows at once, so that no row costs a statement.
        cursor: Where the page begins; at the start, where there is none.
        rows: How many rows at most.

    Raises:
        Refused: The cursor is not one of this list.
    """
    limit = max(1, min(rows, PAGE_ROWS_MAX))
    inner = asked.subquery()
    statement = select(inner)
    if cursor is not None:
        statement = statement.where(_behind(inner, order, _read_cursor(cursor, order)))
    sort = [inner.c[name].desc() if falling else inner.c[name] for name, falling in order]
    found = session.execute(statement.order_by(*sort).limit(limit + 1)).all()
    shown = found[:limit]
    more = len(found) > limit
    return Page(tuple(make(shown)), _write_cursor(shown[-1], order) if more else None)


def sliced(
    lines: Iterable[Line], place: Callable[[Line], tuple[str, ...]], cursor: str | None, rows: int = PAGE_ROWS
) -> tuple[list[Line], str | None]:
    """
    Some lines of a short list that is at hand, greatest place first, and the cursor of those behind them.

    Args:
        lines: All of the list, in any order.
        place: What a line is sorted by; no two lines have the same.
        cursor: Where the page begins; at the start, where there is none.
        rows: How many rows at most.

    Raises:
        Refused: The cursor is not one of this list.
    """
    limit = max(1, min(rows, PAGE_ROWS_MAX))
    ordered = sorted(lines, key=place, reverse=True)
    if cursor is not None and ordered:
        values = tuple(_read_values(cursor, len(place(ordered[0]))))
        if not all(isinstance(value, str) for value in values):
            raise Refused("this is no cursor of this list: begin at its start")
        ordered = [line for line in ordered if place(line) < values]
    shown = ordered[:limit]
    more = len(ordered) > limit
    return shown, _write_values(list[Json](place(shown[-1]))) if more else None


def count(session: Session, asked: Select[Any]) -> int:
    """How many rows a list has."""
    return int(session.scalar(select(func.count()).select_from(asked.subquery())) or 0)


def facts(agency: str, *kinds: str) -> ColumnElement[bool]:
    """The condition for rows of `fact` of these kinds."""
    kind = _fact.c.kind == kinds[0] if len(kinds) == 1 else _fact.c.kind.in_(kinds)
    return (_fact.c.agency == agency) & kind


def level_rank(level: ColumnElement[str]) -> ColumnElement[int]:
    """A number by which levels of risk sort; 0 for none."""
    return case({code: rank(code) for code in LEVELS}, value=level, else_=0)


def risks(agency: str) -> Subquery:
    """(subject, rank): the highest open risk of each client who has one; `highest_risk` serves short lists better."""
    here = facts(agency, "risk") & _fact.c.code.in_(OPEN_LEVELS)
    highest = func.max(level_rank(_fact.c.code)).label("rank")
    return select(_fact.c.subject, highest).where(here).group_by(_fact.c.subject).subquery()


def highest_risk(agency: str, client: ColumnElement[str]) -> ColumnElement[int]:
    """The rank of the highest open risk of a client, asked for each row; 0 for none."""
    risk = _fact.alias("risk")
    here = (risk.c.agency == agency) & (risk.c.subject == client) & (risk.c.kind == "risk")
    found = select(func.max(level_rank(risk.c.code))).where(here, risk.c.code.in_(OPEN_LEVELS))
    return func.coalesce(found.scalar_subquery(), 0)


def grouped(column: ColumnElement[str]) -> ColumnElement[str]:
    """
    A column to group by, as an expression that no index has.

    SQLite would else walk the agency's whole index to have the groups in order, when a short list is to be grouped.
    """
    return func.coalesce(column, "")


def level_of_rank(number: int) -> str:
    """The level of a rank; empty where there is no open risk."""
    return next((level for level in OPEN_LEVELS if rank(level) == number), "")


def client_names(session: Session, sealer: Sealer, by: Person, ids: Iterable[str]) -> dict[str, str]:
    """{client: name} as this person may see it, in one statement; initials for administrators."""
    keys = [Key("client", id_) for id_ in sorted(set(ids))]
    records = read_records(session, sealer, by.agency, keys)
    named = {
        key.id: str(casework.columns(view(record, casework.rule_of))["name"] or "")
        for key, record in records.items()
    }
    if by.role == ADMINISTRATOR:
        return {id_: initials(name) for id_, name in named.items()}
    return named


def initials(name: str) -> str:
    """What administrators see of a name."""
    parts = name.replace(",", " ").split()
    return " ".join(f"{part[0]}." for part in reversed(parts))


def _behind(inner: Subquery, order: Order, values: Sequence[Any]) -> ColumnElement[bool]:
    ways = []
    for number, (name, falling) in enumerate(order):
        same = [inner.c[before] == value for (before, _), value in zip(order[:number], values, strict=False)]
        column, value = inner.c[name], values[number]
        ways.append(and_(*same, column < value if falling else column > value))
    return or_(*ways)


def _write_cursor(row: Row[Any], order: Order) -> str:
    return _write_values([row._mapping[name] for name, _ in order])


def _read_cursor(cursor: str, order: Order) -> list[Any]:
    return _read_values(cursor, len(order))


def _write_values(values: list[Json]) -> str:
    return encode_bytes(canonical(values))


def _read_values(cursor: str, length: int) -> list[Any]:
    try:
        values = read_json(decode_bytes(cursor)) if len(cursor) <= CURSOR_CHARS_MAX else None
    except SyncError:
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise Refused("this is no cursor of this list: begin at its start")
    if not all(type(value) in (int, str) for value in values):
        raise Refused("this is no cursor of this list: begin at its start")
    return values
