"""What a refused value hears, word for word, at each bound and one beyond it."""

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import ValidationError

from casework import fields, shapes
from casework.shapes import broken_rule, is_member
from tests.casework.test_fields import CODES

Make = Callable[[], fields.Field]

LINE = "must be one line of 0 to 500 characters without control characters"
NAME = "must be one line of 1 to 200 characters without control characters"
TEXT = "must be text of 0 to 4000 characters without control characters"
STORY = "must be text of 0 to 16000 characters without control characters"
CODE = "must be one of one, two"
LIST = "must be a list of 1 to 2 entries"
NUMBER = "must be a whole number from 1 to 5"
ANSWERS = "must hold at most 300 answers: codes, numbers, words or absences, by item"
OBJECT = "must be an object of at most 20 bytes"
DAY = "must be a date such as 2026-11-24"
MOMENT = "must be a moment with its offset such as 2026-11-24T09:30:00-05:00"


def short() -> fields.Field:
    """One or two codes."""
    return fields.listing("L", "L", fields.choice("C", "C", CODES), items_max=2, least=1)


def numbered() -> fields.Field:
    """One to five."""
    return fields.number("N", "N", least=1, most=5)


def small() -> fields.Field:
    """An object of few bytes."""
    return fields.content("C", "C", bytes_max=20)


def duo() -> fields.Field:
    """Two parts, the first of them needed."""
    return fields.group(
        "Duo",
        "Dúo",
        parts={
            "first": fields.line("First", "Primero"),
            "second": fields.number("Second", "Segundo", most=5),
        },
        needs=("first",),
        check=lambda value: "must not be odd" if value.get("second") == 3 else None,
    )


def refusal(field: fields.Field, value: Any) -> tuple[str, str]:
    """The part and the rule by which a value is refused."""
    with pytest.raises(ValidationError) as refused:
        field.shape.deserialize(value)
    return broken_rule(refused.value.messages)


