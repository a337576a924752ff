import json
from typing import Any

import pytest

from sync import (
    Malformed,
    first_line,
    read_json,
    read_row,
    read_state,
    sole_changeset,
    view,
    write_row,
    write_state,
)
from tests.sync.making import ANA, ANA_TOO, BEN, OFFICE, merged, rule_of, save, write

OLD = save(ANA, write("story", "Old."), ms=1)
DRAFTS = merged(
    OLD,
    save(ANA, write("story", "One. Old.", OLD.name), ms=2, counter=3),
    save(ANA_TOO, write("story", "Old. Two.", OLD.name), ms=3),
    save(BEN, [write("phone", [1, 2]), write("language", None)], ms=4),
)


def test_a_row_is_thrifty() -> None:
    """One save is named once, and what is one value travels as one."""
    one = save(BEN, [write("phone", "1"), write("language", "es")], ms=4)

    assert read_json(write_row(merged(one))) == {
        "c": [[one.name, "tablet-ben", "ben", 4]],
        "i": "c1", "p": 1, "s": "c1", "t": "client",
        "u": {"phone": [0, "1"], "language": [0, "es"]},
    }  # fmt: skip


def test_rivals_travel_with_their_common_ancestor() -> None:
    """A tablet merges the drafts as the server does."""
    row = read_row(read_json(write_row(DRAFTS)))

    assert view(row, rule_of) == view(read_state(write_state(DRAFTS)), rule_of)
    assert row.units["story"].bases == {OLD.name: "Old."}
    assert row.units["story"].position == 3
    assert row.units["phone"].live[0].value == [1, 2]


def test_a_row_may_carry_some_units() -> None:
    """Only what changed since the cursor is sent."""
    row = read_row(read_json(write_row(DRAFTS, ["phone"])))

    assert set(row.units) == {"phone"}
    assert row.position == 4


def test_clocks_come_back_whole() -> None:
    """A counter, a device clock that is behind, a capped one."""
    record = merged(
        save(ANA, write("a", 1), ms=7, counter=2),
        save(BEN, write("b", 1), ms=10_000_001, counter=2),
        save(OFFICE, write("c", 1), ms=9),
    )

    row = read_row(read_json(write_row(record)))

    assert {unit: (s.live[0].at, s.live[0].wall) for unit, s in row.units.items()} == {
        unit: (s.live[0].at, s.live[0].wall) for unit, s in record.units.items()
    }
    assert row.units["b"].live[0].wall == 10_000_001


def test_a_state_keeps_what_the_next_merge_must_know() -> None:
    """What is gone, what yields, what was replaced, and what it said."""
    record = merged(
        OLD,
        save(ANA, write("story", "New.", OLD.name), ms=2),
        save(BEN, [write("phone", 1, "g" * 22), write("assigned", 1, "y" * 22)], ms=3),
    )

    state = write_state(record)

    assert read_state(state) == record
    assert first_line(state) == write_row(record)
    assert first_line(first_line(state)) == write_row(record)
    assert record.units["phone"].gone == {"g" * 22}
    assert record.units["assigned"].yielding == {"y" * 22}


def test_a_state_has_one_spelling() -> None:
    """`rebuild` compares bytes."""
    gone = [f"{number:022d}" for number in range(20)]

    assert b",".join(b'"%s"' % name.encode() for name in gone) in write_state(
        merged(save(ANA, write("phone", 1, *reversed(gone))))
    )
    assert b",".join(b'"%s"' % name.encode() for name in gone) in write_state(
        merged(save(ANA, write("assigned", 1, *reversed(gone))))
    )


def test_a_unit_without_live_writes_is_kept() -> None:
    """It must not come to life again."""
    one = save(ANA, write("phone", "1", "b" * 22), was="a" * 22)
    other = save(BEN, write("phone", "2", "a" * 22), was="b" * 22)

    assert read_state(write_state(merged(one, other))) == merged(one, other)


def test_one_who_wrote_all_of_a_record_is_told_at_a_glance() -> None:
    """A pull leaves out what the asking tablet makes itself, without reading it whole."""
    one = save(BEN, [write("phone", "1"), write("language", "es", "a" * 22)], ms=4)
    other = save(ANA, write("phone", "2", one.name), ms=5)

    assert sole_changeset(write_state(merged(one))) == one.name
    assert sole_changeset(write_state(merged(one, other))) is None
    assert sole_changeset(write_state(merged(save(BEN, write("phone", [])), other))) is None
    assert sole_changeset(write_state(DRAFTS)) is None


