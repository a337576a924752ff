"""What each shape takes, made anew for each test, and how spans and moments are read to the letter."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from marshmallow import ValidationError

from casework import fields, shapes
from casework.reading import moment_at, utc_of_ms, utc_text
from casework.record import Fact, Record
from casework.reviewing import digest_of, due, waits
from casework.shapes import broken_rule
from casework.spans import bounds, ends_after_start, overlaps, spans_of
from sync import CheckFlag, Json, RecordView

from .story import ANA, EVA, NINE, OFFICE, TEN, Save, one, record

Make = Callable[[], fields.Field]


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda: fields.code("C", "C"), "Zz_9.a:B-1"),
        (lambda: fields.code("C", "C"), "z"),
        (lambda: fields.code("C", "C"), "9" * 64),
        (lambda: fields.language("L", "L"), "es"),
        (lambda: fields.language("L", "L"), "zh-Hant-TW"),
        (lambda: fields.date("D", "D"), "2024-02-29"),
        (lambda: fields.instant("I", "I"), "2026-11-24T09:30:00-05:00"),
        (lambda: fields.instant("I", "I"), "2026-11-24T09:30:00.250Z"),
        (lambda: fields.decimal("D", "D"), "-97.7431"),
        (lambda: fields.decimal("D", "D"), "5"),
        (lambda: fields.reference("R", "R"), "0b0e8f0a-2c1c-4d5e-8f00-1c2d3e4f5a6b"),
        (lambda: fields.digest("D", "D"), "aB3-_" * 4 + "yZ"),
        (lambda: fields.phone("P", "P"), "+1 (512) 555-0100 x12"),
        (lambda: fields.phone("P", "P"), "512.555.0100 ext. 5"),
        (lambda: fields.email("E", "E"), "Ana.Luz+home@Example.org"),
        (lambda: fields.email("E", "E"), "ana@example.org"),
        (lambda: fields.url("U", "U"), "https://Example.org/help?x=1"),
        (lambda: fields.url("U", "U"), "http://example.org"),
    ],
)
def test_what_people_write_is_taken(make: Make, value: str) -> None:
    """A worker whose client's number is refused writes it into a note, where nobody finds it to call."""
    make().shape.deserialize(value)


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda: fields.code("C", "C"), "9" * 65),
        (lambda: fields.code("C", "C"), "one\n"),
        (lambda: fields.language("L", "L"), "ES"),
        (lambda: fields.decimal("D", "D"), "5."),
        (lambda: fields.digest("D", "D"), "a" * 23),
        (lambda: fields.digest("D", "D"), "a" * 21 + "="),
        (lambda: fields.phone("P", "P"), "512-555-0100 extension"),
        (lambda: fields.email("E", "E"), "ana luz@example.org"),
        (lambda: fields.email("E", "E"), "ana\x1f@example.org"),
        (lambda: fields.url("U", "U"), "HTTP://example.org"),
        (lambda: fields.url("U", "U"), "https://example.org/\x1f"),
    ],
)
def test_what_nobody_can_dial_or_open_is_refused(make: Make, value: str) -> None:
    """It is found at the keyboard, and not by the person who needs it at night."""
    with pytest.raises(ValidationError):
        make().shape.deserialize(value)


def test_a_group_names_all_that_it_needs() -> None:
    """A worker who is told of one missing part at a time saves three times."""
    shape = shapes.Group({"start": shapes.Day(), "end": shapes.Day()}, needs=("start", "end"))

    with pytest.raises(ValidationError) as refused:
        shape.deserialize({})

    assert refused.value.messages == ["must have end, start"]


@pytest.mark.parametrize(
    ("messages", "broken"),
    [
        (["must be a code", "and more"], ("", "must be a code")),
        ("must be a code", ("", "must be a code")),
        ({"lines": {1: ["must be a code"]}}, ("lines.1", "must be a code")),
        ({"lines": "must be a code"}, ("lines", "must be a code")),
    ],
)
def test_the_rule_is_found_in_every_form_of_message(messages: Any, broken: tuple[str, str]) -> None:
    """A form would show its first letter, or nothing, beside the part."""
    assert broken_rule(messages) == broken


def test_a_set_says_what_it_consists_of_and_is_searched() -> None:
    """A form draws one row a member; an alias that search passes over has somebody registered twice."""
    alias = fields.line("Alias", "Alias")
    made = fields.members(alias)

    assert (made.of, made.many, made.kind) == (alias, True, "line")
    assert fields.searchable(made, "Lucha") == ["Lucha"]


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer whose own time is five hours behind UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "OFFICE5")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
def test_text_that_sorts_by_time_does_not_go_by_the_computers_own_zone() -> None:
    """Two replicas in two places would sort one timeline in two ways, and count a late visit as due."""
    assert utc_text("2026-11-24T23:30:00-05:00") == "2026-11-25T04:30:00Z"
    assert utc_text("2026-11-24T23:30:00.900Z") == "2026-11-24T23:30:00Z"
    assert utc_text("2026-11-24") == "2026-11-24"
    assert utc_of_ms(1_795_563_000_999) == "2026-11-24T23:30:00Z"


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize("value", ["2026-11-24T09:00:00", "soon", "", None, 5, {"at": NINE}])
def test_what_has_no_offset_is_no_moment(value: Json) -> None:
    """Read by the computer's own clock, it would be another moment on each replica."""
    assert utc_text(value) is None
    assert moment_at(one("contact", at=value), "at") is None


