"""
Figures: what a measure gives, with the bar that it is held against.

A measure is a function of a `Scale` that gives figures. Where it runs several times on fresh stores, each figure
is the median of the runs, and the runs stand beside it.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    quick: bool = False
    """A hundredth of the work, once: whether everything runs. Its figures mean nothing and are not judged."""

    log_size: int = 1_000_000
    """Changesets in the long log."""

    @property
    def runs(self) -> int:
        """How often, each time on fresh stores."""
        return 1 if self.quick else RUNS

    def of(self, whole: int, least: int = 1) -> int:
        """So much of a whole."""
        return max(least, whole // 100) if self.quick else whole


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure may not pass: `most`, or `least` for what should be large."""

    most: float | None = None
    least: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a figure is on the right side."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        return f"≤ {self.most:,}" if self.most is not None else f"≥ {self.least:,}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what it is of, in which unit, and the bar where there is one."""

    what: str
    value: float
    unit: str
    bar: Bar | None = None
    runs: tuple[float, ...] = ()

    @property
    def missed(self) -> bool:
        """Whether the bar is passed."""
        return self.bar is not None and not self.bar.holds(self.value)


Measure: TypeAlias = Callable[[Scale], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure before it is measured."""

    unit: str
    bar: Bar | None = None


def at_most(most: float, unit: str) -> Wanted:
    """A figure that should be small."""
    return Wanted(unit, Bar(most=most))


def at_least(least: float, unit: str) -> Wanted:
    """A figure that should be large."""
    return Wanted(unit, Bar(least=least))


def told(unit: str) -> Wanted:
    """A figure without a bar."""
    return Wanted(unit)


def medians(wanted: Mapping[str, Wanted], runs: Sequence[Mapping[str, float]]) -> list[Figure]:
    """The median of each figure over the runs, in the order in which they are wanted."""
    return [
        Figure(
            what,
            statistics.median(run[what] for run in runs),
            one.unit,
            one.bar,
            tuple(round(run[what], 3) for run in runs) if len(runs) > 1 else (),
        )
        for what, one in wanted.items()
    ]