def test_what_died_before_it_came_is_no_sole_work_of_its_author() -> None:
    """The tablet that wrote it must hear that it is not shown."""
    dead = save(BEN, [write("phone", "1"), write("language", "es")], was="a" * 22)
    killer = save(ANA, write("phone", "2", "a" * 22), was="b" * 22)
    again = save(ANA, write("phone", "3", "b" * 22), was="b" * 22)

    assert sole_changeset(write_state(merged(killer, dead))) is None
    assert sole_changeset(write_state(merged(again))) == "b" * 22


def test_moved_units_are_no_sole_work() -> None:
    """A later position of one unit is another message to the tablets."""
    record = merged(
        save(BEN, write("phone", "1"), was="a" * 22), save(ANA, write("language", "es", "a" * 22))
    )

    assert sole_changeset(write_state(record)) is None


ROW: dict[str, Any] = {
    "c": [["n" * 22, "d", "a", 1]],
    "i": "c1",
    "p": 1,
    "s": "c1",
    "t": "client",
    "u": {"x": [0, 1]},
}


@pytest.mark.parametrize(
    "members",
    [
        {"c": [["n", "d", "a"]]}, {"c": [["n", "d", "a", "1"]]}, {"c": [["n", "d", 7, 1]]},
        {"c": [["n", "d", "a", 1, 2, 3, 4]]}, {"c": {}}, {"i": 1}, {"s": None}, {"t": []}, {"p": "1"}, {"p": True},
        {"q": []}, {"q": {"x": "1"}}, {"b": 1}, {"b": {"x": 1}}, {"u": []}, {"u": {"x": 1}}, {"u": {"x": [1, 1]}},
        {"u": {"x": [-1, 1]}}, {"u": {"x": [True, 1]}}, {"u": {"x": [0]}}, {"u": {"x": [[0, 1], [0, 1, "over"]]}},
        {"u": {"x": [[0, 1], [0, 1, [2]]]}}, {"u": {"x": [[0, 1], 0]}},
    ],
)  # fmt: skip
def test_a_row_of_another_form_is_refused(members: dict[str, Any]) -> None:
    """Nothing half read is stored."""
    read_row(ROW)
    with pytest.raises(Malformed):
        read_row({**ROW, **members})


@pytest.mark.parametrize("row", [None, [], {}, {name: ROW[name] for name in ROW if name != "u"}])
def test_what_is_no_row_is_refused(row: Any) -> None:
    """Members may not be missing."""
    with pytest.raises(Malformed):
        read_row(row)


@pytest.mark.parametrize(
    "rest",
    [
        [],
        {"gone": 1},
        {"gone": {"x": 1}},
        {"yielding": {"x": [1]}},
        {"bases": {"x": []}},
        {"over": {"y": []}},
    ],
)
def test_a_second_line_of_another_form_is_refused(rest: Any) -> None:
    """A stored state that was damaged is found when it is read."""
    with pytest.raises(Malformed):
        read_state(json.dumps(ROW).encode() + b"\n" + json.dumps(rest).encode())


def test_members_that_a_later_version_adds_are_passed_over() -> None:
    """An older server reads what a newer one stored."""
    assert read_state(json.dumps(ROW).encode() + b'\n{"new":1}') == read_row(ROW)


@pytest.mark.parametrize(
    ("row", "rest"),
    [
        (ROW | {"u": {"x": []}, "b": {"x": {"a": "old"}}}, {}),
        (ROW | {"u": {"x": [0, "v"]}, "b": {"x": {"a": "old"}}}, {}),
        (ROW | {"u": {"x": []}}, {"bases": {"x": {"a": "old"}}}),
        (ROW | {"u": {"x": [0, "v"]}}, {"bases": {"x": {"a": "old"}}}),
        (ROW | {"u": {"x": [0, "v"]}}, {"bases": {"x": {"a": "old"}}, "over": {"x": []}}),
        (ROW, {"bases": {"elsewhere": {"a": "old"}}}),
    ],
    ids=["row-none", "row-one", "none", "one", "one-over-nothing", "no-such-unit"],
)
def test_ancestors_where_nothing_is_to_merge_are_passed_over(row: Any, rest: Any) -> None:
    """What is read is what is written again: no state is one that the next save would change unasked."""
    read = read_state(b"\n".join(json.dumps(part, separators=(",", ":")).encode() for part in (row, rest)))

    assert not any(state.bases for state in read.units.values())
    assert read_state(write_state(read)) == read


def test_ancestors_stay_where_a_rival_may_come() -> None:
    """One draft that replaced another, and no rival yet: the next one is merged by what both began from."""
    one = merged(OLD, save(ANA, write("story", "One. Old.", OLD.name), ms=2))

    assert one.units["story"].bases == {OLD.name: "Old."}
    assert read_state(write_state(one)) == one