@pytest.mark.parametrize(
    ("make", "value", "part", "rule"),
    [
        (lambda: fields.line("L", "L"), "x" * 501, "", LINE),
        (lambda: fields.line("L", "L"), "a\nb", "", LINE),
        (lambda: fields.line("L", "L"), 5, "", LINE),
        (lambda: fields.line("L", "L", chars_max=3), "four", "", LINE.replace("500", "3")),
        (lambda: fields.name_line("N", "N"), "", "", NAME),
        (lambda: fields.name_line("N", "N"), "x" * 201, "", NAME),
        (lambda: fields.text("T", "T"), "x" * 4001, "", TEXT),
        (lambda: fields.text("T", "T"), "a\x00", "", TEXT),
        (lambda: fields.narrative("N", "N"), "x" * 16_001, "", STORY),
        (lambda: fields.narrative("N", "N"), None, "", STORY),
        (lambda: fields.choice("C", "C", CODES), "three", "", CODE),
        (lambda: fields.choice("C", "C", CODES), 1, "", CODE),
        (lambda: fields.several("C", "C", CODES), ["three"], "0", CODE),
        (lambda: fields.several("C", "C", CODES), ["one"] * 101, "", "must be a list of 0 to 100 entries"),
        (lambda: fields.several("C", "C", CODES), [None], "", "must be a list of 0 to 100 entries"),
        (lambda: fields.several("C", "C", CODES), "one", "", "must be a list of 0 to 100 entries"),
        (lambda: fields.code("C", "C"), "a b", "", "must be a code"),
        (lambda: fields.code("C", "C"), 7, "", "must be a code"),
        (lambda: fields.language("L", "L"), "English", "", "must be a language tag such as es or zh-Hant"),
        (lambda: fields.date("D", "D"), "2026-02-30", "", DAY),
        (lambda: fields.date("D", "D"), 20260230, "", DAY),
        (lambda: fields.date("D", "D"), "26-2-3", "", DAY),
        (lambda: fields.instant("I", "I"), "2026-11-24T25:30:00Z", "", MOMENT),
        (lambda: fields.instant("I", "I"), "2026-11-24T09:30:00", "", MOMENT),
        (lambda: fields.instant("I", "I"), 5, "", MOMENT),
        (lambda: fields.flag("F", "F"), 1, "", "must be true or false"),
        (numbered, 0, "", NUMBER),
        (numbered, 6, "", NUMBER),
        (numbered, True, "", NUMBER),
        (numbered, "3", "", NUMBER),
        (lambda: fields.decimal("D", "D"), "1,5", "", "must be a decimal number in digits"),
        (lambda: fields.reference("R", "R"), "-", "", "must be an id"),
        (lambda: fields.digest("D", "D"), "x" * 21, "", "must be a digest of 22 characters"),
        (lambda: fields.email("E", "E"), "nobody", "", "must be an e-mail address"),
        (duo, [], "", "must be an object of first, second"),
        (duo, {"third": 1}, "", "must be an object of first, second"),
        (duo, {"second": 1}, "", "must have first"),
        (duo, {"first": None}, "first", "must not be empty"),
        (duo, {"first": 7}, "first", LINE),
        (duo, {"first": "x", "second": 6}, "second", "must be a whole number from 0 to 5"),
        (duo, {"first": "x", "second": 3}, "", "must not be odd"),
        (short, [], "", LIST),
        (short, ["one"] * 3, "", LIST),
        (short, ["one", "three"], "1", CODE),
        (lambda: fields.answers("A", "A"), [], "", ANSWERS),
        (lambda: fields.answers("A", "A"), {"-": 1}, "", ANSWERS),
        (lambda: fields.answers("A", "A"), {f"i{number}": 1 for number in range(301)}, "", ANSWERS),
        (lambda: fields.answers("A", "A"), {"i": 1.5}, "", ANSWERS),
        (lambda: fields.answers("A", "A"), {"i": True}, "", ANSWERS),
        (lambda: fields.answers("A", "A"), {"i": "x" * 4001}, "", TEXT),
        (lambda: fields.answers("A", "A"), {"i": ["a b"]}, "0", "must be an option code"),
        (lambda: fields.answers("A", "A"), {"i": ["a"] * 101}, "", "must be a list of 0 to 100 entries"),
        (
            lambda: fields.answers("A", "A"),
            {"i": {"absent": "lost"}},
            "",
            "an absence must be one of refused, not_answered",
        ),
        (lambda: fields.answers("A", "A"), {"i": {}}, "", "an absence must be one of refused, not_answered"),
        (small, [], "", OBJECT),
        (small, {"a": "x" * 13}, "", OBJECT),
        (small, {"a": 0.5}, "", OBJECT),
    ],
)
def test_a_value_is_refused_in_these_words(make: Make, value: Any, part: str, rule: str) -> None:
    """The form shows this sentence beside the part; it never holds the value."""
    assert refusal(make(), value) == (part, rule)


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda: fields.line("L", "L"), "x" * 500),
        (lambda: fields.line("L", "L", chars_max=3), "abc"),
        (lambda: fields.name_line("N", "N"), "x"),
        (lambda: fields.name_line("N", "N"), "x" * 200),
        (lambda: fields.text("T", "T"), "x\n" * 2000),
        (lambda: fields.several("C", "C", CODES), ["one"] * 100),
        (numbered, 1),
        (numbered, 5),
        (lambda: fields.number("N", "N", most=5), 0),
        (short, ["one"]),
        (short, ["one", "two"]),
        (duo, {"first": "x", "second": None}),
        (lambda: fields.answers("A", "A"), {f"i{number}": 1 for number in range(300)}),
        (
            lambda: fields.answers("A", "A"),
            {"a": "x\n", "b": ["x"] * 100, "c": {"absent": "refused"}, "d": -1},
        ),
        (small, {"a": "x" * 12}),
    ],
)
def test_a_value_at_a_bound_is_taken_as_it_is(make: Make, value: Any) -> None:
    """A bound is the last that goes, and nothing is converted."""
    make().shape.deserialize(value)


