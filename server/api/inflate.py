"""
Request bodies: read and inflated within bounds, so that a small request never fills the memory.

Flask inflates nothing by itself. A signature covers the bytes as sent, so reading and inflating are two
steps.
"""

import zlib
from typing import Final, NamedTuple

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from sync.limits import KIB, MIB, PUSH_BYTES_MAX, PUSH_INFLATED_BYTES_MAX

from ..errors import TooLarge, Unreadable

BODY_BYTES_MAX: Final = 1 * MIB
"""Bytes of a request on the wire, where nothing else is said."""

JSON_BYTES_MAX: Final = 64 * KIB
"""Bytes of a JSON body on the wire: an enrolment, the longest of them, has less than one thousand."""

JSON_INFLATED_BYTES_MAX: Final = 256 * KIB
"""Bytes of a JSON body after inflation. Read, it takes up to thirty times as much, and strangers send it."""

INFLATION_RATIO_MAX: Final = 200
"""Inflated bytes for each byte on the wire: real text gives ten, repetitive JSON fifty, a bomb a thousand."""

INFLATED_ALWAYS_BYTES: Final = 64 * KIB
"""Inflated bytes that need no ratio: they fit anywhere."""

_EITHER: Final = 32 + zlib.MAX_WBITS
"""zlib reads gzip and zlib streams alike: tablets send the shorter one."""


class Bounds(NamedTuple):
    """How large a body may be, with the names of the bounds."""

    wire: str
    wire_bytes: int
    inflated: str
    inflated_bytes: int


PUSH: Final = Bounds("PUSH_BYTES_MAX", PUSH_BYTES_MAX, "PUSH_INFLATED_BYTES_MAX", PUSH_INFLATED_BYTES_MAX)
"""What a tablet pushes."""

JSON: Final = Bounds("JSON_BYTES_MAX", JSON_BYTES_MAX, "JSON_INFLATED_BYTES_MAX", JSON_INFLATED_BYTES_MAX)
"""What comes as JSON."""


def wire_body(request: Request, bounds: Bounds) -> bytes:
    """
    The body as sent.

    Raises:
        TooLarge: It is larger than the bound, told or not.
    """
    request.max_content_length = bounds.wire_bytes
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(bounds.wire, bounds.wire_bytes) from None


def inflated(body: bytes, encoding: str | None, bounds: Bounds) -> bytes:
    """
    The body as meant.

    Raises:
        TooLarge: It would be larger than the bound, or than the ratio allows.
        Unreadable: It is not one whole gzip member or zlib stream.
        UnsupportedMediaType: The encoding is neither gzip, deflate nor none.
    """
    if encoding is None or encoding.lower() == "identity":
        return body
    if encoding.lower() not in ("gzip", "deflate"):
        raise UnsupportedMediaType
    allowed = max(INFLATED_ALWAYS_BYTES, INFLATION_RATIO_MAX * len(body))
    longest = min(bounds.inflated_bytes, allowed)
    stream = zlib.decompressobj(_EITHER)
    try:
        content = stream.decompress(body, longest + 1)
    except zlib.error:
        raise Unreadable("a body with Content-Encoding gzip is gzip") from None
    if len(content) > bounds.inflated_bytes:
        raise TooLarge(bounds.inflated, bounds.inflated_bytes)
    if len(content) > longest:
        raise TooLarge("INFLATION_RATIO_MAX", INFLATION_RATIO_MAX)
    if not stream.eof or stream.unused_data:
        raise Unreadable("a gzip body is one whole member")
    return content
