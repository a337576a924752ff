"""
An administration in progress: what is asked now, what is missing, and what a change would close.

Pure steps over answers: the app keeps the answers, these functions say what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..errors import BadAnswer, NotAllowedYet
from .answers import Answers, absence, fault_of
from .evaluation import Inputs, Reading
from .model import Definition

REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an administration stands."""

    asked: tuple[str, ...]
    """Items whose branch is open, in order."""
    waiting: tuple[str, ...]
    """Items of which it is not known yet whether they are asked."""
    closed_off: tuple[str, ...]
    """Items that a branch closes: absent, which is not "no"."""
    answered: tuple[str, ...]
    absent: Mapping[str, str]
    """{item: refused | not_answered}."""
    missing: tuple[str, ...]
    """Required items without an answer."""
    stray: tuple[str, ...]
    """Items that hold an answer although their branch is closed."""
    next: str | None
    """The first item that is asked and has neither answer nor absence."""

    @property
    def complete(self) -> bool:
        """Whether every required item that is asked has an answer."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer leads to."""

    answers: Mapping[str, Any]
    """All answers with the new one; nothing has been removed."""
    closes: tuple[str, ...]
    """Items whose answers the new one would close off: ask first, then `prune`."""
    progress: Progress


def progress(definition: Definition, answers: Answers, inputs: Inputs | None = None) -> Progress:
    """Say where an administration stands."""
    reading = Reading(definition, answers, inputs=inputs)
    opened = {item.id: reading.is_open(item) for item in definition.items}
    asked = tuple(id_ for id_, state in opened.items() if state is True)
    closed_off = tuple(id_ for id_, state in opened.items() if state is False)
    reasons = {id_: absence(answers[id_]) for id_ in opened if id_ in answers}
    return Progress(
        asked=asked,
        waiting=tuple(id_ for id_, state in opened.items() if state is None),
        closed_off=closed_off,
        answered=tuple(item.id for item in definition.items if reading.is_answered(item)),
        absent={id_: why for id_, why in reasons.items() if why is not None},
        missing=reading.missing,
        stray=tuple(id_ for id_ in closed_off if id_ in answers),
        next=next((id_ for id_ in asked if id_ not in answers), None),
    )


def answer(
    definition: Definition, answers: Answers, item: str, value: Any, inputs: Inputs | None = None
) -> Step:
    """
    Give one answer, or take it back with None. A refusal is kept as the option that the item has for it.

    Raises:
        BadAnswer: The definition has no such item, or the item does not offer that answer.
    """
    asked = definition.item(item)
    fault = "the definition has no such item" if asked is None else None
    if asked is not None and absence(value) == REFUSED:
        value = asked.refusal or value
    if asked is not None and value is not None:
        fault = fault_of(asked, value)
    if fault is not None:
        raise BadAnswer(definition.id, item if asked is not None else "answers", fault)
    changed = {id_: given for id_, given in answers.items() if id_ != item}
    if value is not None:
        changed[item] = value
    before, after = progress(definition, answers, inputs), progress(definition, changed, inputs)
    closes = tuple(id_ for id_ in after.stray if id_ not in before.stray)
    return Step(changed, closes, after)


def prune(definition: Definition, answers: Answers, inputs: Inputs | None = None) -> dict[str, Any]:
    """
    The answers without those that closed branches hold.

    Removing one may close another branch, so it is done until nothing is left over. What is removed stays in
    the history of `partial_answers`.
    """
    kept = dict(answers)
    while stray := progress(definition, kept, inputs).stray:
        kept = {id_: given for id_, given in kept.items() if id_ not in stray}
    return kept


def may_start(definition: Definition, alone: bool) -> None:
    """
    Refuse to begin what must be asked alone.

    Raises:
        NotAllowedYet: The instrument asks for *seen alone*, and the client is not.
    """
    if definition.ask_alone and not alone:
        raise NotAllowedYet(f"asking {definition.id}", "the client must be seen alone", ("present",))
