"""What a refusal says, word for word: the place and the rule, from which a builder of another tablet works."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from sync import (
    Malformed,
    Oversize,
    canonical,
    decode_bytes,
    parse,
    read_canonical,
    read_json,
    read_reply,
    read_request,
    read_row,
    read_state,
    sole_changeset,
)
from sync.limits import (
    CHANGESET_BYTES_MAX,
    DEPTH_MAX,
    HEAD_BYTES_MAX,
    OVER_MAX,
    PUSH_CHANGESETS_MAX,
    PUSH_INFLATED_BYTES_MAX,
    REASON_CHARS_MAX,
    STRING_CHARS_MAX,
    WRITES_MAX,
)
from sync.shapes import texts
from sync.wire import CURSOR_CHARS_MAX, TEXT_CHARS_MAX
from tests.sync.making import ANA
from tests.sync.test_changeset import WHOLE, WRITE, changed, written
from tests.sync.test_rows import ROW
from tests.sync.test_wire import head

TEXT = "{} is not text"
WHOLE_NUMBER = "{} is not a whole number of at least 0"
LIST = "{} is not a list of that length"
OBJECT = "{} is not an object with these members"

ROWS: list[tuple[Any, str]] = [
    ([], OBJECT.format("a row")),
    ({"c": {}}, LIST.format("c")),
    ({"c": [["n", "d", "a"]]}, LIST.format("a changeset")),
    ({"c": [["n", "d", "a", 1, 2, 3, 4]]}, LIST.format("a changeset")),
    ({"c": [[7, "d", "a", 1]]}, TEXT.format("name")),
    ({"c": [["n", 7, "a", 1]]}, TEXT.format("device")),
    ({"c": [["n", "d", 7, 1]]}, TEXT.format("author")),
    ({"c": [["n", "d", "a", "1"]]}, WHOLE_NUMBER.format("ms")),
    ({"c": [["n", "d", "a", 1, -1]]}, WHOLE_NUMBER.format("counter")),
    ({"c": [["n", "d", "a", 1, 0, -(2**53)]]}, f"wall is not a whole number of at least {1 - 2**53}"),
    ({"p": "1"}, WHOLE_NUMBER.format("p")),
    ({"q": []}, OBJECT.format("q")),
    ({"q": {"x": "1"}}, WHOLE_NUMBER.format("q")),
    ({"b": 1}, OBJECT.format("b")),
    ({"b": {"x": 1}}, OBJECT.format("b")),
    ({"u": []}, OBJECT.format("u")),
    ({"u": {"x": 1}}, LIST.format("a unit")),
    ({"u": {"x": [0]}}, LIST.format("a write")),
    ({"u": {"x": [[0, 1, [], 3]]}}, LIST.format("a write")),
    ({"u": {"x": [-1, 1]}}, WHOLE_NUMBER.format("index")),
    ({"u": {"x": [1, 1]}}, "a write refers to no changeset"),
    ({"u": {"x": [[0, 1, "o"]]}}, LIST.format("over")),
    ({"u": {"x": [[0, 1, [2]]]}}, TEXT.format("over")),
    ({"t": 1}, TEXT.format("t")),
    ({"i": 1}, TEXT.format("i")),
    ({"s": 1}, TEXT.format("s")),
]


def said(call: Callable[[], object]) -> str:
    """What a refusal says."""
    with pytest.raises(Malformed) as refused:
        call()
    assert refused.value.rule == str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("members", "message"), ROWS)
def test_a_row_is_refused_in_these_words(members: Any, message: str) -> None:
    """A stored row that was damaged names the member, so that an operator finds it."""
    row = {**ROW, **members} if isinstance(members, dict) else members

    assert said(lambda: read_row(row)) == message


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ([], OBJECT.format("the second line")),
        ({"gone": 1}, OBJECT.format("gone")),
        ({"gone": {"x": 1}}, LIST.format("gone")),
        ({"yielding": {"x": [1]}}, TEXT.format("yielding")),
        ({"bases": {"x": []}}, OBJECT.format("bases")),
        ({"over": {"x": [1]}}, TEXT.format("over")),
        ({"over": {"y": []}}, "only of one live write the second line tells what it replaced"),
    ],
)
def test_a_second_line_is_refused_in_these_words(rest: Any, message: str) -> None:
    """It names the member."""
    state = json.dumps(ROW).encode() + b"\n" + json.dumps(rest).encode()

    assert said(lambda: read_state(state)) == message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], OBJECT.format("a reply")),
        ({"epoch": 1}, TEXT.format("epoch")),
        ({"clock": "5"}, WHOLE_NUMBER.format("clock")),
        ({"outcomes": {}}, LIST.format("outcomes")),
        ({"outcomes": [["a"]]}, LIST.format("an outcome")),
        ({"outcomes": [["a", 1, "h", "s", 5]]}, LIST.format("an outcome")),
        ({"outcomes": [[1, 1]]}, TEXT.format("name")),
        ({"outcomes": [["a", "1"]]}, WHOLE_NUMBER.format("position")),
        ({"outcomes": [["a", 1, 2, "s"]]}, TEXT.format("code")),
        ({"outcomes": [["a", 1, "h", 3]]}, TEXT.format("sentence")),
        ({"outcomes": [["a", 0, [1]]]}, TEXT.format("missing")),
        ({"outcomes": [["a", 1, "h"]]}, WHOLE_NUMBER.format("at")),
        ({"fates": {}}, LIST.format("fates")),
        ({"fates": [["a", 1, "released"]]}, LIST.format("a fate")),
        ({"fates": [["a", 1, "released", "", ""]]}, LIST.format("a fate")),
        ({"fates": [[1, 1, "released", ""]]}, TEXT.format("name")),
        ({"fates": [["a", "1", "released", ""]]}, WHOLE_NUMBER.format("position")),
        ({"fates": [["a", 1, 2, ""]]}, TEXT.format("decision")),
        ({"fates": [["a", 1, "released", 3]]}, TEXT.format("reason")),
        ({"safe": "1"}, WHOLE_NUMBER.format("safe")),
        ({"lease": 1}, TEXT.format("lease")),
        ({"page": {}}, OBJECT.format("a page")),
        ({"page": {"cursor": 1}}, TEXT.format("cursor")),
        ({"page": {"cursor": "c", "digests": []}}, OBJECT.format("digests")),
        ({"page": {"cursor": "c", "digests": {"s": 1}}}, TEXT.format("a digest")),
        ({"page": {"cursor": "c", "records": {}}}, LIST.format("records")),
        ({"page": {"cursor": "c", "enter": {}}}, LIST.format("enter")),
        ({"page": {"cursor": "c", "whole": {}}}, LIST.format("whole")),
        ({"page": {"cursor": "c", "leave": {}}}, LIST.format("leave")),
        ({"page": {"cursor": "c", "total": 1}}, TEXT.format("total")),
        ({"page": {"cursor": "c", "head": "1"}}, WHOLE_NUMBER.format("head")),
    ],
)
def test_a_reply_is_refused_in_these_words(members: Any, message: str) -> None:
    """What a tablet logs is enough to find the server's mistake."""
    reply = {"epoch": "e1", "clock": 5, **members} if isinstance(members, dict) else members

    assert said(lambda: read_reply(json.dumps(reply).encode())) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[]", OBJECT.format("the head")),
        (head(tablet=[]), OBJECT.format("the tablet of the head")),
        (head(lacks=["short"]), "lacks is not a list of names"),
        (head(lacks={}), LIST.format("lacks")),
        (head(refetch=[1]), TEXT.format("refetch")),
        (head(page_bytes="1"), WHOLE_NUMBER.format("page_bytes")),
        (head(tablet={"schema": "1"}), WHOLE_NUMBER.format("schema")),
        (head(tablet={"clock": "1"}), WHOLE_NUMBER.format("clock")),
        (head(tablet={"pending": "1"}), WHOLE_NUMBER.format("pending")),
        (head(tablet={"app": 1}), TEXT.format("app")),
        (head(tablet={"anchor": 1}), TEXT.format("anchor")),
        (head(epoch=1), TEXT.format("epoch")),
        (head(epoch="x" * 201), f"epoch of the head has more than {TEXT_CHARS_MAX} characters"),
        (head(kept=["x" * (CURSOR_CHARS_MAX + 1)]), "kept of the head has more than 65536 characters"),
    ],
)
def test_a_head_is_refused_in_these_words(data: bytes, message: str) -> None:
    """The tablet's builder reads which member the server could not take."""
    assert said(lambda: read_request(data)) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "a changeset has other members"),
        (changed(v=2), "v is not a format that we know"),
        (changed(subject=""), "subject has not the form of a subject"),
        (changed(seq=0), "seq is not a whole number of at least 1"),
        (changed(prev=5), "prev is not the id of the changeset before"),
        (changed(at=[5]), "at is not [milliseconds, counter]"),
        (changed(at=[-1, 0]), "at is not a whole number of at least 0"),
        (changed(at=[0, -1]), "at is not a whole number of at least 0"),
        (changed(wall=-1), "wall is not a whole number of at least 0"),
        (changed(schema=0), "schema is not a whole number of at least 1"),
        (changed(salt=7), "salt is not 16 bytes"),
        (changed(reason=" "), "reason is not text"),
        (changed(settles=False), "a settlement says settles: true and a reason"),
        (changed(was="short"), "was has not the form of a was"),
        (changed(writes=[]), "writes is not a list of at least one"),
        (changed(writes=[WRITE, WRITE]), "one unit is written twice in one changeset"),
        (changed(writes=[[]]), "a write has other members"),
        (written(type="Client"), "type has not the form of a type"),
        (written(id="-"), "id has not the form of a id"),
        (written(unit="a/b/c/d"), "unit has not the form of a unit"),
        (written(over=["short"]), "over is not a list of different names"),
    ],
)
def test_a_changeset_is_refused_in_these_words(body: bytes, message: str) -> None:
    """Held work says which rule it breaks, in words that stay the same."""
    assert said(lambda: parse(ANA, body)) == message


