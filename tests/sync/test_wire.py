import json
from dataclasses import replace
from typing import Any

import pytest

from sync import (
    Head,
    Line,
    Malformed,
    Oversize,
    Tablet,
    read_request,
    write_envelope_line,
    write_line,
    write_request,
)
from sync.limits import (
    CHANGESET_BYTES_MAX,
    HEAD_BYTES_MAX,
    INTEGER_MAX,
    KEPT_CURSORS_MAX,
    PUSH_CHANGESETS_MAX,
    PUSH_INFLATED_BYTES_MAX,
)
from sync.wire import CURSOR_CHARS_MAX, TEXT_CHARS_MAX, read_line
from tests.sync.making import TABLET

HEAD = Head("e1", "", 0, TABLET)
SIGNATURE = bytes(range(64))


def test_a_request_with_nothing_to_say_is_small() -> None:
    """Members that say nothing are left out."""
    assert write_request(HEAD, []) == b'{"epoch":"e1","tablet":{"app":"0.1.0","clock":1000,"schema":1}}'


def test_what_a_head_leaves_out_says_nothing() -> None:
    """An older tablet may not know a member."""
    assert read_request(head()) == (Head("e1", "", 0, Tablet(0, "", 0, 0, "")), [])


def test_a_tablet_that_holds_nothing_says_so() -> None:
    """After a restore that is not the same as saying nothing."""
    holding = replace(HEAD, holds=())

    assert read_request(write_request(holding, []))[0] == holding
    assert read_request(write_request(HEAD, []))[0].holds is None


def test_each_line_stands_alone() -> None:
    """One that cannot be read hides no other."""
    lines = [
        write_line(SIGNATURE, b"body one"),
        b"garbage",
        b"",
        write_envelope_line(b"sealed"),
        b"~not base64",
    ]

    assert read_request(write_request(HEAD, lines))[1] == [
        Line(SIGNATURE, b"body one"),
        Line(b"", b"garbage"),
        Line(b"", b""),
        Line(b"", b"sealed", envelope=True),
        Line(b"", b"~not base64"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nothing-else",
        write_line(bytes(63), b"x"),
        write_line(bytes(65), b"x"),
        write_line(SIGNATURE, b"x").replace(b" ", b""),
        b"\xff\xfe x",
        "~é".encode(),
        write_line(SIGNATURE, b"x" * (CHANGESET_BYTES_MAX + 1)),
    ],
)
def test_a_line_without_a_readable_signature_is_all_body(line: bytes) -> None:
    """It counts as arrived, under its hash."""
    assert read_line(line) == Line(b"", line)


def test_a_body_at_its_bound_is_read() -> None:
    """And one that holds spaces is whole."""
    body = b"a b " * (CHANGESET_BYTES_MAX // 4)

    assert read_line(write_line(SIGNATURE, body)) == Line(SIGNATURE, body, envelope=False)


def head(**members: Any) -> bytes:
    """A head with these members."""
    return json.dumps({"epoch": "e1", "tablet": {}, **members}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"[]", b"{}", b"", head(tablet=[]), head(tablet={"schema": -1}), head(tablet={"app": 1}),
        head(tablet={"clock": INTEGER_MAX + 1}), head(tablet={"pending": True}), head(tablet={"anchor": []}),
        head(epoch=1), head(epoch="x" * (TEXT_CHARS_MAX + 1)), head(cursor="x" * (CURSOR_CHARS_MAX + 1)),
        head(page_bytes=-1), head(page_bytes="1"), head(lacks=["short"]), head(lacks="a" * 22), head(refetch=[1]),
        head(lacks=["a" * 22] * (PUSH_CHANGESETS_MAX + 1)), head(refetch=["s"] * (PUSH_CHANGESETS_MAX + 1)),
        head(kept=["c"] * (KEPT_CURSORS_MAX + 1)), head(kept=["c" * (CURSOR_CHARS_MAX + 1)]), head(holds=None),
        head(holds=["s" * (TEXT_CHARS_MAX + 1)]), head(again={}),
    ],
)  # fmt: skip
def test_a_head_of_another_form_is_refused(data: bytes) -> None:
    """Whole: without a head nobody knows what the lines mean."""
    with pytest.raises(Malformed):
        read_request(data)


@pytest.mark.parametrize(
    "data",
    [
        head(epoch="x" * TEXT_CHARS_MAX, cursor="x" * CURSOR_CHARS_MAX, page_bytes=INTEGER_MAX),
        head(lacks=["a" * 22] * PUSH_CHANGESETS_MAX, refetch=["s"] * PUSH_CHANGESETS_MAX),
        head(kept=["c"] * KEPT_CURSORS_MAX, later="a member of a newer version"),
        head(later="x" * (HEAD_BYTES_MAX - len(head(later="")))),
        head() + b"\nx" * PUSH_CHANGESETS_MAX,
    ],
)
def test_a_request_at_its_bounds_is_read(data: bytes) -> None:
    """A bound is the last that goes."""
    read_request(data)


@pytest.mark.parametrize(
    ("data", "bound"),
    [
        (head() + b"\n" + b"x" * PUSH_INFLATED_BYTES_MAX, "PUSH_INFLATED_BYTES_MAX"),
        (head() + b"\nx" * (PUSH_CHANGESETS_MAX + 1), "PUSH_CHANGESETS_MAX"),
        (head(later="x" * HEAD_BYTES_MAX), "HEAD_BYTES_MAX"),
    ],
)
def test_a_request_over_a_bound_is_refused_by_its_name(data: bytes, bound: str) -> None:
    """The tablet makes the next one smaller."""
    with pytest.raises(Oversize) as refused:
        read_request(data)

    assert refused.value.bound == bound
    assert refused.value.found > refused.value.limit


def test_a_head_over_its_bound_is_not_written() -> None:
    """The tablet says so itself, and does not ask for ever."""
    with pytest.raises(Oversize, match="HEAD_BYTES_MAX"):
        write_request(replace(HEAD, holds=("s" * 100,) * (HEAD_BYTES_MAX // 100)), [])


@pytest.mark.parametrize("member", ["epoch", "cursor", "refetch", "kept", "holds", "again"])
def test_no_text_of_a_head_holds_nul(member: str) -> None:
    """PostgreSQL can neither keep it nor be asked for it, and the server would stumble over its own question."""
    value = "a\0b" if member in ("epoch", "cursor") else ["a\0b"]

    with pytest.raises(Malformed, match=f"{member} of the head holds NUL"):
        read_request(head(**{member: value}))
