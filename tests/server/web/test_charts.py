"""Charts say what the figures say: a gap stays a gap, and a line never goes where nothing was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import instruments
from casework.instruments import Definition, load
from server.services.desk.scores import Course, Sitting
from server.web.charts import HEIGHT, LANE, LEFT, RIGHT, TOP, Chart, chart_of
from sync import RecordView

PHQ9 = load("phq9")
BOTTOM = TOP + HEIGHT


def sitting(day: int, *scores: int, **about: Any) -> Sitting:
    """One administration of a day in March; answers that are not given are missing."""
    codes = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")
    answers = {f"q{number}": codes[score] for number, score in enumerate(scores, start=1)}
    shown = RecordView("assessment", f"s-{day}", "client", {})
    told = Sitting(shown, f"2026-03-{day:02}T10:00:00Z", instruments.score(PHQ9, answers), True)
    return replace(told, **about)


def chart(*sittings: Sitting, definition: Definition | None = PHQ9) -> Chart:
    """The chart of these."""
    made = chart_of(Course("phq9", "1.0", definition, sittings), "en")
    assert made is not None
    return made


def test_a_total_lies_as_high_as_it_is_and_as_far_across_as_it_is_late() -> None:
    """The least total lies on the axis, the greatest at the top; a week is a week wide."""
    made = chart(sitting(1, *[0] * 9), sitting(8, *[3] * 9), sitting(15, *[3] * 3, *[0] * 6))

    low, high, third = made.marks
    assert (low.y, high.y) == (BOTTOM, TOP)
    assert third.y == pytest.approx(BOTTOM - HEIGHT / 3, abs=0.01)
    assert low.x < high.x < third.x
    assert high.x - low.x == pytest.approx(third.x - high.x, abs=0.02)
    assert low.x > LEFT
    assert third.x < RIGHT


def test_the_line_breaks_where_answers_are_missing() -> None:
    """Between two totals with a refusal between them nobody knows what happened."""
    made = chart(sitting(1, *[1] * 9), sitting(2, *[2] * 9), sitting(3, 1, 1), sitting(4, *[1] * 9))

    assert [mark.kind for mark in made.marks] == ["point", "point", "missing", "point"]
    assert made.marks[2].y == BOTTOM + LANE / 2
    assert made.lines == ((made.marks[0], made.marks[1]),)


def test_what_was_corrected_stands_beside_the_line() -> None:
    """It was said, so it is shown; it does not count, so no line goes through it."""
    made = chart(sitting(1, *[1] * 9), sitting(2, *[3] * 9, superseded=True), sitting(3, *[1] * 9))

    first, wrong, last = made.marks
    assert wrong.kind == "superseded"
    assert made.lines == ((first, last),)
    assert made.kinds == {"point", "superseded"}


def test_what_does_not_count_and_has_no_total_is_left_to_the_table() -> None:
    """A retracted sitting, and a corrected one without a total, have no place in a picture of totals."""
    made = chart(
        sitting(1, *[1] * 9),
        sitting(2, *[3] * 9, retracted="entered_in_error"),
        sitting(3, 1, superseded=True),
        sitting(4, *[2] * 9, score=None),
    )

    assert [mark.sitting.shown.id for mark in made.marks] == ["s-1"]


def test_bands_cover_the_scale_and_are_named_where_there_is_room() -> None:
    """They are the instrument's own, from end to end, each over the totals that it declares."""
    made = chart(sitting(1, *[1] * 9))

    assert [band.label for band in made.bands] == [
        "Minimal / none",
        "Mild",
        "Moderate",
        "Moderately severe",
        "Severe",
    ]
    assert made.bands[0].y + made.bands[0].height == BOTTOM
    assert made.bands[-1].y == TOP
    for lower, upper in zip(made.bands, made.bands[1:], strict=False):
        assert upper.y + upper.height == pytest.approx(lower.y, abs=0.02)
    assert [tick.value for tick in made.ticks] == [0, 5, 10, 15, 20, 27]
    assert chart_of(Course("", "", PHQ9, (sitting(1, *[1] * 9),)), "es").bands[1].label == "Leve"  # type: ignore[union-attr]  # there is one


def test_a_narrow_band_has_no_name_in_the_picture() -> None:
    """Words over words are none; the table says the band."""
    narrow = replace(PHQ9.bands[0], least=5, most=5, code="narrow", labels={"en": "Narrow"})

    made = chart(sitting(1, *[1] * 9), definition=replace(PHQ9, bands=(narrow,)))

    assert [(band.label, band.height > 0) for band in made.bands] == [("", True)]


def test_words_stand_where_no_sitting_covers_them() -> None:
    """A name under a point is guessed at; where both sides are taken, it stays at the left."""
    high, low = (3, 3, 2, 2, 2, 2, 2, 1, 1), (1, 0, 0, 0, 0, 0, 0, 0, 0)

    begins = chart(sitting(1, *high), sitting(30, *low))
    both = chart(sitting(1, *high), sitting(30, *high))

    assert [band.label for band in begins.bands if band.at_end] == ["Moderately severe"]
    assert [band.label for band in both.bands if band.at_end] == []


def test_one_sitting_lies_in_the_middle_and_has_one_date() -> None:
    """A single figure is no course, but it has a severity."""
    made = chart(sitting(1, *[1] * 9))

    assert made.marks[0].x == (LEFT + RIGHT) / 2
    assert made.first == made.last
    assert made.lines == ()


def test_an_instrument_without_a_total_has_no_chart() -> None:
    """Levels are no numbers: no height would be true."""
    screener = load("cssrs_screener")

    assert chart_of(Course("cssrs_screener", "1", screener, (sitting(1),)), "en") is None
    assert chart_of(Course("unknown", "1", None, (sitting(1),)), "en") is None
    assert chart_of(Course("phq9", "1.0", PHQ9, (sitting(1, score=None),)), "en") is None


def test_moments_of_any_form_have_a_place() -> None:
    """A day without a time is a moment, too."""
    made = chart(sitting(1, *[1] * 9, at="2026-03-01"), sitting(2, *[1] * 9))

    assert made.marks[0].x < made.marks[1].x


def test_alerts_and_disputed_answers_are_marked_by_shape() -> None:
    """Colour alone says nothing to some, and nothing to anybody on paper."""
    alerts = instruments.alerts(PHQ9, {"q9": "nearly_every_day"})

    made = chart(sitting(1, *[1] * 9, alerts=alerts))

    assert made.marks[0].alert
    assert made.kinds == {"point", "alert"}
