"""
Alerts: what the rules of an instrument say about answers, complete or not.

A rule speaks at the tap, offline, and is shown to the worker alone; it is sent on leaving the item or after
`SEND_AFTER_S`, so that a slip of the finger can be taken back. Rules are heard again only on a rise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..risk.levels import higher
from .answers import Answers, absence
from .conditions import names_in
from .evaluation import Inputs, Reading
from .model import Definition, Labels, Raises, Rule, Voice

SEND_AFTER_S: Final = 20
"""Seconds from the tap to the sending where the item is not left: time to see a slip and take it back."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule that holds."""

    instrument: str
    version: str
    rule: str
    voice: Voice
    action: Labels
    raises: Raises | None
    waits_for: str | None = None
    """
    An item that the worker is about to ask: send after `SEND_AFTER_S` or on closing, not on leaving the item.
    """


def alerts(
    definition: Definition, answers: Answers, *, closed: bool = False, inputs: Inputs | None = None
) -> tuple[Alert, ...]:
    """
    Every rule that certainly holds, in the order of the definition.

    `closed` says that nothing more will be answered: completed, refused, or shut at midnight.
    """
    reading = Reading(definition, answers, closed, inputs)
    return tuple(
        Alert(
            definition.id,
            definition.version,
            rule.id,
            rule.voice,
            rule.action,
            rule.raises,
            _waits_for(rule, reading),
        )
        for rule in definition.rules
        if reading.holds(rule.when) is True
    )


def newly(before: Iterable[Alert], after: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts that speak now: those which were not there before."""
    said = {(alert.instrument, alert.rule) for alert in before}
    return tuple(alert for alert in after if (alert.instrument, alert.rule) not in said)


def raised(found: Iterable[Alert]) -> Mapping[str, str]:
    """{kind of risk flag: the greatest level that an alert raises}."""
    levels: dict[str, str] = {}
    for alert in found:
        if alert.raises is not None:
            kind, level = alert.raises.kind, alert.raises.level
            levels[kind] = higher(levels.get(kind, level), level)
    return levels


def _waits_for(rule: Rule, reading: Reading) -> str | None:
    if reading.closed:
        return None
    names = set(names_in(rule.when))
    for outcome in reading.definition.outcomes:
        if outcome.name in names:
            code = reading.outcome(outcome.name)
            item = next((case.waits_for for case in outcome.cases if case.code == code), None)
            if item is not None and absence(reading.answers.get(item)) is None:
                return item
    return None
