"""Laws of bytes: one spelling, read back as written, and nothing that arrives raises anything but SyncError."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync import (
    Accepted,
    Fate,
    Head,
    Json,
    Line,
    Outcome,
    Page,
    PageIn,
    Record,
    Reply,
    SyncError,
    Tablet,
    canonical,
    changeset_id,
    compose,
    decode_bytes,
    derived_id,
    digest_id,
    encode_bytes,
    fold,
    is_name,
    parse,
    random_id,
    read_canonical,
    read_json,
    read_reply,
    read_request,
    read_row,
    read_state,
    signed_bytes,
    view,
    write_envelope_line,
    write_line,
    write_reply,
    write_request,
    write_row,
    write_state,
)
from sync.digest import of_record
from tests.laws.strategies import histories, json_values, names
from tests.sync.making import ANA, BEN, OFFICE, TABLET, merged, rule_of, save, write

counts = st.integers(0, 2**53 - 1)
short = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
tablets = st.builds(Tablet, counts, short, counts, counts, short)
lists = st.lists(short, max_size=3).map(tuple)
heads = st.builds(
    Head,
    short,
    short,
    counts,
    tablets,
    st.lists(names, max_size=3).map(tuple),
    lists,
    lists,
    st.none() | lists,
    lists,
)
signatures = st.binary(min_size=64, max_size=64)
bodies = st.binary(max_size=60).filter(lambda data: b"\n" not in data)
outcomes = (
    st.builds(Outcome, names, st.integers(1, 99), st.none() | counts)
    | st.builds(Outcome, names, st.integers(1, 99), held=short.filter(bool), sentence=short)
    | st.builds(Outcome, names, st.just(0), missing=st.lists(names, min_size=1, max_size=3).map(tuple))
)
fates = st.builds(Fate, names, counts, short, short)
digests = st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), short, max_size=3)


@given(json_values)
def test_canonical_is_what_the_standard_says(value: Json) -> None:
    """Another language's library must arrive at the same id."""
    data = canonical(value)

    assert data == rfc8785.dumps(value)
    assert read_canonical(data) == value


