"""Monday, half past eight: what happened, what needs somebody, and what the day holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import NotAssigned, Refused
from server.services.desk import days, duty, home, late, register, risk
from server.services.desk.home import Line, Number
from server.services.desk.risk import Act
from sync import Json, Write

from ..exchange.conftest import HOUR_MS, NORTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_risk import read as risk_read

DAY_MS = 24 * HOUR_MS


def numbers(desk: Desk, by: str = "lead", since_ms: int | None = None) -> dict[str, Number]:
    """Every number of a supervisor's home."""
    left = desk.clock.ms - DAY_MS if since_ms is None else since_ms
    found = desk.ask(
        lambda session: home.home(
            session, desk.house.sealer, desk.people[by], now_ms=desk.clock.ms, since_ms=left
        )
    )
    return {number.name: number for number in (*found.since, *found.now, *found.today)}


def lines(desk: Desk, name: str, by: str = "lead", **options: Any) -> list[Line]:
    """The list behind a number."""

    def ask(session: Any) -> list[Line]:
        at = home.moment(
            session,
            desk.house.sealer,
            desk.people[by],
            now_ms=desk.clock.ms,
            since_ms=desk.clock.ms - DAY_MS,
        )
        return list(home.lines(session, desk.house.sealer, desk.people[by], name, at, **options).rows)

    return desk.ask(ask)


def counts(desk: Desk, by: str = "lead") -> dict[str, int]:
    """Those numbers that are not nothing."""
    return {name: number.count for name, number in numbers(desk, by).items() if number.count}


def plan(desk: Desk, client: str, worker: str, *, in_hours: int = 1) -> str:
    """A visit that the office planned."""
    visit = desk.id("visit")
    units: dict[str, Json] = {"planned": {"start": desk.now(plus_s=in_hours * 3600)}}
    desk.put("lead", client, "visit", visit, **units, **({"worker": worker} if worker else {}))
    return visit


def absent(desk: Desk, worker: str, since: str, until: str) -> None:
    """The office decides that somebody is absent."""
    span: Json = {"kind": "sick", "since": since, "until": until}
    desk.put("lead" if worker != "cleo" else "dan", worker, "absence", worker, **{"spans/s1": span})


def on_duty(desk: Desk, worker: str, place: str, *, hours: int, office_: str = NORTH) -> None:
    """The office decides who is on duty from now on, for so many hours."""
    span: Json = {
        "place": place,
        "office": office_,
        "since": desk.now(),
        "until": desk.now(plus_s=hours * 3600),
    }
    desk.put("lead", worker, "duty", worker, **{"spans/s1": span})


def test_an_empty_office_has_nothing_but_uncovered_duty(desk: Desk) -> None:
    """A new agency's first Monday."""
    assert counts(desk) == {"duty": 2 * 7 * 24}
    assert numbers(desk)["duty"].urgent == 7 * 24


