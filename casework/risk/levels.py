"""
Levels of risk, and the kinds of harm that they are about.

The order is the safety rule itself: *unknown* (refused, incomplete, or positive and awaiting its screen)
stands above low, because nobody may be called safe for not having been asked.
"""

from typing import Final

from sync import Json

from ..fields import Codes

LEVELS: Final[Codes] = {
    "none": ("None", "Ninguno"),
    "low": ("Low", "Bajo"),
    "unknown": ("Not known yet", "Aún no se sabe"),
    "moderate": ("Moderate", "Moderado"),
    "high": ("High", "Alto"),
    "imminent": ("Imminent", "Inminente"),
}
"""From the least to the most protective."""

KINDS: Final[Codes] = {
    "self_harm": ("Self-harm", "Autolesión"),
    "partner_violence": ("Partner violence", "Violencia de pareja"),
    "elder_abuse": ("Elder abuse", "Maltrato a personas mayores"),
    "child_abuse": ("Child abuse", "Maltrato infantil"),
    "unsafe_home": ("Unsafe home", "Hogar inseguro"),
}

_RANKS: Final = {level: rank for rank, level in enumerate(LEVELS)}


def rank(level: Json) -> int:
    """Where a level stands; one that we do not know counts as the most protective."""
    return _RANKS.get(level, len(_RANKS)) if isinstance(level, str) else len(_RANKS)


def higher(one: str, other: str) -> str:
    """The more protective of two levels, the first where they are equal."""
    return other if rank(other) > rank(one) else one
