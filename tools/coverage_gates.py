"""
Coverage gates: each room owes its own share, so that a thin room cannot hide behind a thick one.

Reads the JSON report of coverage.py; lines and branches count alike.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PER_CENT_OWED: Mapping[str, float] = {
    "sync": 100.0,
    "casework": 100.0,
    "server": 95.0,
    "client_sdk": 95.0,
    "doorstep_cli": 95.0,
}
WORST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class File:
    """One file's share: `covered` of `total` lines and branches, and what was not run."""

    path: str
    covered: int
    total: int
    missing: tuple[str, ...]

    @property
    def missed(self) -> int:
        """Lines and branches that no test ran."""
        return self.total - self.covered


def files_of(report: Mapping[str, Any]) -> tuple[File, ...]:
    """The files of a coverage.py JSON report."""
    return tuple(_file(path, entry) for path, entry in sorted(report["files"].items()))


def verdicts(files: Iterable[File], owed: Mapping[str, float] = PER_CENT_OWED) -> tuple[list[str], bool]:
    """What to print about each room, and whether all of them paid."""
    files = tuple(files)
    lines: list[str] = []
    paid = True
    for room, per_cent in owed.items():
        mine = [file for file in files if file.path.split("/")[0] == room]
        found = _per_cent(mine)
        room_paid = bool(mine) and found >= per_cent
        paid = paid and room_paid
        lines.append(f"{'ok  ' if room_paid else 'MISS'} {room}: {found:.2f} % of {per_cent:g} % owed")
        if not room_paid:
            lines.extend(_worst(mine) or ["       nothing was measured"])
    return lines, paid


def main(arguments: list[str]) -> int:
    """Print the verdicts on the report named; 1 if a room owes more."""
    report = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    lines, paid = verdicts(files_of(report))
    print("Coverage of lines and branches\n" + "\n".join(lines))
    return 0 if paid else 1


def _file(path: str, entry: Mapping[str, Any]) -> File:
    summary = entry["summary"]
    missing = [str(line) for line in entry["missing_lines"]]
    missing += [f"{start}->{end}" for start, end in entry.get("missing_branches", ())]
    return File(
        Path(path).as_posix(),
        summary["covered_lines"] + summary.get("covered_branches", 0),
        summary["num_statements"] + summary.get("num_branches", 0),
        tuple(missing),
    )


def _per_cent(files: Iterable[File]) -> float:
    files = tuple(files)
    total = sum(file.total for file in files)
    return 100.0 * sum(file.covered for file in files) / total if total else 100.0


def _worst(files: Iterable[File]) -> list[str]:
    worst = sorted((file for file in files if file.missed), key=lambda file: (-file.missed, file.path))
    return [
        f"       {file.path}: {file.missed} of {file.total} not run ({', '.join(file.missing[:12])})"
        for file in worst[:WORST_SHOWN]
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
