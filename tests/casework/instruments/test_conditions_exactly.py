"""Conditions to the letter: how they are read, what they say of missing answers, what a bad one hears."""

from typing import Any

import pytest

from casework.instruments import Definition
from casework.instruments.conditions import (
    Both,
    Compare,
    Constant,
    Count,
    Either,
    Holds,
    IsIn,
    Named,
    Not,
    Quantified,
    Scores,
    Sign,
    Sum,
    Test,
)
from casework.instruments.evaluation import Reading
from casework.instruments.expression import DEPTH_MAX, BadCondition, parse

from .forms import data, labels, three

YES, NO = IsIn(frozenset({"yes"})), IsIn(frozenset({"no"}))
A, B = Holds("a", YES), Holds("b", YES)


def with_words() -> Definition:
    """The form of three and an open question, `d`, whose answer has no score."""
    items = [*data()["items"], {"id": "d", "labels": labels("D"), "kind": "text"}]
    return three(items=items)


def meaning(when: str, answers: dict[str, Any], inputs: dict[str, Any] | None = None) -> bool | None:
    """Whether a condition holds for the form of three: yes, no, or not to be known yet."""
    return Reading(with_words(), answers, inputs=inputs).holds(parse(when, ["a", "b", "c", "d"]))


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ("a = yes or b = yes", {"a": "no"}, None),
        ("a = yes or b = yes", {"b": "no"}, None),
        ("a = yes or b = yes", {"a": "no", "b": "no"}, False),
        ("not (a = yes or b = yes)", {"a": "no"}, None),
        ("not (a = yes or b = yes)", {"a": "no", "b": "no"}, True),
        ("a = yes and b = yes", {"a": "yes"}, None),
        ("a = yes and b = yes", {"a": "no"}, False),
        ("any(a, b = yes)", {"b": "no"}, None),
        ("not any(a, b = yes)", {"b": "no"}, None),
        ("not any(a, b = yes)", {"a": "no", "b": "no"}, True),
        ("not all(a, b = yes)", {"a": "yes"}, None),
        ("not all(a, b = yes)", {"a": "no"}, True),
    ],
)
def test_a_missing_answer_leaves_the_question_open_unless_another_decides_it(
    when: str, answers: dict[str, str], holds: bool | None
) -> None:
    """Whoever has not answered *suicide* yet is neither safe nor at risk, also under a `not`."""
    assert meaning(when, answers) is holds


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ("a positive", {"a": "refused"}, None),
        ("a negative", {"a": "refused"}, None),
        ("not a positive", {"a": "refused"}, None),
        ("not a negative", {"a": "refused"}, None),
        ("any(a, b positive)", {"a": "refused", "b": "no"}, None),
        ("any(a, b positive)", {"a": "refused", "b": "yes"}, True),
        ("d positive", {"d": "yes"}, None),
        ("not a positive", {"a": "no"}, True),
    ],
)
def test_an_answer_that_is_neither_positive_nor_negative_decides_nothing(
    when: str, answers: dict[str, str], holds: bool | None
) -> None:
    """A refusal taken for *not positive* would clear a client who said nothing."""
    assert meaning(when, answers) is holds


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ("sum(a..b) = 1", {}, None),
        ("sum(a..b) = 1", {"a": "yes"}, None),
        ("sum(a..b) = 1", {"a": "no"}, None),
        ("sum(a..b) = 1", {"a": "no", "b": "yes"}, True),
        ("sum(a..b) = 1", {"a": "no", "b": "no"}, False),
        ("sum(a..b) = 1", {"a": "yes", "b": "yes"}, False),
        ("sum(a..b) = 0", {"a": "yes"}, False),
        ("sum(a..b) != 1", {}, None),
        ("sum(a..b) != 1", {"a": "yes"}, None),
        ("sum(a..b) != 1", {"a": "no"}, None),
        ("sum(a..b) != 1", {"a": "no", "b": "yes"}, False),
        ("sum(a..b) != 0", {"a": "yes"}, True),
        ("sum(a..b) != 2", {"a": "no"}, True),
        ("sum(a..b) >= 1", {"a": "no"}, None),
        ("sum(a..b) > 0", {"a": "yes"}, True),
        ("sum(a..b) > 1", {"a": "no"}, False),
        ("sum(a..b) <= 1", {"a": "yes"}, None),
        ("sum(a..b) <= 1", {"a": "no"}, True),
        ("sum(a..b) < 1", {"a": "yes"}, False),
    ],
)
def test_a_sum_of_missing_scores_is_compared_as_everything_that_it_may_be(
    when: str, answers: dict[str, str], holds: bool | None
) -> None:
    """An alert at a cut-off speaks as soon as it is certain, and never on a guess."""
    assert meaning(when, answers) is holds


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ("sum(a) + sum(b) >= 1", {"a": "no"}, None),
        ("sum(a) + sum(b) >= 1", {"b": "no"}, None),
        ("sum(a) + sum(b) >= 1", {"b": "yes"}, True),
        ("sum(a) + sum(b) >= 2", {"b": "no"}, False),
        ("sum(a) - sum(b) >= 1", {"a": "yes"}, None),
        ("sum(a) - sum(b) >= 1", {"b": "no"}, None),
        ("sum(a) - sum(b) >= 1", {"b": "yes"}, False),
        ("sum(a) - sum(b) >= 0", {"a": "yes"}, True),
        ("sum(a) - sum(b) < 0", {}, None),
        ("count(a = yes) + count(b = yes) = 1", {"a": "yes"}, None),
        ("count(a = yes) - count(b = yes) = 1", {"a": "yes", "b": "no"}, True),
    ],
)
def test_ranges_are_added_and_taken_away_at_both_of_their_ends(
    when: str, answers: dict[str, str], holds: bool | None
) -> None:
    """The PHQ-9 counts its ninth item apart: a wrong end makes a syndrome of a missing answer."""
    assert meaning(when, answers) is holds


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ("sum(a, d) <= 1", {"a": "yes"}, True),
        ("sum(a, d) >= 1", {"a": "no"}, False),
        ("sum(a, d) = 1", {"a": "yes", "d": "in the kitchen"}, True),
        ("sum(d) = 0", {}, True),
    ],
)
def test_a_question_without_scores_adds_nothing_to_a_sum(
    when: str, answers: dict[str, str], holds: bool
) -> None:
    """A remark field in the middle of a range of items must neither raise nor hold back an alert."""
    assert meaning(when, answers) is holds


