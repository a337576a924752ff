"""What each record type says about itself: columns, facts, names, and what cannot be right."""

import pytest

from casework import checks, columns, facts, names, search_text, subject_columns, validate
from casework.errors import BadAnswer
from casework.record import Fact
from casework.records.address import printable
from casework.records.assessment import answers_of, is_closed
from casework.records.client import may, reported_deceased
from casework.records.visit import seen_alone
from sync import LIFE, Json, RecordView

from .story import ANA, BEN, OFFICE, Save, empty, one, record

NINE, TEN = "2026-11-24T09:00:00-05:00", "2026-11-24T10:00:00-05:00"


def codes(view: RecordView) -> list[str]:
    """The codes of a record's check flags."""
    return [flag.code for flag in checks(view)]


def test_a_client_is_listed_by_name_and_state() -> None:
    """The list that a worker opens every morning."""
    view = record(
        "client",
        Save(
            ANA,
            {
                "legal_name": {"family": "Ybarra", "given": "Luz", "middle": "M"},
                "preferred_name": "Lucha",
                "date_of_birth": "1950-03-04",
                "language": "es",
                "do_not_visit_alone": "yes",
                "hazards/h1": {"kind": "dog", "review_on": "2027-01-01", "detail": "Brown mastiff"},
                "identifiers/mrn": {"value": "77-1"},
                "papers_may_be_left": "no",
                "messages_safe": "yes",
            },
        ),
        Save("eva", {"office": "o1", "assigned/ana": {"kind": "assigned"}}, device=OFFICE),
    )

    assert columns(view) == {
        "name": "Ybarra, Lucha",
        "date_of_birth": "1950-03-04",
        "language": "es",
        "do_not_visit_alone": "yes",
        "hazards": 1,
        "office": "o1",
        "state": "active",
        "undecided": 0,
    }
    assert set(names(view)) == {"Luz M Ybarra", "Lucha"}
    assert facts(view) == (
        Fact("client", "r1", "active"),
        Fact("born", "r1", "1950"),
        Fact("language", "r1", "es"),
        Fact("do_not_visit_alone", "r1", "yes"),
        Fact("assigned", "ana", "assigned", worker="ana"),
    )
    assert {"Ybarra", "Brown mastiff", "77-1"} <= set(search_text(view).split("\n"))
    assert may(view, "messages_safe")
    assert not may(view, "papers_may_be_left")
    assert not may(view, "voicemail_safe")


def test_rival_legal_names_are_both_found() -> None:
    """A client must be found under the name that the caller knows."""
    view = record(
        "client",
        Save(ANA, {"legal_name": {"family": "Ybarra"}}),
        Save(BEN, {"legal_name": {"family": "Ibarra"}}, 2),
    )

    assert names(view) == ("Ybarra", "Ibarra")
    assert columns(view)["undecided"] == 1


def test_a_legal_name_has_at_least_one_part() -> None:
    """Some people have one name; nobody has none."""
    validate("client", "legal_name", {"given": "Suharto"})
    with pytest.raises(BadAnswer):
        validate("client", "legal_name", {"suffix": "Jr."})


def test_one_report_of_a_death_stops_the_calls() -> None:
    """A letter to the dead is read by the family."""
    view = record(
        "client",
        Save(ANA, {"deceased": {"deceased": True, "on": "2026-11-01"}}),
        Save(BEN, {"deceased": {"deceased": False}}, 2),
    )

    assert reported_deceased(view)
    assert columns(view)["state"] == "deceased"
    assert not reported_deceased(one("client", deceased={"deceased": False}))
    assert not reported_deceased(empty("client"))


def test_nobody_dies_before_being_born() -> None:
    """A mistake in either date; a person must look at both."""
    wrong = one("client", date_of_birth="1950-01-01", deceased={"deceased": True, "on": "1949-01-01"})
    right = one("client", date_of_birth="1950-01-01", deceased={"deceased": True, "on": "2026-01-01"})

    assert codes(wrong) == ["died_before_birth"]
    assert checks(wrong)[0].units == ("date_of_birth", "deceased")
    assert codes(right) == []


