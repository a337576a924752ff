"""
`python -m tests.hostile.bounds`: what the worst request of each kind costs the server, in memory and time.

A process of its own, so that nothing else counts: the application on SQLite, one request after the other, and for
each the peak of what Python held meanwhile beyond what it held before, and the processor's seconds.
"""

import gzip
import json
import os
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from client_sdk.vault.envelope import Session
from server.api.inflate import JSON_BYTES_MAX, JSON_INFLATED_BYTES_MAX
from server.services.access.agencies import agency_of
from sync import Prefix, write_envelope_line
from sync.limits import CHANGESET_BYTES_MAX, HEAD_BYTES_MAX, MIB, PUSH_INFLATED_BYTES_MAX

from .kit import ENROL, SYNC, Fortress, enrolled, fortress

PEAK_BYTES_MAX: Final = 64 * MIB
"""What one request may hold at most: sixteen times the largest push that is inflated."""

FLUSH_BYTES: Final = 2_000
ENVELOPE_BYTES: Final = 4 * MIB - 1_000


@dataclass(frozen=True, slots=True)
class Request:
    """One of the worst requests."""

    name: str
    body: bytes
    path: str = SYNC
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What it cost."""

    name: str
    status: int
    peak_bytes: int
    cpu_s: float


def worst(made: Fortress) -> Iterator[Request]:
    """The worst that fits through each door, and some that does not."""
    tablet = enrolled(made)
    head = made.request()
    yield Request("a gigabyte of zeros, gzip", gzip.compress(bytes(230 * MIB), 9), encoding="gzip")
    yield Request("a gigabyte of zeros, deflate", zlib.compress(bytes(230 * MIB), 9), encoding="deflate")
    yield Request(
        "a head of empty lists",
        _packed(b'{"a":' + _many(b"[]", HEAD_BYTES_MAX - 9) + b"}"),
        encoding="deflate",
    )
    yield Request("a head of brackets", _packed(b"[" * HEAD_BYTES_MAX), encoding="deflate")
    yield Request("a head of digits", _packed(b"9" * HEAD_BYTES_MAX), encoding="deflate")
    lists = tablet.sealed(_many(b"[]", CHANGESET_BYTES_MAX - 9))
    yield Request(
        "sixteen changesets of empty lists", _packed(b"\n".join((head, *[lists] * 16))), encoding="deflate"
    )
    texts = tablet.sealed(_many(b'"a"', CHANGESET_BYTES_MAX - 9))
    yield Request(
        "sixteen changesets of texts", _packed(b"\n".join((head, *[texts] * 16))), encoding="deflate"
    )
    lines = [b"x" * (PUSH_INFLATED_BYTES_MAX // 500 - 200) for _ in range(500)]
    yield Request(
        "five hundred long unreadable lines", _packed(b"\n".join((head, *lines))), encoding="deflate"
    )
    yield Request(
        "one line of four megabytes",
        _packed(head + b"\n" + b"y" * (PUSH_INFLATED_BYTES_MAX - 1000)),
        encoding="deflate",
    )
    yield Request("envelopes that inflate to four megabytes", b"\n".join((head, *_bombs(made))))
    most = JSON_INFLATED_BYTES_MAX - 9
    yield Request("an enrolment of empty lists", _packed(_many(b"[]", most)), ENROL, "deflate")
    yield Request("an enrolment of texts", _packed(_many(b'"a"', most)), ENROL, "deflate")
    yield Request("an enrolment of keys", _packed(_keys(most)), ENROL, "deflate")
    yield Request("an enrolment of eight megabytes", _packed(_many(b"[]", 8 * MIB)), ENROL, "deflate")
    yield Request("one long text of enrolment", b'{"code":"' + b"x" * (JSON_BYTES_MAX - 20) + b'"}', ENROL)


def costs(folder: Path) -> Iterator[Cost]:
    """Each request once, behind one that warms everything up."""
    with fortress(folder) as made:
        made.sync(made.worker)
        tracemalloc.start()
        for request in worst(made):
            yield _cost(made, request)


def _cost(made: Fortress, request: Request) -> Cost:
    headers = {"Content-Type": "application/json"} if request.path == ENROL else {}
    if request.encoding:
        headers["Content-Encoding"] = request.encoding
    tracemalloc.reset_peak()
    held, _ = tracemalloc.get_traced_memory()
    began_s = time.process_time()
    answer = made.send(made.worker, request.body, path=request.path, headers=headers)
    took_s = time.process_time() - began_s
    _, peak = tracemalloc.get_traced_memory()
    return Cost(request.name, answer.status_code, peak - held, round(took_s, 2))


def _bombs(made: Fortress) -> Iterator[bytes]:
    """Sealed envelopes, as many as a push holds, each of which holds far more than a changeset."""
    with made.agency.house.database.reading() as session:
        key = agency_of(session, made.agency.id).public_key
    session_key = Session(key, store_id=bytes(16), entropy=os.urandom)
    body = (
        Prefix(made.agency.id, made.worker.device, made.worker.author).canonical()
        + b"\n"
        + bytes(ENVELOPE_BYTES)
    )
    for number in range(40):
        yield write_envelope_line(session_key.seal(os.urandom(16), number + 1, body).to_bytes())


def _packed(data: bytes) -> bytes:
    """Compressed as much as the ratio allows and no more: each flush costs some bytes."""
    stream = zlib.compressobj(9)
    parts = [
        stream.compress(data[start : start + FLUSH_BYTES]) + stream.flush(zlib.Z_FULL_FLUSH)
        for start in range(0, len(data), FLUSH_BYTES)
    ]
    return b"".join([*parts, stream.flush()])


def _many(part: bytes, size_bytes: int) -> bytes:
    return b"[" + b",".join([part] * (size_bytes // (len(part) + 1))) + b"]"


def _keys(size_bytes: int) -> bytes:
    keys = b",".join([b'"%07d":0' % number for number in range(size_bytes // 12)])
    return b"{" + keys[: size_bytes - 20].rpartition(b",")[0] + b"}"


def main() -> None:
    """Print each cost as a line of JSON."""
    with TemporaryDirectory() as folder:
        for cost in costs(Path(folder)):
            print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    main()
