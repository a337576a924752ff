"""What supervisors do about records, as the records themselves tell it: reviews, acts on a risk, spans of time."""

from dataclasses import replace

import pytest

from casework import facts, signing, validate
from casework.errors import BadAnswer
from casework.reading import utc_of_ms
from casework.record import Fact
from casework.records.handover import state_of
from casework.records.risk_flag import assigned_to, is_open, waits
from casework.reviewing import digest_of, reviewed_as
from sync import SIGNATURE, Json, RecordView

from .story import ANA, BEN, EVA, NINE, OFFICE, TEN, Save, codes, empty, one, record

NINE_UTC = "2026-11-24T14:00:00Z"


def signed(*later: Save, type_: str = "note", **units: Json) -> RecordView:
    """A record that Ana signed at nine, and what was saved after that."""
    draft = Save(ANA, {"author": ANA, "narrative": "Seen at home.", **units})
    seen = record(type_, draft)
    signature = Save(ANA, {SIGNATURE: signing.sign(seen, by=ANA, at=NINE)}, 2)
    return record(type_, draft, signature, *later)


def mark(view: RecordView, kind: str) -> Save:
    """The office's mark on what a view shows."""
    value: Json = {"kind": kind, "digest": digest_of(view), "by": EVA, "at": TEN}
    return Save(EVA, {"reviewed": value}, 3, device=OFFICE)


def due(view: RecordView) -> list[Fact]:
    """The rows about its review."""
    return [fact for fact in facts(view) if fact.kind.startswith("review_")]


def test_a_signed_note_waits_for_review_and_a_draft_does_not() -> None:
    """A queue with drafts in it would have a supervisor judge half a sentence."""
    assert due(signed()) == [Fact("review_due", "r1", "note", NINE_UTC, ANA)]
    assert due(one("note", author=ANA, narrative="Seen at ho")) == []
    assert digest_of(empty("note")) is None


@pytest.mark.parametrize("kind", ["approved", "cosigned"])
def test_what_was_reviewed_waits_no_longer(kind: str) -> None:
    """Two supervisors must not do one evening's work twice."""
    view = signed(mark(signed(), kind))

    assert reviewed_as(view) == kind
    assert due(view) == []


def test_what_was_returned_is_its_authors_task() -> None:
    """It left the supervisor's queue and must not fall between the two."""
    view = signed(mark(signed(), "returned"))

    assert due(view) == [Fact("review_returned", "r1", "note", NINE_UTC, ANA)]


def test_a_mark_on_other_words_covers_nothing() -> None:
    """Whoever approved one text did not approve another."""
    other = signed(narrative="Seen at the hospital.")

    assert due(signed(mark(other, "approved"))) == due(signed())


def test_a_workers_own_mark_reviews_nothing() -> None:
    """Only the office reviews: a tablet's write is a proposal beside it."""
    own = mark(signed(), "approved")

    assert due(signed(Save(ANA, own.values, 3))) == due(signed())


def test_the_mark_of_a_review_is_no_late_change_of_a_signed_note() -> None:
    """What the office says about a note must not look like an edit of it."""
    view = signed(mark(signed(), "approved"))

    assert view.signed is not None
    assert view.signed.late == {}
    assert signing.is_whole(view)


def test_an_addendum_brings_its_note_back() -> None:
    """What was added after the co-signature has been read by nobody."""
    assert due(signed(type_="addendum", note="n1")) == [Fact("review_due", "n1", "addendum", NINE_UTC, ANA)]


def test_a_completed_form_waits_without_a_signature() -> None:
    """Forms are completed, not signed; other answers are another form."""
    values: dict[str, Json] = {
        "worker": ANA,
        "instrument": {"id": "phq9", "version": "1"},
        "answers": {"q1": "not_at_all"},
        "finished_at": NINE,
    }
    view = one("assessment", **values)
    other = one("assessment", **{**values, "answers": {"q1": "several_days"}})
    marked = record("assessment", Save(ANA, values), mark(view, "approved"))

    assert due(view) == [Fact("review_due", "r1", "assessment", NINE_UTC, ANA)]
    assert due(marked) == []
    assert digest_of(other) != digest_of(view)


LEVEL: dict[str, Json] = {"level": "high", "reasons": [{"text": "said so", "at": NINE}]}


def flag(*later: Save) -> RecordView:
    """A high risk that Ana raised, and what was saved after that."""
    return record("risk_flag", Save(ANA, {"kind": "self_harm", "level": LEVEL}), *later)


def act(view: RecordView, kind: str, at: str = TEN, **more: Json) -> Save:
    """What somebody did who had the view before them."""
    value: dict[str, Json] = {
        "act": kind,
        "by": EVA,
        "at": at,
        "seen": list(view.over("level")),
        **more,
    }
    return Save(EVA, {f"acts/{kind}-{at[11:13]}": value}, 5, device=OFFICE)


