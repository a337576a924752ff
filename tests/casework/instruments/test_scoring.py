"""What answers come to, and what they do not come to while some are missing."""

from typing import Any

import pytest

from casework.instruments import Definition, alerts, load, raised, score

from .forms import data, labels, three

PHQ9, CSSRS, HVS, PHQ2 = load("phq9"), load("cssrs_screener"), load("hunger_vital_sign"), load("phq2")
ASQ = load("asq")


def phq9(*scores: int) -> dict[str, str]:
    """Answers to the nine items by their scores."""
    codes = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")
    return {f"q{number}": codes[value] for number, value in enumerate(scores, 1)}


@pytest.mark.parametrize(
    "absent", [{"absent": "refused"}, {"absent": "not_answered"}, "nonsense", 0, None, ["a"]]
)
def test_a_refused_or_unreadable_answer_is_never_zero(absent: Any) -> None:
    """Eight answers and a refusal are not a low score."""
    result = score(PHQ9, {**phq9(0, 0, 0, 0, 0, 0, 0, 0), "q9": absent})

    assert (result.complete, result.missing, result.total, result.band) == (False, ("q9",), None, None)


def test_an_incomplete_instrument_says_what_is_missing() -> None:
    """The worker sees what is left to ask."""
    result = score(PHQ9, phq9(3, 3, 3))

    assert result.missing == ("q4", "q5", "q6", "q7", "q8", "q9")
    assert result.cutoffs == ()
    assert result.derived == {}
    assert result.code is None


@pytest.mark.parametrize(
    ("answers", "major", "other"),
    [
        (phq9(2, 2, 2, 2, 2, 0, 0, 0, 0), True, False),
        (phq9(2, 2, 2, 2, 1, 0, 0, 0, 1), True, False),
        (phq9(2, 1, 2, 2, 2, 0, 0, 0, 0), False, True),
        (phq9(1, 1, 2, 2, 2, 2, 2, 2, 3), False, False),
        (phq9(2, 0, 0, 0, 0, 0, 0, 0, 0), False, False),
        (phq9(2, 0, 2, 0, 0, 0, 0, 0, 0), False, True),
    ],
)
def test_the_depressive_syndromes_need_a_core_symptom(
    answers: dict[str, str], major: bool, other: bool
) -> None:
    """Item 9 counts at any frequency; interest or mood must be among them."""
    assert score(PHQ9, answers).derived == {
        "major_depressive_syndrome": major,
        "other_depressive_syndrome": other,
    }


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "incomplete"),
        ({"q1": "no", "q2": "no"}, "incomplete"),
        ({"q1": "no", "q2": "no", "q6": {"absent": "refused"}}, "incomplete"),
        ({"q1": "no", "q2": "yes", "q3": "no", "q4": "no", "q5": "no", "q6": "no"}, "low"),
        ({"q2": "yes", "q5": "yes"}, "high"),
        ({"q6": "yes", "q6_recent": {"absent": "refused"}}, "high_pending"),
        ({"q6": "yes", "q6_recent": {"absent": "not_answered"}}, "high_pending"),
        ({"q6": "yes", "q6_recent": "no", "q3": "yes"}, "moderate"),
        ({"q1": "no", "q2": "no", "q6": "nonsense"}, "incomplete"),
    ],
)
def test_the_screener_never_says_none_before_everything_is_asked(answers: dict[str, Any], level: str) -> None:
    """An unfinished screen is not a safe client."""
    assert score(CSSRS, answers).level == level


def test_a_yes_to_intent_counts_although_its_branch_was_closed() -> None:
    """A *no* entered afterwards must not silence what the client has said, before a person takes it back."""
    assert score(CSSRS, {"q1": "no", "q2": "no", "q4": "yes", "q6": "no"}).level == "high"


@pytest.mark.parametrize(
    ("answers", "level", "raises"),
    [
        ({}, "incomplete", {}),
        ({"q1": "no", "q2": "no", "q3": "no", "q4": "no"}, "negative", {}),
        ({"q1": "no", "q2": "no", "q3": "no", "q4": {"absent": "not_answered"}}, "incomplete", {}),
        ({"q1": "yes"}, "non_acute_positive", {"self_harm": "moderate"}),
        ({"q3": "refused"}, "non_acute_positive", {"self_harm": "moderate"}),
        ({"q1": "yes", "q5": "refused"}, "non_acute_positive", {"self_harm": "moderate"}),
        ({"q1": "yes", "q5": {"absent": "not_answered"}}, "non_acute_positive", {"self_harm": "moderate"}),
        ({"q5": "yes"}, "acute_positive", {"self_harm": "imminent"}),
    ],
)
def test_the_asq_speaks_at_the_first_yes_and_takes_a_refusal_for_one(
    answers: dict[str, Any], level: str, raises: dict[str, str]
) -> None:
    """Whoever stops answering after a *yes* must not leave as if nothing had been said."""
    assert score(ASQ, answers).level == level
    assert raised(alerts(ASQ, answers)) == raises