def test_a_retracted_client_is_listed_as_retracted() -> None:
    """A client entered twice must not be visited twice."""
    view = record("client", Save(ANA, {LIFE: {"state": "retracted", "reason": "duplicate", "seen": []}}))

    assert columns(view)["state"] == "retracted"


def test_an_address_is_listed_and_its_dates_are_checked() -> None:
    """Which door, and whether it is still the one."""
    place: dict[str, Json] = {"kind": "home", "lines": ["1 Oak St"], "city": "Austin"}
    view = one("address", place={**place, "since": "2026-01-02", "until": "2026-01-01"}, state="current")

    assert columns(view) == {"kind": "home", "state": "current", "street": "1 Oak St", "city": "Austin"}
    assert codes(view) == ["end_before_start"]
    assert codes(one("address", place={**place, "since": "2026-01-01", "until": "2026-01-02"})) == []
    assert printable(view)


def test_a_confidential_address_is_never_printed() -> None:
    """One worker's *confidential* is enough, whatever another's value says."""
    place: dict[str, Json] = {"kind": "home", "lines": ["1 Oak St"]}
    view = record(
        "address", Save(ANA, {"place": {**place, "kind": "confidential"}}), Save(BEN, {"place": place}, 2)
    )

    assert not printable(view)
    assert not printable(one("address", place="unreadable"))
    assert printable(empty("address"))


def test_a_removed_contact_stays_removed_through_any_later_edit() -> None:
    """No merge may bring an abuser back."""
    view = record(
        "contact_person",
        Save(ANA, {"state": {"state": "removed", "reason": "unsafe"}}),
        Save(BEN, {"state": {"state": "active"}, "name": "Rob"}, 2),
    )

    assert columns(view)["state"] == "removed"
    assert columns(one("contact_person", name="Rob", phone="555-0100", kind="contact")) == {
        "kind": "contact",
        "name": "Rob",
        "phone": "555-0100",
        "state": "active",
    }
    with pytest.raises(BadAnswer):
        validate("contact_person", "state", {"state": "removed"})
    validate("contact_person", "state", {"state": "active"})


def test_a_relation_joins_two_people_who_are_there() -> None:
    """A removed person must not stay somebody's guardian in a diagram."""
    people: dict[str, Json] = {"p1": {"name": "Rosa"}}
    fine = one(
        "household", people_set=people, relations_set={"r1": {"of": "p1", "to": "c1", "relation": "parent"}}
    )
    lost = one(
        "household", people_set=people, relations_set={"r1": {"of": "p2", "to": "c1", "relation": "parent"}}
    )
    self_ = one(
        "household", people_set=people, relations_set={"r1": {"of": "p1", "to": "p1", "relation": "child"}}
    )

    assert codes(fine) == []
    assert codes(lost) == ["relation_without_person"]
    assert codes(self_) == ["relation_without_person"]
    assert columns(fine) == {"people": 1}


def test_an_episode_is_counted_and_its_dates_are_in_order() -> None:
    """The first visit is due by its referral; the discharge closes it."""
    view = record(
        "episode",
        Save(
            ANA,
            {
                "received_at": NINE,
                "admitted_on": "2026-11-25",
                "status": "active",
                "discharge_date": "2026-11-01",
                "payer": {"kind": "medicaid"},
            },
        ),
        Save("eva", {"assigned/ana": {"kind": "cover"}}, device=OFFICE),
    )

    assert codes(view) == [
        "discharge_before_admission",
        "discharge_before_referral",
        "discharge_date_while_open",
    ]
    assert columns(view) == {
        "status": "active",
        "received_at": "2026-11-24T14:00:00Z",
        "admitted_on": "2026-11-25",
        "discharge_date": "2026-11-01",
        "payer": "medicaid",
    }
    assert Fact("episode_assigned", "ana", "cover", worker="ana") in facts(view)
    closed = one(
        "episode",
        received_at=NINE,
        admitted_on="2026-11-25",
        discharge_date="2026-12-01",
        status="discharged",
    )
    assert codes(closed) == []


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


