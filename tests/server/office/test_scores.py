"""Scores over time: what each instrument came to, and what of it a reader is told."""

from __future__ import annotations

from typing import Any

import pytest

from casework import instruments, retracting
from server.errors import NotAssigned
from server.services.desk import scores
from server.services.desk.scores import Course, Sitting
from sync import Json

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk

LITTLE: dict[str, Json] = {f"q{number}": "several_days" for number in range(1, 10)}
GRAVE: dict[str, Json] = {**LITTLE, "q9": "nearly_every_day"}


def courses(desk: Desk, client: str, by: str = "lead", purpose: str = "") -> list[Course]:
    """What was asked of a client over time."""

    def ask(session: Any) -> list[Course]:
        asked = scores.asking(session, desk.house.sealer, "a1", None)
        return scores.courses(session, desk.house.sealer, desk.people[by], asked, client, purpose)

    return desk.ask(ask)


def sit(
    desk: Desk,
    ana: Scripted,
    client: str,
    answers: dict[str, Json],
    instrument: str = "phq9",
    *,
    unit: str = "answers",
    **units: Json,
) -> str:
    """An administration, an hour after the one before."""
    desk.clock.ms += HOUR_MS
    id_ = desk.id("assessment")
    version = instruments.load(instrument).version
    desk.save(
        ana,
        client,
        "assessment",
        id_,
        instrument={"id": instrument, "version": version},
        worker="ana",
        finished_at=desk.now(),
        **{unit: answers, **units},
    )
    return id_


def sittings(desk: Desk, client: str, by: str = "lead", purpose: str = "") -> tuple[Sitting, ...]:
    """Those of the one instrument that was asked."""
    (course,) = courses(desk, client, by, purpose)
    return course.sittings


def test_scores_stand_in_the_order_in_which_they_were_asked_instrument_by_instrument(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A line that mixed two instruments, or two versions of one, would show a change that nobody had."""
    first = sit(desk, ana, cared_for, GRAVE)
    other = sit(desk, ana, cared_for, {"q1": "several_days", "q2": "not_at_all"}, "phq2")
    second = sit(desk, ana, cared_for, LITTLE)
    strange: Json = {"id": "phq9", "version": "another"}
    third = sit(desk, ana, cared_for, LITTLE)
    desk.clock.ms += HOUR_MS
    desk.save(ana, cared_for, "assessment", "strange", instrument=strange, answers=LITTLE, worker="ana")

    found = courses(desk, cared_for)

    assert [(course.instrument, course.version) for course in found] == [
        ("phq9", "another"),
        ("phq9", "1.0"),
        ("phq2", "1.0"),
    ]
    assert [[sitting.shown.id for sitting in course.sittings] for course in found] == [
        ["strange"],
        [first, second, third],
        [other],
    ]
    assert [sitting.total for sitting in found[1].sittings] == [11, 9, 9]
    assert (found[0].definition, found[0].sittings[0].total) == (None, None)


def test_within_a_second_what_was_written_first_comes_first(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A correction at once stands after what it corrects, not wherever its id puts it."""
    version: Json = {"id": "phq9", "version": "1.0"}
    for id_, answers in (("z", GRAVE), ("a", LITTLE)):
        desk.clock.ms += 10
        at = "2026-03-01T10:00:00Z"
        desk.save(ana, cared_for, "assessment", id_, instrument=version, answers=answers, finished_at=at)

    assert [each.shown.id for each in sittings(desk, cared_for)] == ["z", "a"]


def test_a_missing_answer_is_no_total_and_never_nought(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Eight answers of nine are no score of eight: the chart has a gap there, and says what is missing."""
    some = {item: answer for item, answer in LITTLE.items() if item != "q4"}
    refused: dict[str, Json] = {**LITTLE, "q5": {"absent": "refused"}}
    sit(desk, ana, cared_for, some, unit="partial_answers", closed="midnight")
    sit(desk, ana, cared_for, refused, unit="partial_answers")

    shut, open_ = sittings(desk, cared_for)

    assert (shut.total, shut.missing, shut.open) == (None, 1, False)
    assert (open_.total, open_.missing, open_.open) == (None, 1, True)


def test_a_sitting_that_another_amends_stays_and_counts_no_more(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A corrected figure that vanished would be a figure that was never said."""
    wrong = sit(desk, ana, cared_for, GRAVE)
    sit(desk, ana, cared_for, LITTLE, amends=wrong)
    error = sit(desk, ana, cared_for, GRAVE)
    desk.save(
        ana,
        cared_for,
        "assessment",
        error,
        **{"$life": retracting.retract(ana.view("assessment", error), "entered_in_error")},
    )

    found = sittings(desk, cared_for)

    assert [(each.superseded, each.amends, each.retracted, each.counts) for each in found] == [
        (True, False, "", False),
        (False, True, "", True),
        (False, False, "entered_in_error", False),
    ]


def test_a_retracted_correction_corrects_nothing(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """What it corrected counts again, or nothing would count at all."""
    right = sit(desk, ana, cared_for, LITTLE)
    wrong = sit(desk, ana, cared_for, GRAVE, amends=right)
    life = retracting.retract(ana.view("assessment", wrong), "entered_in_error")
    desk.save(ana, cared_for, "assessment", wrong, **{"$life": life})

    assert [each.counts for each in sittings(desk, cared_for)] == [True, False]


def test_alerts_of_answers_in_confidence_are_told_for_a_purpose(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A mark for one answer is that answer; whoever asked knows it, others say for what they read it."""
    sit(desk, ana, cared_for, GRAVE)

    assert [alert.rule for alert in sittings(desk, cared_for, purpose="care")[0].alerts] == [
        "phq9_item9",
        "phq9_item9_frequent",
    ]
    assert sittings(desk, cared_for, "ana")[0].alerts
    assert [(each.alerts, each.told, each.total) for each in sittings(desk, cared_for)] == [((), False, 11)]


def test_what_was_asked_alone_comes_to_nothing_without_a_purpose(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Even the total says what was told behind a closed door."""
    alone = {**instruments.load("phq2").source, "id": "alone", "version": "1", "ask_alone": True}
    desk.put("lead", "agency", "instrument", "alone", whole={"definition": alone})
    version: Json = {"id": "alone", "version": "1"}
    answers: Json = {"q1": "nearly_every_day", "q2": "nearly_every_day"}
    desk.save(ana, cared_for, "assessment", "it", instrument=version, answers=answers, worker="ana")

    assert [each.score for each in sittings(desk, cared_for)] == [None]
    assert [each.total for each in sittings(desk, cared_for, purpose="care")] == [6]
    assert [each.total for each in sittings(desk, cared_for, "ana")] == [6]


def test_scores_are_for_those_who_answer_for_the_client(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Another office, another worker and an administrator read none."""
    sit(desk, ana, cared_for, LITTLE)

    assert sittings(desk, cared_for, "aud")
    for by in ("dan", "ben", "ida"):
        with pytest.raises(NotAssigned):
            courses(desk, cared_for, by)


def test_scores_cost_the_same_statements_however_often_one_was_asked(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A long case is asked once a month for years."""
    sit(desk, ana, cared_for, LITTLE)
    with desk.counted() as few:
        courses(desk, cared_for)
    for _number in range(6):
        sit(desk, ana, cared_for, GRAVE)
    with desk.counted() as many:
        assert len(sittings(desk, cared_for)) == 7

    assert len(few) == len(many)
