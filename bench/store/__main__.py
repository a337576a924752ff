"""
`python -m bench.store`: measure, print, judge.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from .measures import compare, growth, reside, resident, unlock
from .records import invent

BARS = {
    "save": 1.5,
    "read": 1.3,
    "list": 1.3,
    "unlock_s": 0.25,
    "first_screen_s": 0.05,
    "resident": 2.0,
    "unlock_us_a_record": 10.0,
    "growth": 1.3,
}
"""What may not be passed: ratios to plain, or as the unit says. Growth: cost a record at N against that at N/4."""


def judge(report: dict[str, dict[str, float]]) -> list[str]:
    """The bars that are missed, in words."""
    measured = {name: report[name]["ratio"] for name in ("save", "read", "list", "resident", "growth")}
    measured |= {name: report["unlock"][name] for name in ("unlock_s", "first_screen_s")}
    measured["unlock_us_a_record"] = report["growth"]["whole"]
    return [
        f"{name}: {value:.3f}, the bar is {BARS[name]}"
        for name, value in measured.items()
        if value > BARS[name]
    ]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="The tablet's store against plain sqlite3.")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--folder", type=Path, help="a folder on the disk to be measured")
    parser.add_argument("--resident", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.resident:
        reside(options.resident[0], Path(options.resident[1]))
        return 0
    data = invent(options.records)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        report = compare(folder, data)
        report["resident"] = resident(folder)
        report["unlock"] = unlock(folder)
        report["growth"] = growth(folder, options.records)
    size = statistics.mean(len(json.dumps(record, separators=(",", ":"))) for record in data.records[:500])
    report["setting"] = {"records": options.records, "record_bytes": size, "processors": os.cpu_count() or 0}
    for name_, figures in report.items():
        print(f"{name_:12}", "  ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    missed = judge(report)
    for line in missed:
        print("MISSED", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
