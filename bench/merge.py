"""
Merge: how many writes a second the core takes in pure Python, and what one record takes in memory.

Three histories, each of one-field saves as tablets make them: one hand (each save replaces the one before), two
hands (every second save stands against a rival), early (what supersedes comes first). The bar holds for the slowest
of them.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import process_time
from typing import Final

from sync import Accepted, At, Prefix, Record, Rule, Write, accept, compose, latest, safest, text

from .figures import Bar, Figure, Scale

WRITES_PER_S: Final = Bar(least=50_000)
RECORDS: Final = 40
SAVES: Final = 300
"""Saves of one record; every unit of it is written about ten times."""

UNITS: Final = 30
ROUNDS: Final = 5
MEMORY_RECORDS: Final = 200

RULES: Final[Mapping[str, Rule]] = {"u0": text(), "u1": safest("low", "high"), "u2": safest("low", "high")}


def measure(scale: Scale) -> Sequence[Figure]:
    """The pace of the slowest history, that of each, and the memory of a record."""
    rates = {name: writes_per_s(history, scale.of(RECORDS)) for name, history in HISTORIES.items()}
    return [
        Figure("merge core: writes applied, slowest history", min(rates.values()), "/s", WRITES_PER_S),
        *(Figure(f"merge core: writes applied, {name}", rate, "/s") for name, rate in rates.items()),
        Figure(f"merge core: memory of a record of {UNITS} units", bytes_per_record(), "B"),
    ]


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


HISTORIES: Final[Mapping[str, Callable[[int], Sequence[Accepted]]]] = {
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


def writes_per_s(history: Callable[[int], Sequence[Accepted]], records: int) -> float:
    """The best of several rounds, by this process's own time: the others measure the neighbours."""
    histories = [history(number) for number in range(records)]
    writes = sum(map(len, histories))
    best = 0.0
    for _ in range(ROUNDS):
        began_s = process_time()
        fold_all(histories)
        best = max(best, writes / (process_time() - began_s))
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
