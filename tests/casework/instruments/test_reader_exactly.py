"""Reading a definition to the letter: what is made of it as a whole, and what a bad one hears."""

from dataclasses import replace
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
SUM = "must be the sum of different items, each of one answer, whose options have scores"
COVER = "must cover the range of the total without gap or overlap"
LAST_CASE = "must end with the one case that has no condition"
RISK = "must raise a kind and a level of risk that exist"

ALL: dict[str, Any] = {
    "cutoffs": [{"code": "cut", "when": "a = yes"}],
    "outcomes": [{"name": "level", "cases": [{**CASE, "code": "high"}, {**LAST, "code": "low"}]}],
}
"""A cut-off and an outcome that a rule may speak of."""


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
        "sensitive": "violence",
        "asked_of": "worker",
    }
    several = {"id": "b", "labels": labels("B"), "options": "yn", "multiple": True}
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
        "items": [item, several],
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

    offered = (Option("yes", {"en": "Yes"}, 2, True, "LA33-6", exclusive=True, refusal=True),)
    assert read_definition(full) == Definition(
        id="one",
        version="2",
        titles={"en": "One"},
        items=(
            Item(
                id="a",
                labels={"en": "A"},
                options=offered,
                loinc="44250-9",
                link_id="/a",
                required=True,
                sensitive="violence",
                asked_of="worker",
            ),
            Item(id="b", labels={"en": "B"}, options=offered, multiple=True),
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
        ({"items": items(multiple=True)}, f"total: {SUM}"),
    ],
)
def test_whoever_brings_an_unsafe_definition_hears_what_is_wrong_and_where(
    parts: dict[str, Any], fault: str
) -> None:
    """An agency corrects the one rule that would never have fired."""
    with pytest.raises(BadAnswer) as refused:
        three(**parts)

    assert str(refused.value) == f"instrument.definition.{fault}"


@pytest.mark.parametrize("when", ["any(asked = yes)", "count(asked = yes) > 0", "sum(asked) > 0"])
def test_a_branch_does_not_rest_on_what_is_asked(when: str) -> None:
    """It would rest on itself, and the visit would end in the middle."""
    made = data()["items"]
    made[2]["ask_if"] = when

    with pytest.raises(BadAnswer, match=f"items.c: {LATER}"):
        three(items=made)


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ("a", "has a condition that does not say what of a"),
        ("seen_alone", "has a condition that does not say what of seen_alone"),
        ("cut = yes", "has a condition that compares the cut-off cut, which is reached or not"),
        ("a = yess", "has a condition about yess, which nothing there can be"),
        ("not a != yess", "has a condition about yess, which nothing there can be"),
        (
            "b in {yes, maybe, of_course}",
            "has a condition about maybe, of_course, which nothing there can be",
        ),
        ("level = hihg", "has a condition about hihg, which nothing there can be"),
        ("seen_alone = no", "has a condition about no, which nothing there can be"),
        ("any(a..b = yess)", "has a condition about yess, which nothing there can be"),
        ("count(asked = yess) > 1", "has a condition about yess, which nothing there can be"),
    ],
)
def test_a_rule_that_could_never_speak_is_refused(when: str, fault: str) -> None:
    """A mistake of typing would silence an alarm for ever, and nobody would miss it."""
    with pytest.raises(BadAnswer) as refused:
        three(**ALL, rules=[{**RULE, "when": when}])

    assert str(refused.value) == f"instrument.definition.rules.r: {fault}"


@pytest.mark.parametrize(
    "when",
    [
        "cut and level in {high, low} or not complete",
        "seen_alone in {true, false, unknown}",
        "sex_for_scoring = female",
        "any(a, d = yes)",
        "any(asked in {yes, refused})",
        "d = anything",
    ],
)
def test_a_rule_that_can_speak_is_taken(when: str) -> None:
    """What is asked in words, or told besides, may be what no list of options has."""
    made = [*data()["items"], {"id": "d", "labels": labels("D"), "kind": "text"}]

    assert three(items=made, **ALL, rules=[{**RULE, "when": when}]).rules


@pytest.mark.parametrize(
    "member", ["outcomes", "cutoffs", "derived", "bands", "rules", "official", "total", "loinc"]
)
def test_a_member_that_is_null_says_no_more_than_one_that_is_missing(member: str) -> None:
    """A file that a program wrote has nulls in it, and must not stop the import with an error of ours."""
    with_null = {**data(total=None), member: None}
    made = read_definition(with_null)

    assert made == replace(three(total=None), source=with_null)


def test_a_last_case_may_have_a_condition_that_is_null() -> None:
    """That is how a program writes that there is none."""
    cases = [CASE, {**LAST, "when": None}]

    assert three(outcomes=[{"name": "o", "cases": cases}]).outcomes[0].cases[-1].when is None
