"""
Results as coded observations, for an export.

Codes are those that the definition lists; where it lists none for a result, the result has no coded answer
here, and none is made up.
"""

from dataclasses import dataclass
from typing import Any

from .answers import Answers
from .evaluation import Inputs, Reading
from .model import Definition, Item
from .scoring import score


@dataclass(frozen=True, slots=True)
class Observation:
    """One question or result with its LOINC code, and its answer as a code or as a whole number."""

    loinc: str
    answer: str | None = None
    """The LOINC code of the answer."""
    number: int | None = None
    code: str | None = None
    """Our own code of the answer; for words and dates, the answer itself."""
    item: str | None = None
    """The item it answers; None for a result."""


def observations(
    definition: Definition, answers: Answers, inputs: Inputs | None = None
) -> tuple[Observation, ...]:
    """Every answered item with a LOINC code, then the total and each outcome that stands."""
    reading = Reading(definition, answers, inputs=inputs)
    found = [
        observation
        for item in definition.items
        if item.loinc is not None and reading.is_answered(item) and reading.is_open(item) is not False
        for observation in _answered(item, item.loinc, answers[item.id])
    ]
    result = score(definition, answers, inputs)
    if definition.total is not None and definition.total.loinc is not None and result.total is not None:
        found.append(Observation(definition.total.loinc, number=result.total))
    for outcome in definition.outcomes:
        case = next((case for case in outcome.cases if case.code == result.outcomes.get(outcome.name)), None)
        if outcome.loinc is not None and case is not None and case.when is not None:
            found.append(Observation(outcome.loinc, case.loinc, code=case.code))
    return tuple(found)


def _answered(item: Item, loinc: str, answer: Any) -> list[Observation]:
    if isinstance(answer, int):
        return [Observation(loinc, number=answer, item=item.id)]
    codes = answer if isinstance(answer, list) else [answer]
    made = []
    for code in codes:
        option = item.option(code)
        made.append(Observation(loinc, option.loinc if option else None, code=code, item=item.id))
    return made