@given(json_values, st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_a_value_has_one_spelling(value: Json, where: int, spelled: bytes) -> None:
    """Bytes that read as the same value and are others are refused: nothing hides in a spelling."""
    data = canonical(value)
    other = data[: where % (len(data) + 1)] + spelled + data[where % (len(data) + 1) :]

    with suppress(SyncError):
        assert canonical(read_canonical(other)) == other


@given(histories)
def test_a_changeset_is_read_as_it_was_made(made: list[Accepted]) -> None:
    """What the server reads is what the tablet saved, and its id is the hash of what was signed."""
    for entry in made:
        one = entry.changeset
        assert parse(one.prefix, one.body) == one
        assert one.id == changeset_id(one.prefix, one.body) == digest_id(signed_bytes(one.prefix, one.body))
        again = compose(
            one.prefix, subject=one.subject, seq=one.seq, prev=one.prev, at=one.at, wall=one.wall,
            schema=one.schema, salt=one.salt, writes=one.writes, reason=one.reason, settles=one.settles, was=one.was,
        )  # fmt: skip
        assert again == one


@given(
    heads, st.lists(st.tuples(signatures, bodies), max_size=4), st.lists(st.binary(max_size=40), max_size=2)
)
def test_a_request_is_read_as_it_was_written(
    head: Head, lines: list[tuple[bytes, bytes]], envelopes: list[bytes]
) -> None:
    """Heads, changesets and envelopes."""
    written = [write_line(*line) for line in lines] + [write_envelope_line(one) for one in envelopes]

    assert read_request(write_request(head, written)) == (
        head,
        [*(Line(*line) for line in lines), *(Line(b"", one, envelope=True) for one in envelopes)],
    )


@given(
    short, counts, st.lists(outcomes, max_size=4).map(tuple), st.lists(fates, max_size=3).map(tuple),
    counts, short, st.booleans(), st.booleans(), histories, lists, lists, lists, digests, counts,
)  # fmt: skip
def test_a_reply_is_read_as_it_was_written(
    epoch: str, clock: int, settled: tuple[Outcome, ...], decided: tuple[Fate, ...], safe: int, lease: str,
    again: bool, more: bool, made: list[Accepted], enter: tuple[str, ...], whole: tuple[str, ...],
    leave: tuple[str, ...], told: dict[str, str], head: int,
) -> None:  # fmt: skip
    """Outcomes, fates and a page whose rows go through as bytes."""
    row = write_row(fold(made, "client", "c1", "c1", rule_of))
    page = Page("cursor", more, (row, row), enter, whole, leave, told, lease, head)
    arrives = PageIn("cursor", more, (read_json(row),) * 2, enter, whole, leave, told, lease, head)

    reply = Reply(epoch, clock, settled, decided, page, safe, lease, again)

    assert read_reply(write_reply(reply)) == Reply(
        epoch, clock, settled, decided, arrives, safe, lease, again
    )


@given(st.binary(max_size=80))
def test_base64_has_one_spelling(data: bytes) -> None:
    """Else one signature could come as two lines."""
    text = encode_bytes(data)

    assert decode_bytes(text) == data
    for other in (text + "A", text + "=", text + " ", text.replace("-", "+"), text[:-1] + "é"):
        with suppress(SyncError):
            assert encode_bytes(decode_bytes(other)) == other


@given(st.binary(min_size=16, max_size=16), st.lists(short, min_size=1, max_size=3))
def test_ids_have_the_form_of_ids(entropy: bytes, parts: list[str]) -> None:
    """Random and derived ids are UUIDs of their kind; names are 22 characters."""
    random, derived = random_id(entropy), derived_id(*parts)

    assert (random[14], derived[14]) == ("4", "8")
    assert all(one[19] in "89ab" and len(one) == 36 and one.count("-") == 4 for one in (random, derived))
    assert is_name(digest_id(entropy))
    assert derived == derived_id(*parts) != derived_id(*parts, "")


# Anything at all may arrive: each reader refuses with its own error, or reads what holds together.

READERS: dict[str, Callable[[bytes], Any]] = {
    "changeset": lambda data: parse(ANA, data),
    "request": read_request,
    "reply": read_reply,
    "row": lambda data: shown(read_row(read_json(data))),
    "state": lambda data: shown(read_state(data)),
}
SAVED = save(
    ANA, [write("story", "One. Two.", "a" * 22), write("birth", {"deep": [1]})], reason="why", settles=True
)
RIVALS = merged(
    SAVED, save(BEN, write("birth", None), ms=900), save(BEN, write("story", "x", "a" * 22), salt=1)
)
HEAD = Head("e1", "cursor", 5, TABLET, ("a" * 22,), ("c1",), ("kept",), ("c1",), ("c1",))
SAMPLES = {
    "changeset": SAVED.body,
    "request": write_request(HEAD, [write_line(bytes(64), SAVED.body), write_envelope_line(b"sealed")]),
    "reply": write_reply(
        Reply(
            "e1", 7,
            (
                Outcome("a" * 22, 3, 5),
                Outcome("b" * 22, 0, missing=("a" * 22,)),
                Outcome("c" * 22, 4, None, "code", "why"),
            ),
            (Fate("a" * 22, 8, "released", "reason"),),
            Page("cursor", True, (write_row(RIVALS),), ("c1",), ("c1",), ("c2",), {"c1": "d" * 22}, "t", 9),
            3, "lease", enrol_again=True,
        )
    ),
    "row": write_row(RIVALS),
    "state": write_state(merged(SAVED, save(OFFICE, write("assigned", "x", "g" * 22)))),
}  # fmt: skip
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    (
        None, True, -1, 2**53, 10**400, "", "x", "\x00", "\ud800", [], [[]], [0], [0, 1], ["x", 1], [[0, 1], [0]], {},
        {"x": []}, {"x": {}}, {"x": 1}, [1, 2, 3, 4, 5, 6, 7], ["a", "b", "c", "d"], ["a", 1, 2, 3], [99, None],
    )
)  # fmt: skip

SHAPES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**53,
    "x",
    [],
    [0],
    [0, 1],
    [[0, 1], [0]],
    {},
    {"x": 1},
    {"x": []},
    3,
)
"""One of each kind."""


