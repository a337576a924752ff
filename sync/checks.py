"""
Cross-field checks: what two fields that merged on their own say together.

A check looks at a merged record and answers with flags that name their causes, the same on every replica. It
never refuses a save or a sync, and never repairs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from .record import RecordView


@dataclass(frozen=True, slots=True)
class CheckFlag:
    """One thing that cannot be right, with its causes."""

    code: str
    """What is wrong, as a stable word: `end_before_start`."""
    units: tuple[str, ...]
    """The units that contradict each other."""
    names: tuple[str, ...]
    """The writes that they show, by name."""


Check: TypeAlias = Callable[[RecordView], Iterable[CheckFlag]]


def run(checks: Iterable[Check], record: RecordView) -> tuple[CheckFlag, ...]:
    """Every flag of a record, in the order of the checks."""
    return tuple([flag for check in checks for flag in check(record)])


def flag(code: str, record: RecordView, *units: str) -> CheckFlag:
    """A flag whose causes are the writes that these units show."""
    shown = [record.units[unit].by for unit in units if unit in record.units]
    return CheckFlag(code, units, tuple([by.name for by in shown if by is not None]))
