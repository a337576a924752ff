"""
Packing: what fits into one request, and the request as it goes on the wire.

Compressed is smaller but for the smallest, so what fits is found by compressing. A request takes at least one
changeset however poor the link is: else nothing would ever go.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .errors import Oversize
from .limits import PAGE_BYTES_DEFAULT, PUSH_BYTES_MAX, PUSH_CHANGESETS_MAX, PUSH_INFLATED_BYTES_MAX
from .wire import Head, write_request

COMPRESS_FROM_BYTES: Final = 160
"""Below this, compressing a request costs more bytes than it saves."""

COMPRESSION_LEVEL: Final = 6

SLACK_BYTES: Final = 256
"""Bytes by which a head and lines that are compressed together may exceed the sum of both."""

_INFLATED_PER_WIRE: Final = 8
"""No push tries to pack more than this many bytes into one on the wire."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the link carried in about 20 s: what the next messages should not exceed."""

    push_bytes: int = PUSH_BYTES_MAX
    page_bytes: int = PAGE_BYTES_DEFAULT


@dataclass(frozen=True, slots=True)
class Pending:
    """One changeset that no outcome has settled, as the line that is sent."""

    name: str
    line: bytes


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """One message to the server."""

    head: Head
    names: tuple[str, ...]
    """The changesets in it, by name."""
    body: bytes
    """What goes on the wire."""
    compressed: bool
    """Whether the body is a zlib stream (Content-Encoding: deflate)."""


def fitting(waiting: Sequence[Pending], head: Head, push_bytes: int) -> Sequence[Pending]:
    """As many of the first lines as fit into one push with this head, at least one."""
    first = write_request(head, [])
    wire = min(push_bytes, PUSH_BYTES_MAX) - _compressed_bytes(first) - SLACK_BYTES
    inflated = min(wire * _INFLATED_PER_WIRE, PUSH_INFLATED_BYTES_MAX - len(first))
    count = size = 0
    while count < min(len(waiting), PUSH_CHANGESETS_MAX):
        size += len(waiting[count].line) + 1
        if count and size > inflated:
            break
        count += 1
    while count > 1 and (found := _compressed_bytes(_joined(waiting[:count]))) > wire:
        count = max(1, count * wire // found)
    return waiting[:count]


def packed(head: Head, sent: Sequence[Pending]) -> SyncRequest:
    """
    The request with this head and these lines.

    Raises:
        Oversize: The head names more subjects than one request can.
    """
    plain = write_request(head, [part.line for part in sent])
    names = tuple([part.name for part in sent])
    body = zlib.compress(plain, COMPRESSION_LEVEL) if len(plain) >= COMPRESS_FROM_BYTES else plain
    compressed = len(body) < len(plain)
    body = body if compressed else plain
    if len(body) > PUSH_BYTES_MAX:
        raise Oversize("PUSH_BYTES_MAX", PUSH_BYTES_MAX, len(body))
    return SyncRequest(head, names, body, compressed)


def _joined(lines: Sequence[Pending]) -> bytes:
    return b"\n".join(part.line for part in lines)


def _compressed_bytes(plain: bytes) -> int:
    return len(zlib.compress(plain, COMPRESSION_LEVEL))
