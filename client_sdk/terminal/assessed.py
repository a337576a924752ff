"""
Assessed: what one administration says, item by item, and what it comes to.

It is read with the version of the definition that asked; where this tablet has not got that one, the answers
stand as they are.
"""

from collections.abc import Mapping
from typing import Any, Final

from casework import UnknownInstrument, instruments
from casework.instruments import Definition, words
from casework.instruments import Item as Question

from ..client import Tablet
from ..items import Item
from .interview import result_lines
from .wording import raw

ABSENT: Final = {"refused": "refused", "not_answered": "not answered"}


def assessed(tablet: Tablet, item: Item, language: str) -> list[str]:
    """A line for each answer that counts, and the result."""
    answers = item.value("answers") or item.value("partial_answers")
    asked = item.value("instrument")
    if not isinstance(answers, dict) or not isinstance(asked, dict):
        return []
    try:
        definition = tablet.instruments().load(str(asked.get("id")), str(asked.get("version")))
    except UnknownInstrument:
        return [f"{name}: {raw(value)}" for name, value in answers.items()]
    lines = [
        f"{words(question.labels, language)}: {_answer(question, answers[question.id], language)}"
        for question in definition.items
        if question.id in answers
    ]
    score = instruments.score(definition, answers, tablet.inputs(item))
    return [*lines, *_not_asked(definition, answers, language), *result_lines(definition, score, language)]


def _not_asked(definition: Definition, answers: Mapping[str, Any], language: str) -> list[str]:
    closed = instruments.progress(definition, answers).closed_off
    asked = [words(item.labels, language) for item in definition.items if item.id in closed]
    return [f"Not asked: {', '.join(asked)}"] if asked else []


def _answer(question: Question, value: Any, language: str) -> str:
    if isinstance(value, dict):
        return ABSENT.get(str(value.get("absent")), raw(value))
    if isinstance(value, list):
        return ", ".join(_answer(question, part, language) for part in value)
    option = question.option(value) if isinstance(value, str) else None
    return raw(value) if option is None else words(option.labels, language) or option.code
