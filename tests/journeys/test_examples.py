"""The examples for people run as they are."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_two_tablets_merge_and_leave_one_thing_to_a_person() -> None:
    """It is the first code that a newcomer runs."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "two_tablets.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-3:] == [
        "on Ana's tablet: ['on this tablet only']",
        "merged: Rosie es",
        "to be settled: [('date_of_birth', 2)]",
    ]
