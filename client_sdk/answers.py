"""
Answers: what came back over HTTP, read within bounds and told apart.

An answer counts when it came whole and is one of ours. A page of a hotel's network, a cut or damaged one and
a server in trouble are all *offline*: nothing is settled, and the same message is sent again later.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from sync import HistoryChanged, Reply, SyncError, read_reply
from sync.limits import MIB, PAGE_BYTES_MAX

from .errors import Offline, Refused, Revoked

REPLY_BYTES_MAX: Final = PAGE_BYTES_MAX + 2 * MIB
"""Bytes of an answer, on the wire and inflated: the largest page and the outcomes of the largest push."""

_GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came, inflated."""

    status: int
    body: bytes
    wire_bytes: int


def read_whole(response: BaseHTTPResponse) -> Raw:
    """Read an answer to its end, within bounds; one that was cut is no answer."""
    try:
        wire = response.read(REPLY_BYTES_MAX + 1)
        ended = len(wire) <= REPLY_BYTES_MAX
    except (HTTPError, OSError):
        response.close()
        raise Offline("the answer was cut") from None
    if not ended:
        response.close()
        raise Offline(f"the answer is larger than REPLY_BYTES_MAX, {REPLY_BYTES_MAX} bytes", retry=False)
    response.release_conn()
    encoding = response.headers.get("Content-Encoding", "identity")
    return Raw(response.status, _inflated(wire, encoding), len(wire))


def _inflated(wire: bytes, encoding: str) -> bytes:
    if encoding == "identity":
        return wire
    if encoding != "gzip":
        raise Offline("the answer has an encoding that was not asked for", retry=False)
    inflater = zlib.decompressobj(_GZIP)
    try:
        body = inflater.decompress(wire, REPLY_BYTES_MAX)
    except zlib.error:
        raise Offline("the answer does not inflate") from None
    if not inflater.eof:
        raise Offline(f"the answer is cut, or inflates to more than {REPLY_BYTES_MAX} bytes")
    return body


def sync_reply(raw: Raw) -> Reply | HistoryChanged:
    """What a sync was answered; raises what the other statuses mean."""
    about = object_or_empty(raw.body) if raw.status == 409 else {}
    if code_of(about) == "history-changed" and isinstance(about.get("epoch"), str):
        cursor = about.get("cursor")
        return HistoryChanged(about["epoch"], cursor if isinstance(cursor, str) else None)
    raise_for(raw, expected=(200,))
    try:
        return read_reply(raw.body)
    except SyncError:
        raise Offline("what answered is not the agency's server, or its answer is damaged") from None


def raise_for(raw: Raw, expected: tuple[int, ...]) -> None:
    """Let an expected status pass, and raise what any other means for the tablet."""
    if raw.status in expected:
        return
    code = code_of(object_or_empty(raw.body))
    if raw.status == 401:
        raise Revoked("the server does not know this tablet")
    if raw.status == 403 and code == "suspended":
        raise Refused("this tablet waits until an administrator confirms it; nothing is lost meanwhile")
    if raw.status == 429 or raw.status >= 500 or not code:
        told = f"{raw.status} {code}" if code else f"{raw.status}"
        raise Offline(f"the server does not take the request now ({told})")
    raise Refused(f"the server refuses the request: {code}")


def code_of(about: Mapping[str, Any]) -> str:
    """The kind of a problem: the last part of its `type`."""
    kind = about.get("type")
    return kind.rpartition("/")[2] if isinstance(kind, str) else ""


def object_of(body: bytes) -> Mapping[str, Any]:
    """The object of an answer that must be one of ours."""
    found = object_or_empty(body)
    if not found:
        raise Offline("what answered is not the agency's server")
    return found


def object_or_empty(body: bytes) -> Mapping[str, Any]:
    """The object of an answer; empty where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
