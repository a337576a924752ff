"""What the data of a definition may look like: each bound, one beyond it, and the words of the refusal."""

import importlib.util
from types import ModuleType
from typing import Any

import pytest
from marshmallow import ValidationError

from casework.instruments import data_shape
from casework.shapes import Matching, Whole, broken_rule

from .forms import data, labels

NAME = "must be a name in lower case"
LOINC_CODE = "must be a LOINC code such as 44250-9 or LA6568-5"
TAG = "must be a language tag such as es"
LABELS = "must be an object of 1 to 20 entries"
LABEL = "must be text of 1 to 4000 characters without control characters"
NOTE = "must be one line of 0 to 4000 characters without control characters"
CONDITION = "must be one line of 1 to 1000 characters without control characters"
CUTOFF = "must be an object of code, when, labels, optional, note"

LANGUAGES = [f"a{chr(number)}" for number in range(ord("a"), ord("z"))]
"""Twenty-five tags."""


@pytest.fixture
def fresh() -> ModuleType:
    """The module made anew: its shapes are made when it is imported."""
    spec = importlib.util.find_spec(data_shape.__name__)
    assert spec is not None, "a module that was imported is found"
    assert spec.loader is not None, "a module with a file has a loader"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def item(**parts: Any) -> dict[str, Any]:
    """The data of a form whose one item has these parts too."""
    return data(items=[{"id": "a", "labels": labels("A"), "options": "yn", **parts}])


def cutoff(**parts: Any) -> dict[str, Any]:
    """The data of a form with one cut-off of these parts."""
    made = {"code": "high", "when": "total >= 2", **parts}
    return data(cutoffs=[{name: part for name, part in made.items() if part is not None}])


def titled(count: int) -> dict[str, Any]:
    """The data of a form with titles in some languages."""
    return data(titles=dict.fromkeys(LANGUAGES[:count], "Three"))


@pytest.mark.parametrize(
    "sound",
    [
        data(),
        data(titles={"es": "T", "zh-Hant": "T", "sr-Latn-RS": "T", "yue": "T"}),
        titled(20),
        data(titles=labels("x" * 4_000)),
        data(titles=labels("First line\nSecond line")),
        data(options={}, cutoffs=[], derived=[], rules=[], vectors=[], official=[]),
        data(options={f"o{number}": [{"code": "1", "labels": labels("1")}] for number in range(300)}),
        item(id="a" * 64, loinc="1-8", ask_if="x"),
        item(id="_", loinc="LA6568-5", ask_if="x" * 1_000),
        item(id="q_2b", loinc="LL358-3"),
        item(loinc="1234567-8"),
        cutoff(),
        cutoff(labels=labels("High"), optional=True, note="x" * 4_000),
        cutoff(note=""),
        data(cutoffs=[{"code": f"c{number}", "when": "total >= 2"} for number in range(100)]),
    ],
)
def test_a_definition_may_reach_every_bound(fresh: ModuleType, sound: dict[str, Any]) -> None:
    """A publisher's questionnaire that just fits would else be turned away at the agency's door."""
    assert fresh.first_fault(fresh.DEFINITION, sound) is None


