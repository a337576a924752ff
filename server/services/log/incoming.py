"""
Incoming: the lines of a request as changesets, with their signatures judged.

Each changeset names its predecessor, so the signature of the last one of an unbroken run vouches for all before
it; only where that fails is each line judged alone. All of this needs no order, and happens before the log is
taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync import (
    Changeset,
    Line,
    Malformed,
    Oversize,
    Prefix,
    changeset_id,
    digest_id,
    parse,
    read_canonical,
    signed_bytes,
    write_envelope_line,
    write_line,
)
from sync.wire import read_line

from .judgement import unfit

UNREADABLE: Final = "unreadable"
BAD_SIGNATURE: Final = "bad_signature"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One line as the server takes it."""

    prefix: Prefix
    id: str
    line: bytes
    """What the log keeps: signature and body as they came."""

    changeset: Changeset | None
    fault: str = ""
    """`unreadable` or `bad_signature`; empty for a sound one."""

    rule: str = ""
    """The rule that an unreadable one breaks."""

    unfit: str | None = None
    """What `judgement.unfit` says of a readable one; none where nobody has asked yet."""

    @property
    def name(self) -> str:
        """The name under which its outcome is told."""
        return self.id if self.changeset is None else self.changeset.name


@dataclass(frozen=True, slots=True)
class Signatory:
    """A device whose signatures can be checked."""

    prefix: Prefix
    public_key: bytes


def receive(signatory: Signatory, lines: Sequence[Line]) -> list[Incoming]:
    """The lines of one device, in their order."""
    key = Ed25519PublicKey.from_public_bytes(signatory.public_key)
    read = [_read(signatory.prefix, line) for line in lines]
    signed = list(zip(read, lines, strict=True))
    taken: list[Incoming] = []
    start = 0
    for end in range(1, len(signed) + 1):
        if end == len(signed) or not _follows(read[end - 1], read[end]):
            taken += _judged(key, signed[start:end])
            start = end
    return taken


def read_envelope(content: bytes) -> tuple[Prefix, Line] | None:
    """The prefix and the line in an opened envelope; none where it has not the form of one."""
    first, found, rest = content.partition(b"\n")
    try:
        parts = read_canonical(first)
    except (Malformed, Oversize):
        return None
    if not found or not isinstance(parts, list) or len(parts) != 3:
        return None
    agency, device, author = parts
    if not (isinstance(agency, str) and isinstance(device, str) and isinstance(author, str)):
        return None
    return Prefix(agency, device, author), read_line(rest)


def _read(prefix: Prefix, line: Line) -> Incoming:
    if line.envelope:
        # Whoever brings it, and under whatever key: it counts under its own hash, which its tablet knows.
        kept, rule = write_envelope_line(line.body), "the envelope is by no device of this worker"
        return Incoming(prefix, digest_id(line.body), kept, None, UNREADABLE, rule)
    kept = write_line(line.signature, line.body) if line.signature else line.body
    try:
        if not line.signature:
            raise Malformed("a line is a signature, a space and a changeset")
        made = parse(prefix, line.body)
    except (Malformed, Oversize) as error:
        return Incoming(prefix, changeset_id(prefix, line.body), kept, None, UNREADABLE, str(error))
    return Incoming(prefix, made.id, kept, made, unfit=unfit(made))


def _follows(one: Incoming, other: Incoming) -> bool:
    return one.changeset is not None and other.changeset is not None and other.changeset.prev == one.id


def _judged(key: Ed25519PublicKey, run: Sequence[tuple[Incoming, Line]]) -> list[Incoming]:
    if _is_signed(key, *run[-1]):
        return [incoming for incoming, _ in run]
    return [
        incoming if incoming.fault or _is_signed(key, incoming, line) else _unsigned(incoming)
        for incoming, line in run
    ]


def _is_signed(key: Ed25519PublicKey, incoming: Incoming, line: Line) -> bool:
    if incoming.fault:
        return False
    try:
        key.verify(line.signature, signed_bytes(incoming.prefix, line.body))
    except InvalidSignature:
        return False
    return True


def _unsigned(incoming: Incoming) -> Incoming:
    """What somebody else may have written is no changeset of this device: it is kept under its hash."""
    rule = "the signature is not by this device"
    return Incoming(incoming.prefix, incoming.id, incoming.line, None, BAD_SIGNATURE, rule)
