"""
Merge: the accepted writes of one unit, the same answer in every order.

A unit's state is a pure function of the set of accepted writes. *Live* are those that no other accepted write
names; *gone* are names that were replaced before they arrived, so that late arrival changes nothing. What is
kept here is a cache of that function: `record.fold` computes it anew, and a law holds the two together.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from .ids import Json
from .rivals import Live
from .rules import NO_BASES, Rule, is_office

NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class UnitState:
    """Everything that the next write of this unit must know."""

    live: tuple[Live, ...] = ()
    """Oldest first by `Live.order`."""
    gone: frozenset[str] = NOTHING
    """Names that an accepted write replaced and that have not arrived."""
    yielding: frozenset[str] = NOTHING
    """Names that only a tablet's proposal replaced and that have not arrived: the office's word stands."""
    bases: Mapping[str, Json] = field(default_factory=dict)
    """{name: value} of arrived writes that a live one replaced on its own, where the rule keeps them."""
    position: int = 0
    """
    The position of its last accepted write; 0 where there was none yet. A write that was replaced before it
    came counts too: the tablet that made it must hear that it is not shown.
    """


EMPTY: Final = UnitState()


def apply(unit: UnitState, rule: Rule, write: Live, position: int, arrived: Container[str]) -> UnitState:
    """
    Add one accepted write to a unit.

    Args:
        unit: What was there.
        rule: The unit's rule.
        write: Not applied before; the caller knows the accepted names.
        position: Where the log has it.
        arrived: Names of changesets accepted before this one.
    """
    if unit is EMPTY and not write.over:
        # Most writes are the first of their unit.
        return UnitState((write,), bases=NO_BASES, position=position)
    if rule.ignores_over:
        return replace(unit, live=_with(unit.live, _without_over(write)), position=position)
    named = frozenset(write.over)
    office = is_office(write.device)
    standing = tuple([other for other in unit.live if not _replaces(rule, named, office, other)])
    unknown = named - {other.name for other in unit.live}
    missing = frozenset([name for name in unknown if name not in arrived]) if unknown else NOTHING
    weak = rule.guards_office and not office
    dead = write.name in unit.gone or (write.name in unit.yielding and not (rule.guards_office and office))
    if not dead:
        standing = _with(standing, write if rule.keeps_bases else _without_over(write))
    return UnitState(
        live=standing,
        gone=(unit.gone if weak else unit.gone | missing) - {write.name},
        yielding=(unit.yielding | missing if weak else unit.yielding) - {write.name},
        bases=_bases(unit, write, standing) if rule.keeps_bases else NO_BASES,
        position=position,
    )


def _replaces(rule: Rule, named: frozenset[str], office: bool, other: Live) -> bool:
    guarded = rule.guards_office and is_office(other.device) and not office
    return other.name in named and not guarded


def _with(live: tuple[Live, ...], write: Live) -> tuple[Live, ...]:
    if not live or live[-1].order < write.order:
        return (*live, write)
    return tuple(sorted((*live, write), key=_order))


def _without_over(write: Live) -> Live:
    return replace(write, over=()) if write.over else write


def _order(write: Live) -> tuple[object, ...]:
    return write.order


def _bases(unit: UnitState, write: Live, live: tuple[Live, ...]) -> Mapping[str, Json]:
    """
    The values that may be the common ancestor of rivals: those which a live write replaced alone.

    A value arrives with its write, before or after its replacement.
    """
    wanted = {other.over[0] for other in live if len(other.over) == 1}
    known = {other.name: other.value for other in (*unit.live, write)} | dict(unit.bases)
    return {name: known[name] for name in sorted(wanted & known.keys())} or NO_BASES
