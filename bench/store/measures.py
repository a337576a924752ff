"""
The measures: what the two sides do in turns, and what an unlock and a process cost.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from .records import SEED, Data, invent
from .sides import Ours, Plain

ROOT = Path(__file__).parents[2]
ROUNDS = 15


def side_by_side(
    plain: Callable[[int], object], ours: Callable[[int], object], count: int
) -> dict[str, float]:
    """
    Let both do the same `count` things a round, in turns.

    Returns:
        Median microseconds of one thing, and the median over the rounds of the ratio of the medians; `mean_ratio`
        tells the same of means, which hold SQLite's checkpoints and whatever else the machine was doing.
    """
    medians: list[tuple[float, float]] = []
    means: list[tuple[float, float]] = []
    for round_ in range(ROUNDS):
        numbers = range(round_ * count, (round_ + 1) * count)
        ours_us, plain_us = _times(ours, numbers), _times(plain, numbers)
        medians.append((statistics.median(plain_us), statistics.median(ours_us)))
        means.append((statistics.mean(plain_us), statistics.mean(ours_us)))
    return {
        "plain_us": statistics.median(plain_us for plain_us, _ in medians),
        "ours_us": statistics.median(ours_us for _, ours_us in medians),
        "ratio": statistics.median(ours_us / plain_us for plain_us, ours_us in medians),
        "mean_ratio": statistics.median(ours_us / plain_us for plain_us, ours_us in means),
    }


def _times(act: Callable[[int], object], numbers: Iterable[int]) -> list[float]:
    times = []
    for number in numbers:
        start = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - start) * 1e6)
    return times


def compare(folder: Path, data: Data) -> dict[str, dict[str, float]]:
    """Save, read, list and open a client, plain against ours."""
    plain, ours = Plain(folder), Ours(folder, new=True)
    plain.fill(data.records)
    ours.fill(data.records)
    chance = random.Random(SEED)
    records = chance.choices(data.records, k=ROUNDS * 1000)
    clients = chance.choices(data.clients, k=ROUNDS * 100)
    body = json.dumps({"writes": [data.records[0]["units"]["text"]], "salt": "0" * 22})
    found = {
        "read": side_by_side(lambda n: plain.read(records[n]), lambda n: ours.read(records[n]), 1000),
        "list": side_by_side(lambda n: plain.list(clients[n]), lambda n: ours.list(clients[n]), 100),
        "open_client": side_by_side(lambda n: plain.whole(clients[n]), lambda n: ours.whole(clients[n]), 20),
        "save": side_by_side(
            lambda n: plain.save(records[n], f"name{n}", body),
            lambda n: ours.save(records[n], f"name{n}", body),
            40,
        ),
    }
    ours.store.warm()
    ours.store.close()
    plain.db.close()
    return found


def unlock(folder: Path) -> dict[str, float]:
    """
    Seconds to open a store that was locked, without the cost of the secret, and until a list is there.

    The least of several, for what else the machine does only adds; the median stands beside it.
    """
    ours = Ours(folder)
    client = ours.store.find(limit=1, type="note")[0].subject or ""
    opened, shown = [], []
    for _ in range(15):
        ours.store.close()
        start = time.perf_counter()
        ours.store = ours.open()
        opened.append(time.perf_counter() - start)
        ours.list(client)
        shown.append(time.perf_counter() - start)
    ours.store.close()
    (folder / "index.image").unlink()
    start = time.perf_counter()
    ours.store = ours.open()
    ours.list(client)
    without = time.perf_counter() - start
    ours.store.close()
    return {
        "unlock_s": min(opened),
        "first_screen_s": min(shown),
        "median_unlock_s": statistics.median(opened),
        "without_image_s": without,
    }


def growth(folder: Path, count: int) -> dict[str, float]:
    """Microseconds a record that an unlock costs at least, at a quarter of the records and at all."""
    costs = {}
    for part in (count // 4, count):
        place = folder / str(part)
        place.mkdir()
        filled = Ours(place, new=True)
        filled.fill(invent(part).records)
        filled.store.close()
        costs[part] = unlock(place)["unlock_s"] / part * 1e6
    return {"quarter": costs[count // 4], "whole": costs[count], "ratio": costs[count] / costs[count // 4]}


def resident(folder: Path) -> dict[str, float]:
    """Peak-free resident kilobytes of a process that opened the store and worked with it, plain and ours."""
    found = {}
    for side in ("plain", "ours"):
        command = [sys.executable, "-m", "bench.store", "--resident", side, str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        found[side] = float(done.stdout)
    return {"plain_kb": found["plain"], "ours_kb": found["ours"], "ratio": found["ours"] / found["plain"]}


def reside(side: str, folder: Path) -> None:
    """Work a little as one side, in a process of its own, and print the resident kilobytes."""
    store: Plain | Ours = Plain(folder) if side == "plain" else Ours(folder)
    if isinstance(store, Plain):
        clients = [row[0] for row in store.db.execute("SELECT DISTINCT subject FROM record")]
    else:
        clients = sorted({found.subject or "" for found in store.store.find(type="note")})
    for client in clients[:200]:
        store.list(client)
        store.whole(client)
    if isinstance(store, Ours):
        store.store.close()
        store.store = store.open()
        store.list(clients[0])
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmRSS")))
