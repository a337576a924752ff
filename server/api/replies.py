"""
Replies to tablets: thrifty bytes, deflated where that makes them smaller and the tablet can read it.
"""

import gzip
from typing import Final

from flask import Request, Response

GZIP_FROM_BYTES: Final = 200
"""Bytes below which gzip's own eighteen bytes and its header cost more than it saves."""

GZIP_QUICK_FROM_BYTES: Final = 16 * 1024
"""Bytes from which the time to deflate counts more than its last percents."""

GZIP_LEVEL: Final = 6
GZIP_LEVEL_QUICK: Final = 4
"""Level 4 takes half of level 6's time on a page of records and is a fourteenth larger."""

_ENCODING_BYTES: Final = len("Content-Encoding: gzip\r\n")


def json_reply(request: Request, body: bytes) -> Response:
    """Answer with JSON that is ready as bytes."""
    reply = Response(content_type="application/json")
    if len(body) >= GZIP_FROM_BYTES and request.accept_encodings["gzip"] > 0:
        level = GZIP_LEVEL_QUICK if len(body) >= GZIP_QUICK_FROM_BYTES else GZIP_LEVEL
        small = gzip.compress(body, level, mtime=0)
        if len(small) + _ENCODING_BYTES < len(body):
            reply.headers["Content-Encoding"] = "gzip"
            body = small
    reply.data = body
    return reply
