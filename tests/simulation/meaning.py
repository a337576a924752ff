"""
Meaning: what the records of a client come to, made anew out of the log in the plainest way.

A score is that of one administration, and never of two; whoever raises a risk keeps the reasons that were there.
A quotation raises nothing: it has the values of held work, and a person at the office has looked at both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import casework
from casework.instruments import shipped
from casework.risk.levels import rank
from server.services.desk import scores
from server.services.log.records import read_subject
from sync import view
from tests.simulation import comparing, oracle
from tests.simulation.history import History

if TYPE_CHECKING:
    from tests.simulation.world import World

LEVEL: Final = ("risk_flag", "level")

REASONS_KEPT: Final = 50
"""Reasons that a level keeps, the newest; see docs/reference."""


def scores_are_of_one_administration(world: World, history: History) -> None:
    """The total of an assessment is the sum of answers that one person gave to one form."""
    house, agency = world.house, world.staff.agency
    for client in world.clients:
        units = oracle.units_of(history.entries, client)
        completed = {
            key: parts for key, parts in units.items() if key[0] == "assessment" and "answers" in parts
        }
        if not completed:
            continue
        with house.database.reading() as session:
            asking = scores.asking(session, house.sealer, agency, None)
            records = {
                (each.type, each.id): each for each in read_subject(session, house.sealer, agency, client)
            }
        for key, parts in completed.items():
            found = asking.score(view(records[key], casework.rule_of))
            answers = comparing.shown_of("assessment", "answers", parts)["value"]
            if found is not None and found.total != _total(answers):
                world.fail("meaning", f"an assessment of {world.call(client)} comes to {found.total}")


def reasons_are_kept(world: World, history: History) -> None:
    """A level that is not lower than what it replaces has the reasons of what it replaces."""
    levels = _levels(world, history)
    for entry in history.entries:
        if entry.position in history.quotations:
            continue
        for (type_, _, unit), write in entry.units.items():
            if (type_, unit) != LEVEL or not isinstance(write.value, dict):
                continue
            before = [value for name in write.over if isinstance(value := levels.get(name), dict)]
            if any(rank(value["level"]) > rank(write.value["level"]) for value in before):
                continue
            lost = {said for value in before for said in _said(value)} - _said(write.value)
            if lost and len(write.value["reasons"]) < REASONS_KEPT:
                world.fail(
                    "meaning", f"a risk of {world.call(entry.subject)} has lost a reason: {sorted(lost)}"
                )


def _levels(world: World, history: History) -> dict[str, Any]:
    """
    {name: level} of every save, wherever it is now.

    Whoever raises or lowers has their own held work in view, and what a copy of their tablet has lost since.
    """
    saved = {
        save.name: value
        for save in world.saves.values()
        for type_, _, unit, value in save.writes
        if (type_, unit) == LEVEL
    }
    arrived = {
        line.name: write.value
        for line in [*history.lines.values(), *history.entries]
        for (type_, _, unit), write in line.units.items()
        if (type_, unit) == LEVEL
    }
    return saved | arrived


def _total(answers: Any) -> int:
    """The sum of the scores of one form's answers."""
    (definition,) = [each for each in shipped().all() if each.id == "phq2"]
    worth = {(item.id, option.code): option.score for item in definition.items for option in item.options}
    return sum(worth[item, code] or 0 for item, code in answers.items())


def _said(value: Any) -> set[str]:
    return {str(reason.get("text") or reason.get("assessment")) for reason in value["reasons"]}
