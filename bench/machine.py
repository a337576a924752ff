"""
The machine: what it is, and how much processor time a tree of processes has taken on it.

The time of a process is read from its own clock, in nanoseconds, with all threads that it ever had; that of
children is added for as long as they live.
"""

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


def described() -> dict[str, str]:
    """What ran the measures, in words."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory_gib:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": f"{os.getloadavg()[0]:.2f}",
    }


def cpu_s(processes: Iterable[int]) -> float:
    """Seconds of processor time that these processes have taken so far, in user and system mode."""
    return sum(_clock_s(process) for process in processes)


def tree(root: int) -> list[int]:
    """A process and all its descendants, as they are now."""
    parents = _parents()
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def _clock_s(process: int) -> float:
    # How Linux names the processor-time clock of another process, see clock_getcpuclockid(3).
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:
        return 0.0  # It has ended.


def _parents() -> dict[int, int]:
    """{process: parent} of all that live."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            after_name = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2]
        except OSError:
            continue  # It ended meanwhile.
        parents[int(entry.name)] = int(after_name.split()[1])
    return parents


def _processor() -> str:
    for line in (_PROC / "cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
