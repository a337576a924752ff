r"""
Wire: the messages of one exchange as bytes.

A request is lines: a head in JSON, then one line a changeset, `signature body`, where a line that begins with `~`
is a sealed envelope that a tablet offers again after a server was restored. A reply is one JSON object. Members
that say nothing are left out; what the connection implies is not sent.

    >>> tablet = Tablet(schema=1, app="0.1.0", clock=1000, pending=0, anchor="")
    >>> head = Head(epoch="e1", cursor="", page_bytes=1000, tablet=tablet)
    >>> read_request(write_request(head, [])) == (head, [])
    True
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

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
    """One changeset of a request as it came: `body` may be unreadable, and counts under its hash all the same."""

    signature: bytes
    """64 bytes; empty where the line has none that can be read."""
    body: bytes
    envelope: bool = False
    """`body` is sealed to the agency."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one changeset, by its name."""

    name: str
    position: int
    """Where the log has it; 0 while it waits."""
    at_ms: int | None = None
    """The capped clock of an accepted one, where the cap changed it."""
    held: str = ""
    """The code of the reason for which it is held."""
    sentence: str = ""
    missing: tuple[str, ...] = ()
    """What it waits for."""

    @property
    def settled(self) -> bool:
        """Whether the tablet may stop offering it."""
        return self.position > 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What a person decided about held work: `released`, or `not_applied` with a reason."""

    name: str
    position: int
    decision: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One part of what a tablet lacks, as it leaves the server: rows are bytes already."""

    cursor: str
    more: bool = False
    rows: tuple[bytes, ...] = ()
    enter: tuple[str, ...] = ()
    """Subjects whose whole state begins in this page: what is staged of them is void."""
    whole: tuple[str, ...] = ()
    """Entering subjects that are complete with this page."""
    leave: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    """{subject: digest}, with the last page, of the subjects that changed."""
    total: str = ""
    head: int = 0
    """The position of the snapshot: what is complete with this page is current up to it; 0 where nothing moved."""


@dataclass(frozen=True, slots=True)
class PageIn:
    """The same as a tablet reads it: rows are JSON."""

    cursor: str
    more: bool
    rows: tuple[Json, ...]
    enter: tuple[str, ...]
    whole: tuple[str, ...]
    leave: tuple[str, ...]
    digests: Mapping[str, str]
    total: str
    head: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers; `page` is a `Page` when it is written and a `PageIn` when it is read."""

    epoch: str
    clock: int
    """The server's clock, milliseconds since 1970."""
    outcomes: tuple[Outcome, ...] = ()
    fates: tuple[Fate, ...] = ()
    page: Page | PageIn | None = None
    safe: int = 0
    """The position that every backup covers."""
    lease: str = ""
    enrol_again: bool = False


@dataclass(frozen=True, slots=True)
class HistoryChanged:
    """The server's log is not the one that this tablet knows."""

    epoch: str
    cursor: str | None = None
    """The newest kept cursor that still holds; empty for none, absent where none was offered."""


def write_request(head: Head, lines: Sequence[bytes]) -> bytes:
    """A request as bytes; `lines` as `write_line` made them."""
    return b"\n".join((encode(_head_json(head)), *lines))


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
    first, *rest = data.split(b"\n")
    if len(first) > HEAD_BYTES_MAX:
        raise Oversize("HEAD_BYTES_MAX", HEAD_BYTES_MAX, len(first))
    if len(rest) > PUSH_CHANGESETS_MAX:
        raise Oversize("PUSH_CHANGESETS_MAX", PUSH_CHANGESETS_MAX, len(rest))
    return _read_head(read_json(first)), [read_line(line) for line in rest]


def read_line(line: bytes) -> Line:
    """One line; without a readable signature the whole line is the body."""
    try:
        if line.startswith(ENVELOPE):
            return Line(b"", decode_bytes(line[1:].decode("ascii")), envelope=True)
        text, found, body = line.partition(b" ")
        signature = decode_bytes(text.decode("ascii"))
    except (Malformed, UnicodeDecodeError):
        return Line(b"", line)
    if not found or len(signature) != SIGNATURE_BYTES or len(body) > CHANGESET_BYTES_MAX:
        return Line(b"", line)
    return Line(signature, body)


def write_reply(reply: Reply) -> bytes:
    """A reply as bytes; rows are joined as they are, never encoded again."""
    value: dict[str, Json] = {"clock": reply.clock, "epoch": reply.epoch}
    if reply.outcomes:
        value["outcomes"] = [_outcome_json(outcome) for outcome in reply.outcomes]
    if reply.fates:
        value["fates"] = [[fate.name, fate.position, fate.decision, fate.reason] for fate in reply.fates]
    if reply.safe:
        value["safe"] = reply.safe
    if reply.lease:
        value["lease"] = reply.lease
    if reply.enrol_again:
        value["enrol_again"] = True
    data = encode(value)
    assert reply.page is None or isinstance(reply.page, Page), "a page that was read is not written"
    return data if reply.page is None else data[:-1] + b',"page":' + _write_page(reply.page) + b"}"


