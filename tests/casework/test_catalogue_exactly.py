"""What the catalogue answers for what is not ours, for parts within parts, and for each column by itself."""

import pytest

from casework import label, record_types, search_text, subject_columns
from sync import Json

from .story import one

VISITS = [
    one(
        "visit",
        outcome={"outcome": "made"},
        begin={"device_at": f"2026-11-{day}T09:00:00-05:00", "method": "manual"},
    )
    for day in ("20", "18")
]


def test_search_finds_no_words_in_a_type_that_we_do_not_know() -> None:
    """An older tablet that carries a newer record must still let people search the others."""
    assert search_text(one("wedding", cake="chocolate")) == ""


def test_a_type_is_told_which_column_it_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type with a date and a level in its subject's row ranks each in its own way."""

    def least(column: str, before: Json, value: Json) -> Json:
        return min(str(before), str(value)) if column == "last_visit" else None

    monkeypatch.setattr(record_types()["visit"], "greatest", least)

    assert subject_columns(VISITS) == {
        "last_contact": None,
        "last_visit": "2026-11-18T14:00:00Z",
        "risk": None,
    }


@pytest.mark.parametrize(
    ("type_", "unit", "code", "language", "words"),
    [
        ("risk_flag", "level.reasons.text", "", "en", "Reason"),
        ("risk_flag", "level.reasons.text", "", "es", "Motivo"),
        ("risk_flag", "level.reasons.level", "high", "es", "Alto"),
        ("risk_flag", "level.reasons.mood", "", "en", "level.reasons.mood"),
        ("risk_flag", "level.reasons.level", "dire", "en", "dire"),
        ("client", "hazards/h1.kind", "dog", "en", "Dog"),
    ],
)
def test_a_part_within_a_part_has_its_words(
    type_: str, unit: str, code: str, language: str, words: str
) -> None:
    """An alarm that shows `level.reasons.text` over what somebody said is not read in time."""
    assert label(type_, unit, code, language) == words
