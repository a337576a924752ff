"""
`python -m tests.faults`: play every real fault between real processes, and print what came of each.

Exits with 1 where one of them loses something. PostgreSQL comes with the test extras; where it is missing its
faults are skipped, and in CI they fail.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import postgresql
from .catalogue import FAULTS, POSTGRESQL, SQLITE, Fault
from .nursery import Unplayable

SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a fault."""

    name: str
    where: str
    holds: bool
    line: str
    took_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the faults that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", help="faults whose sentence has this in it")
    parser.add_argument("--on", choices=(SQLITE, POSTGRESQL), help="one database only")
    parser.add_argument("--list", action="store_true", help="name the faults and play none")
    asked = parser.parse_args(arguments)
    chosen = [fault for fault in FAULTS if asked.only.lower() in fault.name.lower()]
    if asked.list:
        for fault in chosen:
            print(
                f"{fault.name} ({' and '.join(fault.on)}; {'also in make test' if fault.quick else 'here only'})"
            )
        return 0
    with _postgresql(wanted=asked.on != SQLITE) as running:
        played = [
            _play(fault, where, running)
            for fault in chosen
            for where in fault.on
            if asked.on in (None, where)
        ]
    return _table(played)


@contextmanager
def _postgresql(*, wanted: bool) -> Iterator[Any]:
    """A running server, or nothing where there is none."""
    if not wanted:
        yield None
        return
    try:
        serving = postgresql.server()
        running = serving.__enter__()
    except ModuleNotFoundError:
        yield None
        return
    try:
        yield running
    finally:
        serving.__exit__(None, None, None)


def _play(fault: Fault, where: str, running: Any) -> Played:
    print(f"{fault.name}, on {where} ...", flush=True)
    began_s = time.monotonic()
    holds, line = _outcome(fault, where, running)
    took_s = time.monotonic() - began_s
    print(f"    {'holds' if holds else 'FAILED'}: {line} ({took_s:.0f} s)", flush=True)
    return Played(fault.name, where, holds, line, took_s)


def _outcome(fault: Fault, where: str, running: Any) -> tuple[bool, str]:
    if where == POSTGRESQL and running is None:
        return not postgresql.IN_CI, f"{SKIPPED}: {postgresql.MISSING}"
    url = postgresql.new_database(postgresql.url_of(running)) if where == POSTGRESQL else ""
    with TemporaryDirectory(prefix="doorstep-faults-") as folder:
        try:
            return True, fault.play(Path(folder), url)
        except Unplayable as error:
            return not postgresql.IN_CI, f"{SKIPPED}: {error}"
        except Exception as error:  # noqa: BLE001  # whatever it is, the other faults are played, too
            traceback.print_exc()
            return False, f"{type(error).__name__}: {error}"


def _table(played: list[Played]) -> int:
    print("\n| fault | on | holds | what was done |\n|---|---|---|---|")
    for one in played:
        holds = "–" if one.line.startswith(SKIPPED) else "yes" if one.holds else "**no**"
        print(f"| {one.name} | {one.where} | {holds} | {one.line.splitlines()[0]} |")
    failed = [one for one in played if not one.holds]
    for one in failed:
        print(f"again: python -m tests.faults --only '{one.name}' --on {one.where}")
    skipped = sum(one.line.startswith(SKIPPED) for one in played)
    took_s = sum(one.took_s for one in played)
    print(f"{len(played)} faults played in {took_s:.0f} s, {len(failed)} lost something, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
