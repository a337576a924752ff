"""What is written, byte for byte: another end reads it by these names, a later version too."""

from dataclasses import replace

import pytest

from sync import (
    At,
    Head,
    Json,
    Life,
    Oversize,
    Record,
    Rule,
    Tablet,
    ask,
    decided,
    decode_bytes,
    derived_id,
    encode_bytes,
    latest,
    members,
    once,
    read_json,
    read_request,
    read_row,
    read_state,
    safest,
    sole_changeset,
    text,
    view,
    write_request,
    write_row,
    write_state,
)
from sync.limits import HEAD_BYTES_MAX, PUSH_INFLATED_BYTES_MAX
from sync.wire import CURSOR_CHARS_MAX
from tests.sync.making import ANA, BEN, OFFICE, merged, save, shown, write
from tests.sync.test_rows import DRAFTS, OLD, ROW
from tests.sync.test_wire import HEAD, head

FULL = Head(
    "e1", "c1", 9, Tablet(2, "0.1.0", 3, 4, "a1"),
    ("l" * 22,), ("r1",), ("k" * CURSOR_CHARS_MAX, "k1"), ("h1",), ("g1",),
)  # fmt: skip


def test_a_head_that_says_everything_is_spelt_so() -> None:
    """A renamed member would be read as silence."""
    assert read_json(write_request(FULL, [])) == {
        "epoch": "e1", "cursor": "c1", "page_bytes": 9,
        "tablet": {"schema": 2, "app": "0.1.0", "clock": 3, "pending": 4, "anchor": "a1"},
        "lacks": ["l" * 22], "refetch": ["r1"], "kept": ["k" * CURSOR_CHARS_MAX, "k1"],
        "holds": ["h1"], "again": ["g1"],
    }  # fmt: skip
    assert read_request(write_request(FULL, [])) == (FULL, [])


def test_a_head_of_exactly_its_bytes_is_written_and_one_more_is_not() -> None:
    """The tablet's bound is the server's."""
    room = HEAD_BYTES_MAX - len(write_request(replace(HEAD, holds=("",)), []))

    assert len(write_request(replace(HEAD, holds=("s" * room,)), [])) == HEAD_BYTES_MAX
    with pytest.raises(Oversize) as refused:
        write_request(replace(HEAD, holds=("s" * (room + 1),)), [])
    assert (refused.value.bound, refused.value.limit, refused.value.found) == (
        "HEAD_BYTES_MAX",
        HEAD_BYTES_MAX,
        HEAD_BYTES_MAX + 1,
    )


def test_a_request_of_exactly_its_bytes_is_read() -> None:
    """A bound is the last that goes."""
    first = head() + b"\n"

    assert len(read_request(first + b"x" * (PUSH_INFLATED_BYTES_MAX - len(first)))[1]) == 1


def test_a_row_of_rivals_is_spelt_so() -> None:
    """Each rival with what it replaced, and the text that both came from."""
    row = read_json(write_row(DRAFTS, ["story"]))

    assert isinstance(row, dict)
    assert row["u"] == {"story": [[0, "One. Old.", [OLD.name]], [1, "Old. Two.", [OLD.name]]]}
    assert row["b"] == {"story": {OLD.name: "Old."}}
    assert read_state(write_state(DRAFTS)) == DRAFTS


def test_what_one_live_write_replaced_stays_on_the_server() -> None:
    """A tablet needs it only beside a rival."""
    record = merged(OLD, save(ANA, write("story", "New.", OLD.name), ms=2))

    assert set(read_json(write_row(record))) == {"c", "i", "p", "s", "t", "u"}  # type: ignore[arg-type]  # an object
    assert read_json(write_row(record))["u"] == {"story": [0, "New."]}  # type: ignore[index,call-overload]  # an object


def test_a_state_without_secrets_is_one_line() -> None:
    """Nothing is added that says nothing."""
    record = merged(save(BEN, write("phone", "1")))

    assert write_state(record) == write_row(record)


