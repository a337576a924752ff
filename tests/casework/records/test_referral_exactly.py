"""A referral, to the last column: by these somebody notices that a loop was never closed."""

import pytest

from casework import checks, columns, facts
from casework.record import Fact
from sync import CheckFlag, Json

from ..story import ANA, BEN, NINE, TEN, Save, empty, one, record


def test_the_list_shows_where_the_loop_stands() -> None:
    """Who follows up sorts by the day, and must see what for and with whom."""
    view = one(
        "referral",
        domain="food",
        resource="pantry1",
        status="active",
        progress="sent",
        follow_up_on="2026-12-01",
        reason="Nothing to eat since Friday",
    )

    assert columns(view) == {
        "domain": "food",
        "resource": "pantry1",
        "status": "active",
        "progress": "sent",
        "follow_up_on": "2026-12-01",
    }
    assert columns(empty("referral")) == {
        "domain": None,
        "resource": None,
        "status": None,
        "progress": None,
        "follow_up_on": None,
    }


def test_each_step_of_a_referral_is_counted_with_its_time() -> None:
    """From these rows the office tells which resource answers, and how long a client waits for it."""
    view = one(
        "referral",
        status="active",
        progress="accepted",
        follow_up_on="2026-12-01",
        events_set={"e2": {"event": "accepted", "at": TEN}, "e1": {"event": "sent", "at": NINE}},
    )

    assert facts(view) == (
        Fact("referral_status", "r1", "active", "2026-12-01"),
        Fact("referral_progress", "r1", "accepted"),
        Fact("referral_event", "e1", "sent", "2026-11-24T14:00:00Z"),
        Fact("referral_event", "e2", "accepted", "2026-11-24T15:00:00Z"),
    )


def test_a_flag_names_what_the_requester_and_the_performer_said() -> None:
    """Both wrote the truth they knew; the person who asks them must know which writes to show."""
    view = record("referral", Save(ANA, {"status": "completed"}), Save(BEN, {"progress": "sent"}, 2))
    shown = {unit: held.by.name for unit, held in view.units.items() if held.by is not None}

    assert len(set(shown.values())) == 2
    assert checks(view) == (
        CheckFlag("illegal_pair", ("status", "progress"), (shown["status"], shown["progress"])),
    )


LEGAL = {
    "draft": {"not_sent"},
    "active": {"not_sent", "sent", "accepted", "declined", "completed"},
    "on_hold": {"not_sent", "sent", "accepted", "declined", "completed"},
    "revoked": {"not_sent", "sent", "accepted", "declined"},
    "completed": {"declined", "completed"},
}
"""What the performer may have done with it, by what the requester wants."""


@pytest.mark.parametrize("status", LEGAL)
@pytest.mark.parametrize("progress", ["not_sent", "sent", "accepted", "declined", "completed"])
def test_status_and_progress_fit(status: str, progress: str) -> None:
    """A draft that was sent, or a closed loop that nobody answered, would drop out of every list."""
    view = one("referral", status=status, progress=progress)

    assert [flag.code for flag in checks(view)] == ["illegal_pair"] * (progress not in LEGAL[status])


@pytest.mark.parametrize(
    "ends", [["declined"], ["completed"], ["declined", "declined"], ["sent", "completed"]]
)
def test_one_end_of_a_referral_is_no_contradiction(ends: list[str]) -> None:
    """Every closed loop would be put to a person, also one that two tablets entered alike."""
    events: dict[str, Json] = {f"e{number}": {"event": end, "at": NINE} for number, end in enumerate(ends)}

    assert checks(one("referral", events_set=events)) == ()