def test_a_changeset_that_settles_nothing_says_so() -> None:
    """What has no word of a settlement is none."""
    plain = {name: value for name, value in WHOLE.items() if name not in ("settles", "reason", "was")}

    made = parse(ANA, canonical({**plain, "seq": 1, "prev": ""}))

    assert (made.settles, made.reason, made.was, made.prev) == (False, None, None, "")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: canonical("\ud800"), "text holds a lone surrogate"),
        (lambda: canonical(2**53), "a number lies beyond 2**53 - 1"),
        (lambda: canonical(cast(Any, (1,))), "a value of kind tuple is not JSON here"),
        (lambda: canonical({"é": 1}), "a key is not ASCII text"),
        (lambda: read_canonical(b"[1, 2]"), "JSON is not in canonical form"),
        (lambda: read_json(b'["\\ud800"]'), "text holds a lone surrogate"),
        (lambda: read_json(b"\xff"), "text is not UTF-8"),
        (lambda: read_json(b"{"), "text is not JSON"),
        (lambda: read_json(b"1.5"), "numbers must be whole"),
        (lambda: decode_bytes("A B="), "text is not base64url"),
        (lambda: decode_bytes("A BCD"), "text is not base64url"),
        (lambda: decode_bytes("AB"), "base64url is not in its shortest form"),
        (lambda: sole_changeset(b'{"c":[[1,"d","a",1]],"i":"c1"}'), TEXT.format("name")),
        (lambda: texts("x", "a"), "a is not a list of that length"),
    ],
)
def test_bytes_and_values_are_refused_in_these_words(call: Callable[[], object], message: str) -> None:
    """Each names its rule."""
    assert said(call) == message


