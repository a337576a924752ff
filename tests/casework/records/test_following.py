"""What is followed until it is closed: needs, referrals, consents, messages."""

from casework import checks, columns, facts
from casework.record import Fact
from sync import Json

from ..story import ANA, BEN, NINE, TEN, Save, codes, one, record


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
