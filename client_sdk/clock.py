"""
Providers: time, randomness, the cost of a guess and the place of files, handed in by the caller.

Nothing else in this room asks the machine for them, so a test, a simulation and a phone each bring their own.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one guess of a PIN or passphrase costs: Argon2id (RFC 9106)."""

    memory_kib: int = 64 * 1024
    """Memory in KiB. 64 MiB is what a cheap tablet can spare, and hurts a graphics card."""
    passes: int = 3
    """Passes over the memory, as RFC 9106 advises for 64 MiB."""
    lanes: int = 4
    """Parallel lanes, as RFC 9106 advises."""

    def raised_to(self, other: "KdfCost") -> "KdfCost":
        """Of each part the dearer."""
        return KdfCost(
            max(self.memory_kib, other.memory_kib),
            max(self.passes, other.passes),
            max(self.lanes, other.lanes),
        )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def clock_offset_ms(server_ms: int, now_ms: int, took_ms: int) -> int:
    """
    The server's clock less this machine's: the least that explains what the server said.

    The server read its clock at some moment between question and answer, so what a message takes on its way would
    pass for a wrong clock, and put the saves of a tablet on a slow link before those of others. A clock that may be
    right is left alone; any other is corrected no further than it must be.

    Args:
        server_ms: What the server said.
        now_ms: This machine's clock when the answer was there.
        took_ms: Milliseconds from question to answer.
    """
    least = server_ms - now_ms
    return least if least > 0 else min(0, least + took_ms)


@dataclass(frozen=True, slots=True)
class Providers:
    """What the machine gives. The defaults are the real ones."""

    now_ms: Callable[[], int] = _now_ms
    """Wall clock, milliseconds since 1970, as the machine believes it."""
    monotonic_s: Callable[[], float] = time.monotonic
    """Seconds that never go back, for idle times."""
    entropy: Callable[[int], bytes] = os.urandom
    """So many unpredictable bytes."""
    kdf_cost: KdfCost = field(default_factory=KdfCost)
    """The cost of new slots; a slot that is cheaper is raised to it at the next unlock."""
    file_root: Path = field(default_factory=lambda: Path.home() / ".doorstep")
    """Where stores lie when the caller names no folder."""