@pytest.mark.parametrize(
    ("call", "passed"),
    [
        (lambda: read_json(b"[" * 100_000), ("DEPTH_MAX", DEPTH_MAX, DEPTH_MAX + 1)),
        (lambda: canonical("x" * 65_537), ("STRING_CHARS_MAX", STRING_CHARS_MAX, 65_537)),
        (lambda: canonical(json.loads("[" * 17 + "]" * 17)), ("DEPTH_MAX", DEPTH_MAX, DEPTH_MAX + 1)),
        (lambda: parse(ANA, b"x" * 245_761), ("CHANGESET_BYTES_MAX", CHANGESET_BYTES_MAX, 245_761)),
        (lambda: parse(ANA, changed(reason="x" * 2_001)), ("REASON_CHARS_MAX", REASON_CHARS_MAX, 2_001)),
        (
            lambda: parse(ANA, written(over=[f"{number:022d}" for number in range(257)])),
            ("OVER_MAX", OVER_MAX, 257),
        ),
        (
            lambda: parse(ANA, changed(writes=[{**WRITE, "id": f"c{n}"} for n in range(201)])),
            ("WRITES_MAX", WRITES_MAX, 201),
        ),
        (
            lambda: read_request(b"x" * (4 * 2**20 + 1)),
            ("PUSH_INFLATED_BYTES_MAX", PUSH_INFLATED_BYTES_MAX, 4 * 2**20 + 1),
        ),
        (lambda: read_request(head() + b"\n" * 501), ("PUSH_CHANGESETS_MAX", PUSH_CHANGESETS_MAX, 501)),
        (lambda: read_request(b"x" * (2**20 + 1)), ("HEAD_BYTES_MAX", HEAD_BYTES_MAX, 2**20 + 1)),
    ],
)
def test_a_bound_is_named_with_its_number_and_what_was_found(
    call: Callable[[], object], passed: tuple[str, int, int]
) -> None:
    """The sender makes the next one smaller by as much as is needed."""
    with pytest.raises(Oversize) as refused:
        call()

    assert (refused.value.bound, refused.value.limit, refused.value.found) == passed
