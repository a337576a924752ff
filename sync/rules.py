"""
Rules: how the rivals of one unit become what is shown.

A rule decides what is shown and how urgently a person is asked; it never decides what is kept. Rules are named by
the caller: this module knows nothing of visits or scores.

    >>> from sync import At
    >>> ana = Live("a" * 22, "d1", "ana", At(1, 0), 1, (), "555-0100")
    >>> ben = Live("b" * 22, "d2", "ben", At(2, 0), 2, (), "555-0199")
    >>> latest().show((ana, ben)).value
    '555-0199'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from .ids import Json, canonical
from .rivals import Live, Needs, Shown, grouped, with_first
from .text import merge_texts

OFFICE: Final = "web:"
"""What the ids of an agency's own web devices begin with; a tablet's id has no colon."""

NO_BASES: Final[Mapping[str, Json]] = {}


@dataclass(frozen=True, slots=True)
class Rule:
    """Shows the latest; the other rules say where they differ."""

    name: str = "latest"
    ignores_over: ClassVar[bool] = False
    """Nothing replaces an accepted write."""
    guards_office: ClassVar[bool] = False
    """A tablet's write does not replace the office's."""
    keeps_bases: ClassVar[bool] = False
    """The values that live writes replaced are kept as common ancestors."""

    def show(self, live: tuple[Live, ...], bases: Mapping[str, Json] = NO_BASES) -> Shown:
        """
        Fold live writes (at least one, oldest first) into what is shown.

        `bases` holds {name: value} of writes that the live ones replaced, for rules that keep them.
        """
        if len(live) == 1:
            return self.alone(live)
        groups = grouped(live)
        if len(groups) == 1:
            return self.alone(live)
        return self.among(live, groups, bases)

    def alone(self, live: tuple[Live, ...]) -> Shown:
        """One value, by one write or by several that agree."""
        return Shown(live[-1].value, live[-1], live)

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """Several values: `groups` are of equal value, the one with the latest write first."""
        return _showing(live, groups, groups[0], Needs.LISTED)


@dataclass(frozen=True, slots=True)
class Safest(Rule):
    """Shows the most protective value of a declared order; of equals the latest."""

    order: tuple[Json, ...] = ()
    """Values from the least to the most protective."""
    by: str | None = None
    """The member of an object that is ranked; the value itself where there is none."""
    _ranks: Mapping[bytes, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ranks", {canonical(value): rank for rank, value in enumerate(self.order)})

    def rank(self, value: Json) -> int:
        """How protective a value is; one outside the declared order counts as most protective."""
        if self.by is not None:
            value = value.get(self.by) if isinstance(value, dict) else None
        return self._ranks.get(canonical(value), len(self.order))

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """The greatest rank wins, and the difference is listed at once."""
        top = max(groups, key=lambda group: self.rank(group[0].value))
        return _showing(live, groups, top, Needs.LISTED)


@dataclass(frozen=True, slots=True)
class Ask(Rule):
    """Shows both; a person decides."""

    pick: bool = True
    """Whether the latest is shown, marked undecided; where not, no value is."""

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """Undecided, until a settlement that has seen them all."""
        if self.pick:
            return _showing(live, groups, groups[0], Needs.PERSON)
        return Shown(None, None, live, tuple(groups), Needs.PERSON)


@dataclass(frozen=True, slots=True)
class Text(Rule):
    """Merges one author's drafts sentence by sentence; shows both where that is not clean."""

    keeps_bases: ClassVar[bool] = True

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """Clean only for one author's devices, over one common ancestor, with no sentence touched by two."""
        merged = _merged(live, groups, bases)
        if merged is None:
            return _showing(live, groups, groups[0], Needs.PERSON)
        return Shown(merged, groups[0][-1], live, tuple(groups), Needs.LISTED, merged=True)


@dataclass(frozen=True, slots=True)
class Members(Rule):
    """A member of a set is present if any rival says so: adding wins over removing (value null)."""

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """Of several that are present, the latest."""
        present = [group for group in groups if group[0].value is not None]
        return _showing(live, groups, present[0], Needs.NOTHING)


@dataclass(frozen=True, slots=True)
class Once(Rule):
    """Every accepted write stays; the first is shown until the office chooses another."""

    ignores_over: ClassVar[bool] = True

    def alone(self, live: tuple[Live, ...]) -> Shown:
        """The first of those that agree."""
        return Shown(live[0].value, live[0], live)

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """Two entries: somebody checks."""
        first = next(group for group in groups if live[0] in group)
        return Shown(live[0].value, live[0], live, with_first(groups, first), Needs.CHECK)


@dataclass(frozen=True, slots=True)
class Decided(Rule):
    """Shows what the office decided; a tablet's write is a proposal beside it."""

    guards_office: ClassVar[bool] = True

    def alone(self, live: tuple[Live, ...]) -> Shown:
        """Of writes that agree, one by the office is enough."""
        return self.among(live, [live], NO_BASES)

    def among(
        self, live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]
    ) -> Shown:
        """The office's latest; proposals are listed and hold nothing up."""
        decisions = [write for write in live if is_office(write.device)]
        if not decisions:
            return Shown(None, None, live, tuple(groups), Needs.LISTED)
        by = decisions[-1]
        group = next(group for group in groups if by in group)
        rivals = with_first(groups, group) if len(groups) > 1 else ()
        return Shown(by.value, by, live, rivals, Needs.LISTED if rivals else Needs.NOTHING)


def latest() -> Rule:
    """The greatest; listed."""
    return Rule()


def safest(*order: Json, by: str | None = None) -> Safest:
    """The most protective of `order`, least protective first; of the member `by` where values are objects."""
    return Safest("safest", order, by)


def ask(*, winner: bool = True) -> Ask:
    """Both, undecided; without `winner` neither is shown as the value."""
    return Ask("ask", winner)


def text() -> Text:
    """A draft narrative."""
    return Text("text")


def members() -> Members:
    """One member of a set."""
    return Members("members")


def once() -> Once:
    """Said once, and never replaced."""
    return Once("once")


def decided() -> Decided:
    """The office's word."""
    return Decided("decided")


def is_office(device: str) -> bool:
    """Whether a device is an agency's own web device."""
    return device.startswith(OFFICE)


def _showing(
    live: tuple[Live, ...], groups: list[tuple[Live, ...]], top: tuple[Live, ...], needs: Needs
) -> Shown:
    return Shown(top[-1].value, top[-1], live, with_first(groups, top), needs)


def _merged(live: tuple[Live, ...], groups: list[tuple[Live, ...]], bases: Mapping[str, Json]) -> str | None:
    """
    One text out of one author's rivals; none where that is not clean.

    Every rival must have replaced one write, and that alone: of a rival that settled others besides, nobody
    can say what was written anew.
    """
    parents = {write.over for write in live}
    if len(parents) != 1 or len({write.author for write in live}) != 1:
        return None
    (over,) = parents
    base = bases.get(over[0]) if len(over) == 1 else None
    texts = [value for group in reversed(groups) if isinstance(value := group[0].value, str)]
    if not isinstance(base, str) or len(texts) != len(groups):
        return None
    return merge_texts(base, texts)
