"""Rules speak at the tap, on partial answers, and again only on a rise."""

from typing import Any

import pytest

from casework.instruments import SEND_AFTER_S, Alert, alerts, load, newly, raised

from .forms import labels, three

PHQ9, CSSRS = load("phq9"), load("cssrs_screener")


def rules(found: tuple[Alert, ...]) -> list[str]:
    """The ids of the rules that hold."""
    return [alert.rule for alert in found]


def test_item_nine_is_heard_before_anything_else_is_answered() -> None:
    """An alert that waits for completion is an alert that is missed."""
    found = alerts(PHQ9, {"q9": "more_than_half"})

    assert [(alert.rule, alert.voice) for alert in found] == [
        ("phq9_item9", "today"),
        ("phq9_item9_frequent", "now"),
    ]
    assert raised(found) == {"self_harm": "high"}
    assert raised(alerts(PHQ9, {"q9": "several_days"})) == {"self_harm": "unknown"}
    assert raised(alerts(PHQ9, {"q9": "not_at_all"})) == {}
    assert (found[0].instrument, found[0].version) == ("phq9", "1.0")
    assert SEND_AFTER_S == 20


def test_a_severe_total_speaks_only_when_complete() -> None:
    """A total never stands on missing answers."""
    seven = {f"q{number}": "nearly_every_day" for number in range(1, 9)}

    assert rules(alerts(PHQ9, seven)) == []
    found = alerts(PHQ9, {**seven, "q9": "not_at_all"})
    assert rules(found) == ["phq9_severe", "phq9_positive"]
    assert raised(found) == {}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({}, ["cssrs_unfinished"]),
        ({"q1": {"absent": "refused"}}, ["cssrs_unfinished"]),
        ({"q1": "no", "q2": "no", "q6": {"absent": "refused"}}, ["cssrs_unfinished"]),
        ({"q1": "yes"}, ["cssrs_low", "cssrs_unfinished"]),
        ({"q1": "yes", "q2": "no", "q6": "no"}, ["cssrs_low"]),
        ({"q6": "yes"}, ["cssrs_high"]),
        ({"q1": "no", "q2": "no", "q6": "no"}, []),
    ],
)
def test_a_screen_that_was_broken_off_leaves_the_risk_unknown(
    answers: dict[str, Any], found: list[str]
) -> None:
    """Also where a first answer was *low*: what was not asked might have been more."""
    assert rules(alerts(CSSRS, answers, closed=True)) == found


def test_an_open_screen_is_not_yet_unfinished() -> None:
    """The worker is still asking."""
    assert rules(alerts(CSSRS, {"q1": "no"})) == []


@pytest.mark.parametrize(
    ("answers", "closed", "waits"),
    [
        ({"q6": "yes"}, False, "q6_recent"),
        ({"q6": "yes"}, True, None),
        ({"q6": "yes", "q6_recent": {"absent": "refused"}}, False, None),
        ({"q6": "yes", "q6_recent": "yes"}, False, None),
        ({"q4": "yes"}, False, None),
    ],
)
def test_behaviour_of_unknown_date_waits_for_its_next_question(
    answers: dict[str, Any], closed: bool, waits: str | None
) -> None:
    """Sent after twenty seconds, on refusal or on closing, but not on leaving the item before."""
    assert [(alert.rule, alert.waits_for) for alert in alerts(CSSRS, answers, closed=closed)] == [
        ("cssrs_high", waits)
    ]


def test_a_rule_that_does_not_rest_on_the_waiting_result_waits_for_nothing() -> None:
    """Only the alarm about behaviour of unknown date is about to be made precise."""
    cases = [
        {"code": "hit", "labels": labels("Hit"), "when": "a = yes", "waits_for": "b"},
        {"code": "miss", "labels": labels("Miss")},
    ]
    rule = {"voice": "now", "action": labels("Act")}
    made = three(
        outcomes=[{"name": "level", "cases": cases}],
        rules=[{**rule, "id": "r1", "when": "a = yes"}, {**rule, "id": "r2", "when": "level = hit"}],
    )

    assert [(alert.rule, alert.waits_for) for alert in alerts(made, {"a": "yes"})] == [
        ("r1", None),
        ("r2", "b"),
    ]


def test_a_rule_is_heard_again_only_on_a_rise() -> None:
    """Whoever hears the same alarm at each tap stops listening."""
    first = alerts(PHQ9, {"q9": "several_days"})
    second = alerts(PHQ9, {"q9": "nearly_every_day"})

    assert rules(newly((), first)) == ["phq9_item9"]
    assert rules(newly(first, second)) == ["phq9_item9_frequent"]
    assert newly(second, second) == ()


def test_a_slip_of_the_finger_can_be_taken_back() -> None:
    """Nothing is stored of an alert: the answers say it, or do not."""
    assert alerts(PHQ9, {"q9": "not_at_all"}) == ()
