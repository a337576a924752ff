"""
Shrinking: of a plan that breaks a promise, the few acts that it takes.

Delta debugging (Zeller and Hildebrandt, 2002) over the numbers of acts: ever smaller parts are left out, and what
still breaks the same promise is kept. Then trips that nothing befalls need not be told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from tests.simulation.plan import Act, Plan, Trip

Breaks = Callable[[Plan], bool]


def shrink(plan: Plan, breaks: Breaks, patience_s: float = 60.0) -> Plan:
    """
    The smallest plan found that still breaks.

    Args:
        plan: One that breaks.
        breaks: Whether a plan breaks the same promise.
        patience_s: How long to look, in seconds.
    """
    until = time.monotonic() + patience_s

    def still(candidate: Plan) -> bool:
        return time.monotonic() < until and breaks(candidate)

    return _calmed(_fewest(plan, still), still)


def _fewest(plan: Plan, breaks: Breaks) -> Plan:
    numbers = plan.numbers()
    size = max(1, len(numbers) // 2)
    while True:
        smaller = _without_one(plan, numbers, size, breaks)
        if smaller is not None:
            numbers = smaller
        elif size == 1:
            return plan.only(frozenset(numbers))
        else:
            size = max(1, size // 2)


def _without_one(plan: Plan, numbers: list[int], size: int, breaks: Breaks) -> list[int] | None:
    """The numbers without one part of them, the last parts first: what happened late is seldom needed."""
    for start in reversed(range(0, len(numbers), size)):
        fewer = numbers[:start] + numbers[start + size :]
        if breaks(plan.only(frozenset(fewer))):
            return fewer
    return None


def _calmed(plan: Plan, breaks: Breaks) -> Plan:
    """The plan without faults that it does not need."""
    for number in plan.numbers():
        calmer = replace(plan, acts=tuple(_calm(act, number) for act in plan.acts))
        if calmer != plan and breaks(calmer):
            plan = calmer
    return plan


def _calm(act: Act, number: int) -> Act:
    return replace(act, trips=tuple(_calm_trip(trip, number, act.number == number) for trip in act.trips))


def _calm_trip(trip: Trip, number: int, here: bool) -> Trip:
    return replace(
        trip,
        fault="" if here else trip.fault,
        before=tuple(_calm(act, number) for act in trip.before),
        after=tuple(_calm(act, number) for act in trip.after),
    )
