"""Asking to the letter: what a refused answer hears, and what inputs, alerts and exports come to as a whole."""

from typing import Any

import pytest

from casework import BadAnswer, NotAllowedYet
from casework.instruments import (
    Alert,
    Definition,
    Form,
    FormItem,
    Observation,
    Problem,
    Raises,
    absence,
    alerts,
    answer,
    bring_in,
    check_answers,
    imported,
    may_start,
    observations,
    progress,
    prune,
    raised,
    words,
)

from .forms import data, labels, three

LACKED = "three.answers: the definition has no such item"
STRANGE = "three.answers: has an item that the definition lacks"
NO_OPTION = "must be one of its options, by code"
NO_ABSENCE = "an absence must be one of refused, not_answered"
NO_LIST = "must be a list of at least one of its options, by code"
NOT_ITS_OWN = "must be different options of its own, by code"
EXCLUDES = "has an option that excludes the others"


def mixed() -> Definition:
    """Questions of each kind: one choice, several choices, a number, words and a day."""
    parts = data()
    parts["options"]["yn"][2]["exclusive"] = True
    parts["total"] = None
    parts["items"] = [
        {"id": "a", "labels": labels("A"), "options": "yn"},
        {"id": "several", "labels": labels("S"), "options": "yn", "multiple": True},
        {"id": "number", "labels": labels("N"), "kind": "number"},
        {"id": "day", "labels": labels("D"), "kind": "date"},
    ]
    return three(**parts)


@pytest.mark.parametrize(
    ("item", "value", "fault"),
    [
        ("a", "maybe", NO_OPTION),
        ("a", 1, NO_OPTION),
        ("a", ["yes"], NO_OPTION),
        ("a", {"absent": "shy"}, NO_ABSENCE),
        ("a", {"absent": "refused", "why": "x"}, NO_ABSENCE),
        ("several", "yes", NO_LIST),
        ("several", [], NO_LIST),
        ("several", ["yes", "yes"], NOT_ITS_OWN),
        ("several", [5], NOT_ITS_OWN),
        ("several", [["yes"]], NOT_ITS_OWN),
        ("several", ["yes", "refused"], EXCLUDES),
        ("number", -1, "must be a whole number from 0 to 1000000"),
        ("day", "soon", "must be a date such as 2026-11-24"),
    ],
)
def test_an_answer_that_is_not_offered_hears_its_item_and_its_rule(item: str, value: Any, fault: str) -> None:
    """The worker at the door corrects the one answer that is wrong, and its value stays out of the log."""
    with pytest.raises(BadAnswer) as given:
        answer(mixed(), {}, item, value)
    with pytest.raises(BadAnswer) as held:
        check_answers(mixed(), {item: value})

    assert str(given.value) == str(held.value) == f"three.{item}: {fault}"


def test_an_item_that_is_not_there_is_not_named_in_the_message() -> None:
    """What stands in its place may be anything, a client's name too."""
    with pytest.raises(BadAnswer) as given:
        answer(three(), {}, "Maria", "yes")
    with pytest.raises(BadAnswer) as held:
        check_answers(three(), {"Maria": "yes"})

    assert (str(given.value), str(held.value)) == (LACKED, STRANGE)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"absent": "refused"}, "refused"),
        ({"absent": 5}, None),
        ({"absent": ["refused"]}, None),
        ("no", None),
    ],
)
def test_only_words_say_why_there_is_no_answer(value: Any, why: str | None) -> None:
    """A damaged answer is not counted among the refusals."""
    assert absence(value) == why


def test_an_instrument_about_violence_says_what_it_waits_for() -> None:
    """The worker is led to the question who else is in the room."""
    with pytest.raises(NotAllowedYet) as refused:
        may_start(three(ask_alone=True), alone=False)

    assert str(refused.value) == "asking three must wait: the client must be seen alone"
    assert (refused.value.act, refused.value.first, refused.value.units) == (
        "asking three",
        "the client must be seen alone",
        ("present",),
    )


def followed() -> Definition:
    """A form whose third question is asked only where the score of last time was two or more."""
    items = data()["items"]
    items[2] |= {"ask_if": "previous_total >= 2", "loinc": "44250-9"}
    cases = [
        {"code": "heard", "labels": labels("H"), "when": "seen_alone = true", "loinc": "LA6568-5"},
        {"code": "open", "labels": labels("O")},
    ]
    return three(items=items, outcomes=[{"name": "result", "loinc": "44255-8", "cases": cases}])


