"""
What conditions mean for answers, some of which are missing.

A test is true, false, or None: *it cannot be known yet*. A missing answer is never 0 and never "no": it makes
a test unknown unless the known answers already decide it. Numbers are ranges from the least to the most that
they can be.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

from . import conditions as x
from .answers import Answers, absence, fault_of, score_of
from .model import Definition, Item

Inputs: TypeAlias = Mapping[str, Any]
"""What is told besides: `sex_for_scoring`, `seen_alone`, `previous_total`, and names of optional cut-offs."""

Range: TypeAlias = tuple[int, int]

_RELATIONS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


class Reading:
    """One administration as conditions see it."""

    def __init__(
        self, definition: Definition, answers: Answers, closed: bool = False, inputs: Inputs | None = None
    ) -> None:
        self.definition = definition
        self.answers = answers
        self.closed = closed
        self.inputs: Inputs = inputs or {}
        self._open: dict[str, bool | None] = {}

    def holds(self, test: x.Test | None) -> bool | None:
        """Whether a test holds; no test always does."""
        match test:
            case None:
                return True
            case x.Both(parts):
                return _every(map(self.holds, parts))
            case x.Either(parts):
                return _some(map(self.holds, parts))
            case x.Not(part):
                return _opposite(self.holds(part))
            case x.Standing(word):
                return self.complete if word == "complete" else self.closed
            case x.Named(cutoff):
                return self.reaches(cutoff)
            case x.Holds(name, predicate):
                return self._about(name, predicate)
            case x.Quantified(every, items, predicate):
                return (_every if every else _some)(self._each(items, predicate))
            case _:
                return _compare(self._range(test.left), test.relation, self._range(test.right))

    def is_open(self, item: Item) -> bool | None:
        """Whether an item's branch is open; None while that cannot be known."""
        if item.id not in self._open:
            self._open[item.id] = self.holds(item.ask_if)
        return self._open[item.id]

    def is_answered(self, item: Item) -> bool:
        """Whether there is an answer that the item offers; a refusal is none unless the options have it."""
        return (
            item.id in self.answers
            and fault_of(item, self.answers[item.id]) is None
            and absence(self.answers[item.id]) is None
        )

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Required items that are asked, or may still be, and have no answer."""
        return tuple(
            item.id
            for item in self.definition.items
            if item.required and not self.is_answered(item) and self.is_open(item) is not False
        )

    @property
    def complete(self) -> bool:
        """Whether every required item that is asked has an answer."""
        return not self.missing

    @cached_property
    def total(self) -> int | None:
        """The sum of scores; None where an answer that belongs to it is missing."""
        total = self.definition.total
        if total is None or not self.complete:
            return None
        scores = [self._counted(item, total.closed_counts_as) for item in self._items(total.items)]
        return None if None in scores else sum(score for score in scores if score is not None)

    def outcome(self, name: str) -> str | None:
        """The code of the first case that certainly holds; None for a name that is no outcome."""
        cases = (
            case for outcome in self.definition.outcomes if outcome.name == name for case in outcome.cases
        )
        return next((case.code for case in cases if self.holds(case.when) is True), None)

    def reaches(self, code: str) -> bool | None:
        """Whether a cut-off is reached; an optional one only where the agency chose it."""
        cutoff = next((cutoff for cutoff in self.definition.cutoffs if cutoff.code == code), None)
        if cutoff is None or (cutoff.optional and self.inputs.get(code) is not True):
            return False
        return self.holds(cutoff.when)

    def _about(self, name: str, predicate: x.Predicate) -> bool | None:
        item = self.definition.item(name)
        if item is not None:
            return self._item_holds(item, predicate)
        if name in {outcome.name for outcome in self.definition.outcomes}:
            return _code_is(self.outcome(name), predicate)
        return _code_is(_input_word(name, self.inputs), predicate)

    def _item_holds(self, item: Item, predicate: x.Predicate) -> bool | None:
        answered = self.is_answered(item)
        if isinstance(predicate, x.Said):
            return answered is predicate.answered
        if not answered:
            return False if self.is_open(item) is False else None
        answer = self.answers[item.id]
        codes = answer if isinstance(answer, list) else [answer]
        if isinstance(predicate, x.IsIn):
            return (
                any(code in predicate.codes for code in codes if isinstance(code, str))
                is not predicate.negate
            )
        if isinstance(predicate, x.Sign):
            return _some(_sign(item, code, predicate.positive) for code in codes)
        score = score_of(item, answer)
        return None if score is None else _RELATIONS[predicate.relation](score, predicate.number)

    def _each(self, items: tuple[str, ...], predicate: x.Predicate) -> Iterable[bool | None]:
        return (self._item_holds(item, predicate) for item in self._items(items))

    def _items(self, ids: tuple[str, ...]) -> list[Item]:
        if ids == x.ASKED:
            return [item for item in self.definition.items if self.is_open(item) is True]
        return [item for item in self.definition.items if item.id in ids]

    def _range(self, number: x.Number) -> Range | None:
        match number:
            case x.Constant(value):
                return value, value
            case x.Total():
                return None if self.total is None else (self.total, self.total)
            case x.PreviousTotal():
                before = self.inputs.get("previous_total")
                return (before, before) if type(before) is int else None
            case x.Sum(items):
                ranges = [self._score_range(item) for item in self._items(items)]
                return sum(least for least, _ in ranges), sum(most for _, most in ranges)
            case x.Count(items, predicate):
                held = list(self._each(items, predicate))
                return held.count(True), held.count(True) + held.count(None)
            case _:
                return _plus(self._range(number.left), self._range(number.right), number.minus)

    def _score_range(self, item: Item) -> Range:
        is_open = self.is_open(item)
        if is_open is False:
            return 0, 0
        score = score_of(item, self.answers.get(item.id))
        offered = [option.score for option in item.options if option.score is not None]
        scores = offered if score is None else [score]
        if is_open is None:
            # What may still close then counts nothing, also where the least that it offers is more.
            scores = [*scores, 0]
        return min(scores, default=0), max(scores, default=0)

    def _counted(self, item: Item, closed_counts_as: int | None) -> int | None:
        if self.is_open(item) is False:
            return closed_counts_as
        return score_of(item, self.answers.get(item.id))


def _sign(item: Item, code: Any, positive: bool) -> bool | None:
    option = item.option(code) if isinstance(code, str) else None
    return None if option is None or option.positive is None else option.positive is positive


def _input_word(name: str, inputs: Inputs) -> str | None:
    value = inputs.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else "unknown"


def _code_is(code: str | None, predicate: x.Predicate) -> bool | None:
    if code is None or not isinstance(predicate, x.IsIn):
        return None
    return (code in predicate.codes) is not predicate.negate


def _every(tests: Iterable[bool | None]) -> bool | None:
    found = list(tests)
    if False in found:
        return False
    return None if None in found else True


def _some(tests: Iterable[bool | None]) -> bool | None:
    found = list(tests)
    if True in found:
        return True
    return None if None in found else False


def _opposite(test: bool | None) -> bool | None:
    return None if test is None else not test


def _plus(left: Range | None, right: Range | None, minus: bool) -> Range | None:
    if left is None or right is None:
        return None
    if minus:
        return left[0] - right[1], left[1] - right[0]
    return left[0] + right[0], left[1] + right[1]


def _compare(left: Range | None, relation: x.Relation, right: Range | None) -> bool | None:
    """True or false where it is so for every number that the two can be."""
    difference = _plus(left, right, minus=True)
    if difference is None:
        return None
    least, most = difference
    if relation in ("=", "!="):
        if least == most == 0:
            return relation == "="
        return None if least <= 0 <= most else relation == "!="
    held = _RELATIONS[relation]
    ends = {held(least, 0), held(most, 0)}
    return ends.pop() if len(ends) == 1 else None