def test_a_flag_that_was_retracted_raises_nobodys_risk() -> None:
    """It was entered in error; a retraction that missed an edit still counts."""
    level: Json = {"level": "high", "reasons": [{"text": "x", "at": NINE}, {"text": "y", "at": TEN}]}
    stands = one("risk_flag", kind="self_harm", level=level)
    gone = record(
        "risk_flag",
        Save(ANA, {"kind": "self_harm", "level": level}),
        Save(
            ANA,
            {LIFE: {"state": "retracted", "reason": "wrong_client", "seen": list(stands.over("level"))}},
            2,
        ),
    )

    assert columns(stands) == {"kind": "self_harm", "level": "high", "waits": True}
    assert facts(stands) == (
        Fact("risk", "self_harm", "high", "2026-11-24T15:00:00Z"),
        Fact("risk_waits", "self_harm", "high", "2026-11-24T15:00:00Z"),
    )
    assert subject_columns([stands])["risk"] == "high"
    assert subject_columns([gone])["risk"] is None


def test_needs_and_referrals_are_followed() -> None:
    """Open until somebody closes them."""
    need = one("need", domain="food", found_on="2026-11-24")
    referral = one(
        "referral",
        status="active",
        progress="accepted",
        domain="food",
        events_set={"e1": {"event": "sent", "at": NINE}, "e2": {"event": "accepted", "at": TEN}},
    )

    assert columns(need) == {"domain": "food", "status": "open", "found_on": "2026-11-24"}
    assert facts(need) == (Fact("need", "food", "open", "2026-11-24"),)
    assert Fact("referral_event", "e2", "accepted", "2026-11-24T15:00:00Z") in facts(referral)
    assert codes(referral) == []


def test_a_referral_that_cannot_be_is_put_to_a_person() -> None:
    """Requester and performer each wrote the truth they knew."""
    pair = one("referral", status="completed", progress="sent")
    both = one(
        "referral",
        events_set={"e1": {"event": "declined", "at": NINE}, "e2": {"event": "completed", "at": TEN}},
    )

    assert codes(pair) == ["illegal_pair"]
    assert codes(both) == ["declined_and_completed"]
    assert checks(both)[0].units == ("events/e1", "events/e2")


def test_a_withdrawal_in_the_log_contradicts_a_consent_that_is_given() -> None:
    """Nothing may be disclosed on a consent that somebody has taken back."""
    events: dict[str, Json] = {"e1": {"event": "given", "at": NINE}, "e2": {"event": "withdrawn", "at": TEN}}
    view = one(
        "consent", state="given", events_set=events, recipient={"name": "School"}, expires_on="2027-01-01"
    )

    assert codes(view) == ["given_but_withdrawn"]
    assert codes(one("consent", state="withdrawn", events_set=events)) == []
    assert codes(one("consent", state="given", events_set={"e1": {"event": "given", "at": NINE}})) == []
    assert columns(view) == {"recipient": "School", "state": "given", "expires_on": "2027-01-01"}
    assert facts(view) == (Fact("consent", "r1", "given", "2027-01-01"),)


def test_a_withdrawal_wins_whatever_the_clock_says() -> None:
    """Consent after a withdrawal takes someone who has seen the withdrawal."""
    rivals = record("consent", Save(ANA, {"state": "withdrawn"}, 1), Save(BEN, {"state": "given"}, 99))
    returned = record(
        "consent",
        Save(ANA, {"state": "withdrawn"}),
        Save(BEN, {"state": "given"}, 2, seen=one("consent", state="withdrawn")),
    )

    assert columns(rivals)["state"] == "withdrawn"
    assert columns(returned)["state"] == "given"


