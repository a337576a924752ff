"""
Units of a record as a page shows them: which there are, in which order, and what of them this reader sees.
"""

from dataclasses import dataclass
from typing import Final

import casework
from casework import reviewing
from sync import CHOSEN, SIGNATURE, Live, RecordView

from ..services.access import rights
from ..services.access.people import Person
from ..services.desk import timeline
from ..services.desk.scores import Asking

NOT_SHOWN: Final = (reviewing.UNIT, SIGNATURE)
"""Units that a page says in words of its own."""

ANSWERS: Final = ("answers", "partial_answers")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a record as the page shows it."""

    name: str
    rivals: int
    """How many different values there are; 0 where there is one."""
    undecided: bool
    confidential: bool
    """Whether its value is not shown to this reader without a purpose."""
    by_another: bool
    """Whether it was written by somebody else, or at another time, than the record began with."""


def units_of(shown: RecordView, told: bool, asking: Asking) -> list[Unit]:
    """
    The units that hold something, in the order of the form.

    Args:
        shown: The record.
        told: Whether this reader sees its answers.
        asking: The instruments.
    """
    kind = casework.record_types().get(shown.type)
    order = {} if kind is None else {unit: number for number, unit in enumerate(kind.fields)}
    held = [
        unit
        for unit, found in shown.units.items()
        if unit not in NOT_SHOWN and (found.rivals or shown.value(unit) is not None)
    ]
    hidden: tuple[str, ...] = ("partial_answers",) if shown.value("answers") is not None else ()
    hidden += ("instrument",) if asking.definition(shown) is not None else ()
    wrote = [found.by for unit, found in shown.units.items() if unit in held and found.by is not None]
    first = min(wrote, key=lambda live: live.order, default=None)
    return [
        Unit(
            unit,
            len(shown.units[unit].rivals),
            shown.units[unit].undecided,
            unit in ANSWERS and not told,
            _is_by_another(shown.units[unit].by, first),
        )
        for unit in sorted(held, key=lambda unit: (order.get(unit.partition("/")[0], len(order)), unit))
        if unit not in hidden and not unit.startswith(CHOSEN)
    ]


def answers_told(by: Person, shown: RecordView, asking: Asking, purpose: str) -> bool:
    """Whether somebody sees the answers of an assessment; what is none has nothing to hide."""
    if shown.type != "assessment":
        return True
    author = shown.value("worker")
    return rights.may_see_answers(
        by, author if isinstance(author, str) else None, asking.definition(shown), purpose
    )


def _is_by_another(live: Live | None, first: Live | None) -> bool:
    if live is None or first is None:
        return False
    return live.author != first.author or live.at.ms - first.at.ms >= timeline.CLOCKS_APART_MS
