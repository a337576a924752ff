"""
Conditions as trees: what `expression` reads and `evaluation` gives meaning to.

A *predicate* is about one answer, a *number* is a score or a count, a *test* is what holds or does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Final, Literal, TypeAlias

ASKED: Final = ("asked",)
"""Instead of item ids: every item whose branch is open."""

Relation: TypeAlias = Literal[">=", "<=", "=", "!=", ">", "<"]


@dataclass(frozen=True, slots=True)
class IsIn:
    """The answer has one of these codes, or none of them."""

    codes: frozenset[str]
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """The chosen option counts as positive, or as negative."""

    positive: bool


@dataclass(frozen=True, slots=True)
class Said:
    """There is an answer, or there is none."""

    answered: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """The chosen option's score stands in a relation to a number."""

    relation: Relation
    number: int


Predicate: TypeAlias = IsIn | Sign | Said | Scores


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    number: int


@dataclass(frozen=True, slots=True)
class Total:
    """The instrument's total, where it exists."""


@dataclass(frozen=True, slots=True)
class PreviousTotal:
    """The total of the administration before, which the caller gives."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The scores of items together."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many items a predicate holds for."""

    items: tuple[str, ...]
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Plus:
    """Two numbers together, or the first less the second."""

    left: "Number"
    right: "Number"
    minus: bool


Number: TypeAlias = Constant | Total | PreviousTotal | Sum | Count | Plus


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Test"


@dataclass(frozen=True, slots=True)
class Standing:
    """The administration is complete, or closed."""

    word: Literal["complete", "closed"]


@dataclass(frozen=True, slots=True)
class Holds:
    """A predicate holds for an item, an outcome or an input of this name."""

    name: str
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Quantified:
    """A predicate holds for all, or for any, of some items."""

    every: bool
    items: tuple[str, ...]
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers stand in a relation."""

    left: Number
    relation: Relation
    right: Number


@dataclass(frozen=True, slots=True)
class Named:
    """A cut-off of the definition is reached."""

    cutoff: str


Test: TypeAlias = Both | Either | Not | Standing | Holds | Quantified | Compare | Named


def nodes_in(node: object) -> Iterator[object]:
    """A condition, and everything that it is made of."""
    yield node
    parts: Iterable[object] = ()
    if isinstance(node, tuple):
        parts = node
    elif is_dataclass(node):
        parts = (getattr(node, field.name) for field in fields(node))
    for part in parts:
        yield from nodes_in(part)


def names_in(condition: Test) -> Iterator[str]:
    """Every name that a condition mentions: items, outcomes, inputs, cut-offs, and `total` and the like."""
    for node in nodes_in(condition):
        match node:
            case Holds(name, _) | Named(name) | Standing(name):
                yield name
            case Total():
                yield "total"
            case Sum(items) | Count(items, _) | Quantified(_, items, _):
                yield from items
