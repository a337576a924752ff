r"""
Wire: a request of one exchange as bytes, and the lines that it is made of.

The first line is a head in JSON. Then comes one line a changeset, `signature body`; a line that begins with
`~` is a sealed envelope that a tablet offers again after a server was restored. Members that say nothing are
left out; what the connection implies is not sent. What comes back is in `reply`.

    >>> tablet = Tablet(schema=1, app="0.1.0", clock=1000, pending=0, anchor="")
    >>> head = Head(epoch="e1", cursor="", page_bytes=1000, tablet=tablet)
    >>> read_request(write_request(head, [])) == (head, [])
    True
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .changeset import is_name
from .errors import Malformed, Oversize
from .ids import Json, decode_bytes, encode, encode_bytes, read_json
from .limits import (
    CHANGESET_BYTES_MAX,
    HEAD_BYTES_MAX,
    KEPT_CURSORS_MAX,
    PUSH_CHANGESETS_MAX,
    PUSH_INFLATED_BYTES_MAX,
)
from .shapes import items, members, text, whole

MEDIA_TYPE: Final = "application/vnd.doorstep.sync"
SIGNATURE_BYTES: Final = 64
ENVELOPE: Final = b"~"
TEXT_CHARS_MAX: Final = 200
CURSOR_CHARS_MAX: Final = 64 * 1024
"""Characters of a cursor: the subjects that enter first, by name, are its longest part."""


@dataclass(frozen=True, slots=True)
class Tablet:
    """What a tablet says of itself in each request."""

    schema: int
    app: str
    clock: int
    """Its own clock, milliseconds since 1970."""
    pending: int
    """Changesets that no outcome has settled."""
    anchor: str
    """The store's sequence and digest, by which the server sees a file that was rolled back."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a request."""

    epoch: str
    cursor: str
    """Where this tablet stands; empty for one that has nothing."""
    page_bytes: int
    """Bytes of rows wanted before compression; 0 for none."""
    tablet: Tablet
    lacks: tuple[str, ...] = ()
    """Names that the server misses and that this tablet no longer has."""
    refetch: tuple[str, ...] = ()
    """Subjects whose digest did not match."""
    kept: tuple[str, ...] = ()
    """Cursors of earlier days, newest first, when the server's history has changed."""
    holds: tuple[str, ...] | None = None
    """After that: every subject that this tablet holds."""
    again: tuple[str, ...] = ()
    """After that: the subjects with rows newer than the kept cursor, or with a leave that waited."""


@dataclass(frozen=True, slots=True)
class Line:
    """One changeset of a request as it came: an unreadable `body` counts under its hash all the same."""

    signature: bytes
    """64 bytes; empty where the line has none that can be read."""
    body: bytes
    envelope: bool = False
    """`body` is sealed to the agency."""


def write_request(head: Head, lines: Sequence[bytes]) -> bytes:
    """
    A request as bytes; `lines` as `write_line` made them.

    Raises:
        Oversize: The head names more than one request may.
    """
    first = encode(_head_json(head))
    if len(first) > HEAD_BYTES_MAX:
        raise Oversize("HEAD_BYTES_MAX", HEAD_BYTES_MAX, len(first))
    return b"\n".join((first, *lines))


def write_line(signature: bytes, body: bytes) -> bytes:
    """The line of one changeset."""
    return encode_bytes(signature).encode() + b" " + body


def write_envelope_line(envelope: bytes) -> bytes:
    """The line of one sealed envelope."""
    return ENVELOPE + encode_bytes(envelope).encode()


