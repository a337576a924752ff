"""
Shapes: strict reading of JSON that another machine wrote.

Each function gives back what it was given, or says which rule the value breaks; none converts.
"""

from collections.abc import Iterable

from .errors import Malformed
from .ids import Json
from .limits import INTEGER_MAX


def text(value: Json, what: str) -> str:
    """
    A text.

    Raises:
        Malformed: Anything else; `what` names the place.
    """
    if not isinstance(value, str):
        raise Malformed(f"{what} is not text")
    return value


def whole(value: Json, what: str, least: int = 0) -> int:
    """
    A whole number from `least` to 2**53 - 1.

    Raises:
        Malformed: Anything else.
    """
    if type(value) is not int or not least <= value <= INTEGER_MAX:
        raise Malformed(f"{what} is not a whole number of at least {least}")
    return value


def items(value: Json, what: str, least: int = 0, most: int | None = None) -> list[Json]:
    """
    A list with so many items.

    Raises:
        Malformed: Anything else.
    """
    if not isinstance(value, list) or not least <= len(value) <= (len(value) if most is None else most):
        raise Malformed(f"{what} is not a list of that length")
    return value


def members(value: Json, what: str, needed: Iterable[str] = ()) -> dict[str, Json]:
    """
    An object that has these members.

    Raises:
        Malformed: Anything else.
    """
    if not isinstance(value, dict) or not value.keys() >= set(needed):
        raise Malformed(f"{what} is not an object with these members")
    return value


def texts(value: Json, what: str) -> tuple[str, ...]:
    """
    A list of texts.

    Raises:
        Malformed: Anything else.
    """
    return tuple([text(item, what) for item in items(value, what)])
