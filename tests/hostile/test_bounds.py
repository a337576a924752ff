"""What the worst requests cost: no hang and bounded memory, measured in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from .bounds import PEAK_BYTES_MAX
from .kit import SECONDS_MAX

PATIENCE_S = 300


def test_the_worst_requests_cost_little_memory_and_time() -> None:
    """Eight threads meet them at once on the smallest machine that an agency rents."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.bounds"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    costs = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"name"')]

    assert done.returncode == 0, done.stderr[-2000:]
    assert len(costs) >= 12
    for cost in costs:
        print(f"{cost['name']}: {cost['status']}, {cost['peak_bytes'] // 1024} KiB, {cost['cpu_s']} s")
        assert cost["peak_bytes"] < PEAK_BYTES_MAX, cost
        assert cost["cpu_s"] < SECONDS_MAX, cost
