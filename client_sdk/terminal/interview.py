"""
Interview: an instrument asked item by item on a terminal.

Somebody may refuse an item, skip it, go back, or pause. What a branch closes is named, never silently left
out. A rule that speaks is told in one plain line: the client may be looking on.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import click

from casework import BadAnswer, instruments
from casework.instruments import Alert, Definition, Score, words
from casework.instruments import Item as Question

from .screen import aside, clean

Save: TypeAlias = Callable[[Mapping[str, Any]], tuple[Alert, ...]]

REFUSED: Final = "r"
SKIPPED: Final = "s"
BACK: Final = "b"
PAUSED: Final = "p"
DIGITS_MAX: Final = 9
"""Digits of a number that is read as one: more than any measure has."""

ABSENT: Final = {REFUSED: "refused", SKIPPED: "not_answered"}
KEYS: Final = "r refused · s skip · b back · p pause"


class Interview:
    """One sitting: from the first item without an answer to the last."""

    def __init__(self, definition: Definition, language: str, given: Mapping[str, Any], save: Save) -> None:
        """Ask from where `given` ends; `save` keeps each answer and says which rules speak now."""
        self._definition = definition
        self._language = language
        self._answers = dict(given)
        self._save = save
        self._asked = [item.id for item in definition.items if item.id in given]
        self._closed: frozenset[str] = frozenset()

    def run(self) -> bool:
        """Ask; whether it came to its end."""
        self._say_closed()
        while (next_ := instruments.progress(self._definition, self._answers).next) is not None:
            question = self._definition.item(next_)
            assert question is not None, "progress names items of the definition"
            try:
                typed = self._ask(question)
            except click.Abort:
                typed = PAUSED
            if typed == PAUSED:
                return False
            if typed == BACK:
                self._go_back()
            else:
                self._take(question, typed)
        return True

    def _ask(self, question: Question) -> str:
        position = [item.id for item in self._definition.items].index(question.id) + 1
        aside(f"\n{position}/{len(self._definition.items)}  {words(question.labels, self._language)}")
        for number, option in enumerate(question.options, 1):
            aside(f"   {number}  {words(option.labels, self._language)}")
        several = (
            "numbers, with commas" if question.multiple else "number" if question.options else question.kind
        )
        typed: str = click.prompt(clean(f"{several} · {KEYS}"), prompt_suffix=" > ", err=True)
        return typed.strip()

    def _take(self, question: Question, typed: str) -> None:
        try:
            value = read_answer(question, typed)
            step = instruments.answer(self._definition, self._answers, question.id, value)
        except BadAnswer as error:
            aside(f"Not taken: {error.rule}.")
            return
        if step.closes and not self._confirmed(step.closes):
            return
        for line in heard(self._save({question.id: value}), self._language):
            aside(line)
        self._answers = dict(step.answers)
        self._asked.append(question.id)
        self._say_closed()

    def _confirmed(self, closes: Iterable[str]) -> bool:
        """Whether answers may be left out that this one closes off."""
        return click.confirm(f"This leaves out the answers to {', '.join(closes)}. Go on?", err=True)

    def _go_back(self) -> None:
        if not self._asked:
            aside("This is the first one.")
            return
        last = self._asked.pop()
        self._save({last: None})
        self._answers.pop(last, None)
        self._closed = frozenset()
        self._say_closed()

    def _say_closed(self) -> None:
        closed = instruments.progress(self._definition, self._answers).closed_off
        for id_ in closed:
            question = self._definition.item(id_)
            if id_ not in self._closed and question is not None:
                aside(f"Not asked: {words(question.labels, self._language)}")
        self._closed = frozenset(closed)


def read_answer(question: Question, typed: str) -> Any:
    """
    What somebody typed, as an answer: a number or code of an option, several with commas, or plain words.

    Raises:
        BadAnswer: It is neither the number nor the code of an option.
    """
    if typed.lower() in ABSENT:
        return {"absent": ABSENT[typed.lower()]}
    if question.kind == "number":
        return int(typed) if typed.isdecimal() and len(typed) <= DIGITS_MAX else typed
    if question.kind != "choice":
        return typed
    if question.multiple:
        return [_code(question, part.strip()) for part in typed.split(",")]
    return _code(question, typed)


def introduction(definition: Definition, language: str) -> list[str]:
    """What stands above the first item."""
    attribution = definition.attribution
    if attribution.rstrip(".") in definition.notice:
        attribution = ""
    above = (words(definition.titles, language), definition.notice, attribution)
    return [line for line in above if line]


def heard(alerts: Iterable[Alert], language: str) -> list[str]:
    """What rules ask for, a plain line each."""
    return [f"Note: {words(alert.action, language)}" for alert in alerts]


def result_lines(definition: Definition, score: Score, language: str) -> list[str]:
    """What an administration comes to, for a person."""
    lines = [f"Unanswered: {', '.join(score.missing)}"] if score.missing else []
    if score.total is not None:
        named = [words(band.labels, language) for band in definition.bands if band.code == score.band]
        lines.append(": ".join((f"Total {score.total}", *named)))
    for outcome in definition.outcomes:
        code = score.outcomes.get(outcome.name)
        lines += [
            f"{outcome.name.replace('_', ' ').capitalize()}: {words(case.labels, language) or case.code}"
            for case in outcome.cases
            if case.code == code
        ]
    return lines


def _code(question: Question, typed: str) -> str:
    codes = [option.code for option in question.options]
    numbered = {str(number): code for number, code in enumerate(codes, 1)}
    if typed not in codes and typed not in numbered:
        raise BadAnswer("answer", question.id, "must be the number of one of the options")
    return typed if typed in codes else numbered[typed]
