"""
The hybrid logical clock: physical milliseconds, and a counter where these stand still.

Causality decides which writes survive; this clock only orders what is shown among rivals. No function here
reads a clock: the time comes in as an argument. (Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014.)
"""

from typing import NamedTuple

from .limits import CLOCK_AHEAD_MS_MAX


class At(NamedTuple):
    """A moment of the hybrid clock; compares by milliseconds, then by counter."""

    ms: int
    """Milliseconds since 1970 in UTC."""
    counter: int


ZERO = At(0, 0)


def tick(last: At, now_ms: int) -> At:
    """The moment of a new event on a device whose last moment was `last`."""
    return At(now_ms, 0) if now_ms > last.ms else At(last.ms, last.counter + 1)


def observe(last: At, seen: At, now_ms: int) -> At:
    """
    The device's last moment after it has seen another's.

    A moment more than a day beyond `now_ms` (server-corrected) is not adopted: one broken clock must not
    carry all others with it.
    """
    if seen.ms > now_ms + CLOCK_AHEAD_MS_MAX:
        return last
    return max(last, seen)


def capped(at: At, received_ms: int) -> At:
    """The moment that counts among rivals: none lies later than its receipt."""
    return min(at, At(received_ms, 0))