WAYS = ("invalid", "invalid_utf8", "too_large", "null", "required", "rule", "special")


@pytest.mark.parametrize(
    "make",
    [
        lambda: shapes.Words(9), lambda: shapes.Matching("x", "an x"), lambda: shapes.OneOf(("a",)),
        lambda: shapes.Day(), lambda: shapes.Instant(),
        lambda: shapes.Truth(), lambda: shapes.Whole(1, 2), lambda: shapes.Group({"a": shapes.Truth()}),
        lambda: shapes.Listing(shapes.Truth(), 3),
        lambda: shapes.Answers(), lambda: shapes.Object(9),
    ],
)  # fmt: skip
def test_a_shape_has_one_rule_for_every_way_to_break_it(make: Callable[[], Any]) -> None:
    """The library's own words would differ from kind to kind, and in English only."""
    made = make()
    rule = made.error_messages["rule"]

    assert {way: made.error_messages[way] for way in WAYS} == dict.fromkeys(WAYS, rule)
    assert [check.error for check in made.validators] == [rule] * len(made.validators)


KINDS: list[tuple[Make, str, bool]] = [
    (lambda: fields.line("E", "S"), "line", True),
    (lambda: fields.name_line("E", "S"), "name", True),
    (lambda: fields.text("E", "S"), "text", True),
    (lambda: fields.narrative("E", "S"), "narrative", True),
    (lambda: fields.choice("E", "S", CODES), "choice", False),
    (lambda: fields.several("E", "S", CODES), "several", False),
    (lambda: fields.code("E", "S", CODES), "code", False),
    (lambda: fields.language("E", "S"), "language", False),
    (lambda: fields.date("E", "S"), "date", False),
    (lambda: fields.instant("E", "S"), "instant", False),
    (lambda: fields.flag("E", "S"), "flag", False),
    (lambda: fields.number("E", "S", most=1), "number", False),
    (lambda: fields.decimal("E", "S"), "decimal", False),
    (lambda: fields.reference("E", "S"), "reference", False),
    (lambda: fields.digest("E", "S"), "digest", False),
    (lambda: fields.phone("E", "S"), "phone", True),
    (lambda: fields.email("E", "S"), "email", False),
    (lambda: fields.url("E", "S"), "url", False),
    (lambda: fields.group("E", "S", parts={}), "group", False),
    (lambda: fields.listing("E", "S", fields.flag("F", "F")), "list", False),
    (lambda: fields.answers("E", "S"), "answers", False),
    (lambda: fields.content("E", "S", bytes_max=1), "object", False),
]


@pytest.mark.parametrize(("make", "kind", "searched"), KINDS)
def test_a_kind_knows_its_name_its_labels_and_whether_it_is_searched(
    make: Make, kind: str, searched: bool
) -> None:
    """A form is drawn from these."""
    field = make()
    coded = kind in ("choice", "several", "code")

    assert (field.kind, field.label, field.searched) == (kind, ("E", "S"), searched)
    assert field.codes == (CODES if coded else {})
    assert field.rule.name == ("text" if kind == "narrative" else "latest")
    assert field.shape.allow_none is (kind != "narrative")


def test_labels_follow_the_language_and_fall_back_to_english() -> None:
    """A tablet may be set to any language."""
    label = fields.Label("Yes", "Sí")

    assert [label.of(language) for language in ("es", "es-US", "en", "en-es", "fr", "")] == [
        "Sí",
        "Sí",
        *["Yes"] * 4,
    ]


@pytest.mark.parametrize(
    ("text", "may"),
    [("a", True), ("a" * 80, True), ("a" * 81, False), ("", False), ("-a", False), (7, False)],
)
def test_a_member_of_a_set_has_an_id_of_this_form(text: Any, may: bool) -> None:
    """It becomes a part of a unit's name."""
    assert is_member(text) is may


def test_a_moment_without_an_offset_breaks_the_same_rule() -> None:
    """Also where the library alone would look at it."""
    assert shapes.Instant().error_messages["invalid_awareness"] == MOMENT
