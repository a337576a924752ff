"""
Long lists by cursor: a page, and where the next one begins.

A *cursor* is the sort key of the last row of a page, packed so that an address can carry it. It is no secret and
gives no right: a service reads it with `unpack`, filters by `>` that key, and never counts rows away.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from flask import request

from sync.ids import canonical, decode_bytes, encode_bytes

from ..errors import Unreadable

Row = TypeVar("Row")
Key = tuple[str | int | None, ...]

PAGE_ROWS: Final = 50
"""Rows of a page: a screen or two, and so many names opened."""

CURSOR_CHARS_MAX: Final = 600


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of the next page where there is one."""

    rows: Sequence[Row]
    next: str | None = None
    first: bool = True
    """Whether this is the beginning of the list."""


def after() -> Key | None:
    """
    The cursor that the address carries, `?after=`.

    Raises:
        Unreadable: It is no cursor.
    """
    typed = request.args.get("after", "")
    return None if not typed else unpack(typed)


def page_of(found: Sequence[Row], key_of: Callable[[Row], Key], rows: int = PAGE_ROWS) -> Page[Row]:
    """A page out of what a query found that asked for one row more than the page has."""
    shown = found[:rows]
    following = pack(key_of(shown[-1])) if len(found) > rows else None
    return Page(shown, following, first="after" not in request.args)


def pack(key: Key) -> str:
    """A cursor as an address carries it."""
    return encode_bytes(canonical(list(key)))


def unpack(typed: str) -> Key:
    """
    The key in a cursor.

    Raises:
        Unreadable: It is no cursor.
    """
    try:
        if len(typed) > CURSOR_CHARS_MAX:
            raise ValueError("too long")
        key = json.loads(decode_bytes(typed))
    except ValueError:
        raise Unreadable("a cursor is what a page gave") from None
    if not isinstance(key, list) or not all(part is None or isinstance(part, str | int) for part in key):
        raise Unreadable("a cursor is what a page gave")
    return tuple(key)
