"""Visits, what corrects them, and what is written about them."""

import pytest

from casework import columns, counts, facts, subject_columns
from casework.record import Fact
from casework.records.assessment import answers_of, is_closed
from casework.records.visit import seen_alone
from sync import LIFE, Json, Life, RecordView

from ..story import ANA, NINE, TEN, Save, codes, empty, one, record


def clocked(at: str, corrected: str | None = None) -> Json:
    """One end of a visit."""
    return {"device_at": at, "corrected_at": corrected, "method": "gps"}


def test_a_visit_is_counted_by_the_corrected_clock() -> None:
    """A tablet whose clock is wrong must not make a worker late."""
    view = one(
        "visit",
        worker="ana",
        begin=clocked(NINE, "2026-11-24T09:07:00-05:00"),
        end=clocked(TEN),
        planned={"start": NINE},
        outcome={"outcome": "made"},
        interpreter="professional",
    )

    assert columns(view) == {
        "worker": "ana",
        "planned_start": "2026-11-24T14:00:00Z",
        "begin": "2026-11-24T14:07:00Z",
        "end": "2026-11-24T15:00:00Z",
        "outcome": "made",
        "cancelled_by": "nobody",
        "signed": False,
    }
    assert Fact("visit", "r1", "made", "2026-11-24T14:07:00Z", "ana") in facts(view)
    assert codes(view) == []


def test_what_cannot_be_about_a_visit_is_flagged() -> None:
    """Each flag names its causes; none refuses the sync."""
    view = one(
        "visit",
        planned={"start": TEN, "end": NINE},
        begin=clocked(TEN),
        end=clocked(NINE),
        outcome={"outcome": "made"},
        cancelled_by="client",
        evv={"service": "G0155", "client": "c2", "date": "2026-11-24", "worker": "ana"},
    )

    assert codes(view) == [
        "planned_end_before_start",
        "end_before_start",
        "made_and_cancelled",
        "verified_for_another_client",
    ]


def test_the_ends_of_a_visit_are_compared_by_one_clock() -> None:
    """A corrected begin against an uncorrected end would accuse a worker of a mistake nobody made."""
    view = one("visit", begin=clocked(NINE, "2026-11-24T11:00:00-05:00"), end=clocked(TEN))
    own = one("visit", evv={"service": "G0155", "client": "c1", "date": "2026-11-24", "worker": "ana"})

    assert codes(view) == []
    assert codes(own) == []


@pytest.mark.parametrize(
    ("present", "alone"),
    [
        ([{"who": "client"}], True),
        ([{"who": "client"}, {"who": "child_two_or_under"}], True),
        ([{"who": "client"}, {"who": "interpreter", "interprets": "professional"}], True),
        ([{"who": "client"}, {"who": "interpreter", "interprets": "relative"}], False),
        ([{"who": "client"}, {"who": "interpreter"}], False),
        ([{"who": "client"}, {"who": "partner"}], False),
        ([{"who": "client"}, {"who": "child_over_two"}], False),
        ([{"who": "client"}, "unreadable"], False),
        ([], False),
        (None, False),
    ],
)
def test_seen_alone_follows_from_who_is_present(present: Json, alone: bool) -> None:
    """A relative who interprets, or a child in earshot, makes a question about violence dangerous."""
    assert seen_alone(present) is alone


def test_a_correction_a_contact_and_a_note_are_listed() -> None:
    """Rows of the timeline."""
    correction = one("visit_correction", visit="v1", made_at=NINE)
    contact = one("contact", kind="call", at=NINE, outcome="no_answer", worker="ana")
    note = one("note", kind="progress", author="ana", visit="v1", event_at=NINE, heading="Home visit")

    assert columns(correction) == {"visit": "v1", "made_at": "2026-11-24T14:00:00Z"}
    assert columns(contact)["outcome"] == "no_answer"
    assert facts(contact) == (Fact("contact", "call", "no_answer", "2026-11-24T14:00:00Z", "ana"),)
    assert columns(note)["signed"] is False
    assert facts(note) == (Fact("note", "r1", "draft", "2026-11-24T14:00:00Z", "ana"),)


