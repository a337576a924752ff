"""
Risk: levels and their order, what a rule may raise, and what it takes to lower.
"""

from .levels import KINDS, LEVELS, higher, rank
from .raising import REASONS_MAX, Lowering, flag_id, lower, raise_level, reason

__all__ = [
    "KINDS",
    "LEVELS",
    "REASONS_MAX",
    "Lowering",
    "flag_id",
    "higher",
    "lower",
    "raise_level",
    "rank",
    "reason",
]
