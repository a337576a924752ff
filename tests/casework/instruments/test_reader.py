"""A definition that could not be asked or scored safely is refused, and says why."""

from typing import Any

import pytest

from casework import BadAnswer
from casework.instruments import data_of, read_definition, shipped, words
from casework.instruments.conditions import names_in
from casework.instruments.expression import DEPTH_MAX, BadCondition, parse

from .forms import data, labels, three

CASE = {"code": "hit", "labels": labels("Hit"), "when": "a = yes"}
LAST = {"code": "miss", "labels": labels("Miss")}
RULE = {"id": "r", "when": "a = yes", "voice": "now", "action": labels("Act")}
BAND = {"least": 0, "most": 3, "code": "all", "labels": labels("All")}


def items(**changes: Any) -> list[dict[str, Any]]:
    """The three items with the first one changed."""
    made: list[dict[str, Any]] = data()["items"]
    return [{**made[0], **changes}, *made[1:]]


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ({"id": "No Good"}, "id"),
        ({"version": ""}, "version"),
        ({"items": []}, "items"),
        ({"items": None}, ""),
        ({"surprise": 1}, ""),
        ({"titles": {}}, "titles"),
        ({"titles": {"English": "x"}}, "titles"),
        ({"titles": None}, ""),
        ({"items": items(labels={"en": ""})}, "items.0.labels.en"),
        ({"items": items(id="b")}, "items"),
        ({"items": items(options="nothing")}, "items.a"),
        ({"items": items(options=None)}, "items.a"),
        ({"items": items(ask_if="a = yes")}, "items.a"),
        ({"items": items(ask_if="b = yes")}, "items.a"),
        ({"items": items(ask_if="complete")}, "items.a"),
        ({"items": items(ask_if="total > 1")}, "items.a"),
        ({"items": items(ask_if="a ==")}, "items.a"),
        ({"items": items(loinc="abc")}, "items.0.loinc"),
        ({"options": {"yn": [{"code": "yes", "labels": labels("Y")}] * 2}}, "items.a"),
        ({"total": {"items": ["a", "z"], "range": [0, 3]}}, "total"),
        ({"total": {"items": ["a", "a"], "range": [0, 3]}}, "total"),
        ({"bands": [{**BAND, "most": 2}]}, "bands"),
        ({"bands": [BAND, {**BAND, "least": 2}]}, "bands"),
        ({"bands": [{**BAND, "most": 1}, {**BAND, "least": 3}]}, "bands"),
        ({"bands": [BAND], "total": None}, "bands"),
        ({"outcomes": [{"name": "a", "cases": [LAST]}]}, "items"),
        ({"outcomes": [{"name": "o", "cases": [CASE]}]}, "outcomes.o"),
        ({"outcomes": [{"name": "o", "cases": [LAST, LAST]}]}, "outcomes.o"),
        ({"outcomes": [{"name": "o", "cases": [{**CASE, "when": "o = hit"}, LAST]}]}, "outcomes.o.hit"),
        ({"outcomes": [{"name": "o", "cases": [{**CASE, "waits_for": "z"}, LAST]}]}, "outcomes.o"),
        ({"cutoffs": [{"code": "c1", "when": "zz = yes"}]}, "cutoffs.c1"),
        ({"rules": [{**RULE, "raises": {"kind": "bad_luck", "level": "high"}}]}, "rules.r"),
        ({"rules": [{**RULE, "raises": {"kind": "self_harm", "level": "huge"}}]}, "rules.r"),
        ({"rules": [{**RULE, "voice": "shout"}]}, "rules.0.voice"),
        ({"rules": [{**RULE, "when": "zz = yes"}]}, "rules.r"),
    ],
)
def test_an_unsafe_definition_is_refused(parts: dict[str, Any], where: str) -> None:
    """A form with a hole in its bands, or a rule that never fires, harms somebody quietly."""
    with pytest.raises(BadAnswer) as refused:
        three(**parts)

    assert refused.value.part == where


@pytest.mark.parametrize("value", [None, "text", 5, []])
def test_what_is_no_object_is_no_definition(value: Any) -> None:
    """An imported file may hold anything."""
    with pytest.raises(BadAnswer):
        read_definition(value)


def test_items_whose_options_have_no_score_make_no_total() -> None:
    """A sum over nothing would be 0."""
    with pytest.raises(BadAnswer):
        three(options={"yn": [{"code": "yes", "labels": labels("Y")}]})


def test_a_definition_gives_back_its_data() -> None:
    """It travels to the tablets as one decided value, and is read there again."""
    for made in shipped().all():
        assert read_definition(dict(data_of(made))) == made


def test_words_fall_back_to_a_language_that_is_there() -> None:
    """A screen is never empty."""
    assert words({"en": "Yes", "es": "Sí"}, "es-MX") == "Sí"
    assert words({"en": "Yes", "es-MX": "Simón"}, "es-MX") == "Simón"
    assert words({"en": "Yes"}, "fr") == "Yes"
    assert words({"fr": "Oui"}, "de") == "Oui"
    assert words({}, "en") == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a =",
        "a = yes and",
        "a = yes b",
        "(a = yes",
        "a in yes",
        "a in {yes",
        "a in {}",
        "a > yes",
        "a ~ yes",
        "a + 1 = 2",
        "sum(z) > 1",
        "sum(c..a) > 1",
        "sum a > 1",
        "total > ",
        "total 5",
        "1 + a > 2",
        "any(a, = yes)",
        "count(a = yes",
        "5 = = 5",
        "__import__('os')",
        "not " * (DEPTH_MAX + 1) + "a = yes",
        "(" * (DEPTH_MAX + 1) + "a = yes" + ")" * (DEPTH_MAX + 1),
    ],
)
def test_what_is_not_of_the_language_is_not_a_condition(text: str) -> None:
    """Nothing of Python can be reached from a form that somebody sends."""
    if text == "a":
        assert list(names_in(parse(text, ["a"]))) == ["a"]
        return
    with pytest.raises(BadCondition):
        parse(text, ["a", "b", "c"])


def test_the_names_of_a_condition_are_found_wherever_they_stand() -> None:
    """The reader holds each against what the definition has."""
    text = (
        "a = yes and (sum(b..c) > 1 or not level in {high}) and total - count(a >= 1) < 3 and cut or complete"
    )

    assert set(names_in(parse(text, ["a", "b", "c"]))) == {"a", "b", "c", "level", "total", "cut", "complete"}