GIVEN = {"a": "no", "b": "no", "c": "yes"}


@pytest.mark.parametrize(
    ("inputs", "stray", "waiting"),
    [
        ({"previous_total": 1}, ("c",), ()),
        ({"previous_total": 2}, (), ()),
        (None, (), ("c",)),
    ],
)
def test_a_branch_that_rests_on_last_time_is_asked_and_pruned_by_it(
    inputs: dict[str, Any] | None, stray: tuple[str, ...], waiting: tuple[str, ...]
) -> None:
    """Without the score of last time nobody's answer may be thrown away."""
    now = progress(followed(), GIVEN, inputs)
    step = answer(followed(), GIVEN, "a", "yes", inputs)
    kept = prune(followed(), GIVEN, inputs)

    assert (now.stray, now.waiting) == (stray, waiting)
    assert (step.closes, step.progress.stray, step.progress.waiting) == ((), stray, waiting)
    assert kept == {id_: given for id_, given in GIVEN.items() if id_ not in stray}


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"previous_total": 1}, ()),
        ({"previous_total": 2}, (Observation("44250-9", code="yes", item="c"),)),
        (
            {"previous_total": 1, "seen_alone": True},
            (Observation("44255-8", "LA6568-5", code="heard"),),
        ),
    ],
)
def test_what_leaves_the_house_rests_on_the_same_inputs_as_the_score(
    inputs: dict[str, Any], found: tuple[Observation, ...]
) -> None:
    """The hospital must read the result that the worker saw."""
    assert observations(followed(), GIVEN, inputs) == found


def test_an_alert_carries_everything_that_the_worker_has_to_do() -> None:
    """An alarm without its action rings, and nobody knows what for."""
    rule = {
        "id": "r1",
        "when": "a = yes",
        "voice": "now",
        "action": labels("Stay with the client"),
        "raises": {"kind": "self_harm", "level": "high"},
    }

    assert alerts(three(rules=[rule]), {"a": "yes"}) == (
        Alert("three", "1", "r1", "now", {"en": "Stay with the client"}, Raises("self_harm", "high")),
    )


@pytest.mark.parametrize("levels", [("high", "low"), ("low", "high"), ("low", "high", "unknown")])
def test_a_lower_alert_never_lowers_a_higher_one_of_its_kind(levels: tuple[str, ...]) -> None:
    """A second rule that says *low* must not silence the first that said *high*."""
    found = [Alert("three", "1", level, "now", {}, Raises("self_harm", level)) for level in levels]
    other = Alert("three", "1", "other", "today", {}, Raises("unsafe_home", "low"))

    assert raised([*found, other]) == {"self_harm": "high", "unsafe_home": "low"}


@pytest.mark.parametrize("whole", [None, "three", 5, [], {}, {"definition": None}])
def test_a_record_that_carries_no_definition_is_refused_and_not_asked(whole: Any) -> None:
    """A damaged record must not stop the app with an error that nobody expected."""
    with pytest.raises(BadAnswer):
        imported(whole)


@pytest.mark.parametrize(
    ("there", "language", "said"),
    [
        ({"en": "Yes", "zh": "是"}, "zh-Hant-TW", "是"),
        ({"es": "Sí", "en": "Yes"}, "fr", "Yes"),
        ({"es": "Sí", "fr": "Oui"}, "de", "Sí"),
    ],
)
def test_words_are_those_of_the_main_language_then_english(
    there: dict[str, str], language: str, said: str
) -> None:
    """A client from Taipei is not asked in English while there is Chinese, nor a French one in Spanish."""
    assert words(there, language) == said


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        (Form("f", "F", ()), (Problem("", "empty", "has no item that could be asked"),)),
        (
            Form("f", "F", (FormItem("/1", "One", "44250-8", kind="text"),), loinc="44249-2"),
            (
                Problem("", "unknown_loinc", "44249-2 is not a LOINC code"),
                Problem("/1", "unknown_loinc", "44250-8 is not a LOINC code"),
            ),
        ),
    ],
)
def test_whoever_imports_a_form_hears_each_of_its_faults(form: Form, problems: tuple[Problem, ...]) -> None:
    """A mistyped code would file the answers under another question in the hospital."""
    assert bring_in(form, ()).problems == problems