def read_request(data: bytes) -> tuple[Head, list[Line]]:
    """
    A request out of inflated bytes. A line that cannot be read stands alone and is given as it is.

    Raises:
        Malformed: The head is not one.
        Oversize: More bytes or lines than one request may have.
    """
    if len(data) > PUSH_INFLATED_BYTES_MAX:
        raise Oversize("PUSH_INFLATED_BYTES_MAX", PUSH_INFLATED_BYTES_MAX, len(data))
    if (count := data.count(b"\n")) > PUSH_CHANGESETS_MAX:
        raise Oversize("PUSH_CHANGESETS_MAX", PUSH_CHANGESETS_MAX, count)
    first, *rest = data.split(b"\n")
    if len(first) > HEAD_BYTES_MAX:
        raise Oversize("HEAD_BYTES_MAX", HEAD_BYTES_MAX, len(first))
    return _read_head(read_json(first)), [read_line(line) for line in rest]


def read_line(line: bytes) -> Line:
    """One line; without a readable signature the whole line is the body."""
    try:
        if line.startswith(ENVELOPE):
            return Line(b"", decode_bytes(line[1:].decode("ascii")), envelope=True)
        signed, found, body = line.partition(b" ")
        signature = decode_bytes(signed.decode("ascii"))
    except (Malformed, UnicodeDecodeError):
        return Line(b"", line)
    if not found or len(signature) != SIGNATURE_BYTES or len(body) > CHANGESET_BYTES_MAX:
        return Line(b"", line)
    return Line(signature, body)


def _head_json(head: Head) -> dict[str, Json]:
    tablet = head.tablet
    about: dict[str, Json] = {"app": tablet.app, "clock": tablet.clock, "schema": tablet.schema}
    if tablet.pending:
        about["pending"] = tablet.pending
    if tablet.anchor:
        about["anchor"] = tablet.anchor
    value: dict[str, Json] = {"epoch": head.epoch, "tablet": about}
    if head.cursor:
        value["cursor"] = head.cursor
    if head.page_bytes:
        value["page_bytes"] = head.page_bytes
    lists = {"lacks": head.lacks, "refetch": head.refetch, "kept": head.kept, "again": head.again}
    value |= {member: list(names) for member, names in lists.items() if names}
    if head.holds is not None:
        value["holds"] = list(head.holds)
    return value


def _read_head(value: Json) -> Head:
    head = members(value, "the head", ("tablet",))
    about = members(head["tablet"], "the tablet of the head")
    lacks = _names(head, "lacks", PUSH_CHANGESETS_MAX)
    if not all(map(is_name, lacks)):
        raise Malformed("lacks is not a list of names")
    return Head(
        epoch=_short(head, "epoch"),
        cursor=_short(head, "cursor", CURSOR_CHARS_MAX),
        page_bytes=whole(head.get("page_bytes", 0), "page_bytes"),
        tablet=Tablet(
            schema=whole(about.get("schema", 0), "schema"),
            app=_short(about, "app"),
            clock=whole(about.get("clock", 0), "clock"),
            pending=whole(about.get("pending", 0), "pending"),
            anchor=_short(about, "anchor"),
        ),
        lacks=lacks,
        refetch=_names(head, "refetch", PUSH_CHANGESETS_MAX),
        kept=_names(head, "kept", KEPT_CURSORS_MAX, CURSOR_CHARS_MAX),
        holds=_names(head, "holds", HEAD_BYTES_MAX) if "holds" in head else None,
        again=_names(head, "again", HEAD_BYTES_MAX),
    )


def _short(value: dict[str, Json], member: str, most: int = TEXT_CHARS_MAX) -> str:
    return _at_most(text(value.get(member, ""), member), member, most)


def _names(value: dict[str, Json], member: str, most: int, chars: int = TEXT_CHARS_MAX) -> tuple[str, ...]:
    names = items(value.get(member, []), member, 0, most)
    return tuple([_at_most(text(name, member), member, chars) for name in names])


def _at_most(value: str, member: str, most: int) -> str:
    if len(value) > most:
        raise Malformed(f"{member} of the head has more than {most} characters")
    if "\0" in value:
        # Not every database can be asked for it.
        raise Malformed(f"{member} of the head holds NUL")
    return value
