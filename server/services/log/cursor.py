"""
The cursor: where a tablet stands in the log of its agency, opaque to the tablet.

    position.link                  everything up to `position` is there
    position.link.progress         and so is part of what follows, as `progress` says

`link` is the beginning of the chain's link at that position, so that a cursor of another history is recognised.
While subjects enter, they go as a *batch*: all that were gained up to one head, in an order that later pages can
continue; so a cursor stays small however many there are.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sync import Malformed, decode_bytes, encode, encode_bytes, read_json

from .chain import CHAIN_TEXT_BYTES

_FORM = re.compile(r"(0|[1-9][0-9]{0,18})\.([A-Za-z0-9_-]{16})(?:\.([A-Za-z0-9_-]+))?\Z").match
FIRST_MAX: Final = 1000
"""Subjects named in a batch: more are never asked for again at once."""


class Place(NamedTuple):
    """The last row that was sent: rows go in this order."""

    position: int
    type: str
    id: str
    unit: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Subjects that enter together."""

    low: int
    """Those gained after this position …"""

    head: int
    """… up to this one, where the batch began."""

    first: tuple[str, ...] = ()
    """Those that go before all others, and those asked for by name."""

    index: int = 0
    """How many of `first` are wholly sent."""

    after: str = ""
    """The others are wholly sent up to this one."""

    current: str = ""
    """The subject that is being sent …"""

    place: Place | None = None
    """… and the last row sent of it, at position 0. Void if another one has its turn: access may end meanwhile."""

    done: bool = False
    """All are sent; what changed since `head` follows as rows."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A cursor, read."""

    position: int
    link: str
    place: Place | None = None
    batch: Batch | None = None
    since: int | None = None
    """Where the pull began, of which this is a later page."""

    @property
    def furthest(self) -> int:
        """The greatest position that it names: none of its own history lies beyond the head."""
        named = [self.position, self.since or 0]
        if self.place is not None:
            named.append(self.place.position)
        if self.batch is not None:
            named += [self.batch.low, self.batch.head]
        return max(named)


def link_text(link: bytes) -> str:
    """The part of a chain's link that a cursor carries."""
    return encode_bytes(link[:CHAIN_TEXT_BYTES])


def write_cursor(cursor: Cursor) -> str:
    """A cursor as the text that a tablet keeps."""
    text = f"{cursor.position}.{cursor.link}"
    if cursor.place is None and cursor.batch is None and cursor.since is None:
        return text
    batch = cursor.batch
    progress = [
        cursor.since,
        None if cursor.place is None else list(cursor.place),
        None
        if batch is None
        else [
            batch.low,
            batch.head,
            list(batch.first),
            batch.index,
            batch.after,
            batch.current,
            None if batch.place is None else list(batch.place),
            batch.done,
        ],
    ]
    return f"{text}.{encode_bytes(encode(progress))}"  # type: ignore[arg-type]  # a list of lists is JSON


def read_cursor(text: str, first_link: bytes) -> Cursor:
    """
    A cursor out of what a tablet sent; an empty one stands before the first entry.

    Raises:
        Malformed: Not the form of a cursor.
    """
    if not text:
        return Cursor(0, link_text(first_link))
    match = _FORM(text)
    if match is None:
        raise Malformed("cursor has not the form of a cursor")
    position, link, progress = match.groups()
    if progress is None:
        return Cursor(int(position), link)
    try:
        since, place, batch = _list(read_json(decode_bytes(progress)), 3)
        return Cursor(
            int(position), link, _place(place), _batch(batch), None if since is None else _whole(since)
        )
    except (ValueError, TypeError):
        raise Malformed("cursor has not the form of a cursor") from None


def _batch(value: Any) -> Batch | None:
    if value is None:
        return None
    low, head, first, index, after, current, place, done = _list(value, 8)
    names = tuple([_text(name) for name in _list(first, None)])
    if len(names) > FIRST_MAX:
        raise ValueError
    return Batch(
        _whole(low),
        _whole(head),
        names,
        _whole(index),
        _text(after),
        _text(current),
        _place(place),
        done is True,
    )


def _place(value: Any) -> Place | None:
    if value is None:
        return None
    position, type_, id_, unit = _list(value, 4)
    return Place(_whole(position), _text(type_), _text(id_), _text(unit))


def _list(value: Any, length: int | None) -> list[Any]:
    if not isinstance(value, list) or length not in (None, len(value)):
        raise ValueError
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value
