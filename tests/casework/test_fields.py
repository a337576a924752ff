"""What a value must look like, kind by kind."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from marshmallow import ValidationError

from casework import BadAnswer, UnknownField, columns, fields, validate
from casework.fields import Field
from casework.reading import moment_at, utc_of_ms, utc_text
from casework.shapes import (
    ANSWERS_MAX,
    LINE_CHARS_MAX,
    LIST_ITEMS_MAX,
    NARRATIVE_CHARS_MAX,
    broken_rule,
    is_member,
)
from sync import once
from tests.casework.story import one

CODES = {"one": ("One", "Uno"), "two": ("Two", "Dos")}

DUO = fields.group(
    "Duo",
    "Dúo",
    parts={"first": fields.line("First", "Primero"), "second": fields.number("Second", "Segundo", most=5)},
    needs=("first",),
    check=lambda value: "must not be odd" if value.get("second") == 3 else None,
)

GOOD: list[tuple[Field, Any]] = [
    (fields.line("L", "L"), "Ana María"),
    (fields.line("L", "L"), ""),
    (fields.name_line("N", "N"), "Ñandú O'Brien-Łuk"),
    (fields.text("T", "T"), "two\nlines\tand a tab"),
    (fields.narrative("N", "N"), "x" * NARRATIVE_CHARS_MAX),
    (fields.choice("C", "C", CODES), "two"),
    (fields.several("C", "C", CODES), ["one", "two"]),
    (fields.code("C", "C"), "2106-3"),
    (fields.language("L", "L"), "zh-Hant"),
    (fields.date("D", "D"), "2024-02-29"),
    (fields.instant("I", "I"), "2026-11-24T09:30:00-05:00"),
    (fields.instant("I", "I"), "2026-11-24T09:30:00.250Z"),
    (fields.flag("F", "F"), False),
    (fields.number("N", "N", least=1, most=5), 5),
    (fields.decimal("D", "D"), "-97.7431"),
    (fields.reference("R", "R"), "0b0e8f0a-2c1c-4d5e-8f00-1c2d3e4f5a6b"),
    (fields.digest("D", "D"), "A" * 22),
    (fields.phone("P", "P"), "+1 (512) 555-0100 x12"),
    (fields.email("E", "E"), "ana@example.org"),
    (fields.url("U", "U"), "https://example.org/help?x=1"),
    (fields.answers("A", "A"), {"q1": "yes", "q2": ["a", "b"], "q3": 4, "q4": {"absent": "refused"}}),
    (fields.content("C", "C", bytes_max=20), {"a": 1}),
    (fields.listing("L", "L", fields.line("L", "L")), ["a", "b"]),
    (DUO, {"first": "x", "second": 2}),
    (DUO, {"first": "x", "second": None}),
]

BAD: list[tuple[Field, Any, str]] = [
    (fields.line("L", "L"), "x" * (LINE_CHARS_MAX + 1), "one line"),
    (fields.line("L", "L"), "two\nlines", "one line"),
    (fields.line("L", "L"), "nul\x00", "one line"),
    (fields.line("L", "L"), "c1 \x85", "one line"),
    (fields.line("L", "L"), 5, "one line"),
    (fields.name_line("N", "N"), "", "1 to"),
    (fields.name_line("N", "N"), "evil\u202egnp.exe", "one line"),
    (fields.name_line("N", "N"), "isolate\u2066x", "one line"),
    (fields.name_line("N", "N"), "surrogate\ud800", "one line"),
    (fields.text("T", "T"), "bell\x07", "text"),
    (fields.text("T", "T"), "cr\r\n", "text"),
    (fields.narrative("N", "N"), "x" * (NARRATIVE_CHARS_MAX + 1), "text"),
    (fields.choice("C", "C", CODES), "three", "one, two"),
    (fields.choice("C", "C", CODES), ["one"], "one, two"),
    (fields.choice("C", "C", CODES), 1, "one, two"),
    (fields.several("C", "C", CODES), "one", "a list"),
    (fields.several("C", "C", CODES), ["three"], "one, two"),
    (fields.code("C", "C"), "two words", "a code"),
    (fields.code("C", "C"), 5, "a code"),
    (fields.language("L", "L"), "Spanish", "a language tag"),
    (fields.date("D", "D"), "2023-02-29", "a date"),
    (fields.date("D", "D"), "20230228", "a date"),
    (fields.date("D", "D"), "2023-W01-1", "a date"),
    (fields.date("D", "D"), 20230228, "a date"),
    (fields.instant("I", "I"), "2026-11-24T09:30:00", "a moment"),
    (fields.instant("I", "I"), "2026-11-24", "a moment"),
    (fields.instant("I", "I"), "2026-13-24T09:30:00Z", "a moment"),
    (fields.flag("F", "F"), 1, "true or false"),
    (fields.flag("F", "F"), "true", "true or false"),
    (fields.number("N", "N", least=1, most=5), 0, "from 1 to 5"),
    (fields.number("N", "N", least=1, most=5), 6, "from 1 to 5"),
    (fields.number("N", "N", most=5), True, "whole number"),
    (fields.number("N", "N", most=5), "3", "whole number"),
    (fields.number("N", "N", most=5), 3.0, "whole number"),
    (fields.decimal("D", "D"), "1e5", "a decimal"),
    (fields.decimal("D", "D"), "NaN", "a decimal"),
    (fields.reference("R", "R"), "../etc", "an id"),
    (fields.digest("D", "D"), "A" * 21, "a digest"),
    (fields.phone("P", "P"), "call me", "a phone"),
    (fields.email("E", "E"), "nobody", "an e-mail"),
    (fields.url("U", "U"), "javascript:alert(1)", "an address"),
    (fields.answers("A", "A"), {"q1": {"absent": "shy"}}, "an absence"),
    (fields.answers("A", "A"), {"q1": {"absent": "refused", "more": 1}}, "an absence"),
    (fields.answers("A", "A"), {"q1": {"absent": ["refused"]}}, "an absence"),
    (fields.answers("A", "A"), {"q1": None}, "at most"),
    (fields.answers("A", "A"), {"q1": True}, "at most"),
    (fields.answers("A", "A"), {"q1": "nul\x00"}, "text"),
    (fields.answers("A", "A"), {"q1": ["two words"]}, "an option code"),
    (fields.answers("A", "A"), {"not an id": "yes"}, "at most"),
    (fields.answers("A", "A"), {f"q{number}": "yes" for number in range(ANSWERS_MAX + 1)}, "at most"),
    (fields.answers("A", "A"), [], "at most"),
    (fields.content("C", "C", bytes_max=20), {"a": "x" * 20}, "at most 20 bytes"),
    (fields.content("C", "C", bytes_max=20), {"a": 1.5}, "at most 20 bytes"),
    (fields.content("C", "C", bytes_max=20), [], "an object"),
    (fields.listing("L", "L", fields.line("L", "L"), items_max=2), ["a", "b", "c"], "a list"),
    (fields.listing("L", "L", fields.line("L", "L"), least=1), [], "a list"),
    (fields.listing("L", "L", fields.line("L", "L")), [None], "a list"),
    (fields.listing("L", "L", fields.line("L", "L")), ["x"] * (LIST_ITEMS_MAX + 1), "a list"),
    (DUO, "text", "an object of first, second"),
    (DUO, {"first": "x", "third": 1}, "an object of first, second"),
    (DUO, {"second": 1}, "must have first"),
    (DUO, {"first": None}, "must not be empty"),
    (DUO, {"first": "x", "second": 3}, "must not be odd"),
    (DUO, {"first": "x", "second": 9}, "from 0 to 5"),
]


@pytest.mark.parametrize(("field", "value"), GOOD)
def test_a_value_of_the_right_form_is_taken(field: Field, value: Any) -> None:
    """A worker at a door must not fight the form."""
    field.shape.deserialize(value)


@pytest.mark.parametrize(("field", "value", "words"), BAD)
def test_a_value_of_the_wrong_form_is_refused_with_its_rule(field: Field, value: Any, words: str) -> None:
    """Whoever entered it must know what to change."""
    with pytest.raises(ValidationError) as refused:
        field.shape.deserialize(value)

    assert words in broken_rule(refused.value.messages)[1]


@pytest.mark.parametrize(
    ("type_", "unit"),
    [
        ("client", "preferred_name"),
        ("client", "date_of_birth"),
        ("client", "race"),
        ("client", "hazards/h1"),
        ("client", "deceased"),
        ("address", "place"),
        ("visit", "begin"),
        ("visit", "present"),
        ("assessment", "answers"),
        ("note", "signature"),
        ("risk_flag", "level"),
        ("instrument", "whole"),
        ("contact_person", "phone"),
    ],
)
def test_a_refusal_never_repeats_the_value(type_: str, unit: str) -> None:
    """Messages end in logs, and a log must not tell a client's life."""
    marker = "MARKER\x00Ybarra"
    values: list[Any] = [
        marker,
        [marker],
        {marker: marker},
        {"value": marker, "kind": marker, "level": marker},
    ]
    for value in values:
        with pytest.raises(BadAnswer) as refused:
            validate(type_, unit, value)

        assert "Ybarra" not in str(refused.value)
        assert str(refused.value).startswith(f"{type_}.{unit}")


