"""
Tablet: saving, reading, listing, unlocking and searching in the sealed store, against plain sqlite3.

The measure has a program of its own, `python -m bench.store`; here its figures and its bars are taken over.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .figures import Bar, Figure, Scale
from .store.__main__ import BARS

RECORDS: Final = 20_000
QUICK_RECORDS: Final = 400
ROOT: Final = Path(__file__).parent.parent

_TAKEN: Final = (
    ("save", "ratio", "×", "save"),
    ("read", "ratio", "×", "read"),
    ("list", "ratio", "×", "list"),
    ("open_client", "ratio", "×", ""),
    ("unlock", "unlock_s", "s", "unlock_s"),
    ("unlock", "first_screen_s", "s", "first_screen_s"),
    ("growth", "whole", "µs a record", "unlock_us_a_record"),
    ("growth", "ratio", "×", "growth"),
    ("resident", "ratio", "×", "resident"),
)
"""(group, figure, unit, name of its bar) of what is taken over."""


def measure(scale: Scale) -> Sequence[Figure]:
    """Ratios to plain sqlite3, and times where the bar is one."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        told = Path(folder) / "store.json"
        records = str(QUICK_RECORDS if scale.quick else RECORDS)
        command = [sys.executable, "-m", "bench.store", "--records", records, "--json", str(told)]
        # It exits with 1 where a bar is missed; the report says which.
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not told.exists():
            raise RuntimeError(f"bench.store failed:\n{done.stderr}")
        report = json.loads(told.read_text("utf-8"))
    return [
        Figure(
            f"tablet, {records} records: {group.replace('_', ' ')}, {what.replace('_', ' ')}",
            report[group][what],
            unit,
            Bar(most=BARS[bar]) if bar else None,
        )
        for group, what, unit, bar in _TAKEN
    ]
