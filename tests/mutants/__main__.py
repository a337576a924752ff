"""
`python -m tests.mutants`: plant each defect, let the laws and the simulator look, and print the table.

Exits with 1 where one survives, with 2 where one cannot be planted.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.catalogue import PLANTED
from tests.mutants.judging import SEEDS, Verdict, judge
from tests.mutants.tree import Defect, DoesNotApply, copy_tree, planted_in

SOUND_SEEDS: Final = 5
"""Seeds in which the code without a defect is tried first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the defects that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", help="defects whose name has this in it", default="")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds in which each must be seen")
    parser.add_argument("--workers", type=int, default=2, help="defects judged side by side")
    parser.add_argument("--list", action="store_true", help="name the defects and judge none")
    asked = parser.parse_args(arguments)
    chosen = [planted for planted in PLANTED if asked.only.lower() in planted.name.lower()]
    if asked.list:
        print("\n".join(planted.name for planted in chosen))
        return 0
    try:
        verdicts = _judged(chosen, asked.seeds, asked.workers)
        return _table(verdicts, asked.seeds)
    except DoesNotApply as error:
        print(error, file=sys.stderr)
        return 2


def _judged(chosen: Sequence[Defect], seeds: int, workers: int) -> Iterator[tuple[Defect, Verdict]]:
    """The verdicts, in order, each as soon as it and those before it are known."""
    with _trees(workers) as trees, ThreadPoolExecutor(workers) as pool:

        def one(planted: Defect) -> Verdict:
            tree = trees.get()
            try:
                with planted_in(tree, planted):
                    return judge(tree, seeds)
            finally:
                trees.put(tree)

        yield from zip(chosen, pool.map(one, chosen), strict=True)


@contextmanager
def _trees(count: int) -> Iterator["SimpleQueue[Path]"]:
    trees: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory(prefix="doorstep-mutants-") as folder:
        for number in range(count):
            tree = Path(folder) / str(number)
            if number:
                copytree(Path(folder) / "0", tree)
            else:
                tree.mkdir()
                copy_tree(tree)
                _hold_sound(tree)
            trees.put(tree)
        yield trees


def _hold_sound(tree: Path) -> None:
    """
    A tree that fails without a defect would count every defect as seen.

    Raises:
        DoesNotApply: It fails.
    """
    sound = judge(tree, SOUND_SEEDS)
    if sound.by:
        raise DoesNotApply(f"the code fails without a defect: {sound.by}")


def _table(verdicts: Iterator[tuple[Defect, Verdict]], seeds: int) -> int:
    print("| planted defect | killed by |\n|---|---|")
    survivors = judged = 0
    for planted, verdict in verdicts:
        judged += 1
        survivors += not verdict.killed
        print(f"| {planted.name} | {verdict.by or '**survived**'} |", flush=True)
    print(f"\n{judged} defects planted, {survivors} survived the laws and {seeds} seeds of the simulator")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
