from collections.abc import Mapping
from typing import Any

import click
import pytest
from click.testing import CliRunner

from casework import BadAnswer, instruments
from casework.instruments import Alert, Option
from casework.instruments import Item as Question
from client_sdk.terminal.interview import Interview, read_answer

COLOURS = (Option("red", {"en": "Red"}), Option("blue", {"en": "Blue"}))


def sitting(typed: str, given: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """What a screener says, and what is saved of it, when somebody types."""
    saved: list[Mapping[str, Any]] = []

    def save(answers: Mapping[str, Any]) -> tuple[Alert, ...]:
        saved.append(answers)
        return ()

    @click.command()
    def command() -> None:
        Interview(instruments.load("cssrs_screener"), "en", given, save).run()

    return CliRunner().invoke(command, input=typed).stderr, saved


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        (Question("q", {}, "number"), "12", 12),
        (Question("q", {}, "number"), "a dozen", "a dozen"),
        (Question("q", {}, "text"), "in her words", "in her words"),
        (Question("q", {}, options=COLOURS), "2", "blue"),
        (Question("q", {}, options=COLOURS), "blue", "blue"),
        (Question("q", {}, options=COLOURS, multiple=True), "2, red", ["blue", "red"]),
        (Question("q", {}, options=COLOURS), "R", {"absent": "refused"}),
        (Question("q", {}, options=COLOURS), "s", {"absent": "not_answered"}),
        (Question("q", {}, options=(Option("1", {}), Option("0", {}))), "1", "1"),
    ],
)
def test_what_is_typed_becomes_the_answer_that_the_item_takes(
    question: Question, typed: str, expected: Any
) -> None:
    """A code that looks like a number is itself before it is a position."""
    assert read_answer(question, typed) == expected


@pytest.mark.parametrize("typed", ["0", "3", "²", "purple", "9" * 5_000])
def test_no_other_option_is_guessed(typed: str) -> None:
    """A slip must not become somebody's answer."""
    with pytest.raises(BadAnswer):
        read_answer(Question("q", {}, options=COLOURS), typed)


@pytest.fixture
def ahead() -> Mapping[str, Any]:
    """A script has answered items of a branch before the one that opens it."""
    return {"q1": "yes", "q3": "yes"}


def test_an_answer_that_leaves_others_out_is_confirmed_first(ahead: Mapping[str, Any]) -> None:
    """What a client said must not vanish by one key."""
    said, saved = sitting("2\nn\np\n", ahead)

    assert "leaves out the answers to q3" in said
    assert saved == []


def test_a_confirmed_answer_closes_the_branch(ahead: Mapping[str, Any]) -> None:
    """A correction is a correction."""
    said, saved = sitting("2\ny\np\n", ahead)

    assert saved == [{"q2": "no"}]
    assert "Not asked: Some intent to act" in said


def test_there_is_nothing_before_the_first_item() -> None:
    """Going back too far is no error."""
    said, saved = sitting("b\np\n", {})

    assert "This is the first one." in said
    assert saved == []
