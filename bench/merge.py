"""
Merge: how many writes a second the core takes in pure Python, and what one record takes in memory.

    python -m bench.merge [--json FILE]

Three histories, each of one-field saves as tablets make them: one hand (each save replaces the one before),
two hands (every second save stands against a rival), early (what supersedes comes first). The bar is 50,000
writes a second in the slowest of them. The exit code is 1 if it is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from sync import Accepted, At, Json, Prefix, Record, Rule, Write, accept, compose, latest, safest, text

BAR_WRITES_PER_S = 50_000
RECORDS = 40
SAVES = 300
"""Saves of one record; every unit of it is written about ten times."""
UNITS = 30
ROUNDS = 5
MEMORY_RECORDS = 200

RULES: dict[str, Rule] = {"u0": text(), "u1": safest("low", "high"), "u2": safest("low", "high")}


def rule_of(type_: str, unit: str) -> Rule:
    """The rules of an ordinary record: most of its fields show the latest."""
    return RULES.get(unit, latest())


def saves(record: int, count: int, hands: int) -> Iterator[Accepted]:
    """`count` saves of one record by so many tablets, each over what its author had in view."""
    views: list[dict[str, tuple[str, ...]]] = [{} for _ in range(hands)]
    for number in range(count):
        hand = number % hands
        unit = f"u{number // hands % UNITS}"
        write = Write("client", f"c{record}", unit, views[hand].get(unit, ()), f"value {number}")
        made = compose(
            Prefix("agency", f"device-{hand}", f"worker-{hand}"),
            subject=f"c{record}",
            seq=1,
            prev="",
            at=At(1_000_000 + number, 0),
            wall=1_000_000 + number,
            schema=1,
            salt=record.to_bytes(8, "big") + number.to_bytes(8, "big"),
            writes=[write],
        )
        views[hand][unit] = (made.name,)
        yield accept(made, number + 1, 2_000_000)


def one_hand(record: int) -> Sequence[Accepted]:
    """Each save replaces the one before."""
    return list(saves(record, SAVES, hands=1))


def two_hands(record: int) -> Sequence[Accepted]:
    """Two tablets that have not seen each other: every unit has two rivals."""
    return list(saves(record, SAVES, hands=2))


def early(record: int) -> Sequence[Accepted]:
    """The last save first: every name is gone before it comes."""
    return list(reversed(one_hand(record)))


HISTORIES: dict[str, Callable[[int], Sequence[Accepted]]] = {
    "one hand": one_hand,
    "two hands": two_hands,
    "early": early,
}


def fold_all(histories: Sequence[Sequence[Accepted]]) -> list[Record]:
    """Every record out of its saves, in the order in which they came."""
    records = []
    for number, history in enumerate(histories):
        record, arrived = Record("client", f"c{number}", f"c{number}"), set[str]()
        for entry in history:
            record = record.apply(entry, rule_of, arrived)
            arrived.add(entry.changeset.name)
        records.append(record)
    return records


def writes_per_s(history: Callable[[int], Sequence[Accepted]]) -> float:
    """The best of several rounds: the others measure the neighbours."""
    histories = [history(number) for number in range(RECORDS)]
    writes = sum(map(len, histories))
    best = 0.0
    for _ in range(ROUNDS):
        began = perf_counter()
        fold_all(histories)
        best = max(best, writes / (perf_counter() - began))
    return best


def bytes_per_record() -> float:
    """Memory of a merged record of thirty one-value units, without the changesets that it came from."""
    histories = [list(saves(number, UNITS, hands=1)) for number in range(MEMORY_RECORDS)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    records = fold_all(histories)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(records)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    file = parser.parse_args(arguments).json
    rates: dict[str, Json] = {name: round(writes_per_s(history)) for name, history in HISTORIES.items()}
    slowest = min(int(str(rate)) for rate in rates.values())
    memory = round(bytes_per_record())
    for name, rate in rates.items():
        print(f"{name:<10} {rate:>9,} writes/s")
    print(f"slowest    {slowest / BAR_WRITES_PER_S:>9.2f} of the bar of {BAR_WRITES_PER_S:,} writes/s")
    print(f"memory     {memory:>9,} bytes a record of {UNITS} units")
    if file is not None:
        found: Json = {"bar": BAR_WRITES_PER_S, "writes_per_s": rates, "bytes_per_record": memory}
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if slowest >= BAR_WRITES_PER_S else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
