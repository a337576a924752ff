"""
When home is looked at, and what the agency has decided.
"""

from dataclasses import dataclass
from typing import Final

from .. import days
from ..days import Days
from ..policy import Policy

HOUR_MS: Final = 60 * 60 * 1000

DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Moment:
    """When home is looked at, and what the agency has decided."""

    now_ms: int
    since_ms: int
    today: Days
    policy: Policy

    @property
    def late(self) -> str:
        """Episodes received before this should have been assigned."""
        return days.utc_of(self.now_ms - self.policy.first_visit_hours * HOUR_MS)

    @property
    def silent_ms(self) -> int:
        """Tablets that were last heard of before this are silent."""
        return self.now_ms - self.policy.silent_hours * HOUR_MS