def test_dangers_are_counted_with_those_that_are_grave(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The number is red for two of three."""
    for level, kind in (("high", "self_harm"), ("imminent", "elder_abuse"), ("moderate", "unsafe_home")):
        desk.risk(ana, cared_for, level, kind)

    found = numbers(desk)
    assert (found["dangers"], found["flags"]) == (Number("dangers", 3, 2), Number("flags", 3, 2))
    assert numbers(desk, since_ms=desk.clock.ms + 1000)["flags"].count == 0
    assert numbers(desk, "dan")["dangers"].count == 0


def test_a_death_and_an_admission_are_told_once_heard_of(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Whoever comes back on Monday must not send a letter to the dead."""
    died: Json = {"deceased": True, "on": "2025-01-01", "reported_at": desk.now()}
    desk.save(ana, cared_for, "client", cared_for, deceased=died)
    desk.put("lead", cared_for, "episode", desk.id("episode"), admitted_on=desk.now()[:10])

    assert {name: number for name, number in counts(desk).items() if name in ("deaths", "admissions")} == {
        "deaths": 1,
        "admissions": 1,
    }
    assert [(line.client, line.name) for line in lines(desk, "deaths")] == [(cared_for, "Ybarra, Luz")]
    desk.clock.ms += 3 * DAY_MS
    assert not counts(desk).keys() & {"deaths", "admissions"}


def test_what_those_on_duty_were_told_and_who_acted_is_counted_since_somebody_left(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Of the contacts those of the duty; a call in somebody's ordinary hours is not news."""
    desk.risk(ana, cared_for)
    reading = risk_read(desk, cared_for)
    said = Act(cared_for, "self_harm", "acknowledged", reading.seen)
    desk.act(lambda book: risk.act(book, desk.people["lead"], said, desk.house.providers))
    on_duty(desk, "ana", "first", hours=2)
    called = desk.id("contact")
    for contact, worker, plus_s in ((called, "ana", 3600), (desk.id("contact"), "ben", 3600)):
        desk.put(
            "lead", cared_for, "contact", contact, kind="call", at=desk.now(plus_s=plus_s), worker=worker
        )
    late = desk.now(plus_s=2 * 3600)
    desk.put("lead", cared_for, "contact", desk.id("contact"), kind="call", at=late, worker="ana")

    assert {name: counts(desk).get(name) for name in ("acts", "contacts")} == {"acts": 1, "contacts": 1}
    assert [(line.id, line.name, line.worker_name) for line in lines(desk, "contacts")] == [
        (called, "Ybarra, Luz", "Ana")
    ]
    assert not counts(desk, "dan").keys() & {"acts", "contacts"}
    later = numbers(desk, since_ms=desk.clock.ms + DAY_MS)
    assert (later["acts"].count, later["contacts"].count) == (0, 0)


def test_an_episode_that_nobody_has_is_late_after_forty_eight_hours(desk: Desk) -> None:
    """The first visit is due 48 hours after the referral."""
    old, new, had = (desk.register() for _ in range(3))
    for client in (old, had):
        received = desk.now()
        desk.put("lead", client, "episode", desk.id("episode"), status="referred", received_at=received)
    desk.clock.ms += 47 * HOUR_MS
    desk.put("lead", new, "episode", desk.id("episode"), status="referred", received_at=desk.now())
    desk.assign("ana", had)
    assert numbers(desk)["unassigned"] == Number("unassigned", 2, 0)
    desk.clock.ms += 2 * HOUR_MS

    assert numbers(desk)["unassigned"] == Number("unassigned", 2, 1)
    assert [line.client for line in lines(desk, "unassigned")] == [old, new]


def test_an_episode_that_somebody_has_by_itself_waits_for_nobody(desk: Desk) -> None:
    """One worker may have the client, another this episode."""
    client = desk.register()
    desk.put("lead", client, "episode", "e1", status="active", received_at=desk.now())
    assert counts(desk)["unassigned"] == 1
    desk.put("lead", client, "episode", "e1", **{"assigned/ana": {"kind": "assigned"}})

    assert "unassigned" not in counts(desk)


def test_a_discharged_episode_waits_for_nobody(desk: Desk) -> None:
    """Space outside the rule."""
    client = desk.register()
    desk.put("lead", client, "episode", "e1", status="discharged", received_at=desk.now())

    assert "unassigned" not in counts(desk)


def test_visits_of_today_are_counted_and_whose_worker_is_absent(desk: Desk, cared_for: str) -> None:
    """Covered in one act, if it is seen at half past eight."""
    desk.assign("ben", cared_for)
    first = plan(desk, cared_for, "ana")
    plan(desk, cared_for, "ben")
    plan(desk, cared_for, "", in_hours=2)
    plan(desk, cared_for, "ana", in_hours=30)
    day = days.today(ZoneInfo("America/New_York"), desk.clock.ms).first.isoformat()
    absent(desk, "ana", day, day)

    assert {name: counts(desk)[name] for name in ("visits", "absent", "unclaimed")} == {
        "visits": 3,
        "absent": 1,
        "unclaimed": 1,
    }
    assert [(line.id, line.worker_name) for line in lines(desk, "absent")] == [(first, "Ana")]
    desk.clock.ms += DAY_MS
    assert counts(desk)["visits"] == 1
    assert "absent" not in counts(desk)


def test_a_cancelled_visit_is_no_visit(desk: Desk, cared_for: str) -> None:
    """Nobody covers what does not take place."""
    visit = plan(desk, cared_for, "ana")
    desk.put("lead", cared_for, "visit", visit, cancelled_by="client")

    assert "visits" not in counts(desk)


def test_the_day_is_the_agencys_own(desk: Desk, cared_for: str) -> None:
    """At eight in the evening in New York it is tomorrow in UTC, and the visit is still today's."""
    desk.clock.ms = int(datetime(2026, 11, 24, 14, tzinfo=UTC).timestamp() * 1000)
    plan(desk, cared_for, "ana", in_hours=11)
    plan(desk, cared_for, "ana", in_hours=16)

    assert counts(desk)["visits"] == 1


def test_conflicts_late_work_and_notes_to_review_are_counted(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """What needs a person is on the first page."""
    desk.assign("ben", cared_for)
    ben = desk.tablet("ben")
    ben.sync()
    desk.save(ana, cared_for, "client", cared_for, date_of_birth="1950-01-01")
    desk.save(ben, cared_for, "client", cared_for, date_of_birth="1950-10-01")
    desk.note(ana, cared_for)
    cleo = desk.tablet("cleo")
    cleo.write(cared_for, Write("client", cared_for, "language", (), "es"))
    cleo.sync()

    found = counts(desk)
    assert (found["conflicts"], found["review"], found["late"]) == (1, 1, 1)
    assert not counts(desk, "dan").keys() & {"conflicts", "review", "late"}
    inbox = desk.ask(lambda session: late.inbox(session, desk.house.sealer, desk.people["lead"]))
    desk.refuse(inbox[0].name)
    assert "late" not in counts(desk)


def test_a_tablet_that_went_silent_is_counted_until_it_is_heard(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A worker without news for a day is looked for."""
    assert "silent" not in counts(desk)
    desk.clock.ms += 25 * HOUR_MS
    assert counts(desk)["silent"] == 1
    ana.sync()
    assert "silent" not in counts(desk)


def test_a_message_to_me_is_counted_until_it_is_read(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Words for another are not in my inbox."""
    for to in ("lead", "sue"):
        desk.save(ana, cared_for, "message", desk.id("message"), to=[to], sent_at=desk.now(), text="Call me.")

    assert counts(desk)["messages"] == 1
    assert counts(desk, "sue")["messages"] == 1
    assert "messages" not in counts(desk, "dan")


def test_uncovered_duty_hours_are_counted_first_and_deputy(desk: Desk) -> None:
    """A ladder that ends in nobody must be seen before the night comes."""
    on_duty(desk, "ana", "first", hours=7 * 24)
    on_duty(desk, "ben", "deputy", hours=24)

    assert numbers(desk)["duty"] == Number("duty", 6 * 24, 0)
    gaps = desk.ask(
        lambda session: duty.gaps(
            session, desk.people["lead"], begin_ms=desk.clock.ms, end_ms=desk.clock.ms + 7 * DAY_MS
        )
    )
    assert [(gap.office, gap.place, gap.hours) for gap in gaps] == [(NORTH, "deputy", 6 * 24.0)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_gaps_and_spans_make_up_the_whole_time(spans: list[tuple[int, int]]) -> None:
    """No minute is both covered and missing, and none is neither."""
    covered = [(f"{min(span):03}", f"{max(span):03}") for span in spans]
    found = duty.uncovered(covered, "010", "050")

    missing = {minute for since, until in found for minute in range(int(since), int(until))}
    there = {minute for since, until in covered for minute in range(int(since), int(until))}
    assert missing == set(range(10, 50)) - there


def test_home_costs_the_same_for_one_client_and_for_many(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The page refreshes itself all day."""
    desk.risk(ana, cared_for)
    with desk.counted() as few:
        numbers(desk)
    for _ in range(4):
        client = desk.register()
        desk.assign("ana", client)
        ana.sync()
        desk.risk(ana, client)
        plan(desk, client, "ana")
    with desk.counted() as many:
        numbers(desk)
    with desk.counted() as listed:
        assert len(lines(desk, "visits")) == 4
    with desk.counted() as short:
        assert len(lines(desk, "visits", rows=1)) == 1

    assert len(many) == len(few)
    assert len(listed) == len(short)


def test_home_is_for_supervisors_and_lists_have_names(desk: Desk) -> None:
    """Deny by default."""
    for by in ("ana", "ida", "aud"):
        with pytest.raises(NotAssigned):
            numbers(desk, by)
        with pytest.raises(NotAssigned):
            lines(desk, "deaths", by)
    with pytest.raises(Refused, match="a list of home"):
        lines(desk, "wishes")


def tablets(desk: Desk, by: str = "lead", **options: Any) -> list[register.Tablet]:
    """The sync register."""
    page = desk.ask(
        lambda session: register.tablets(
            session, desk.house.sealer, desk.people[by], now_ms=desk.clock.ms, **options
        )
    )
    return list(page.rows)


def test_the_register_tells_what_each_tablet_last_said(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The longest silent comes first, with what it said was unsent and who has visits today."""
    ben = desk.tablet("ben", skew_ms=-10 * 60_000)
    desk.clock.ms += 30 * HOUR_MS
    ben.sync()
    plan(desk, cared_for, "ana")

    told = [(line.name, line.silent, line.clock_off, line.visits_today) for line in tablets(desk)]
    assert told == [("Ana", True, False, 1), ("Ben", False, True, 0)]
    assert [line.name for line in tablets(desk, only_silent=True)] == ["Ana"]
    assert tablets(desk, "dan") == []
    assert [line.worker for line in tablets(desk, "ben")] == ["ben"]
    assert len(tablets(desk, "aud")) == len(tablets(desk, "ida")) == 2
    desk.put_device(ana, "revoked")
    assert tablets(desk, only_silent=True) == []


def test_a_lost_tablet_names_its_clients_and_the_visits_to_write_again(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The breach is assessed by name, and the worker is told what to write from memory."""
    desk.note(ana, cared_for)
    never, before = desk.register(), desk.register()
    desk.assign("ana", before)
    desk.clock.ms += HOUR_MS
    desk.unassign("ana", before)
    desk.clock.ms += HOUR_MS
    since = desk.register()
    desk.assign("ana", since)
    ana.sync()
    visit = plan(desk, cared_for, "ana")
    desk.clock.ms += 5 * HOUR_MS
    desk.unassign("ana", since)

    def ask(by: str) -> register.Lost:
        return desk.ask(
            lambda session: register.lost(
                session, desk.house.sealer, desk.people[by], ana.device, now_ms=desk.clock.ms
            )
        )

    found = ask("lead")
    assert dict(found.clients.rows) == dict.fromkeys((cared_for, since), "Ybarra, Luz")
    assert found.clients_count == 2
    assert [(line.id, line.name) for line in found.visits] == [(visit, "Ybarra, Luz")]
    assert found.last_received_ms == desk.clock.ms - 7 * HOUR_MS
    assert set(dict(ask("ida").clients.rows).values()) == {"L. Y."}
    assert never not in dict(found.clients.rows)
    for by in ("dan", "ben"):
        with pytest.raises(NotAssigned):
            ask(by)
