"""
Rivals: the live writes of one unit, and what is shown of them.

A write is *live* while no other accepted write names it in its `over`. Live writes with different values are
*rivals*. Which of them is shown is for `rules` to say.
"""

from dataclasses import dataclass
from enum import IntEnum

from .clock import At
from .ids import Json, canonical


class Needs(IntEnum):
    """What is asked of a person, by rising urgency."""

    NOTHING = 0
    LISTED = 1
    """It is listed; nothing waits for it."""
    CHECK = 2
    """Two entries: somebody looks which one is right."""
    PERSON = 3
    """A person with the right must settle it, with a reason."""


@dataclass(frozen=True, slots=True)
class Live:
    """One live write as a rule sees it."""

    name: str
    """The name of its changeset."""
    device: str
    author: str
    at: At
    """Capped at the time of receipt."""
    wall: int
    over: tuple[str, ...]
    """The names that it replaced; kept only where the rule needs a common ancestor."""
    value: Json

    @property
    def order(self) -> tuple[At, str, str]:
        """What rivals are sorted by: the same on every replica."""
        return (self.at, self.device, self.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one unit shows, and who must look at it."""

    value: Json
    by: Live | None
    """The write that is shown; none where no rival wins."""
    live: tuple[Live, ...]
    """Every live write, oldest first: the `over` of whoever writes next."""
    rivals: tuple[tuple[Live, ...], ...] = ()
    """Groups of equal value, the shown one first; empty where there is only one."""
    needs: Needs = Needs.NOTHING
    merged: bool = False
    """The value is a clean merge of texts that nobody has read yet."""

    @property
    def winner(self) -> bool:
        """Whether one of the values is shown at all."""
        return self.by is not None

    @property
    def undecided(self) -> bool:
        """Whether only a settlement may change this unit."""
        return self.needs is Needs.PERSON


def grouped(live: tuple[Live, ...]) -> list[tuple[Live, ...]]:
    """Live writes by equal value; the group with the latest write first."""
    found: dict[bytes, list[Live]] = {}
    for write in live:
        found.setdefault(canonical(write.value), []).append(write)
    return sorted(map(tuple, found.values()), key=lambda group: group[-1].order, reverse=True)


def with_first(groups: list[tuple[Live, ...]], top: tuple[Live, ...]) -> tuple[tuple[Live, ...], ...]:
    """The groups in their order, but this one before all."""
    return (top, *(group for group in groups if group is not top))
