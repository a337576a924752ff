"""
Judging: who sees a planted defect, the simulator or the laws, and how soon.

Neither knows which defect it is. The laws are asked first, for they answer in seconds; what they do not see the
simulator must. A run that does not end is a defect that is seen, too.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SEEDS: Final = 300
"""Seeds in which the simulator must see a defect: as many as CI runs of the sound code."""

CHUNK: Final = 25
"""Seeds that the simulator is asked for at once."""

TIME_S: Final = 600
"""Seconds that the laws, or one chunk of seeds, may take: many times what the sound code needs."""

_SEED = re.compile(r"^seed (\d+):\s+(\w+)", re.MULTILINE)
_LAW = re.compile(r"^FAILED \S+::(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a defect."""

    killed: bool
    by: str = ""
    """The law, or the seed, that saw it; where none did, why that proves nothing."""


def judge(tree: Path, seeds: int = SEEDS) -> Verdict:
    """Let the laws and the simulator run in a tree, until one of them fails."""
    laws = _laws(tree)
    return laws if laws.killed or laws.by else _simulator(tree, seeds)


def _laws(tree: Path) -> Verdict:
    # A seed: the same examples for each defect, and what showed one is not kept to be asked of the next.
    plain = ("-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0")
    code, said = _run(("-m", "pytest", "-q", "-x", *plain, "tests/laws"), tree)
    if code == 0:
        return Verdict(killed=False)
    if code is None:
        return Verdict(killed=True, by="laws, do not end")
    found = _LAW.search(said)
    return Verdict(killed=True, by=f"law `{found[1]}`") if found else _broken("laws")


def _simulator(tree: Path, seeds: int) -> Verdict:
    # One process goes seed by seed and ends with the first that breaks, which nobody need shrink.
    once = ("-m", "tests.simulation", "--processes", "1", "--stop", "1", "--shown", "0")
    for first in range(0, seeds, CHUNK):
        some = ("--from", str(first), "--seeds", str(min(CHUNK, seeds - first)))
        code, said = _run((*once, *some), tree)
        if code is None:
            return Verdict(killed=True, by=f"simulator, does not end from seed {first}")
        if code:
            return _seen_in(said)
    return Verdict(killed=False)


def _seen_in(said: str) -> Verdict:
    """By the seed and the check of which a run of the simulator tells."""
    found = _SEED.search(said)
    if found is None:
        return _broken("simulator")
    check = "error" if found[2] in ("Traceback", "File") else found[2]
    return Verdict(killed=True, by=f"simulator, seed {found[1]} ({check})")


def _broken(judge_: str) -> Verdict:
    """Code that does not even run is no defect that anybody would have to look for."""
    return Verdict(killed=False, by=f"**the {judge_} cannot run with it**")


def _run(arguments: Sequence[str], tree: Path) -> tuple[int | None, str]:
    """The exit code, none where time ran out, and what was said."""
    # What is imported must be the tree's own code, which stands before what is installed.
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # our own interpreter
            [sys.executable, *arguments],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIME_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr
