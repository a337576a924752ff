"""
Shrinking, tried on plans whose promise is broken by two acts that everybody knows.
"""

from __future__ import annotations

from tests.simulation.plan import Plan, plan, walk
from tests.simulation.shrink import shrink


def _breaks(candidate: Plan) -> bool:
    return {7, 21} <= set(candidate.numbers())


def test_only_the_acts_that_break_a_promise_are_left() -> None:
    """Whoever mends it reads two lines, not two hundred."""
    assert sorted(shrink(plan(5), _breaks).numbers()) == [7, 21]


def test_what_happened_within_a_sync_stays_when_the_sync_is_taken_out() -> None:
    """An act that happened while a message was on its way may be needed without the message."""
    whole = plan(5)
    inner = [act.number for act in walk(whole.acts) if act not in whole.acts]

    assert inner, "the seed has acts within a sync"
    assert sorted(whole.only(frozenset(inner)).numbers()) == sorted(inner)


def test_faults_that_are_not_needed_are_taken_away() -> None:
    """A failure that needs no fault is told without one."""
    smallest = shrink(plan(5), lambda candidate: len(candidate.numbers()) > 20)

    assert not any(trip.fault for act in walk(smallest.acts) for trip in act.trips)


def test_what_does_not_break_is_left_whole() -> None:
    """Patience that is over ends the search where it is."""
    assert shrink(plan(5), _breaks, patience_s=0.0) == plan(5)
