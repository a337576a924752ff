"""
Spans: times from when to when, as members of one worker's record.

Each worker has one record of supervision, of duty and of absence, whose id is the worker's own; a span is a
member of it, decided by the agency. Two spans that cannot both be right are then seen in one record, on every
replica.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from sync import CheckFlag, RecordView, decided, flag

from .fields import BY_OFFICE, Field, group, members
from .reading import code_at, part, utc_at, utc_text
from .record import Fact

END_OF_TIME = "9999"
"""Sorts after every day and moment: a span without an end goes on."""


def spans_of(en: str, es: str, parts: Mapping[str, Field], needs: Collection[str]) -> Field:
    """The field of the spans; among their parts are `since` and `until`."""
    span = group(en, es, parts=parts, needs=needs, check=ends_after_start)
    return members(span, rule=decided(), settled_by=BY_OFFICE)


def span_facts(kind: str, coded: str, view: RecordView) -> Iterable[Fact]:
    """`kind` at the begin and `kind`_until at the end of each span, with the code of its part `coded`."""
    for span in sorted(view.members("spans")):
        unit = f"spans/{span}"
        code, ends = code_at(view, unit, coded), utc_at(view, unit, "until")
        yield Fact(kind, span, code, utc_at(view, unit, "since"), view.subject)
        yield Fact(f"{kind}_until", span, None if ends is None else code, ends, view.subject)


def ends_after_start(value: dict[str, Any]) -> str | None:
    """The rule that a span breaks if it ends before it begins."""
    begin, end = utc_text(value.get("since")), utc_text(value.get("until"))
    return "must end after it begins" if begin is not None and end is not None and end < begin else None


def bounds(view: RecordView, unit: str) -> tuple[str, str] | None:
    """(begin, end) of a span as text that sorts by time; none where it has no readable begin."""
    begin, end = utc_text(part(view, unit, "since")), utc_text(part(view, unit, "until"))
    return None if begin is None else (begin, end or END_OF_TIME)


def overlaps(view: RecordView, *, same: str = "", touching: bool = False) -> Iterator[CheckFlag]:
    """
    A flag for each two spans that overlap.

    Args:
        view: The record, with its spans as members of `spans`.
        same: A part; spans in which it differs may overlap.
        touching: Whether the last day belongs to a span, so that another may not begin on it.
    """
    units = [f"spans/{member}" for member in sorted(view.members("spans"))]
    found = [(unit, *span) for unit in units if (span := bounds(view, unit)) is not None]
    for (one, begin, end), (other, begin_, end_) in combinations(found, 2):
        apart = begin > end_ or begin_ > end or (not touching and (begin == end_ or begin_ == end))
        if not apart and (not same or part(view, one, same) == part(view, other, same)):
            yield flag("spans_overlap", view, one, other)
