"""
Tries: how often a secret was guessed wrong, and how long the next guess must wait.

The count is raised and kept before a guess is looked at, so pulling the battery wins nothing. Where the
count is kept is the slot's affair.
"""

from dataclasses import dataclass
from typing import Final

from sync.ids import Json

FREE_TRIES: Final = 3
"""Slips of the finger that cost no waiting."""
DELAYS_S: Final = (30, 60, 120, 300, 600, 900)
"""Seconds to wait after the fourth wrong try, the fifth, and so on; the last stays."""
TRIES_MAX: Final = 10
"""Wrong PINs until the device secret is destroyed: one chance in 100,000 for six digits."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries so far, and the wall time (milliseconds) before which there is no next one."""

    wrong: int = 0
    not_before_ms: int = 0

    def wait_s(self, now_ms: int) -> int:
        """
        Seconds until the next try; 0 for now.

        Never more than the delay itself, so a clock that was set back locks nobody out for a year.
        """
        missing_s = -((now_ms - self.not_before_ms) // 1000)
        return max(0, min(missing_s, _delay_s(self.wrong)))

    def raised(self, now_ms: int) -> "Tries":
        """What to keep before the next try is looked at."""
        wrong = self.wrong + 1
        return Tries(wrong, now_ms + 1000 * _delay_s(wrong))

    def to_json(self) -> dict[str, Json]:
        """A JSON object, to be kept."""
        return {"wrong": self.wrong, "not_before": self.not_before_ms}

    @classmethod
    def from_json(cls, value: Json) -> "Tries":
        """Read what was kept. Anything else is a fresh start: who can write here could write that, too."""
        if not isinstance(value, dict):
            return cls()
        wrong, not_before = value.get("wrong"), value.get("not_before")
        if not isinstance(wrong, int) or not isinstance(not_before, int):
            return cls()
        return cls(max(0, wrong), not_before)


def _delay_s(wrong: int) -> int:
    if wrong <= FREE_TRIES:
        return 0
    return DELAYS_S[min(wrong - FREE_TRIES, len(DELAYS_S)) - 1]