def test_a_high_risk_waits_until_somebody_acknowledges_it() -> None:
    """The ladder climbs on exactly this."""
    assert waits(flag())
    assert not waits(flag(act(flag(), "acknowledged")))
    assert facts(flag(act(flag(), "acknowledged")))[1:] == (
        Fact("risk_in_hand", "self_harm", "high", NINE_UTC),
        Fact("risk_act", "acknowledged-10", "acknowledged", "2026-11-24T15:00:00Z", EVA),
    )


def test_a_tablet_acknowledges_no_danger() -> None:
    """Whoever raised it, or took the tablet, must not be able to silence it."""
    own = replace(act(flag(), "acknowledged"), by=ANA, device="")

    assert waits(flag(own))
    assert assigned_to(flag(replace(act(flag(), "assigned", to=ANA), device=""))) is None
    assert [fact.kind for fact in facts(flag(own))] == ["risk", "risk_waits"]


def test_a_level_written_since_the_acknowledgement_waits_again() -> None:
    """Whoever acknowledged yesterday's danger knows nothing of today's."""
    later = Save(BEN, {"level": {"level": "imminent", "reasons": [{"text": "has a plan", "at": TEN}]}}, 4)

    assert waits(flag(later, act(flag(), "acknowledged")))
    assert not waits(flag(later, act(flag(later), "acknowledged")))


def test_none_and_low_wait_for_nobody_and_not_known_does() -> None:
    """A refused question is no answer; a supervisor's inbox holds no *none*."""
    for level, open_ in (("none", False), ("low", False), ("unknown", True), ("moderate", True)):
        view = one("risk_flag", kind="self_harm", level={"level": level, "reasons": [{"text": "x"}]})
        assert (is_open(view), waits(view)) == (open_, open_)
    assert not is_open(empty("risk_flag"))


def test_a_flag_shows_who_was_asked_last_to_look_after_it() -> None:
    """The one before has been relieved."""
    first, last = act(flag(), "assigned", TEN, to=BEN), act(flag(), "assigned", NINE, to=ANA)
    view = flag(replace(last, at=5), replace(first, at=6))

    assert assigned_to(view) == BEN
    assert Fact("risk_in_hand", "self_harm", "high", NINE_UTC, BEN) in facts(view)


SPANS: dict[str, dict[str, Json]] = {
    "supervision": {"supervisor": EVA},
    "duty": {"place": "first", "office": "north"},
    "absence": {"kind": "sick"},
}


def spans(type_: str, *bounds: tuple[str, str], **more: Json) -> RecordView:
    """A worker's record with these spans, decided by the office."""
    base = SPANS[type_] | more
    values: dict[str, Json] = {
        f"spans/s{number}": {**base, "since": since, "until": until}
        for number, (since, until) in enumerate(bounds)
    }
    return record(type_, Save(EVA, values, device=OFFICE), id_=ANA, subject=ANA)


def test_spans_of_one_day_and_the_next_do_not_overlap() -> None:
    """A Friday and a Saturday are two absences."""
    for type_ in ("supervision", "absence"):
        assert codes(spans(type_, ("2026-11-01", "2026-11-06"), ("2026-11-07", "2026-11-08"))) == []
        assert codes(spans(type_, ("2026-11-01", "2026-11-06"), ("2026-11-06", "2026-11-08"))) == [
            "spans_overlap"
        ]


def test_duty_may_begin_when_the_last_ended_and_not_before() -> None:
    """Hours meet at a moment; nobody is first and deputy at once for one office."""
    eight, noon, six = (f"2026-11-24T{hour}:00:00Z" for hour in ("08", "12", "18"))
    at_both = record(
        "duty",
        Save(
            EVA,
            {
                "spans/a": {"place": "first", "office": "north", "since": eight, "until": six},
                "spans/b": {"place": "first", "office": "south", "since": noon, "until": six},
            },
            device=OFFICE,
        ),
        id_=ANA,
        subject=ANA,
    )

    assert codes(spans("duty", (eight, noon), (noon, six))) == []
    assert codes(spans("duty", (eight, six), (noon, six))) == ["spans_overlap"]
    assert codes(at_both) == []


@pytest.mark.parametrize("type_", ["supervision", "duty", "absence"])
def test_a_span_does_not_end_before_it_begins(type_: str) -> None:
    """It would cover nobody, and look as if it did."""
    since, until = ("2026-11-24T08:00:00Z", "2026-11-24T07:00:00Z")
    if type_ != "duty":
        since, until = "2026-11-24", "2026-11-23"
    with pytest.raises(BadAnswer, match="must end after it begins"):
        validate(type_, "spans/s1", {**SPANS[type_], "since": since, "until": until})
    validate(type_, "spans/s1", {**SPANS[type_], "since": until, "until": since})


def test_a_supervision_without_an_end_goes_on() -> None:
    """Most have none; a second one beside it is a contradiction."""
    forever: dict[str, Json] = {"supervisor": EVA, "since": "2026-01-01"}
    later: dict[str, Json] = {"supervisor": "ida", "since": "2026-06-01"}
    view = record(
        "supervision",
        Save("ida", {"spans/a": forever, "spans/b": later}, device=OFFICE),
        id_=ANA,
        subject=ANA,
    )

    assert codes(view) == ["spans_overlap"]
    assert facts(view) == (
        Fact("supervision", "a", EVA, "2026-01-01", ANA),
        Fact("supervision", "b", "ida", "2026-06-01", ANA),
    )