def read_reply(data: bytes) -> Reply:
    """
    A reply out of inflated bytes.

    Raises:
        Malformed: Not the form of a reply.
    """
    value = read_json(data)
    try:
        return _read_reply(_object(value))
    except (KeyError, IndexError, TypeError, ValueError):
        raise Malformed("a reply has not the form of a reply") from None


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
    if not isinstance(value, dict):
        raise Malformed("the head is not an object")
    tablet = value.get("tablet")
    if not isinstance(tablet, dict):
        raise Malformed("the head names no tablet")
    lacks = _names(value, "lacks", PUSH_CHANGESETS_MAX)
    if not all(map(is_name, lacks)):
        raise Malformed("lacks is not a list of names")
    return Head(
        epoch=_text(value, "epoch"),
        cursor=_text(value, "cursor", CURSOR_CHARS_MAX),
        page_bytes=_whole(value, "page_bytes"),
        tablet=Tablet(
            schema=_whole(tablet, "schema"),
            app=_text(tablet, "app"),
            clock=_whole(tablet, "clock"),
            pending=_whole(tablet, "pending"),
            anchor=_text(tablet, "anchor"),
        ),
        lacks=lacks,
        refetch=_names(value, "refetch", PUSH_CHANGESETS_MAX),
        kept=_names(value, "kept", KEPT_CURSORS_MAX, CURSOR_CHARS_MAX),
        holds=_names(value, "holds", HEAD_BYTES_MAX) if "holds" in value else None,
        again=_names(value, "again", HEAD_BYTES_MAX),
    )


def _text(value: dict[str, Json], member: str, most: int = TEXT_CHARS_MAX) -> str:
    text = value.get(member, "")
    if not isinstance(text, str) or len(text) > most:
        raise Malformed(f"{member} of the head is not text of at most {most} characters")
    return text


def _whole(value: dict[str, Json], member: str) -> int:
    number = value.get(member, 0)
    if type(number) is not int or not 0 <= number < 1 << 53:
        raise Malformed(f"{member} of the head is not a whole number")
    return number


def _names(value: dict[str, Json], member: str, most: int, chars: int = TEXT_CHARS_MAX) -> tuple[str, ...]:
    names = value.get(member, [])
    if not isinstance(names, list) or len(names) > most:
        raise Malformed(f"{member} of the head is not a list of at most {most}")
    if not all(isinstance(name, str) and len(name) <= chars for name in names):
        raise Malformed(f"{member} of the head does not hold short texts")
    return tuple(map(str, names))


def _outcome_json(outcome: Outcome) -> Json:
    if outcome.missing:
        return [outcome.name, 0, list(outcome.missing)]
    if outcome.held:
        return [outcome.name, outcome.position, outcome.held, outcome.sentence]
    if outcome.at_ms is not None:
        return [outcome.name, outcome.position, outcome.at_ms]
    return [outcome.name, outcome.position]


def _write_page(page: Page) -> bytes:
    value: dict[str, Json] = {"cursor": page.cursor}
    lists = {"enter": page.enter, "whole": page.whole, "leave": page.leave}
    value |= {member: list(names) for member, names in lists.items() if names}
    if page.more:
        value["more"] = True
    if page.digests:
        value["digests"] = dict(page.digests)
    if page.total:
        value["total"] = page.total
    if page.head:
        value["head"] = page.head
    data = encode(value)
    return data if not page.rows else data[:-1] + b',"records":[' + b",".join(page.rows) + b"]}"


def _read_reply(value: dict[str, Any]) -> Reply:
    return Reply(
        epoch=_str(value["epoch"]),
        clock=int(value["clock"]),
        outcomes=tuple([_read_outcome(part) for part in value.get("outcomes", ())]),
        fates=tuple(
            [
                Fate(_str(part[0]), int(part[1]), _str(part[2]), _str(part[3]))
                for part in value.get("fates", ())
            ]
        ),
        page=_read_page(_object(value["page"])) if "page" in value else None,
        safe=int(value.get("safe", 0)),
        lease=_str(value.get("lease", "")),
        enrol_again=value.get("enrol_again") is True,
    )


def _read_outcome(part: list[Any]) -> Outcome:
    name, position = _str(part[0]), int(part[1])
    if len(part) == 2:
        return Outcome(name, position)
    if len(part) > 3:
        return Outcome(name, position, held=_str(part[2]), sentence=_str(part[3]))
    if isinstance(part[2], list):
        return Outcome(name, 0, missing=tuple(map(_str, part[2])))
    return Outcome(name, position, at_ms=int(part[2]))


def _read_page(value: dict[str, Any]) -> PageIn:
    return PageIn(
        cursor=_str(value["cursor"]),
        more=value.get("more") is True,
        rows=tuple(value.get("records", ())),
        enter=tuple(map(_str, value.get("enter", ()))),
        whole=tuple(map(_str, value.get("whole", ()))),
        leave=tuple(map(_str, value.get("leave", ()))),
        digests={_str(key): _str(digest) for key, digest in value.get("digests", {}).items()},
        total=_str(value.get("total", "")),
        head=int(value.get("head", 0)),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("a reply is not an object")
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("a reply holds no text where it should")
    return value