def test_a_message_is_a_task_for_each_who_has_not_read_it() -> None:
    """Unread words about a client are nobody's knowledge."""
    view = one(
        "message",
        sender="ana",
        to=["ben", "eva"],
        sent_at=NINE,
        reads_set={"r1": {"worker": "ben", "at": TEN}},
    )

    assert facts(view) == (
        Fact("message", "ben", "read", "2026-11-24T14:00:00Z", "ben"),
        Fact("message", "eva", "unread", "2026-11-24T14:00:00Z", "eva"),
    )
    assert columns(view) == {"sender": "ana", "sent_at": "2026-11-24T14:00:00Z", "urgency": "note"}


def test_nobody_reviews_own_work_and_a_cosignature_says_what_was_signed() -> None:
    """A supervisor who visits is reviewed by another."""
    own = one(
        "review", of={"type": "note", "id": "n1"}, kind="cosigned", author="eva", reviewer="eva", at=NINE
    )
    fine = one(
        "review",
        of={"type": "note", "id": "n1"},
        kind="cosigned",
        author="ana",
        reviewer="eva",
        digest="A" * 22,
    )

    assert codes(own) == ["own_work", "cosigned_without_digest"]
    assert codes(fine) == []
    assert facts(own) == (Fact("review", "n1", "cosigned", "2026-11-24T14:00:00Z", "eva"),)
    assert columns(fine)["of"] == "n1"


def test_staff_have_licences_that_expire() -> None:
    """What a title may sign ends with its licence."""
    view = record(
        "staff",
        Save(
            ANA,
            {
                "name": "Ana Soto",
                "job_title": "LMSW",
                "licences/l1": {"kind": "lmsw", "expires_on": "2027-05-31"},
            },
        ),
        Save("eva", {"active": False}, device=OFFICE),
        id_="ana",
        subject="ana",
    )

    assert columns(view) == {"name": "Ana Soto", "title": "LMSW", "active": False}
    assert facts(view) == (
        Fact("staff", "ana", "inactive", worker="ana"),
        Fact("licence", "l1", "lmsw", "2027-05-31", "ana"),
    )


def test_a_tablet_cannot_make_its_owner_an_administrator() -> None:
    """Roles are the office's word; a device's write is a proposal beside it."""
    view = record(
        "staff", Save("eva", {"roles": ["worker"]}, device=OFFICE), Save(ANA, {"roles": ["administrator"]}, 2)
    )

    assert view.value("roles") == ["worker"]


def test_an_imported_instrument_must_be_one_that_can_be_asked() -> None:
    """What syncs to a hundred tablets is checked once more than it needs to be."""
    whole: Json = {"definition": {"id": "phq9", "version": "1.0"}}
    with pytest.raises(BadAnswer) as refused:
        validate("instrument", "whole", whole)

    assert "a definition that can be asked" in refused.value.rule


def test_what_the_agency_decides_is_listed() -> None:
    """Offices, resources, instruments and settings are decided whole."""
    made = {
        "office": {"version": 1, "name": "North", "time_zone": "America/Chicago"},
        "resource": {"version": 1, "name": "Food bank", "domains": ["food"], "phone": "555-0100"},
        "settings": {"version": 3},
        "instrument": {"definition": {"id": "phq9", "version": "1.0+abc"}},
    }
    views = {
        type_: record(type_, Save("eva", {"whole": whole}, device=OFFICE), subject="agency")
        for type_, whole in made.items()
    }

    assert columns(views["office"])["name"] == "North"
    assert columns(views["resource"]) == {
        "name": "Food bank",
        "domains": ["food"],
        "phone": "555-0100",
        "checked_on": None,
    }
    assert columns(views["settings"]) == {"version": 3}
    assert columns(views["instrument"]) == {"instrument": "phq9", "version": "1.0+abc"}
