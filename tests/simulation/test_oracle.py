"""
The oracle by examples that were worked out by hand: it judges everything else, so it must be right itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.oracle import (
    LIFE,
    Entry,
    Rule,
    Write,
    chosen_of,
    digest_of,
    late_of,
    life_of,
    live_of,
    shown_of,
    story,
    units_of,
)

BASE = ["a0", "b0", "c0", "d0", "e0"]


def write(name: str, value: Any, *over: str, at: int = 0, device: str = "d", author: str = "ana") -> Write:
    """A write at a moment."""
    return Write(name, device, author, (at, 0), over, value)


def shown(rule: Rule, *writes: Write) -> tuple[Any, str | None, str, list[str]]:
    """What a unit with these writes shows."""
    found = shown_of(rule, live_of(rule.name, writes), writes)
    return found["value"], found["by"], found["needs"], found["values"]


def test_a_write_replaces_what_it_names_and_nothing_else() -> None:
    """Of three rivals a settlement that saw two leaves the third."""
    writes = [write("x", 1), write("y", 2), write("z", 3), write("s", 1, "x", "y", at=9)]

    assert [one.name for one in live_of("ask", writes)] == ["z", "s"]


def test_a_write_that_comes_after_its_replacement_is_gone() -> None:
    """The order of arrival does not matter."""
    assert [one.name for one in live_of("latest", [write("y", 2, "x"), write("x", 1)])] == ["y"]


def test_rivals_stand_by_moment_device_and_name() -> None:
    """The same on every replica."""
    writes = [
        write("c", 1, at=2),
        write("b", 1, at=1, device="e"),
        write("a", 1, at=1, device="e"),
        write("z", 1, at=1),
    ]

    assert [one.name for one in live_of("latest", writes)] == ["z", "a", "b", "c"]


def test_nothing_replaces_what_is_said_once() -> None:
    """The first is shown, and somebody checks."""
    writes = [write("x", 1, at=1), write("y", 2, "x", at=2)]

    assert shown(Rule("once"), *writes) == (1, "x", "CHECK", ["1", "2"])


def test_a_tablet_does_not_name_away_what_the_office_decided() -> None:
    """Its word stands beside, as a proposal."""
    writes = [write("x", 1, at=1, device="web:1"), write("y", 2, "x", at=2)]

    assert shown(Rule("decided"), *writes) == (1, "x", "LISTED", ["1", "2"])


def test_proposals_without_a_decision_show_nothing() -> None:
    """Nobody is assigned by a tablet's word."""
    assert shown(Rule("decided"), write("x", 1)) == (None, None, "LISTED", ["1"])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("latest"), ("low", "y", "LISTED", ['"low"', '"high"'])),
        (Rule("safest"), ("high", "x", "LISTED", ['"high"', '"low"'])),
        (Rule("ask"), ("low", "y", "PERSON", ['"low"', '"high"'])),
        (Rule("none"), (None, None, "PERSON", ['"low"', '"high"'])),
    ],
)
def test_two_rivals_by_each_rule(rule: Rule, expected: tuple[Any, ...]) -> None:
    """A rule decides what is shown and who is asked, never what is kept."""
    assert shown(rule, write("x", "high", at=1), write("y", "low", at=2)) == expected


def test_a_value_outside_the_order_is_the_most_protective() -> None:
    """What a newer schema says is no reason to show less."""
    assert shown(Rule("safest"), write("x", "strange", at=1), write("y", "high", at=2))[0] == "strange"


def test_a_member_that_anybody_has_is_present() -> None:
    """Adding wins over removing."""
    assert shown(Rule("members"), write("x", {"kind": "dog"}, at=1), write("y", None, at=2))[1] == "x"


def test_equal_values_are_no_rivals() -> None:
    """Two workers who say the same are not asked."""
    assert shown(Rule("ask"), write("x", 1, at=1), write("y", 1, at=2)) == (1, "y", "NOTHING", [])


