"""What an agency decides about its own deadlines, and what days are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casework import BadAnswer
from server.channels import ChannelFailed, Letter, Mail
from server.errors import NotAssigned, Overtaken, Refused
from server.services.desk import days, ladder, policy, register
from server.services.desk.policy import LADDER, Policy, Step
from sync import Json

from ..exchange.tablet import Scripted
from .conftest import Desk
from .mailbox import mailbox
from .test_risk import read


def now(desk: Desk) -> Policy:
    """What holds now."""
    return desk.ask(lambda session: policy.policy(session, desk.house.sealer, "a1"))


def decide(desk: Desk, values: dict[str, Json], seen: Sequence[str], by: str = "ida") -> int:
    """Somebody decides."""
    return desk.act(lambda book: policy.decide(book, desk.people[by], values, seen, desk.house.providers))


def test_defaults_hold_until_an_agency_decides_and_come_back_when_it_takes_that_back(desk: Desk) -> None:
    """A number that nobody set must not be zero."""
    assert now(desk) == Policy()
    assert decide(desk, {"forgotten_days": 14, "agency_name": "Harbor"}, ()) == 1
    first = now(desk)
    assert (first.forgotten_days, first.cosign_days, first.version) == (14, 7, 1)
    steps: list[Json] = [{"level": "high", "after_minutes": 5, "tell": "duty"}]
    assert decide(desk, {"forgotten_days": None, "risk_ladder": steps}, first.seen) == 2

    assert now(desk).forgotten_days == 30
    assert now(desk).ladder == (Step("high", 5, "duty"),)
    whole: Any = desk.show("settings", policy.RECORD).value("whole")
    assert whole["agency_name"] == "Harbor"
    decide(desk, {"risk_ladder": []}, now(desk).seen)
    assert now(desk).ladder == LADDER


def test_two_administrators_decide_and_the_second_is_told(desk: Desk) -> None:
    """A deadline must not go back because somebody's page was an hour old."""
    decide(desk, {"forgotten_days": 14}, ())
    seen = now(desk).seen
    decide(desk, {"forgotten_days": 21}, seen)
    with pytest.raises(Overtaken):
        decide(desk, {"forgotten_days": 28}, seen)

    assert now(desk).forgotten_days == 21


def test_settings_are_administrators_and_hold_to_their_bounds(desk: Desk) -> None:
    """Space outside the rule."""
    for by in ("lead", "aud", "ana"):
        with pytest.raises(NotAssigned):
            decide(desk, {"forgotten_days": 14}, (), by)
    with pytest.raises(BadAnswer):
        decide(desk, {"forgotten_days": 0}, ())
    with pytest.raises(Refused, match="counted"):
        decide(desk, {"version": 7}, ())


def test_whoever_cannot_be_reached_does_not_end_the_search(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A duty person without an address is nobody who was told."""
    steps: list[Json] = [{"level": "high", "after_minutes": 0, "tell": "administrators"}]
    decide(desk, {"risk_ladder": steps}, ())
    desk.put("ida", "ida", "staff", "ida", email=None)
    desk.risk(ana, cared_for)
    with mailbox() as box:
        ladder.climb(desk.house, "a1", [Mail("127.0.0.1", box.port, "doorstep@example.org")])

    assert sorted(box.to()) == ["lead@example.org", "sue@example.org"]
    assert {line.outcome for line in read(desk, cared_for).told} == {"sent"}


def test_a_letter_is_in_the_language_of_its_reader(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Half awake at night one reads one's own language."""
    desk.put("ida", "sue", "staff", "sue", languages=["es-MX", "en"])
    desk.risk(ana, cared_for)
    with mailbox() as box:
        ladder.climb(desk.house, "a1", [Mail("127.0.0.1", box.port, "doorstep@example.org")])

    titles = {str(letter["To"]): str(letter["Subject"]) for letter in box.letters}
    assert titles == {"lead@example.org": ladder.TITLES["en"], "sue@example.org": ladder.TITLES["es"]}


@pytest.mark.parametrize("more", [{"tls": True}, {"user": "u", "password": "p"}])
def test_a_mail_server_that_is_not_as_it_should_be_gets_no_letter(more: dict[str, Any]) -> None:
    """No encryption where it was promised, or no login where one is asked for."""
    with mailbox() as box:
        with pytest.raises(ChannelFailed):
            Mail("127.0.0.1", box.port, "a@b", **more).send(Letter("c@example.org", "x", "y"))

        assert box.letters == []


def test_there_is_no_lost_tablet_of_another_agency_or_kind(desk: Desk, ana: Scripted) -> None:
    """The office's own device is not lost, and neither is one that never was."""
    for device in ("nothing", "web:x"):
        with pytest.raises(NotAssigned, match="no such tablet"):
            desk.ask(
                lambda session, d=device: register.lost(
                    session, desk.house.sealer, desk.people["lead"], d, now_ms=desk.clock.ms
                )
            )


def test_days_are_those_of_the_zone_also_when_the_clocks_change() -> None:
    """The night of the change has 23 or 25 hours, and is one day."""
    zone = ZoneInfo("America/New_York")
    spring = days.Days(date(2026, 3, 8), date(2026, 3, 8), zone)
    autumn = days.Days(date(2026, 11, 1), date(2026, 11, 1), zone)

    assert [(day.end_ms - day.begin_ms) // 3_600_000 for day in (spring, autumn)] == [23, 25]
    assert days.week(zone, date(2026, 11, 24)).each()[0] == date(2026, 11, 23)
    assert len(days.week(zone, date(2026, 11, 22)).each()) == 7
    assert days.month(zone, date(2026, 12, 31)).last == date(2026, 12, 31)
    assert days.month(zone, date(2028, 2, 1)).last == date(2028, 2, 29)
    assert spring.day_of("2026-03-09T03:30:00Z") == date(2026, 3, 8)
    assert spring.day_of("2026-03-09") == date(2026, 3, 9)
