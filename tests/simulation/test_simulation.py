"""
Histories: a few of them with every test run, the kept ones among them. `python -m tests.simulation` runs thousands.
"""

from __future__ import annotations

from statistics import median

import pytest

from tests.simulation.plan import FAULTS, plan, walk
from tests.simulation.run import run
from tests.simulation.seeds import SEEDS
from tests.simulation.tales import OFTEN

FEW = range(8)


@pytest.mark.parametrize("seed", [*FEW, *sorted(SEEDS.keys() - set(FEW))])
def test_every_promise_is_kept_in_the_history_of_a_seed(seed: int) -> None:
    """Whatever befalls tablets, network and server, nobody's work is lost, and all see the same."""
    outcome = run(seed)

    assert not outcome.broken, "\n".join([*outcome.words, outcome.what])


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [8, 9, 1035, 4407])
def test_every_promise_is_kept_on_postgresql(seed: int, postgresql: str) -> None:
    """Rows come in another order there, and transactions fail in another way."""
    outcome = run(seed, postgresql)

    assert not outcome.broken, "\n".join([*outcome.words, outcome.what])


@pytest.mark.parametrize("seed", [3, 11])
def test_a_seed_gives_the_same_history_twice(seed: int) -> None:
    """Else a failure could be seen once and never again."""
    assert run(seed).hash == run(seed).hash


def test_two_seeds_give_two_histories() -> None:
    """Else a thousand seeds would be one."""
    assert plan(1) != plan(2)
    assert run(1).hash != run(2).hash


def test_plans_are_as_large_as_was_promised() -> None:
    """A history of three acts finds nothing: plans have acts, tablets and faults enough."""
    plans = [plan(seed) for seed in range(200)]
    acts = [list(walk(each.acts)) for each in plans]
    faults = [sum(bool(trip.fault) for act in of for trip in act.trips) for of in acts]

    assert median(len(of) for of in acts) >= 50
    assert median(len(each.hands) for each in plans) >= 3
    assert median(faults) >= 1


def test_every_kind_of_act_and_fault_is_planned() -> None:
    """What is never planned is never tried."""
    acts = [act for seed in range(60) for act in walk(plan(seed).acts)]

    assert {act.kind for act in acts} > OFTEN.keys()
    assert {trip.fault for act in acts for trip in act.trips} == {"", *FAULTS}