def test_an_asq_that_is_closed_unfinished_is_unknown() -> None:
    """Nobody is called safe for not having been asked."""
    assert raised(alerts(ASQ, {"q1": "no"}, closed=True)) == {"self_harm": "unknown"}


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"q1": "often_true", "q2": "never_true"}, "at_risk"),
        ({"q2": "sometimes_true"}, "at_risk"),
        ({"q1": "dont_know_refused", "q2": "sometimes_true"}, "at_risk"),
        ({"q1": "dont_know_refused", "q2": "dont_know_refused"}, "undetermined"),
        ({"q1": "never_true", "q2": {"absent": "refused"}}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_no_risk_of_hunger_needs_two_answers(answers: dict[str, Any], result: str) -> None:
    """A refusal is not enough food."""
    assert score(HVS, answers).result == result


def test_an_optional_cutoff_counts_only_where_the_agency_chose_it() -> None:
    """The sensitive cut-off of the PHQ-2 doubles the work that follows."""
    answers = {"q1": "more_than_half", "q2": "not_at_all"}

    assert score(PHQ2, answers).cutoffs == ()
    assert score(PHQ2, answers, {"positive_sensitive": True}).cutoffs == ("positive_sensitive",)
    assert score(PHQ9, phq9(2, 2, 2, 2, 2, 0, 0, 0, 0)).cutoffs == ("positive",)


def test_the_score_names_the_version_that_computed_it() -> None:
    """Versions never mix."""
    result = score(PHQ9, phq9(3, 3, 3, 3, 3, 3, 3, 3, 3))

    assert (result.instrument, result.version, result.code) == ("phq9", "1.0", "severe")


def test_a_closed_branch_counts_what_its_definition_says_or_there_is_no_total() -> None:
    """Some forms count an item that was rightly skipped as 0; where none says so, nothing may be made up."""
    answers = {"a": "yes", "b": "no"}
    counted = three(total={"items": ["a", "b", "c"], "range": [0, 3], "closed_counts_as": 0})

    assert score(three(), answers).total is None
    assert score(three(), answers).complete
    assert score(counted, answers).total == 1
    assert score(counted, {**answers, "c": "yes"}).total == 1
    assert score(counted, {"a": "yes", "b": "yes", "c": "yes"}).total == 3


def test_a_required_item_that_is_not_scored_still_holds_back_the_total() -> None:
    """Incomplete is incomplete: the form was not given as its authors tested it."""
    made = three(total={"items": ["a", "b"], "range": [0, 2]})

    assert score(made, {"a": "yes", "b": "yes"}).total is None
    assert score(made, {"a": "yes", "b": "yes", "c": "no"}).total == 2


def test_an_option_without_a_score_makes_no_total() -> None:
    """A refusal that is an option is an answer, and still not 0."""
    result = score(three(), {"a": "refused", "b": "yes", "c": "yes"})

    assert result.complete
    assert result.total is None


def outcome(when: str, **parts: Any) -> Definition:
    """The form of three with one outcome: `hit` where a condition certainly holds."""
    cases = [
        {"code": "hit", "labels": labels("Hit"), "when": when},
        {"code": "miss", "labels": labels("Miss")},
    ]
    return three(outcomes=[{"name": "seen", "cases": cases}], **parts)


YES, NO = {"a": "yes", "b": "yes", "c": "yes"}, {"a": "no", "b": "no"}


@pytest.mark.parametrize(
    ("when", "answers", "hit"),
    [
        ("a = yes", {}, False),
        ("a != yes", {}, False),
        ("a != yes", NO, True),
        ("not a = yes", {}, False),
        ("not a = yes", NO, True),
        ("a in {no, refused}", NO, True),
        ("a in {no, refused}", YES, False),
        ("c = no", NO, False),
        ("c != no", NO, False),
        ("c unanswered", NO, True),
        ("c answered", YES, True),
        ("a positive", YES, True),
        ("a negative", NO, True),
        ("a positive", {"a": "refused"}, False),
        ("a negative", {"a": "refused"}, False),
        ("a >= 1", YES, True),
        ("a >= 1", {}, False),
        ("a <= 1", {}, False),
        ("a >= 0", {"a": "refused"}, False),
        ("any(a, b = yes)", {"b": "yes"}, True),
        ("any(a..c = yes)", NO, False),
        ("all(a..b = no)", {"a": "no"}, False),
        ("all(asked = no)", NO, True),
        ("all(asked = yes)", YES, True),
        ("sum(a..b) >= 1", {"a": "yes"}, True),
        ("sum(a..b) >= 2", {"a": "yes"}, False),
        ("sum(a..b) < 2", {"a": "no"}, True),
        ("sum(a..b) = 1", {"a": "yes"}, False),
        ("sum(a..b) = 1", {"a": "yes", "b": "no"}, True),
        ("sum(a..b) != 1", NO, True),
        ("sum(a..b) != 1", {"a": "yes"}, False),
        ("sum(a..b) = 3", NO, False),
        ("sum(a..c) <= 0", NO, True),
        ("count(a..c = yes) > 1", {"a": "yes", "b": "yes"}, True),
        ("count(a..c = yes) > 1", {"a": "yes"}, False),
        ("count(a = yes) + count(b = yes) = 2", YES, True),
        ("total = 3", YES, True),
        ("total >= 0", {"a": "yes"}, False),
        ("2 - total <= 0", YES, True),
        ("complete", NO, True),
        ("complete", {"a": "no"}, False),
        ("a = yes and b = yes", YES, True),
        ("a = yes or b = yes", {"b": "yes"}, True),
        ("a = yes and (b = yes or c = no)", YES, True),
        ("closed", YES, False),
    ],
)
def test_a_condition_holds_only_where_it_is_certain(when: str, answers: dict[str, str], hit: bool) -> None:
    """What a missing answer might be is never taken for what it is."""
    assert score(outcome(when), answers).outcomes["seen"] == ("hit" if hit else "miss")


@pytest.mark.parametrize(
    ("when", "inputs", "hit"),
    [
        ("sex_for_scoring = unknown", {}, True),
        ("sex_for_scoring = female", {"sex_for_scoring": "female"}, True),
        ("sex_for_scoring positive", {"sex_for_scoring": "female"}, False),
        ("seen_alone = true", {"seen_alone": True}, True),
        ("seen_alone = true", {"seen_alone": False}, False),
        ("previous_total - total >= 2", {"previous_total": 5}, True),
        ("previous_total - total >= 2", {"previous_total": 4}, False),
        ("previous_total - total >= 2", {}, False),
        ("previous_total - total >= 2", {"previous_total": "5"}, False),
    ],
)
def test_what_a_caller_tells_besides_counts_likewise(when: str, inputs: dict[str, Any], hit: bool) -> None:
    """Cut-offs by sex, and a fall since last time."""
    assert score(outcome(when), YES, inputs).outcomes["seen"] == ("hit" if hit else "miss")


def test_an_outcome_may_rest_on_one_before_it_and_on_a_cutoff() -> None:
    """A form of several results is read from top to bottom."""
    cases = [
        {"code": "hit", "labels": labels("Hit"), "when": "any_yes"},
        {"code": "miss", "labels": labels("Miss")},
    ]
    second = [
        {"code": "hit", "labels": labels("Hit"), "when": "one = hit and one != miss"},
        {"code": "miss", "labels": labels("Miss")},
    ]
    made = three(
        cutoffs=[{"code": "any_yes", "when": "a = yes"}],
        outcomes=[{"name": "one", "cases": cases}, {"name": "two", "cases": second}],
    )

    assert score(made, YES).outcomes == {"one": "hit", "two": "hit"}
    assert score(made, NO).outcomes == {"one": "miss", "two": "miss"}
    assert score(made, {}).level is None


def test_several_choices_count_for_any_of_them() -> None:
    """A list of problems in the home."""
    parts = data()
    parts["items"][0] |= {"multiple": True}
    made = outcome("a in {yes} and a positive", items=parts["items"], total=None)

    assert score(made, {"a": ["refused", "yes"]}).outcomes["seen"] == "hit"
    assert score(made, {"a": ["refused"]}).outcomes["seen"] == "miss"
    assert score(made, {"a": ["yes", "yes"]}).missing == ("a", "b", "c")