def test_texts_of_one_author_are_merged_by_sentence() -> None:
    """A sentence of the phone and another of the tablet are both there."""
    texts = [write("o", story(BASE), at=1)]
    texts += [
        write("x", story(["a1", *BASE[1:]]), "o", at=2),
        write("y", story([*BASE[:4], "e1"]), "o", at=3),
    ]

    assert shown(Rule("text"), *texts)[:3] == (story(["a1", "b0", "c0", "d0", "e1"]), "y", "LISTED")


def test_a_sentence_that_two_touched_is_not_merged() -> None:
    """Nobody's words become what neither wrote."""
    texts = [write("o", story(BASE), at=1)]
    texts += [write(name, story([name, *BASE[1:]]), "o", at=2) for name in ("x", "y")]

    assert shown(Rule("text"), *texts)[2] == "PERSON"


def test_two_authors_are_not_merged() -> None:
    """A note is its author's."""
    texts = [write("o", story(BASE), at=1), write("x", story(["a1", *BASE[1:]]), "o", at=2)]
    texts += [write("y", story([*BASE[:4], "e1"]), "o", at=3, author="ben")]

    assert shown(Rule("text"), *texts)[2] == "PERSON"


def test_an_edit_that_a_retraction_had_not_seen_is_put_to_a_person() -> None:
    """What was retracted in ignorance is looked at."""
    units = {"$life": [write("r", {"state": "retracted", "seen": ["x"]})], "heading": [write("x", 1)]}

    assert life_of(units, retracted=True) == "retracted"
    assert life_of(units | {"kind": [write("y", 2)]}, retracted=True) == "retracted_but_edited"
    assert life_of(units, retracted=False) == "active"
    assert shown(LIFE, *units["$life"], write("v", {"state": "active"}, at=0))[0] == {"state": "active"}


def test_what_a_signature_had_not_seen_came_late() -> None:
    """Unless it says the same."""
    signature = {"content": {"heading": 1, "kind": 2}, "seen": ["x"]}
    units = {"heading": [write("x", 1), write("y", 5)], "kind": [write("z", 2)]}

    assert late_of(signature, "s", units) == {"heading": ["y"]}


def test_the_office_chooses_among_entries() -> None:
    """An entry that it had not seen asks again."""
    alive = [write("x", 1, at=1), write("y", 2, at=2)]
    first = shown_of(Rule("once"), alive, alive)

    chosen = chosen_of(first, {"name": "y", "seen": ["x", "y"]}, alive)
    unseen = chosen_of(first, {"name": "y", "seen": ["y"]}, alive)

    assert (chosen["value"], chosen["needs"], chosen["values"]) == (2, "LISTED", ["2", "1"])
    assert unseen["needs"] == "CHECK"
    assert chosen_of(first, {"name": "?", "seen": []}, alive) == first


def test_a_changeset_is_read_out_of_its_json_and_its_clock_capped() -> None:
    """No clock lies later than its receipt."""
    body = {
        "at": [9000, 3],
        "subject": "c",
        "writes": [{"type": "client", "id": "c", "unit": "sex", "over": ["x"], "value": "male"}],
    }

    entry = Entry.of_line(body, "n", "d", "ana", 4, 5000)

    assert entry.units["client", "c", "sex"] == Write("n", "d", "ana", (5000, 0), ("x",), "male")
    assert units_of([entry.at_position(9)], "c") == {
        ("client", "c"): {"sex": [entry.units["client", "c", "sex"]]}
    }
    assert units_of([entry], "other") == {}


def test_the_digest_of_a_subject_is_a_sum() -> None:
    """Worked out apart: SHA-256 of one line, its first sixteen bytes."""
    one = digest_of({("client", "c", "sex"): ["n"]})

    assert f"{one:032x}" == "861aa12d351b5842b1a23028076feb8d"
    assert digest_of({("client", "c", "sex"): ["n", "n"]}) == 2 * one % (1 << 128)
