"""
Rows: the state of a record as bytes, the same on the wire and in the server's table.

The first line is what a tablet gets:

    {"c": [[name, device, author, ms, counter?, wall - ms?], …], "i": id, "p": position, "q": {unit: position},
     "s": subject, "t": type, "u": {unit: [c, value] | [[c, value, over?], …]}, "b": {unit: {name: value}}}

where a unit refers to its changesets by index, `q` names only positions that differ from `p`, and `over` and `b`
(common ancestors) travel only with rivals. The second line is the server's own: what the next merge must know and
no tablet needs.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from .clock import At
from .errors import Malformed
from .ids import Json, encode, read_json
from .merge import EMPTY, NOTHING, UnitState
from .record import Record
from .rules import NO_BASES, Live

_REST: Final = ("gone", "yielding", "over", "bases")


def write_row(record: Record, units: Iterable[str] | None = None) -> bytes:
    """The first line: the record with all its units, or with those named."""
    chosen = record.units if units is None else {unit: record.units[unit] for unit in units}
    position = max((state.position for state in chosen.values()), default=0)
    heads: dict[str, int] = {}
    changesets: list[Json] = []
    shown: dict[str, Json] = {}
    bases: dict[str, Json] = {}
    moved: dict[str, Json] = {}
    for unit, state in chosen.items():
        many = len(state.live) > 1
        parts: list[Json] = [_write_live(live, heads, changesets, with_over=many) for live in state.live]
        shown[unit] = parts if many else parts[0] if parts else []
        if many and state.bases:
            bases[unit] = dict(state.bases)
        if state.position != position:
            moved[unit] = state.position
    row: dict[str, Json] = {
        "c": changesets,
        "i": record.id,
        "p": position,
        "s": record.subject,
        "t": record.type,
        "u": shown,
    }
    if bases:
        row["b"] = bases
    if moved:
        row["q"] = moved
    return encode(row)


def write_state(record: Record) -> bytes:
    """Both lines: everything that `read_state` needs to give the record back."""
    rest: dict[str, dict[str, Json]] = {member: {} for member in _REST}
    for unit, state in record.units.items():
        if state.gone:
            rest["gone"][unit] = [*sorted(state.gone)]
        if state.yielding:
            rest["yielding"][unit] = [*sorted(state.yielding)]
        if len(state.live) == 1 and state.live[0].over:
            rest["over"][unit] = [*state.live[0].over]
            rest["bases"][unit] = dict(state.bases)
    kept = {member: value for member, value in rest.items() if value}
    return write_row(record) + (b"\n" + encode(dict(kept)) if kept else b"")


def first_line(state: bytes) -> bytes:
    """What of a stored state a tablet gets."""
    end = state.find(b"\n")
    return state if end < 0 else state[:end]


def read_state(data: bytes) -> Record:
    """
    The record that `write_state` wrote.

    Raises:
        Malformed: Not such bytes.
    """
    line, _, rest = data.partition(b"\n")
    record = read_row(read_json(line))
    if not rest:
        return record
    return _with_rest(record, _object(read_json(rest)))


def read_row(row: Json) -> Record:
    """
    The record of a row, with the units that the row carries.

    Raises:
        Malformed: Not the form of a row.
    """
    try:
        return _read_row(_object(row))
    except (KeyError, IndexError, TypeError, ValueError):
        raise Malformed("a row has not the form of a row") from None


def _write_live(live: Live, heads: dict[str, int], changesets: list[Json], *, with_over: bool) -> list[Json]:
    index = heads.get(live.name)
    if index is None:
        index = heads[live.name] = len(changesets)
        head: list[Json] = [live.name, live.device, live.author, live.at.ms]
        if live.wall != live.at.ms:
            head += [live.at.counter, live.wall - live.at.ms]
        elif live.at.counter:
            head.append(live.at.counter)
        changesets.append(head)
    return [index, live.value, list(live.over)] if with_over and live.over else [index, live.value]


def _read_row(row: dict[str, Any]) -> Record:
    heads = [_read_head(head) for head in row["c"]]
    position: int = row["p"]
    moved: dict[str, int] = row.get("q", {})
    bases: dict[str, dict[str, Json]] = row.get("b", {})
    units = {
        unit: UnitState(
            live=_read_live(parts, heads),
            position=moved.get(unit, position),
            bases=bases.get(unit, NO_BASES),
        )
        for unit, parts in row["u"].items()
    }
    return Record(_text(row["t"]), _text(row["i"]), _text(row["s"]), units)


def _read_head(head: list[Any]) -> Callable[[Json, tuple[str, ...]], Live]:
    name, device, author, ms = _text(head[0]), _text(head[1]), _text(head[2]), int(head[3])
    at = At(ms, int(head[4]) if len(head) > 4 else 0)
    wall = ms + (int(head[5]) if len(head) > 5 else 0)

    def live(value: Json, over: tuple[str, ...]) -> Live:
        return Live(name, device, author, at, wall, over, value)

    return live


def _read_live(parts: list[Any], heads: list[Callable[[Json, tuple[str, ...]], Live]]) -> tuple[Live, ...]:
    if not parts:
        return ()
    if isinstance(parts[0], int):
        return (heads[parts[0]](parts[1], ()),)
    return tuple([heads[part[0]](part[1], tuple(part[2]) if len(part) > 2 else ()) for part in parts])


def _with_rest(record: Record, rest: dict[str, Any]) -> Record:
    units: dict[str, UnitState] = dict(record.units)
    for unit in {unit for member in rest.values() for unit in member}:
        state = units.get(unit, EMPTY)
        over: list[str] | None = rest.get("over", {}).get(unit)
        units[unit] = UnitState(
            live=state.live if over is None else (_over(state.live[0], tuple(over)),),
            gone=frozenset(rest.get("gone", {}).get(unit, NOTHING)),
            yielding=frozenset(rest.get("yielding", {}).get(unit, NOTHING)),
            bases=state.bases if over is None else rest["bases"][unit],
            position=state.position,
        )
    return Record(record.type, record.id, record.subject, units)


def _over(live: Live, over: tuple[str, ...]) -> Live:
    return Live(live.name, live.device, live.author, live.at, live.wall, over, live.value)


def _object(value: Json) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("a row is not an object")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Malformed("a row holds no text where it should")
    return value
