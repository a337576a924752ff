"""
Comparing: what a tablet has of a subject, against what the oracle makes of the log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from casework import rule_of
from sync import Record, RecordView, rule_for, view
from tests.simulation import oracle
from tests.simulation.oracle import Write

if TYPE_CHECKING:
    from tests.simulation.world import World

PROMISED: Final[Mapping[tuple[str, str], str]] = {
    ("assessment", "answers"): "once",
    ("assessment", "partial_answers"): "latest",
    ("note", "signature"): "once",
    ("visit", "signature"): "once",
    ("visit", "begin"): "once",
    ("visit", "end"): "once",
    ("note", "narrative"): "text",
    ("client", "language"): "latest",
    ("client", "preferred_name"): "latest",
    ("client", "do_not_visit_alone"): "safest",
    ("client", "date_of_birth"): "ask",
    ("client", "deceased"): "ask",
    ("client", "hazards"): "members",
    ("client", "assigned"): "decided",
    ("risk_flag", "level"): "safest",
}
"""{(type, unit): rule} of what the histories write: declarations are the product's, so they are not believed."""


def compare(
    world: World,
    check: str,
    what: str,
    found: Mapping[tuple[str, str], Record],
    expected: Mapping[tuple[str, str], Mapping[str, Sequence[Write]]],
) -> None:
    """Hold each record against the writes that the oracle knows of it: live names, what is shown, life, late."""
    for key in sorted({*found, *expected}):
        record = found.get(key)
        units = expected.get(key, {})
        if record is None:
            world.fail(check, f"{what}: {key[0]} {key[1][:6]} is missing")
            continue
        shown = view(record, rule_of)
        for unit in sorted({*record.units, *units}):
            state = record.units.get(unit)
            mine = [live.name for live in state.live] if state is not None else []
            alive = oracle.live_of(rule_at(key[0], unit).name, units.get(unit, ()))
            if mine != [one.name for one in alive]:
                said = f"{[name[:6] for name in mine]}, not {[one.name[:6] for one in alive]}"
                world.fail(check, f"{what}: {key[0]} {key[1][:6]} {unit} has {said}")
        _compare_shown(world, check, f"{what}: {key[0]} {key[1][:6]}", shown, units)


def _compare_shown(
    world: World, check: str, what: str, shown: RecordView, units: Mapping[str, Sequence[Write]]
) -> None:
    for unit in shown.units:
        expected = shown_of(shown.type, unit, units)
        mine = shown.units[unit]
        by = None if mine.by is None else mine.by.name
        said = {"value": mine.value, "by": by, "needs": mine.needs.name}
        rivals = [_text(group[0].value) for group in mine.rivals]
        if said != {name: expected[name] for name in said} or rivals != expected["values"]:
            world.fail(check, f"{what} {unit} shows {said}, {rivals}, not {expected}")
    alive = {unit: oracle.live_of(rule_at(shown.type, unit).name, writes) for unit, writes in units.items()}
    alive = {unit: writes for unit, writes in alive.items() if writes}
    state = shown_of(shown.type, "$life", units)["value"] if alive.get("$life") else None
    life = oracle.life_of(alive, isinstance(state, dict) and state.get("state") == "retracted")
    if life != shown.life.value:
        world.fail(check, f"{what} is {shown.life.value}, not {life}")
    if shown.signed is not None:
        signature = shown_of(shown.type, "signature", units)
        freezable = {
            unit: writes
            for unit, writes in alive.items()
            if unit != "signature"
            and not unit.startswith("$")
            and rule_at(shown.type, unit).name != "decided"
        }
        late = oracle.late_of(signature["value"], signature["by"], freezable)
        mine_late = {unit: [live.name for live in writes] for unit, writes in shown.signed.late.items()}
        if late != mine_late:
            world.fail(check, f"{what} came late with {mine_late}, not {late}")


def shown_of(type_: str, unit: str, units: Mapping[str, Sequence[Write]]) -> dict[str, Any]:
    """What a unit shows, as the oracle says it."""
    rule, writes = rule_at(type_, unit), units[unit]
    alive = oracle.live_of(rule.name, writes)
    shown = oracle.shown_of(rule, alive, writes)
    choices = units.get(f"$chosen/{unit}")
    if rule.name != "once" or not choices:
        return shown
    choice = oracle.shown_of(rule_at(type_, f"$chosen/{unit}"), oracle.live_of("decided", choices), choices)
    return oracle.chosen_of(shown, choice["value"], alive)


def rule_at(type_: str, unit: str) -> oracle.Rule:
    """The rule of a unit as it was declared."""
    if unit == "$life":
        return oracle.Rule("safest", ("retracted", "active"), "state")
    declared: Any = rule_for(rule_of, type_, unit)
    promised = PROMISED.get((type_, unit.partition("/")[0]), declared.name)
    if promised != declared.name:
        return oracle.Rule(promised)
    if declared.name == "ask" and not declared.pick:
        return oracle.Rule("none")
    return oracle.Rule(declared.name, getattr(declared, "order", ()), getattr(declared, "by", None))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
