"""
Rows: the state of a record as bytes, the same on the wire and in the server's table.

The first line is what a tablet gets:

    {"c": [[name, device, author, ms, counter?, wall - ms?], …], "i": id, "p": position,
     "q": {unit: position}, "s": subject, "t": type, "u": {unit: [c, value] | [[c, value, over?], …]},
     "b": {unit: {name: value}}}

where a unit refers to its changesets by index, `q` names only positions that differ from `p`, and `over` and
`b` (common ancestors) travel only with rivals. The second line is the server's own: what the next merge must
know and no tablet needs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from json import JSONDecoder
from typing import Final

from .clock import At
from .errors import Malformed
from .ids import Json, encode, read_written
from .limits import INTEGER_MAX
from .merge import EMPTY, UnitState
from .record import Record
from .rivals import Live
from .rules import NO_BASES
from .shapes import items, members, text, texts, whole

_CHANGESETS: Final = b'{"c":'
_DECODER: Final = JSONDecoder()
_REST: Final = ("gone", "yielding", "over", "bases")


def write_row(record: Record, units: Iterable[str] | None = None) -> bytes:
    """The first line: the record with all its units, or with those named; the same bytes in every order."""
    chosen = record.units if units is None else {unit: record.units[unit] for unit in units}
    position = max((state.position for state in chosen.values()), default=0)
    heads: dict[str, int] = {}
    changesets: list[Json] = []
    shown: dict[str, Json] = {}
    bases: dict[str, Json] = {}
    moved: dict[str, Json] = {}
    for unit, state in sorted(chosen.items()):
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
    return state.partition(b"\n")[0]


def sole_changeset(state: bytes) -> str | None:
    """
    The name of the changeset that wrote everything which a stored state shows, at one position.

    None where there are several, and where that cannot be told without reading it whole.
    """
    line = first_line(state)
    if not line.startswith(_CHANGESETS) or b'"q":' in line or b":[]" in line:
        return None
    changesets, _ = _DECODER.raw_decode(line.decode(), len(_CHANGESETS))
    return text(changesets[0][0], "name") if len(changesets) == 1 else None


def read_state(data: bytes) -> Record:
    """
    The record that `write_state` wrote.

    Raises:
        Malformed: Not such bytes.
    """
    line, _, rest = data.partition(b"\n")
    record = read_row(read_written(line))
    return _with_rest(record, read_written(rest)) if rest else record


def read_row(row: Json) -> Record:
    """
    The record of a row, with the units that the row carries.

    Raises:
        Malformed: Not the form of a row.
    """
    value = members(row, "a row", ("c", "i", "p", "s", "t", "u"))
    heads = [_read_head(head) for head in items(value["c"], "c")]
    position = whole(value["p"], "p")
    moved = members(value.get("q", {}), "q")
    bases = members(value.get("b", {}), "b")
    units = {
        unit: UnitState(
            live=_read_live(items(parts, "a unit"), heads),
            position=whole(moved[unit], "q") if unit in moved else position,
            bases=members(bases[unit], "b") if unit in bases else NO_BASES,
        )
        for unit, parts in members(value["u"], "u").items()
    }
    if bases:
        units = _where_bases_count(units)
    return Record(text(value["t"], "t"), text(value["i"], "i"), text(value["s"], "s"), units)


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


def _read_head(value: Json) -> Live:
    """What a changeset says of each of its writes."""
    head = items(value, "a changeset", 4, 6)
    name, device, author = text(head[0], "name"), text(head[1], "device"), text(head[2], "author")
    ms = whole(head[3], "ms")
    at = At(ms, whole(head[4], "counter") if len(head) > 4 else 0)
    wall = whole(head[5], "wall", -INTEGER_MAX) if len(head) > 5 else 0
    return Live(name, device, author, at, ms + wall, (), None)


def _read_live(parts: list[Json], heads: list[Live]) -> tuple[Live, ...]:
    if not parts:
        return ()
    if not isinstance(parts[0], list):
        return (_read_write(parts, heads),)
    return tuple([_read_write(part, heads) for part in parts])


def _read_write(value: Json, heads: list[Live]) -> Live:
    part = items(value, "a write", 2, 3)
    index = whole(part[0], "index")
    if index >= len(heads):
        raise Malformed("a write refers to no changeset")
    over = texts(part[2], "over") if len(part) > 2 else ()
    return _of_head(heads[index], over, part[1])


def _of_head(head: Live, over: tuple[str, ...], value: Json) -> Live:
    return Live(head.name, head.device, head.author, head.at, head.wall, over, value)


def _with_rest(record: Record, value: Json) -> Record:
    """The record with what only the server knows of its units."""
    rest = {
        member: members(part, member)
        for member, part in members(value, "the second line").items()
        if member in _REST
    }
    units = dict(record.units)
    for member, parts in rest.items():
        for unit, part in parts.items():
            units[unit] = _with_part(units.get(unit, EMPTY), member, part)
    return replace(record, units=_where_bases_count(units) if "bases" in rest else units)


def _where_bases_count(units: Mapping[str, UnitState]) -> dict[str, UnitState]:
    """
    The units, with common ancestors only where there is something to merge by them.

    That is where rivals stand, or one write that a rival may yet stand beside. Elsewhere they are passed over as
    unknown members are, so that what is read is what is written again.
    """
    return {
        unit: state
        if not state.bases or len(state.live) > 1 or (state.live and state.live[0].over)
        else replace(state, bases=NO_BASES)
        for unit, state in units.items()
    }


def _with_part(state: UnitState, member: str, part: Json) -> UnitState:
    if member == "gone":
        return replace(state, gone=frozenset(texts(part, member)))
    if member == "yielding":
        return replace(state, yielding=frozenset(texts(part, member)))
    if member == "bases":
        return replace(state, bases=members(part, member))
    if len(state.live) != 1:
        raise Malformed("only of one live write the second line tells what it replaced")
    (live,) = state.live
    return replace(state, live=(_of_head(live, texts(part, member), live.value),))
