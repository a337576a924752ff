"""
What an address asks for behind its question mark: a day or a moment that can be reckoned with, or nothing.

A list whose address was mistyped, or made up, is the list that asks for nothing.
"""

from datetime import UTC, date, datetime

from flask import request

from .fields import can_be


def day(name: str) -> date | None:
    """The day of this name."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if can_be(found) else None


def moment_ms(name: str) -> int | None:
    """The moment of this name, in milliseconds since 1970."""
    said = request.args.get(name, type=int)
    try:
        return said if said is not None and can_be(datetime.fromtimestamp(said / 1000, UTC)) else None
    except (OverflowError, OSError, ValueError):
        return None