def test_a_record_without_units_stands_at_position_nought() -> None:
    """Nothing was accepted yet."""
    assert read_json(write_row(Record("client", "c1", "c1"))) == {
        "c": [], "i": "c1", "p": 0, "s": "c1", "t": "client", "u": {},
    }  # fmt: skip


def test_a_device_clock_behind_the_moment_comes_back() -> None:
    """Also one that stands at 1970."""
    (live,) = read_row({**ROW, "c": [["n", "d", "a", 1000, 2, -900]]}).units["x"].live

    assert (live.at, live.wall, live.over) == (At(1000, 2), 100, ())


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":{},"c":[["n","d","a",1]],"i":"c1","p":1,"s":"c1","t":"t","u":{"x":[0,1]}}',
        b'{"c":[["n","d","a",1]],"i":"c1","p":2,"q":{"x":1},"s":"c1","t":"t","u":{"x":[0,1]}}',
        b'{"c":[["n","d","a",1]],"i":"c1","p":1,"s":"c1","t":"t","u":{"x":[0,1],"y":[]}}',
    ],
)
def test_one_changeset_is_not_all_where_a_unit_moved_or_died_or_has_ancestors(line: bytes) -> None:
    """Each alone is enough for the tablet to be told."""
    assert sole_changeset(line) is None


def test_rules_have_these_names() -> None:
    """Projections and settlements ask for a rule by its name."""
    rules: list[Rule] = [latest(), safest(), ask(), text(), members(), once(), decided()]

    assert [rule.name for rule in rules] == ["latest", "safest", "ask", "text", "members", "once", "decided"]


def test_names_are_spelt_so() -> None:
    """Every tablet derives the same one, for ever."""
    assert derived_id("c1", "violence") == "ae3d8311-d36b-8f31-aeae-ca47ec5cdd14"
    assert [encode_bytes(data) for data in (b"", b"\0", b"\0\0", b"\0\0\x17")] == ["", "AA", "AAA", "AAAX"]
    assert [decode_bytes(name) for name in ("", "AA", "AAA", "AAAX")] == [b"", b"\0", b"\0\0", b"\0\0\x17"]


def test_the_office_replaces_its_own_word_and_a_tablet_its_own_proposal() -> None:
    """What was replaced is no rival any more."""
    word = save(OFFICE, write("assigned", "ana"), ms=1)
    newer = save(OFFICE, write("assigned", "ben", word.name), ms=2)
    wish = save(BEN, write("assigned", "cem"), ms=3)
    other = save(BEN, write("assigned", "dan", wish.name), ms=4)

    unit = shown(word, newer, wish, other).units["assigned"]

    assert [write.value for write in unit.live] == ["ben", "dan"]


def test_a_tablet_replaces_the_office_where_the_rule_guards_nothing() -> None:
    """A telephone number is nobody's privilege."""
    old = save(OFFICE, write("phone", "1"), ms=1)

    assert [
        write.value for write in shown(old, save(BEN, write("phone", "2", old.name))).units["phone"].live
    ] == ["2"]


def test_a_choice_is_asked_of_the_rule_of_its_own_type_and_keeps_what_is_live() -> None:
    """Two types may use one unit's name."""
    first, second = save(ANA, write("answers", 1), ms=1), save(BEN, write("answers", 2), ms=2)
    seen: list[Json] = [first.name, second.name]
    choice = save(OFFICE, write("$chosen/answers", {"name": second.name, "seen": seen}), ms=3)

    def rule_of(type_: str, unit: str) -> Rule:
        return once() if (type_, unit) == ("client", "answers") else latest()

    unit = view(merged(first, second, choice), rule_of).units["answers"]

    assert (unit.value, [write.value for write in unit.live]) == (2, [1, 2])


def test_a_retraction_that_names_nothing_has_seen_nothing() -> None:
    """Another client's bug must not make a record unreadable."""
    gone = save(ANA, write("$life", {"state": "retracted"}), ms=1)
    edited = save(BEN, write("phone", "1"), ms=2)

    assert (shown(gone).life, shown(gone, edited).life) == (Life.RETRACTED, Life.RETRACTED_BUT_EDITED)
