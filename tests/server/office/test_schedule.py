"""The week, intake, cover, and the rotas behind them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casework import BadAnswer, UnknownField
from server.errors import NotAssigned, Refused
from server.services.desk import days, overtaking, schedule, staffing
from server.services.desk.schedule import Absence, WorkerWeek
from sync import Json

from ..exchange.conftest import HOUR_MS, NORTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_home import counts, plan

DAY_MS = 24 * HOUR_MS
ZONE = ZoneInfo("America/New_York")


def today(desk: Desk) -> date:
    """The day that it is at the agency."""
    return days.today(ZONE, desk.clock.ms).first


def week(desk: Desk, by: str = "lead", day: date | None = None, **options: Any) -> dict[str, WorkerWeek]:
    """{worker: line} of a week."""
    page = desk.ask(
        lambda session: schedule.week(
            session, desk.house.sealer, desk.people[by], day or today(desk), **options
        )
    )
    return {line.worker: line for line in page.rows}


def seen(desk: Desk, type_: str, worker: str) -> tuple[str, ...]:
    """What somebody has before them of a rota."""
    shown = desk.ask(
        lambda session: staffing.read(session, desk.house.sealer, desk.people["ida"], type_, worker)
    )
    return overtaking.names([shown])


def be_absent(desk: Desk, worker: str, since: str, until: str, by: str = "lead") -> str:
    """Somebody writes an absence down."""
    span: dict[str, Json] = {"kind": "sick", "since": since, "until": until}
    before = seen(desk, "absence", worker)
    return desk.act(
        lambda book: staffing.be_absent(book, desk.people[by], worker, span, before, desk.house.providers)
    )


def test_a_week_shows_visits_absences_and_cover(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """One page says who is where, who is not, and who sees whom for a time only."""
    day = today(desk)
    visit = plan(desk, cared_for, "ana")
    be_absent(desk, "ana", day.isoformat(), day.isoformat())
    desk.assign("ben", cared_for, kind="cover", ends_ms=desk.clock.ms + DAY_MS)

    found = week(desk)
    assert list(found) == ["ana", "ben", "lead", "sue"]
    line = found["ana"]
    assert [(v.id, v.name, v.day, v.cancelled_by, v.outcome) for v in line.visits] == [
        (visit, "Ybarra, Luz", day, "nobody", "")
    ]
    assert line.absences == (Absence("sick", day.isoformat(), day.isoformat()),)
    assert line.absent_on(day)
    assert [(c.client, c.name, c.kind) for c in found["ben"].covers] == [(cared_for, "Ybarra, Luz", "cover")]
    assert list(week(desk, "dan")) == ["cleo", "dan"]


def test_a_week_is_the_agencys_and_costs_the_same_for_many(desk: Desk, cared_for: str) -> None:
    """Next Monday's visit is next week's; two hundred workers are no slower a row."""
    plan(desk, cared_for, "ana", in_hours=24 * 8)
    assert all(not line.visits for line in week(desk).values())
    following = date.fromordinal(today(desk).toordinal() + 8)
    assert len(week(desk, day=following)["ana"].visits) == 1
    plan(desk, cared_for, "ana")
    with desk.counted() as few:
        assert len(week(desk, rows=1)) == 1
    for _ in range(3):
        plan(desk, cared_for, "ana")
        plan(desk, cared_for, "ben")
    with desk.counted() as many:
        assert len(week(desk)) == 4

    assert len(many) == len(few)


def test_a_week_with_names_is_for_supervisors(desk: Desk) -> None:
    """Deny by default."""
    for by in ("ana", "ida", "aud"):
        with pytest.raises(NotAssigned):
            week(desk, by)


def test_a_referral_is_taken_in_and_waits_to_be_assigned(desk: Desk) -> None:
    """Intake is two acts: the client, and what they were referred for."""
    client = desk.register(place=NORTH)
    units: dict[str, Json] = {"referral_source": "hospital", "reason": "Lives alone."}
    episode = desk.act(
        lambda book: schedule.open_episode(book, desk.people["lead"], client, units, desk.house.providers)
    )

    shown = desk.show("episode", episode)
    assert (shown.value("status"), shown.value("received_at")) == ("referred", desk.now())
    assert counts(desk)["unassigned"] == 1
    for by, more, wrong in (
        ("dan", {}, NotAssigned),
        ("ida", {}, NotAssigned),
        ("lead", {"status": "lost"}, BadAnswer),
        ("lead", {"mood": "x"}, UnknownField),
    ):
        with pytest.raises(wrong):
            desk.act(
                lambda book, b=by, m=more: schedule.open_episode(
                    book, desk.people[b], client, m, desk.house.providers
                )
            )


def test_a_visit_is_planned_for_somebody_who_sees_the_client_then(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A visit in the plan of somebody who has no address is a visit that nobody makes."""
    start: Json = {"planned": {"start": desk.now(plus_s=3600)}}

    def make(worker: str, units: Any, by: str = "lead") -> str:
        return desk.act(
            lambda book: schedule.plan(book, desk.people[by], cared_for, worker, units, desk.house.providers)
        )

    visit = make("ana", start)
    ana.sync()
    assert ana.value(cared_for, "worker", type_="visit", id_=visit) == "ana"
    with pytest.raises(NotAssigned, match="sees the client then"):
        make("ben", start)
    desk.assign("ben", cared_for, kind="cover", ends_ms=desk.clock.ms + 1000)
    with pytest.raises(NotAssigned, match="sees the client then"):
        make("ben", start)
    with pytest.raises(Refused, match="for a time"):
        make("ana", {})
    with pytest.raises(NotAssigned):
        make("ana", start, by="dan")
    with pytest.raises(BadAnswer):
        make("ana", {"planned": {"start": "soon"}})