def test_a_refusal_says_where_inside_a_group() -> None:
    """A form marks the part that must be corrected."""
    with pytest.raises(BadAnswer) as refused:
        validate("address", "place", {"kind": "home", "lines": ["1 Oak St", "\x00"]})

    assert (refused.value.part, refused.value.unit) == ("lines.1", "place")


def test_null_takes_back_a_value_only_where_that_hides_nothing() -> None:
    """A cleared phone is a fact; a cleared risk level would be a silence."""
    validate("contact_person", "phone", None)
    validate("client", "date_of_birth", None)
    validate("client", "hazards/h1", None)
    validate("client", "assigned/ana", None)

    for type_, unit in [
        ("risk_flag", "level"),
        ("client", "do_not_visit_alone"),
        ("visit", "begin"),
        ("referral", "events/e1"),
        ("note", "narrative"),
    ]:
        with pytest.raises(BadAnswer):
            validate(type_, unit, None)


def test_a_set_has_a_unit_for_each_member_and_none_of_its_own() -> None:
    """Two hazards entered apart must not be one conflict."""
    validate("client", "hazards/dog-1", {"kind": "dog", "review_on": "2027-01-01"})

    for unit in ("hazards", "hazards/", "hazards/a/b", "hazards/$x", "preferred_name/x", "nothing"):
        with pytest.raises(UnknownField):
            validate("client", unit, "x")