@pytest.mark.parametrize(
    ("broken", "part", "rule"),
    [
        (data(version=None), "", "must have id, items, titles, version"),
        (data(cutoffs={}), "cutoffs", "must be a list of 0 to 100 entries"),
        (data(cutoffs=[{"code": "c", "when": "x"}] * 101), "cutoffs", "must be a list of 0 to 100 entries"),
        (data(items=[]), "items", "must be a list of 1 to 300 entries"),
        (data(items=[{}] * 301), "items", "must be a list of 1 to 300 entries"),
        (data(options=[]), "options", "must be an object of 0 to 300 entries"),
        (
            data(options={f"o{number}": [] for number in range(301)}),
            "options",
            "must be an object of 0 to 300 entries",
        ),
        (data(options={"yn": []}), "options.yn", "must be a list of 1 to 100 entries"),
        (data(options={"Yes": [{"code": "y", "labels": labels("Y")}]}), "options", NAME),
        (data(titles={}), "titles", LABELS),
        (data(titles="Three"), "titles", LABELS),
        (titled(21), "titles", LABELS),
        (data(titles={"English": "Three"}), "titles", TAG),
        (data(titles={"EN": "Three"}), "titles", TAG),
        (data(titles={"en-x": "Three"}), "titles", TAG),
        (data(titles={"en-us-ca-la-oc": "Three"}), "titles", TAG),
        (data(titles=labels("")), "titles.en", LABEL),
        (data(titles=labels("x" * 4_001)), "titles.en", LABEL),
        (data(titles=labels("Three\x00")), "titles.en", LABEL),
        (data(titles={"en": "Three", "es": 3}), "titles.es", LABEL),
        (item(id="Q1"), "items.0.id", NAME),
        (item(id="1q"), "items.0.id", NAME),
        (item(id=""), "items.0.id", NAME),
        (item(id="a" * 65), "items.0.id", NAME),
        (item(loinc="la6568-5"), "items.0.loinc", LOINC_CODE),
        (item(loinc="44250"), "items.0.loinc", LOINC_CODE),
        (item(loinc="12345678-9"), "items.0.loinc", LOINC_CODE),
        (item(loinc=442509), "items.0.loinc", LOINC_CODE),
        (item(ask_if=""), "items.0.ask_if", CONDITION),
        (item(ask_if="x" * 1_001), "items.0.ask_if", CONDITION),
        (item(ask_if="a = yes\nor b = yes"), "items.0.ask_if", CONDITION),
        (cutoff(code=None), "cutoffs.0", "must have code, when"),
        (cutoff(when=None), "cutoffs.0", "must have code, when"),
        (cutoff(code="High"), "cutoffs.0.code", NAME),
        (cutoff(when=""), "cutoffs.0.when", CONDITION),
        (cutoff(labels={}), "cutoffs.0.labels", LABELS),
        (cutoff(optional="yes"), "cutoffs.0.optional", "must be true or false"),
        (cutoff(note="x" * 4_001), "cutoffs.0.note", NOTE),
        (cutoff(name="High"), "cutoffs.0", CUTOFF),
        (data(derived=[{"code": "high"}]), "derived.0", "must have code, when"),
    ],
)
def test_a_definition_beyond_a_bound_is_told_where_and_which(
    fresh: ModuleType, broken: dict[str, Any], part: str, rule: str
) -> None:
    """Whoever mends the file of an agency's form reads this sentence, and nothing else tells where to look."""
    assert fresh.first_fault(fresh.DEFINITION, broken) == (part, rule)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({}, None),
        ({"a": 1, "b": 2}, None),
        (None, ("", "must be an object of 0 to 2 entries")),
        ([], ("", "must be an object of 0 to 2 entries")),
        ({"a": 1, "b": 2, "c": 3}, ("", "must be an object of 0 to 2 entries")),
        ({"A": 1}, ("", "must be a small letter")),
        ({"a": 1, "b": 10}, ("b", "must be a whole number from 0 to 9")),
    ],
)
def test_an_object_says_its_own_rule_also_of_nothing(value: Any, told: tuple[str, str] | None) -> None:
    """Nobody who mends a form is shown the words of a library, in another tongue than the rest."""
    shape = data_shape.Dictionary(Matching("[a-z]", "a small letter"), Whole(0, 9), most=2)

    assert data_shape.first_fault(shape, value) == told


def test_an_object_that_must_have_entries_says_how_many() -> None:
    """Words without any language cannot be read aloud to a client."""
    shape = data_shape.Dictionary(Matching("[a-z]", "a small letter"), Whole(0, 9), 3, 1)

    with pytest.raises(ValidationError) as refused:
        shape.deserialize({})
    assert broken_rule(refused.value.messages) == ("", "must be an object of 1 to 3 entries")
    assert shape.deserialize({"a": 9}) == {"a": 9}
