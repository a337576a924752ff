"""Reading a definition to the letter: what is made of it as a whole, and what a bad one hears."""

from typing import Any

import pytest

from casework import BadAnswer
from casework.instruments import Band, Case, Definition, Item, Option, Outcome, Raises, Rule, read_definition
from casework.instruments.conditions import Holds, IsIn
from casework.instruments.model import Cutoff, Total

from .forms import data, labels, three

A_YES = Holds("a", IsIn(frozenset({"yes"})))
CASE = {"code": "hit", "labels": labels("Hit"), "when": "a = yes"}
LAST = {"code": "miss", "labels": labels("Miss")}
RULE = {"id": "r", "when": "a = yes", "voice": "now", "action": labels("Act")}
BAND = {"least": 0, "most": 3, "code": "all", "labels": labels("All")}
LATER = "has a condition about something that is not there, or that comes later"
SUM = "must be the sum of different items whose options have scores"
COVER = "must cover the range of the total without gap or overlap"
LAST_CASE = "must end with the one case that has no condition"
RISK = "must raise a kind and a level of risk that exist"


def items(**changes: Any) -> list[dict[str, Any]]:
    """The three items with the first one changed."""
    made: list[dict[str, Any]] = data()["items"]
    return [{**made[0], **changes}, *made[1:]]


def test_a_bare_definition_says_nothing_that_its_data_does_not() -> None:
    """A question that was never called required would hold back every total, or every alert."""
    options = [{"code": "yes", "labels": labels("Yes")}]
    item = {"id": "a", "labels": labels("A"), "options": "yn"}
    bare = {"id": "one", "version": "1", "titles": labels("One"), "options": {"yn": options}, "items": [item]}

    assert read_definition(bare) == Definition(
        id="one",
        version="1",
        titles={"en": "One"},
        items=(
            Item(
                id="a",
                labels={"en": "A"},
                kind="choice",
                options=(Option("yes", {"en": "Yes"}, None, None, None, False, False),),
                loinc=None,
                link_id=None,
                required=False,
                multiple=False,
                ask_if=None,
                sensitive=None,
                asked_of="client",
            ),
        ),
        source=bare,
        construct="",
        recall_period="",
        licence="",
        attribution="",
        notice="",
        loinc=None,
        total=None,
        bands=(),
        outcomes=(),
        cutoffs=(),
        derived=(),
        rules=(),
        ask_alone=False,
        official=(),
    )


def test_a_full_definition_keeps_all_that_its_data_says() -> None:
    """Terms of the licence must be shown with the questions, and the worker must see which are for her."""
    option = {"code": "yes", "labels": labels("Yes"), "score": 2, "positive": True, "loinc": "LA33-6"}
    item = {
        "id": "a",
        "labels": labels("A"),
        "options": "yn",
        "loinc": "44250-9",
        "link_id": "/a",
        "required": True,
        "multiple": True,
        "sensitive": "violence",
        "asked_of": "worker",
    }
    full = {
        "id": "one",
        "version": "2",
        "titles": labels("One"),
        "construct": "mood",
        "recall_period": "two weeks",
        "licence": "free",
        "attribution": "its authors",
        "notice": "as it is",
        "loinc": "44249-1",
        "options": {"yn": [{**option, "exclusive": True, "refusal": True}]},
        "items": [item],
        "total": {"items": ["a"], "range": [0, 2], "loinc": "44261-6", "closed_counts_as": 0},
        "bands": [
            {"least": 1, "most": 2, "code": "some", "labels": labels("Some")},
            {"least": 0, "most": 0, "code": "none", "labels": labels("None")},
        ],
        "cutoffs": [{"code": "cut", "when": "a = yes", "labels": labels("Cut"), "optional": True}],
        "derived": [{"code": "fact", "when": "a = yes"}],
        "outcomes": [{"name": "level", "loinc": "44255-8", "cases": [{**CASE, "waits_for": "a"}, LAST]}],
        "rules": [{**RULE, "raises": {"kind": "self_harm", "level": "high"}}],
        "ask_alone": True,
        "official": ["en"],
    }

    assert read_definition(full) == Definition(
        id="one",
        version="2",
        titles={"en": "One"},
        items=(
            Item(
                id="a",
                labels={"en": "A"},
                options=(Option("yes", {"en": "Yes"}, 2, True, "LA33-6", exclusive=True, refusal=True),),
                loinc="44250-9",
                link_id="/a",
                required=True,
                multiple=True,
                sensitive="violence",
                asked_of="worker",
            ),
        ),
        source=full,
        construct="mood",
        recall_period="two weeks",
        licence="free",
        attribution="its authors",
        notice="as it is",
        loinc="44249-1",
        total=Total(("a",), 0, 2, "44261-6", 0),
        bands=(Band(0, 0, "none", {"en": "None"}), Band(1, 2, "some", {"en": "Some"})),
        outcomes=(
            Outcome(
                "level",
                (Case("hit", {"en": "Hit"}, A_YES, waits_for="a"), Case("miss", {"en": "Miss"})),
                "44255-8",
            ),
        ),
        cutoffs=(Cutoff("cut", A_YES, {"en": "Cut"}, optional=True),),
        derived=(Cutoff("fact", A_YES),),
        rules=(Rule("r", A_YES, "now", {"en": "Act"}, Raises("self_harm", "high")),),
        ask_alone=True,
        official=("en",),
    )


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"id": "No Good"}, "id: must be a name in lower case"),
        ({"items": items(id="b")}, "items: must have ids that differ"),
        ({"options": None}, "items.a: must name a list of options"),
        ({"items": items(options="nothing")}, "items.a: must name a list of options"),
        (
            {"options": {"yn": [{"code": "yes", "labels": labels("Y"), "score": 1}] * 2}},
            "items.a: must have options that differ",
        ),
        (
            {"items": items(ask_if="a = =")},
            "items.a: has a condition that cannot be read: '=' is not a name",
        ),
        ({"items": items(ask_if="b = yes")}, f"items.a: {LATER}"),
        ({"cutoffs": [{"code": "c1", "when": "zz = yes"}]}, f"cutoffs.c1: {LATER}"),
        ({"total": {"items": ["a", "z"], "range": [0, 3]}}, f"total: {SUM}"),
        ({"bands": [{**BAND, "most": 2}]}, f"bands: {COVER}"),
        ({"outcomes": [{"name": "o", "cases": [CASE]}]}, f"outcomes.o: {LAST_CASE}"),
        ({"outcomes": [{"name": "o", "cases": [CASE, LAST, LAST]}]}, f"outcomes.o: {LAST_CASE}"),
        (
            {"outcomes": [{"name": "o", "cases": [{**CASE, "waits_for": "z"}, LAST]}]},
            "outcomes.o: must wait for an item",
        ),
        ({"rules": [{**RULE, "raises": {"kind": "bad_luck", "level": "high"}}]}, f"rules.r: {RISK}"),
        ({"rules": [{**RULE, "when": "zz = yes"}]}, f"rules.r: {LATER}"),
    ],
)
def test_whoever_brings_an_unsafe_definition_hears_what_is_wrong_and_where(
    parts: dict[str, Any], fault: str
) -> None:
    """An agency corrects the one rule that would never have fired."""
    with pytest.raises(BadAnswer) as refused:
        three(**parts)

    assert str(refused.value) == f"instrument.definition.{fault}"
