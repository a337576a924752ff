"""
Risk: the dangers that are open, and what people of the office do about them.

    flags(session, sealer, by)                     the list: highest first, what waits before what is in hand
    read(session, sealer, by, client, "self_harm")  one flag with all its reasons and what was done
    act(book, by, Act(...), providers)              acknowledge, assign, act or close
    acts(session, sealer, by, since=...)            who acted since somebody left

A client has one flag for each kind of harm. Each act is added to it and names the writes of the level that were
displayed (`FlagReading.seen`): a level written since then waits to be acknowledged again, and an act on a flag
that somebody else acted on meanwhile is refused as `Overtaken`, whose `deeds` say who did what. Closing writes a
lower level over all that was seen, with its reason in words; only a person does so, and nobody about a danger
that they raised themselves. Until somebody acknowledges, the ladder goes on telling people (`ladder`).
"""

from .acting import CLOSING_LEVELS, Act, act
from .lists import IN_HAND, WAITS, Acted, Flag, acts, acts_since, flags, open_flags
from .reading import Done, FlagReading, Reason, Told, read

__all__ = [
    "CLOSING_LEVELS",
    "IN_HAND",
    "WAITS",
    "Act",
    "Acted",
    "Done",
    "Flag",
    "FlagReading",
    "Reason",
    "Told",
    "act",
    "acts",
    "acts_since",
    "flags",
    "open_flags",
    "read",
]