@pytest.mark.parametrize(
    ("answers", "holds"),
    [
        ({}, None),
        ({"c": "yes"}, None),
        ({"b": "yes"}, True),
        ({"b": "yes", "c": "no"}, True),
        ({"b": "no"}, False),
    ],
)
def test_a_sum_counts_with_a_branch_that_may_still_close(answers: dict[str, str], holds: bool | None) -> None:
    """Where scores begin at 1, a question that may not be asked at all can still come to nothing."""
    scored = [
        {"code": "yes", "labels": labels("Yes"), "score": 2},
        {"code": "no", "labels": labels("No"), "score": 1},
    ]
    made = three(options={"yn": scored}, total=None)

    assert Reading(made, answers).holds(parse("sum(c) >= 1", ["a", "b", "c"])) is holds


@pytest.mark.parametrize(
    ("when", "inputs", "holds"),
    [
        ("seen_alone = false", {"seen_alone": False}, True),
        ("seen_alone = false", {"seen_alone": True}, False),
        ("seen_alone = false", {}, False),
        ("seen_alone = true", {"seen_alone": True}, True),
        ("seen_alone != true", {"seen_alone": False}, True),
    ],
)
def test_a_client_who_was_not_alone_is_known_as_such(when: str, inputs: dict[str, Any], holds: bool) -> None:
    """A *no* to violence said beside the partner is to be asked again."""
    assert meaning(when, {}, inputs) is holds


def test_a_name_that_is_no_result_and_no_cutoff_comes_to_nothing() -> None:
    """A newer rule on an older definition stays silent rather than stop the visit."""
    reading = Reading(three(), {"a": "yes"})

    assert reading.outcome("later") is None
    assert reading.reaches("later") is False


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("  a = yes \n", A),
        ("a = yes and any(b..c = yes)", Both((A, Quantified(False, ("b", "c"), YES)))),
        ("a = yes and all(b..b = no)", Both((A, Quantified(True, ("b",), NO)))),
        ("severe and a = yes", Both((Named("severe"), A))),
        ("severe or a = yes", Either((Named("severe"), A))),
        ("(severe) and not b = yes", Both((Named("severe"), Not(B)))),
        ("a != yes", Holds("a", IsIn(frozenset({"yes"}), negate=True))),
        ("a = Not_Sure", Holds("a", IsIn(frozenset({"Not_Sure"})))),
        ("a in {Yes, no}", Holds("a", IsIn(frozenset({"Yes", "no"})))),
        ("a negative", Holds("a", Sign(False))),
        ("a < 2", Holds("a", Scores("<", 2))),
        ("sum(a, c) > 4", Compare(Sum(("a", "c")), ">", Constant(4))),
        ("count(b..b >= 1) = 1", Compare(Count(("b",), Scores(">=", 1)), "=", Constant(1))),
    ],
)
def test_a_condition_is_read_as_it_is_written(text: str, test: Test) -> None:
    """What the authors of a form wrote is what the tablet looks for."""
    assert parse(text, ["a", "b", "c"]) == test


def test_brackets_and_nots_may_be_nested_up_to_the_limit() -> None:
    """A published form that is deeper than ours is asked, not refused."""
    deep = DEPTH_MAX
    negated = parse("not " * deep + "a = yes", ["a"])
    for _ in range(deep):
        assert isinstance(negated, Not)
        negated = negated.part

    assert negated == A
    assert parse("(" * deep + "a = yes" + ")" * deep, ["a"]) == A


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a ~ 1234567890", "cannot read ' ~ 1234567'"),
        ("a = yes b", "'b' is left over"),
        ("not " * 21 + "a = yes", "more than 20 levels"),
        ("1 + a > 2", "'a' is not a number"),
        ("sum(c..a) > 1", "a range of items runs backwards"),
        ("sum(z) > 1", "'z' is not an item"),
        ("a > yes", "'>' compares numbers only"),
        ("total 5", "'5' is not a relation"),
        ("a = =", "'=' is not a name"),
        ("(a = yes", "')' is missing"),
        ("a in {yes", "'}' is missing"),
    ],
)
def test_whoever_wrote_a_bad_condition_hears_what_is_wrong_and_where(text: str, fault: str) -> None:
    """An agency that imports a form of two hundred rules has to find the one that is broken."""
    with pytest.raises(BadCondition) as refused:
        parse(text, ["a", "b", "c"])

    assert str(refused.value) == fault