def test_a_member_id_is_short_and_plain() -> None:
    """It becomes part of a unit's name on every replica."""
    assert is_member("q6_recent")
    assert not is_member("")
    assert not is_member("a b")
    assert not is_member(5)


def test_a_log_takes_no_other_rule_than_once() -> None:
    """What happened cannot be unsaid by a later edit."""
    assert fields.log_of(fields.line("L", "L")).rule == once()


def test_search_looks_into_groups_and_lists_and_past_what_it_cannot_read() -> None:
    """A newer schema may give a value another form, and the list must still come up."""
    lines = fields.listing("L", "L", fields.line("L", "L"))

    assert fields.searchable(lines, ["a", 5, "b"]) == ["a", "b"]
    assert fields.searchable(lines, "text") == []
    assert fields.searchable(DUO, {"first": "x", "second": 4}) == ["x"]
    assert fields.searchable(DUO, "text") == []
    assert fields.searchable(fields.date("D", "D"), "2024-01-01") == []


def test_a_label_falls_back_to_english() -> None:
    """A screen never stays empty."""
    label = fields.Label("Dog", "Perro")

    assert [label.of(tag) for tag in ("en-US", "es-MX", "fr")] == ["Dog", "Perro", "Dog"]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+05:00",
        "0001-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_a_moment_that_has_no_day_in_some_zone_is_refused_and_stops_no_list(moment: str) -> None:
    """A slip in a year that everything else choked on would stop the lists of a whole agency."""
    with pytest.raises(BadAnswer, match="must be a moment with its offset"):
        validate("contact", "at", moment)
    with pytest.raises(BadAnswer, match="must be a moment with its offset"):
        validate("duty", "spans/a", {"since": moment})

    view = one("contact", at=moment)
    assert utc_text(moment) is None
    assert moment_at(view, "at") is None
    assert columns(view)["at"] is None


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("0002-01-01T00:00:00+14:00", "0001-12-31T10:00:00Z"),
        ("9998-12-31T23:59:59-12:00", "9999-01-01T11:59:59Z"),
    ],
)
def test_a_moment_that_is_taken_has_a_day_in_every_zone(moment: str, text: str) -> None:
    """An office reads it in its own time, wherever it is."""
    validate("contact", "at", moment)

    assert utc_text(moment) == text
    for hours in (-12, 14):
        assert datetime.fromisoformat(text).astimezone(timezone(timedelta(hours=hours))).date()


def test_an_early_year_is_listed_before_a_late_one() -> None:
    """The text of a moment is what lists are sorted by."""
    assert utc_text("0999-01-01T00:00:00Z") == "0999-01-01T00:00:00Z"
    assert utc_of_ms(-62_135_596_800_000) == "0001-01-01T00:00:00Z"
