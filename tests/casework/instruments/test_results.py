"""What leaves the house coded, and where definitions are found."""

import pytest

from casework import UnknownInstrument
from casework.instruments import Observation, bring_in, imported, load, observations, shipped

from .forms import data, labels, phq9_form, three

PHQ9, CSSRS, HVS = load("phq9"), load("cssrs_screener"), load("hunger_vital_sign")


def test_answers_and_total_leave_with_their_codes() -> None:
    """Another system reads them without knowing ours."""
    answers = dict.fromkeys((f"q{number}" for number in range(1, 10)), "several_days")
    found = observations(PHQ9, answers)

    assert found[0] == Observation("44250-9", "LA6569-3", code="several_days", item="q1")
    assert found[-1] == Observation("44261-6", number=9)
    assert len(found) == 10


def test_no_total_leaves_without_every_answer() -> None:
    """A total of eight items would be read as one of nine."""
    found = observations(PHQ9, {"q1": "several_days", "q2": {"absent": "refused"}})

    assert [one.loinc for one in found] == ["44250-9"]


def test_a_result_has_its_listed_code_or_none() -> None:
    """Codes are never made up."""
    assert observations(HVS, {"q1": "often_true"})[-1] == Observation("88124-3", "LA19952-3", code="at_risk")
    assert observations(HVS, {"q1": "never_true"})[-1].loinc == "88122-7"
    assert observations(CSSRS, {"q4": "yes"})[-1] == Observation("93374-7", code="high")
    assert observations(CSSRS, {"q1": "no"})[-1].loinc == "93246-7"


def test_answers_of_a_closed_branch_stay_home() -> None:
    """They are absent, which is not *no*."""
    found = observations(CSSRS, {"q1": "no", "q2": "no", "q3": "no", "q6": "no"})

    assert "93248-3" not in [one.loinc for one in found]


def test_numbers_words_and_several_choices_leave_as_they_are() -> None:
    """Imported forms ask more than one choice."""
    items = [
        {"id": "a", "labels": labels("A"), "kind": "number", "loinc": "44250-9"},
        {"id": "b", "labels": labels("B"), "kind": "text", "loinc": "44255-8"},
        {"id": "c", "labels": labels("C"), "options": "yn", "multiple": True, "loinc": "44259-0"},
    ]
    made = three(items=items, total=None)

    assert observations(made, {"a": 3, "b": "words", "c": ["yes", "no"]}) == (
        Observation("44250-9", number=3, item="a"),
        Observation("44255-8", code="words", item="b"),
        Observation("44259-0", code="yes", item="c"),
        Observation("44259-0", code="no", item="c"),
    )


def test_a_definition_that_is_not_here_is_named_as_unknown() -> None:
    """A tablet waits for the next sync rather than ask with another version."""
    for id_, version in (("phq9", "0.9"), ("unheard_of", None)):
        with pytest.raises(UnknownInstrument):
            load(id_, version)

    assert load("phq9", "1.0") is load("phq9")


def test_an_imported_version_stands_beside_the_shipped_one() -> None:
    """What was asked with the old words is scored by them for ever."""
    made = bring_in(phq9_form(), shipped().all()).definition
    assert made is not None
    library = shipped().adding([made])

    assert library.load("phq9") == made
    assert library.load("phq9", "1.0") == load("phq9")
    assert library.load("phq9", made.version) == made
    assert shipped().load("phq9").version == "1.0"


def test_an_import_never_replaces_a_version_that_is_here() -> None:
    """Definitions are immutable: a forged PHQ-9 1.0 without item 9 changes nothing."""
    forged = three(id="phq9", version="1.0")

    assert shipped().adding([forged]).load("phq9", "1.0") == load("phq9")


def test_a_record_carries_a_definition() -> None:
    """What the office decided is what the tablet asks."""
    assert imported({"definition": data()}) == three()
