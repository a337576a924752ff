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

TIME_S: Final = 900
"""Seconds that one judge may take: several times what the sound code needs."""

_SEED = re.compile(r"^seed (\d+):", re.MULTILINE)
_LAW = re.compile(r"^FAILED \S+::(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a defect."""

    killed: bool
    by: str = ""
    """The law, or the seed, that saw it."""


def judge(tree: Path, seeds: int = SEEDS) -> Verdict:
    """Let the laws and the simulator run in a tree, until one of them fails."""
    laws = _laws(tree)
    return laws if laws.killed else _simulator(tree, seeds)


def _laws(tree: Path) -> Verdict:
    asked = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "tests/laws")
    code, said = _run(asked, tree)
    if code == 0:
        return Verdict(killed=False)
    found = _LAW.search(said)
    return Verdict(killed=True, by=f"law `{found[1]}`" if found else "the laws do not run")


def _simulator(tree: Path, seeds: int) -> Verdict:
    # One process goes seed by seed and ends with the first that breaks, which nobody need shrink.
    asked = ("--seeds", str(seeds), "--processes", "1", "--stop", "1", "--shown", "0")
    code, said = _run(("-m", "tests.simulation", *asked), tree)
    if code == 0:
        return Verdict(killed=False)
    if code is None:
        return Verdict(killed=True, by="the simulator does not end")
    found = _SEED.search(said)
    return Verdict(killed=True, by=f"simulator, seed {found[1]}" if found else "the simulator does not run")


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
