"""
The simulator: one seed, one thread, a whole agency, and everything that can befall it.

`plan` makes acts out of a seed, `world` lives through them with the real rooms, `checks` holds what came of it
against `oracle`, and `shrink` takes away every act that a failure does not need.

    python -m tests.simulation --seeds 1000 --from 0
    python -m tests.simulation --seed 7 --postgresql 1

Ends with a summary in one line, and with 1 where a promise was broken: then with the seed, what happened in as few
acts as were found, and the command that shows it again.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tests.databases import throwaway_postgresql
from tests.simulation.plan import Plan, plan
from tests.simulation.run import Outcome, live, run
from tests.simulation.shrink import shrink

CHUNK: Final = 10
"""Seeds that a process is given at once."""

NEWS_S: Final = 60.0
"""Seconds between two lines that say how far a long run has come."""


def main() -> int:
    """Run what the command line asks for."""
    asked = _asked()
    alone = asked.seed is not None
    seeds = range(asked.seed, asked.seed + 1) if alone else range(asked.first, asked.first + asked.seeds)
    every = asked.postgresql
    wanted = bool(every) and any(seed % every == 0 for seed in seeds)
    with throwaway_postgresql() if wanted else nullcontext("") as server:
        return _main(asked, seeds, Share(server, every))


def _main(asked: argparse.Namespace, seeds: range, share: Share) -> int:
    began_s = time.monotonic()
    if asked.seed is not None:
        outcomes = [share.run(asked.seed)]
        print(*outcomes[0].words, sep="\n")
    else:
        outcomes = _run_many(seeds, asked.processes, asked.stop, share)
    failed = [outcome for outcome in outcomes if outcome.broken]
    for outcome in failed[: asked.shown]:
        _explain(outcome, asked.patience, share)
    _sum_up(outcomes, time.monotonic() - began_s)
    return 1 if failed else 0


@dataclass(frozen=True, slots=True)
class Share:
    """Which seeds run on PostgreSQL, and where."""

    server: str = ""
    every: int = 0
    """Each seed that this divides; 0 for none."""

    def of(self, seed: int) -> str:
        """The server on which a seed runs; empty for memory."""
        return self.server if self.server and seed % self.every == 0 else ""

    def run(self, seed: int) -> Outcome:
        """Run a seed where it belongs."""
        return run(seed, self.of(seed))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--seed", type=int, help="this seed alone, told in words")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="processes that share them"
    )
    parser.add_argument("--postgresql", type=int, default=0, metavar="N", help="each N-th seed on PostgreSQL")
    parser.add_argument("--shown", type=int, default=3, help="broken seeds that are shrunk and told")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds to shrink one")
    parser.add_argument("--stop", type=int, default=20, help="broken seeds after which no more are begun")
    return parser.parse_args()


def _run_many(seeds: range, processes: int, stop: int, share: Share) -> list[Outcome]:
    """Run seeds, and tell of each that breaks when it does."""
    chunk = CHUNK if processes > 1 else 1
    parts = [seeds[start : start + chunk] for start in range(0, len(seeds), chunk)]
    run_part = partial(_run_part, share)
    outcomes: list[Outcome] = []
    told_s = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(run_part, parts) if processes > 1 else map(run_part, parts):
            outcomes += part
            if time.monotonic() - told_s >= NEWS_S:
                told_s = time.monotonic()
                print(f"{len(outcomes)} of {len(seeds)} seeds", file=sys.stderr, flush=True)
            for outcome in part:
                if outcome.broken:
                    print(f"seed {outcome.seed}: {outcome.what}", flush=True)
            if sum(bool(outcome.broken) for outcome in outcomes) >= stop:
                pool.shutdown(cancel_futures=True)
                break
    return outcomes


def _run_part(share: Share, seeds: range) -> list[Outcome]:
    return [replace(share.run(seed), words=()) for seed in seeds]


def _explain(outcome: Outcome, patience_s: float, share: Share) -> None:
    server = share.of(outcome.seed)

    def breaks(candidate: Plan) -> bool:
        return live(candidate, server).broken == outcome.broken

    print(f"\nseed {outcome.seed} breaks a promise: {outcome.what}")
    smallest = live(shrink(plan(outcome.seed), breaks, patience_s), server)
    print(*smallest.words, sep="\n")
    if smallest.what != outcome.what:
        print(smallest.what)
    where = " --postgresql 1" if server else ""
    print(f"to see it: python -m tests.simulation --seed {outcome.seed}{where}")


def _sum_up(outcomes: list[Outcome], took_s: float) -> None:
    events = sum(outcome.events for outcome in outcomes)
    spent_s = sum(outcome.spent_s for outcome in outcomes)
    failed = [outcome.seed for outcome in outcomes if outcome.broken]
    print(
        f"{len(outcomes)} seeds, {len(failed)} broken{f' ({failed})' if failed else ''}; "
        f"{len(outcomes) / took_s:.1f} seeds/s, {events / took_s:.0f} events/s "
        f"({events / spent_s:.0f} in a second of one processor); "
        f"median {_median(o.events for o in outcomes)} events, {_median(o.tablets for o in outcomes)} tablets, "
        f"{_median(o.faults for o in outcomes)} faults"
    )


def _median(numbers: Iterable[int]) -> str:
    return f"{statistics.median(numbers):.0f}"


if __name__ == "__main__":
    sys.exit(main())