def test_an_assessment_is_listed_with_what_it_has_come_to() -> None:
    """The completed answers count; before that, those so far."""
    so_far = one(
        "assessment", instrument={"id": "phq9", "version": "1.0"}, partial_answers={"q1": "not_at_all"}
    )
    done = one(
        "assessment",
        instrument={"id": "phq9", "version": "1.0"},
        partial_answers={"q1": "not_at_all"},
        answers={"q1": "several_days"},
        started_at=TEN,
        finished_at=NINE,
        worker="ana",
    )

    assert answers_of(so_far) == {"q1": "not_at_all"}
    assert answers_of(done) == {"q1": "several_days"}
    assert answers_of(empty("assessment")) == {}
    assert not is_closed(so_far)
    assert is_closed(done)
    assert is_closed(one("assessment", closed="midnight"))
    assert codes(done) == ["end_before_start"]
    assert facts(done) == (
        Fact("assessment", "phq9", "completed", "2026-11-24T14:00:00Z", "ana"),
        Fact("review_due", "r1", "assessment", "2026-11-24T14:00:00Z", "ana"),
    )
    assert facts(so_far)[0].code == "open"
    assert columns(done)["complete"] is True


def test_alone_does_not_contradict_who_was_present() -> None:
    """Answers given before a partner are worth less, and whoever reads them must know."""
    assert codes(one("assessment", seen_alone=True, present=["client", "partner"])) == ["not_alone"]
    assert codes(one("assessment", seen_alone=True, present=["client", "staff"])) == []
    assert codes(one("assessment", seen_alone=False, present=["partner"])) == []
    assert codes(one("assessment", started_at=NINE, finished_at=TEN)) == []


def test_an_addendum_is_not_entered_before_its_event() -> None:
    """Event and entry times are kept apart so that a late entry shows as one."""
    wrong = one("addendum", note="n1", kind="late_entry", author="ana", event_at=TEN, entry_at=NINE)

    assert codes(wrong) == ["entered_before_event"]
    assert codes(one("addendum", event_at=NINE, entry_at=TEN)) == []
    assert facts(wrong) == (Fact("addendum", "n1", "late_entry", "2026-11-24T14:00:00Z", "ana"),)
    assert columns(wrong)["signed"] is False


def taken_back(level: Json) -> RecordView:
    """A risk flag of this level that its author retracted."""
    kind: dict[str, Json] = {"kind": "self_harm", "level": level}
    seen = list[Json](one("risk_flag", **kind).over("level"))
    life: Json = {"state": "retracted", "reason": "wrong_client", "seen": seen}
    return record("risk_flag", Save(ANA, kind), Save(ANA, {LIFE: life}, 2))


def test_a_flag_says_its_level_and_that_it_waits() -> None:
    """By these rows supervisors find it."""
    level: Json = {"level": "high", "reasons": [{"text": "x", "at": NINE}, {"text": "y", "at": TEN}]}
    stands = one("risk_flag", kind="self_harm", level=level)

    assert columns(stands) == {"kind": "self_harm", "level": "high", "waits": True}
    assert facts(stands) == (
        Fact("risk", "self_harm", "high", "2026-11-24T15:00:00Z"),
        Fact("risk_waits", "self_harm", "high", "2026-11-24T15:00:00Z"),
    )
    assert subject_columns([stands])["risk"] == "high"


@pytest.mark.parametrize(("level", "risk"), [("high", "high"), ("low", None)])
def test_a_retracted_flag_goes_on_counting_while_nobody_at_the_office_has_seen_the_danger(
    level: str, risk: str | None
) -> None:
    """It may have been entered in error; that is not for its author alone to say."""
    gone = taken_back({"level": level, "reasons": [{"text": "x", "at": NINE}]})

    assert gone.life is Life.RETRACTED
    assert counts(gone) is (risk is not None)
    assert subject_columns([gone])["risk"] == risk


def test_other_records_count_no_more_once_they_are_retracted() -> None:
    """Nor does what a newer program wrote and took back."""
    retracted: Json = {"state": "retracted", "reason": "not_done", "seen": []}

    assert [counts(record(type_, Save(ANA, {LIFE: retracted}))) for type_ in ("need", "hologram")] == [
        False
    ] * 2
