"""
Charts: where the totals of one instrument lie in a picture, as numbers that a template draws.

Across, places are per cent, so that a chart is as wide as the page gives it and its words stay as large as all
others; down, they are pixels. Nothing is drawn in for what has no total: its sitting stands in a lane of its own
below, and the line breaks there. What was superseded stays beside the line, hollow; what was retracted is in the
table only. A chart is for one version of one instrument; bands and ends of the scale are what that declares.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from casework.instruments import Definition, words
from casework.instruments.model import Total

from ..services.desk.scores import Course, Sitting

LEFT: Final = 9.0
"""Per cent of the width before the plot: room for three digits on a narrow screen."""
RIGHT: Final = 98.0
INSET: Final = 4.0
"""Per cent between an edge of the plot and the first and last sitting."""
TOP: Final = 10.0
"""Pixels above the plot: half a digit."""
HEIGHT: Final = 190.0
LANE: Final = 26.0
"""Pixels below the plot for sittings without a total."""
DATES: Final = 22.0
"""Pixels for the first and the last date."""
LINE: Final = 15.0
"""Pixels that a line of words takes: what is lower has no words in it."""

MARK: Final = 10.0
"""Pixels across a mark."""
LETTER: Final = 2.0
"""Per cent of the width that a letter takes on a narrow screen."""

MarkKind: TypeAlias = Literal["point", "disputed", "superseded", "missing"]


@dataclass(frozen=True, slots=True)
class Band:
    """A band of severity: from `y`, so many pixels down."""

    y: float
    height: float
    label: str
    """Empty where it would not fit: the table says it."""
    at_end: bool = False
    """Whether its words stand at the right, because a sitting lies where they would begin."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number at the left edge."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One sitting."""

    x: float
    y: float
    kind: MarkKind
    alert: bool
    """Whether one of its answers raised an alert that this reader is told of."""
    sitting: Sitting


@dataclass(frozen=True, slots=True)
class Chart:
    """One instrument's totals over time."""

    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[tuple[Mark, Mark], ...]
    """Pairs of sittings between which nothing is missing."""
    marks: tuple[Mark, ...]
    first: str
    """The moments at its ends, ISO 8601; the same where there is one sitting."""
    last: str

    left: float = LEFT
    right: float = RIGHT
    top: float = TOP
    bottom: float = TOP + HEIGHT
    height: float = TOP + HEIGHT + LANE + DATES

    @property
    def kinds(self) -> frozenset[str]:
        """What its legend explains."""
        return frozenset(mark.kind for mark in self.marks) | ({"alert"} if self._alerts else frozenset())

    @property
    def _alerts(self) -> bool:
        return any(mark.alert for mark in self.marks)


def chart_of(course: Course, language: str) -> Chart | None:
    """The picture of a course; none where its instrument has no total, or nothing of it may be shown."""
    definition = course.definition
    if definition is None or definition.total is None:
        return None
    drawn = [sitting for sitting in course.sittings if _is_drawn(sitting)]
    if not drawn:
        return None
    total = definition.total
    marks = tuple([_mark(sitting, total, x) for sitting, x in zip(drawn, _places(drawn), strict=True)])
    bands = [_beside(band, marks) for band in _bands(definition, total, language)]
    return Chart(tuple(bands), _ticks(definition, total), _lines(marks), marks, drawn[0].at, drawn[-1].at)


def _is_drawn(sitting: Sitting) -> bool:
    if sitting.score is None or sitting.retracted:
        return False
    return sitting.counts or sitting.total is not None


def _places(drawn: Sequence[Sitting]) -> list[float]:
    """How far across each sitting lies, by its time."""
    moments = [_ms(sitting.at) for sitting in drawn]
    first, span = moments[0], moments[-1] - moments[0]
    if not span:
        return [(LEFT + RIGHT) / 2] * len(drawn)
    width = RIGHT - LEFT - 2 * INSET
    return [round(LEFT + INSET + width * (moment - first) / span, 2) for moment in moments]


def _mark(sitting: Sitting, total: Total, x: float) -> Mark:
    if sitting.total is None:
        return Mark(x, TOP + HEIGHT + LANE / 2, "missing", bool(sitting.alerts), sitting)
    kind: MarkKind = "superseded" if sitting.superseded else "disputed" if sitting.rivals else "point"
    return Mark(x, _y(sitting.total, total), kind, bool(sitting.alerts), sitting)


def _lines(marks: Sequence[Mark]) -> tuple[tuple[Mark, Mark], ...]:
    counting = [mark for mark in marks if mark.kind != "superseded"]
    return tuple([pair for pair in pairwise(counting) if all(mark.kind != "missing" for mark in pair)])


def _bands(definition: Definition, total: Total, language: str) -> list[Band]:
    found = []
    for band in definition.bands:
        top, bottom = _edge(band.most + 1, total), _edge(band.least, total)
        label = words(band.labels, language) if bottom - top >= LINE else ""
        found.append(Band(top, round(bottom - top, 2), label))
    return found


def _beside(band: Band, marks: Sequence[Mark]) -> Band:
    """The band with its words where no sitting covers them, if there is such a side."""
    near = [mark for mark in marks if band.y <= mark.y + MARK / 2 and mark.y - MARK / 2 <= band.y + LINE]
    words_take = LETTER * (len(band.label) + 2)
    begins = any(mark.x < LEFT + words_take for mark in near)
    ends = any(mark.x > RIGHT - words_take for mark in near)
    return replace(band, at_end=begins and not ends)


def _edge(value: int, total: Total) -> float:
    """Where a band begins: half a point below its least total, but never outside of the plot."""
    return min(max(_y(value, total, shift=-0.5), TOP), TOP + HEIGHT)


def _ticks(definition: Definition, total: Total) -> tuple[Tick, ...]:
    """The ends of the scale, and where bands begin if there is room for the number."""
    ticks = [Tick(_y(total.least, total), total.least), Tick(_y(total.most, total), total.most)]
    for value in sorted(band.least for band in definition.bands):
        y = _y(value, total)
        if all(abs(y - tick.y) >= LINE for tick in ticks):
            ticks.append(Tick(y, value))
    return tuple(sorted(ticks, key=lambda tick: tick.value))


def _y(value: int, total: Total, *, shift: float = 0.0) -> float:
    span = max(total.most - total.least, 1)
    return round(TOP + HEIGHT * (1 - (value + shift - total.least) / span), 2)


def _ms(at: str) -> float:
    found = datetime.fromisoformat(at)
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
