"""What is asked now, and what a change of mind would close."""

from typing import Any

import pytest

from casework import BadAnswer, NotAllowedYet
from casework.instruments import answer, check_answers, load, may_start, progress, prune

from .forms import data, labels, three

CSSRS = load("cssrs_screener")


def test_a_branch_opens_with_its_answer() -> None:
    """Three questions are asked after thoughts of suicide, and only then."""
    start = progress(CSSRS, {})
    opened = progress(CSSRS, {"q1": "no", "q2": "yes"})
    closed = progress(CSSRS, {"q1": "no", "q2": "no"})

    assert start.asked == ("q1", "q2", "q6")
    assert start.waiting == ("q3", "q4", "q5", "q6_recent")
    assert start.next == "q1"
    assert opened.asked == ("q1", "q2", "q3", "q4", "q5", "q6")
    assert opened.next == "q3"
    assert closed.closed_off == ("q3", "q4", "q5")
    assert closed.next == "q6"
    assert closed.missing == ("q6", "q6_recent")
    assert not closed.complete


@pytest.mark.parametrize(
    ("instrument", "kept"), [("asq", "refused"), ("hunger_vital_sign", "dont_know_refused")]
)
def test_a_refusal_is_the_option_that_the_instrument_has_for_it(instrument: str, kept: str) -> None:
    """The ASQ counts a refusal as a *yes*; as a mere gap it would say nothing."""
    step = answer(load(instrument), {}, "q1", {"absent": "refused"})

    assert step.answers == {"q1": kept}
    assert answer(load(instrument), {}, "q1", {"absent": "not_answered"}).answers == {
        "q1": {"absent": "not_answered"}
    }


def test_a_refusal_is_kept_as_such_and_leaves_the_item_missing() -> None:
    """A refusal is information, and it is not an answer."""
    now = progress(CSSRS, {"q1": {"absent": "refused"}, "q2": "no", "q6": "no"})

    assert now.absent == {"q1": "refused"}
    assert now.answered == ("q2", "q6")
    assert now.missing == ("q1",)
    assert now.next is None


def test_closing_a_branch_that_holds_answers_says_so_first() -> None:
    """Answers about a plan must not go with one tap."""
    given = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes"}
    step = answer(CSSRS, given, "q2", "no")

    assert step.closes == ("q3", "q4")
    assert step.answers == {**given, "q2": "no"}
    assert step.progress.stray == ("q3", "q4")
    assert prune(CSSRS, step.answers) == {"q1": "yes", "q2": "no"}


def test_answers_that_close_nothing_ask_nothing() -> None:
    """Space outside the rule."""
    assert answer(CSSRS, {"q1": "no"}, "q2", "no").closes == ()
    assert answer(CSSRS, {"q2": "no", "q3": "yes"}, "q1", "no").closes == ()
    assert prune(CSSRS, {"q1": "no"}) == {"q1": "no"}


def test_pruning_goes_on_through_branches_of_branches() -> None:
    """What a removed answer had opened goes too."""
    items = data()["items"]
    items.append({"id": "d", "labels": labels("D"), "options": "yn", "ask_if": "c = yes"})
    made = three(items=items)

    assert prune(made, {"a": "no", "b": "no", "c": "yes", "d": "yes"}) == {"a": "no", "b": "no"}


def test_an_answer_can_be_taken_back() -> None:
    """A slip of the finger."""
    assert answer(CSSRS, {"q1": "yes", "q2": "no"}, "q1", None).answers == {"q2": "no"}


@pytest.mark.parametrize(
    ("item", "value"),
    [("q99", "yes"), ("q1", "maybe"), ("q1", 1), ("q1", {"absent": "shy"}), ("q1", ["yes"])],
)
def test_an_answer_that_is_not_offered_is_refused(item: str, value: Any) -> None:
    """Stored answers are codes of the definition, and nothing else."""
    with pytest.raises(BadAnswer):
        answer(CSSRS, {}, item, value)
    with pytest.raises(BadAnswer):
        check_answers(CSSRS, {item: value})


def test_answers_of_the_definition_pass() -> None:
    """Space outside the rule."""
    check_answers(CSSRS, {"q1": "yes", "q2": {"absent": "refused"}})


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "two\nlines", ""),
        ("text", "x", 5),
        ("number", 12, "12"),
        ("number", 0, -1),
        ("date", "2026-11-24", "soon"),
    ],
)
def test_open_questions_take_words_numbers_and_dates(kind: str, good: Any, bad: Any) -> None:
    """Imported forms ask more than choices."""
    made = three(items=[{"id": "a", "labels": labels("A"), "kind": kind}], total=None)

    check_answers(made, {"a": good})
    with pytest.raises(BadAnswer):
        check_answers(made, {"a": bad})


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        (["yes"], True),
        (["yes", "no"], True),
        ([], False),
        ("yes", False),
        (["yes", "yes"], False),
        (["x"], False),
        ([5], False),
        (["refused"], True),
        (["refused", "yes"], False),
    ],
)
def test_several_choices_are_a_list_of_different_codes(given: Any, fine: bool) -> None:
    """*None of these* together with a problem says nothing."""
    parts = data()
    parts["options"]["yn"][2]["exclusive"] = True
    parts["items"][0]["multiple"] = True
    made = three(**parts | {"total": None})

    if fine:
        check_answers(made, {"a": given})
    else:
        with pytest.raises(BadAnswer):
            check_answers(made, {"a": given})


def test_an_instrument_about_violence_waits_until_the_client_is_alone() -> None:
    """The partner in the kitchen hears the question."""
    alone_only = three(ask_alone=True)

    may_start(alone_only, alone=True)
    may_start(three(), alone=False)
    with pytest.raises(NotAllowedYet):
        may_start(alone_only, alone=False)
