"""
Answers: what may be stored for an item, and what it says.

An answer is an option's code, a list of codes, a whole number, words or a date. An absence is a value,
`{"absent": "refused"}`; a missing key means that the item was not asked.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from marshmallow import ValidationError
from marshmallow.fields import Field

from ..errors import BadAnswer
from ..shapes import ABSENCES, TEXT_CHARS_MAX, Day, Whole, Words, broken_rule
from .model import Definition, Item

Answers: TypeAlias = Mapping[str, Any]
"""{item: answer or absence}."""

NUMBER_MAX: Final = 1_000_000
"""The greatest number that answers an item: no measure taken in a home is greater."""

_SHAPES: Final[Mapping[str, Field[Any]]] = {
    "text": Words(TEXT_CHARS_MAX, lines=True, least=1),
    "number": Whole(0, NUMBER_MAX),
    "date": Day(),
}


def check_answers(definition: Definition, answers: Answers) -> None:
    """
    Hold answers against their definition.

    Raises:
        BadAnswer: An item that the definition lacks, or an answer that the item does not offer.
    """
    for id_, answer in answers.items():
        item = definition.item(id_)
        if item is None:
            raise BadAnswer(definition.id, "answers", "has an item that the definition lacks")
        fault = fault_of(item, answer)
        if fault is not None:
            raise BadAnswer(definition.id, item.id, fault)


def fault_of(item: Item, answer: Any) -> str | None:
    """The rule that an answer breaks; None where it is fine."""
    if isinstance(answer, dict):
        fine = answer.keys() == {"absent"} and answer["absent"] in ABSENCES
        return None if fine else f"an absence must be one of {', '.join(ABSENCES)}"
    if item.kind != "choice":
        return _fault_of_open(item, answer)
    if item.multiple:
        return _fault_of_several(item, answer)
    offered = isinstance(answer, str) and item.option(answer) is not None
    return None if offered else "must be one of its options, by code"


def absence(answer: Any) -> str | None:
    """Why there is no answer, where the answer says so."""
    why = answer.get("absent") if isinstance(answer, dict) else None
    return why if isinstance(why, str) else None


def score_of(item: Item, answer: Any) -> int | None:
    """The score of an answer; None where it has none, and where it is missing."""
    option = item.option(answer) if isinstance(answer, str) else None
    return None if option is None else option.score


def _fault_of_open(item: Item, answer: Any) -> str | None:
    try:
        _SHAPES[item.kind].deserialize(answer)
    except ValidationError as error:
        return broken_rule(error.messages)[1]
    return None


def _fault_of_several(item: Item, answer: Any) -> str | None:
    if not isinstance(answer, list) or not answer:
        return "must be a list of at least one of its options, by code"
    options = [item.option(code) if isinstance(code, str) else None for code in answer]
    if None in options or len(set(answer)) != len(answer):
        return "must be different options of its own, by code"
    if len(options) > 1 and any(option is not None and option.exclusive for option in options):
        return "has an option that excludes the others"
    return None