def shown(record: Record) -> Record:
    """The record, when it has been shown and written too: what was read must be usable."""
    view(record, rule_of)
    of_record(record)
    assert read_state(write_state(record)) == record
    return record


def must_read_or_refuse(reader: str, data: bytes) -> None:
    """Nothing but the room's own errors."""
    with suppress(SyncError):
        READERS[reader](data)


@pytest.mark.parametrize("reader", READERS)
def test_the_samples_of_these_laws_are_read(reader: str) -> None:
    """Else they would prove nothing."""
    READERS[reader](SAMPLES[reader])


@pytest.mark.parametrize("reader", READERS)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(reader: str, data: bytes) -> None:
    """A stranger's bytes end as an error with a name, never as a crash."""
    must_read_or_refuse(reader, data)


@pytest.mark.parametrize("reader", READERS)
@given(
    st.lists(
        st.tuples(st.integers(0, 5_000), st.integers(0, 3), st.binary(max_size=2)), min_size=1, max_size=4
    )
)
def test_a_damaged_message_is_read_or_refused(reader: str, damage: list[tuple[int, int, bytes]]) -> None:
    """Cut, overwritten, grown."""
    data = SAMPLES[reader]
    for where, length, instead in damage:
        where %= len(data) + 1
        data = data[:where] + instead + data[where + length :]
    must_read_or_refuse(reader, data)


@pytest.mark.parametrize("reader", READERS)
@given(st.lists(st.tuples(st.integers(0, 500), STRANGE), min_size=1, max_size=2))
def test_a_message_with_strange_members_is_read_or_refused(reader: str, swaps: list[tuple[int, Any]]) -> None:
    """Each value at each place may be of any kind: texts where lists should be, and the other way round."""
    lines = SAMPLES[reader].split(b"\n")
    for where, strange in swaps:
        line = where % min(len(lines), 1 if reader == "request" else 2)
        lines[line] = swapped(lines[line], where, strange)
    must_read_or_refuse(reader, b"\n".join(lines))


@pytest.mark.parametrize("reader", READERS)
def test_every_single_place_may_be_strange(reader: str) -> None:
    """The same without luck: every place once with every strange value, and every member once missing."""
    first, *rest = SAMPLES[reader].split(b"\n")
    lines = [first, *rest[:1]] if reader == "state" else [first]
    for index, line in enumerate(lines):
        for where in range(len(places(json.loads(line)))):
            for strange in SHAPES:
                must_read_or_refuse(
                    reader, b"\n".join([*lines[:index], swapped(line, where, strange), *rest[index:]])
                )
            gone = swapped(line, where, ABSENT)
            must_read_or_refuse(reader, b"\n".join([*lines[:index], gone, *rest[index:]]))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000, b"[" * 500 + b"]" * 500, b'{"a":' * 900 + b"1" + b"}" * 900, b"NaN", b"-Infinity", b"1e999",
        b"9" * 5_000, b'{"a":1,"a":2}', b'"\\ud800"', b'"\xed\xa0\x80"', b"\x00", b'"\\u0000"', b"\xef\xbb\xbf{}",
        b"",
    ],
)  # fmt: skip
def test_known_poison_is_refused(reader: str, data: bytes) -> None:
    """Deep, endless, not a number, doubled, half a letter, nothing at all."""
    with pytest.raises(SyncError):
        READERS[reader](data)


class Absent:
    """Stands for a member that is taken away."""


ABSENT = Absent()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


def swapped(data: bytes, where: int, strange: Any) -> bytes:
    """A JSON text with another value at one of its places, in canonical spelling as far as there is one."""
    try:
        value = json.loads(data)
    except ValueError:
        return data
    every = places(value)
    path = every[where % len(every)]
    if not path:
        return b"" if strange is ABSENT else dumped(strange)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    if strange is ABSENT:
        del parent[path[-1]]
    else:
        parent[path[-1]] = strange
    return dumped(value)


def dumped(value: Any) -> bytes:
    """JSON in canonical spelling but for half letters, which only an escape can spell."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
