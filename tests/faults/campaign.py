"""
What the campaigns share: how a moment is drawn, and how a failure is told so that it can be had again.
"""

import argparse
import time
import traceback
from collections.abc import Callable, Sequence
from math import exp, log
from random import Random
from typing import Final

SHORTEST_S: Final = 1e-6
LONGEST_S: Final = 0.06
"""Most stages of a day are over by then."""


def moment_s(random: Random) -> float:
    """Seconds after the beginning of a stage: from a microsecond on, each order of magnitude as often as another."""
    return exp(random.uniform(log(SHORTEST_S), log(LONGEST_S)))


def wait_s(seconds: float) -> None:
    """Wait to the microsecond: sleep while there is time for it, then look at the clock."""
    end = time.perf_counter() + seconds
    if seconds > 0.002:
        time.sleep(seconds - 0.001)
    while time.perf_counter() < end:
        pass


def options(module: str, about: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    """What a campaign is asked for."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--times", type=int, default=200, help="how often to kill (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn (default: 1)")
    return parser.parse_args(arguments)


def report(module: str, asked: argparse.Namespace, play: Callable[[], str]) -> int:
    """Play, and print what came of it; the exit code."""
    began_s = time.monotonic()
    try:
        summary = play()
    except Exception as error:  # noqa: BLE001  # whatever it is, how to have it again must be told
        traceback.print_exc()
        print(f"FAILED: {error}")
        print(f"again: python -m {module} --times {asked.times} --seed {asked.seed}")
        return 1
    print(f"{summary}, in {time.monotonic() - began_s:.0f} s")
    return 0