def test_nobody_is_their_own_supervisor() -> None:
    """Nobody reviews own work."""
    assert codes(spans("supervision", ("2026-01-01", "2026-02-01"), supervisor=ANA)) == ["own_supervisor"]


def test_what_a_worker_enters_of_an_absence_is_a_request() -> None:
    """Whose visits are covered, the office decides."""
    value: Json = {"kind": "leave", "since": "2026-11-24", "until": "2026-11-25"}
    asked = record("absence", Save(ANA, {"spans/s1": value}), id_=ANA, subject=ANA)

    assert facts(asked) == ()
    assert facts(spans("absence", ("2026-11-24", "2026-11-25"), kind="leave")) == (
        Fact("absence", "s0", "leave", "2026-11-24", ANA),
        Fact("absence_until", "s0", "leave", "2026-11-25", ANA),
    )


def test_duty_is_listed_with_its_place_and_office() -> None:
    """The ladder asks who is on duty, where, until when."""
    assert facts(spans("duty", ("2026-11-24T08:00:00Z", "2026-11-24T18:00:00Z"))) == (
        Fact("duty", "s0", "first", "2026-11-24T08:00:00Z", ANA),
        Fact("duty_until", "s0", "first", "2026-11-24T18:00:00Z", ANA),
        Fact("duty_office", "s0", "north", None, ANA),
    )


OFFER: dict[str, Json] = {
    "giver": ANA,
    "receiver": BEN,
    "offered_by": EVA,
    "offered_at": NINE,
    "note": "The dog bites.",
}


def test_a_hand_over_goes_from_offered_to_passed() -> None:
    """Who is responsible must be plain at every step."""
    offered = Save(EVA, OFFER, device=OFFICE)
    accepted = Save(BEN, {"answer": {"answer": "accepted", "by": BEN, "at": TEN}}, 2)
    declined = Save(BEN, {"answer": {"answer": "declined", "by": BEN, "at": TEN}}, 2)
    passed = Save(EVA, {"ended": {"how": "passed", "at": TEN}}, 3, device=OFFICE)

    assert state_of(record("handover", offered)) == "offered"
    assert state_of(record("handover", offered, accepted)) == "accepted"
    assert state_of(record("handover", offered, declined)) == "declined"
    assert facts(record("handover", offered, accepted, passed)) == (
        Fact("handover", "r1", "passed", NINE_UTC, BEN),
        Fact("handover_from", "r1", "passed", NINE_UTC, ANA),
    )


def test_nobody_accepts_a_hand_over_for_another() -> None:
    """Responsibility that somebody else took on is nobody's."""
    offered = Save(EVA, OFFER, device=OFFICE)
    other = Save("cleo", {"answer": {"answer": "accepted", "by": "cleo", "at": TEN}}, 2)

    assert codes(record("handover", offered, other)) == ["answered_by_another"]
    assert codes(record("handover", offered)) == []


def test_a_death_is_told_from_the_first_report_of_it() -> None:
    """*Since you left* goes by when the agency heard, not by when somebody died."""
    late: Json = {"deceased": True, "on": "2026-11-01", "reported_at": TEN}
    view = record(
        "client", Save(ANA, {"deceased": late}), Save(BEN, {"deceased": {**late, "reported_at": NINE}}, 2)
    )
    unsaid = record("client", Save(ANA, {"deceased": {"deceased": True}}, 1_764_000_000_000))
    beyond = record("client", Save(ANA, {"deceased": {"deceased": True}}, 10**11))

    assert Fact("deceased", "r1", "reported", NINE_UTC) in facts(view)
    assert Fact("deceased", "r1", "reported", "1973-03-03T09:46:40Z") in facts(beyond)
    assert Fact("deceased", "r1", "reported", "2001-09-09T01:46:40Z") in facts(unsaid)
    assert all(fact.kind != "deceased" for fact in facts(one("client", deceased={"deceased": False})))


def test_an_admission_and_the_need_of_an_interpreter_are_counted() -> None:
    """Monday's list and the list of who was forgotten rest on them."""
    assert Fact("admitted", "r1", "admitted", "2026-11-24") in facts(one("episode", admitted_on="2026-11-24"))
    assert Fact("interpreter_needed", "r1", "yes") in facts(one("client", interpreter_needed="yes"))


def test_a_time_that_no_calendar_holds_is_the_last_one() -> None:
    """No clock of a tablet may break a list."""
    assert utc_of_ms(10**15) == "9999-12-31T23:59:59Z"
    assert utc_of_ms(0) == "1970-01-01T00:00:00Z"


def test_the_capacity_of_somebody_is_a_number_of_hours() -> None:
    """The caseload is held against it."""
    staff = record("staff", Save("ida", {"capacity_hours": 120}, device=OFFICE), id_=ANA, subject=ANA)

    assert Fact("capacity", ANA, "120", None, ANA) in facts(staff)
