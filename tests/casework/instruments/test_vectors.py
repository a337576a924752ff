"""The published test vectors of every shipped instrument."""

from typing import Any

import pytest

from casework.instruments import Definition, alerts, is_loinc, progress, score, shipped

VECTORS = [
    pytest.param(made, vector, id=f"{made.id}-{number}")
    for made in shipped().all()
    for number, vector in enumerate(made.source["vectors"])  # type: ignore[arg-type]  # every shipped file has a list
]


UNCODED = ("asq", "cage")
"""Instruments whose panel and items have no LOINC code."""


@pytest.mark.parametrize(("definition", "vector"), VECTORS)
def test_a_shipped_instrument_gives_the_published_result(
    definition: Definition, vector: dict[str, Any]
) -> None:
    """A score that differs from the paper form is a wrong score."""
    inputs = vector.get("inputs", {})
    result = score(definition, vector["answers"], inputs)

    assert result.total == vector.get("total")
    assert result.band == vector.get("band")
    assert {name: result.outcomes[name] for name in vector.get("outcomes", {})} == vector.get("outcomes", {})
    if "alerts" in vector:
        found = alerts(definition, vector["answers"], inputs=inputs)
        assert [alert.rule for alert in found] == vector["alerts"]
    if "cutoffs" in vector:
        assert list(result.cutoffs) == vector["cutoffs"]


def test_eight_instruments_are_shipped() -> None:
    """The others come later, each as one file."""
    assert [(made.id, made.version) for made in shipped().all()] == [
        ("asq", "nimh-toolkit"),
        ("audit_c", "1998"),
        ("cage", "1974"),
        ("cssrs_screener", "2016-screener-recent"),
        ("gad7", "1.0"),
        ("hunger_vital_sign", "1.0"),
        ("phq2", "1.0"),
        ("phq9", "1.0"),
    ]


@pytest.mark.parametrize("definition", shipped().all(), ids=lambda made: made.id)
def test_a_shipped_instrument_says_whose_it_is_and_speaks_both_languages(definition: Definition) -> None:
    """Attribution is the licence's condition; Spanish is spoken in half of the homes."""
    labels = [definition.titles, *(item.labels for item in definition.items)]
    labels += [option.labels for item in definition.items for option in item.options]
    labels += [rule.action for rule in definition.rules]
    labels += [case.labels for outcome in definition.outcomes for case in outcome.cases]

    assert definition.attribution
    assert definition.licence in ("public_domain", "free_with_attribution")
    assert "own words" in definition.notice
    assert definition.official == ()
    assert all(set(words) == {"en", "es"} for words in labels)


@pytest.mark.parametrize("definition", shipped().all(), ids=lambda made: made.id)
def test_every_loinc_code_of_a_shipped_item_checks(definition: Definition) -> None:
    """A mistyped code sends one answer to another question's chart."""
    codes = [definition.loinc, *(item.loinc for item in definition.items)]

    assert all(code is None for code in codes) is (definition.id in UNCODED)
    assert definition.id in UNCODED or all(code is not None and is_loinc(code) for code in codes)


def test_each_rule_names_the_flag_and_level_that_it_raises() -> None:
    """What the two tablets of the story must meet in."""
    raised = {
        rule.id: (rule.voice, rule.raises and (rule.raises.kind, rule.raises.level))
        for made in shipped().all()
        for rule in made.rules
    }

    assert raised == {
        "asq_acute": ("now", ("self_harm", "imminent")),
        "asq_positive": ("today", ("self_harm", "moderate")),
        "asq_unfinished": ("today", ("self_harm", "unknown")),
        "auditc_positive": ("note", None),
        "auditc_high": ("today", None),
        "cage_positive": ("note", None),
        "cssrs_high": ("now", ("self_harm", "high")),
        "cssrs_moderate": ("today", ("self_harm", "moderate")),
        "cssrs_low": ("note", ("self_harm", "low")),
        "cssrs_unfinished": ("today", ("self_harm", "unknown")),
        "gad7_positive": ("note", None),
        "gad7_severe": ("today", None),
        "hvs_at_risk": ("note", None),
        "phq2_positive": ("note", None),
        "phq9_item9": ("today", ("self_harm", "unknown")),
        "phq9_item9_frequent": ("now", ("self_harm", "high")),
        "phq9_severe": ("today", None),
        "phq9_positive": ("note", None),
    }


def test_the_difficulty_item_is_asked_after_any_problem_and_never_scored() -> None:
    """Adding it to the nine is a common mistake in copies of the form."""
    phq9 = shipped().load("phq9")
    calm = {f"q{number}": "not_at_all" for number in range(1, 10)}
    troubled = {**calm, "q4": "several_days"}

    assert "q10" in progress(phq9, calm).closed_off
    assert "q10" in progress(phq9, troubled).asked
    assert "q10" in progress(phq9, {"q1": "not_at_all"}).waiting
    assert "q10" in progress(phq9, {"q1": "several_days"}).asked
    assert score(phq9, {**troubled, "q10": "extremely"}).total == 1
    assert score(phq9, troubled).complete