def test_the_subjects_row_compares_values_of_two_forms_as_text() -> None:
    """A number that a newer program writes beside our text must not take the caseload down."""
    assert Record.greatest("last_contact", "2026-11-24", "2026-11-25") == "2026-11-25"
    assert Record.greatest("last_contact", 5, "10") == 5
    assert Record.greatest("last_contact", "10", 5) == 5


@pytest.mark.parametrize(
    ("view", "waiting"),
    [
        (one("assessment", instrument={"id": "phq9", "version": "1.0"}, partial_answers={"q1": "no"}), False),
        (one("assessment", instrument={"id": "phq9", "version": "1.0"}, answers={"q1": "no"}), True),
        (one("note", answers={"q1": "no"}), False),
    ],
)
def test_only_a_completed_form_or_a_signed_record_waits_for_review(view: RecordView, waiting: bool) -> None:
    """A supervisor would read half a screening as a whole one."""
    rows = [Fact("review_due", "r1", view.type, NINE, ANA)] if waiting else []

    assert waits(view) is waiting
    assert (digest_of(view) is not None) is waiting
    assert list(due(view, "r1", ANA, NINE)) == rows


def days() -> fields.Field:
    """Spans of days, of some kind."""
    parts = {
        "kind": fields.code("K", "K"),
        "since": fields.date("S", "S"),
        "until": fields.date("U", "U"),
    }
    return spans_of("Away", "Fuera", parts, ("kind", "since"))


@pytest.mark.parametrize(
    ("span", "rule"),
    [
        ({"since": "2026-11-24", "until": "2026-11-23"}, "must end after it begins"),
        ({"since": "2026-11-24", "until": "2026-11-24"}, None),
        ({"since": "2026-11-24", "until": "2026-11-25"}, None),
        ({"since": "2026-11-24", "until": None}, None),
        ({"since": "2026-11-24"}, None),
    ],
)
def test_a_span_ends_no_earlier_than_it_begins(span: dict[str, Json], rule: str | None) -> None:
    """A sick day of one day is entered as it is; one that ends before it begins would cover nobody."""
    assert ends_after_start(span) == rule

    shape = days().shape
    if rule is None:
        shape.deserialize({"kind": "sick", **span})
    else:
        with pytest.raises(ValidationError) as refused:
            shape.deserialize({"kind": "sick", **span})
        assert refused.value.messages == [rule]


def spanned(**spans: Json) -> RecordView:
    """Spans of one worker that the office entered, one save each, by their ids."""
    saves = [
        Save(EVA, {f"spans/{id_}": span}, number, device=OFFICE)
        for number, (id_, span) in enumerate(spans.items(), 1)
    ]
    return record("absence", *saves)


@pytest.mark.parametrize(
    ("span", "times"),
    [
        ({"since": NINE, "until": TEN}, ("2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z")),
        ({"since": "2026-11-24"}, ("2026-11-24", "9999")),
        ({"since": "soon", "until": TEN}, None),
        ("unreadable", None),
    ],
)
def test_a_span_without_a_readable_begin_is_no_span(span: Json, times: tuple[str, str] | None) -> None:
    """One span of a newer form must not take down the list of a whole office."""
    view = spanned(a=span, b={"since": "2026-11-01", "until": "2026-11-30"})

    assert bounds(view, "spans/a") == times
    assert [flag.units for flag in overlaps(view)] == ([] if times is None else [("spans/a", "spans/b")])


FIRST: dict[str, Json] = {"since": "2026-11-01", "until": "2026-11-05"}
SECOND: dict[str, Json] = {"since": "2026-11-05", "until": "2026-11-09"}
THIRD: dict[str, Json] = {"since": "2026-11-06", "until": "2026-11-07"}


@pytest.mark.parametrize(
    ("one_", "other", "touching", "overlap"),
    [
        (FIRST, SECOND, True, True),
        (SECOND, FIRST, True, True),
        (FIRST, SECOND, False, False),
        (SECOND, FIRST, False, False),
        (FIRST, THIRD, True, False),
        (THIRD, FIRST, True, False),
        (SECOND, THIRD, False, True),
        (THIRD, SECOND, False, True),
    ],
)
def test_two_spans_that_overlap_are_one_flag_that_names_both(
    one_: Json, other: Json, touching: bool, overlap: bool
) -> None:
    """Whoever clears it up opens these two; in which order they were entered must make no difference."""
    view = spanned(a=one_, b=other)
    units = ("spans/a", "spans/b")
    names = [by.name for unit in units if (by := view.units[unit].by) is not None]
    flags = [CheckFlag("spans_overlap", units, tuple(names))] if overlap else []

    assert len(set(names)) == 2
    assert list(overlaps(view, touching=touching)) == flags
