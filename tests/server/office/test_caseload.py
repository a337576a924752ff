"""Caseload: who carries how much, whom nobody must forget, and how clients go from one worker to another."""

from __future__ import annotations

from typing import Any

import pytest

from server.errors import NotAssigned
from server.services.desk import caseload, policy
from server.services.desk.caseload import Forgotten, Load
from sync import Json

from ..exchange.conftest import HOUR_MS, NORTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_home import plan

DAY_MS = 24 * HOUR_MS


def board(desk: Desk, by: str = "lead", **options: Any) -> list[Load]:
    """The first page of the board."""
    page = desk.ask(
        lambda session: caseload.board(
            session, desk.house.sealer, desk.people[by], now_ms=desk.clock.ms, **options
        )
    )
    return list(page.rows)


def forgotten(desk: Desk, by: str = "lead", **options: Any) -> list[Forgotten]:
    """The first page of those whom nobody must forget."""
    page = desk.ask(
        lambda session: caseload.forgotten(
            session, desk.house.sealer, desk.people[by], now_ms=desk.clock.ms, **options
        )
    )
    return list(page.rows)


def visited(desk: Desk, tablet: Scripted, client: str, outcome: str = "made", **units: Json) -> str:
    """A visit that took place now."""
    visit = desk.id("visit")
    begin: Json = {"device_at": desk.now(), "method": "manual"}
    desk.save(
        tablet,
        client,
        "visit",
        visit,
        worker=tablet.worker,
        begin=begin,
        outcome={"outcome": outcome},
        **units,
    )
    return visit


def test_a_load_is_counted_raw_and_in_hours(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Twenty quiet clients may weigh less than five in danger."""
    other = desk.register()
    desk.assign("ana", other)
    ana.sync()
    desk.risk(ana, cared_for, "high")
    plan(desk, cared_for, "ana")
    plan(desk, other, "ana", in_hours=2)
    desk.put("lead", other, "visit", plan(desk, other, "ana"), cancelled_by="client")
    plan(desk, other, "ana", in_hours=24 * 40)
    desk.put("ida", "ana", "staff", "ana", capacity_hours=7)

    hours = 2 * (60 + 45 + 30) / 60 + 3
    assert board(desk) == [
        Load("ana", "Ana", NORTH, 2, 2, hours, 7, "high", 1),
        Load("ben", "Ben", NORTH, 0, 0, 0.0, None, "", 0),
    ]
    assert board(desk)[0].over
    assert [line.worker for line in board(desk, "dan")] == ["cleo"]


def test_the_agencys_own_weights_count(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Where the way is long, a visit is half a day."""
    desk.risk(ana, cared_for, "moderate")
    plan(desk, cared_for, "ana")
    values: dict[str, Json] = {
        "travel_minutes": 135,
        "acuity_hours": [{"level": "moderate", "hours": 10}],
    }
    desk.act(lambda book: policy.decide(book, desk.people["ida"], values, (), desk.house.providers))

    assert board(desk)[0].hours == (60 + 45 + 135) / 60 + 10


def test_the_dead_and_the_retracted_weigh_nothing(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Nobody is overworked on paper."""
    died: Json = {"deceased": True, "on": "2025-01-01"}
    desk.save(ana, cared_for, "client", cared_for, deceased=died)

    assert board(desk)[0].clients == 0


def test_an_administrator_sees_loads_and_initials(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """To reassign, one need not know who somebody is."""
    assert sorted(line.worker for line in board(desk, "ida")) == ["ana", "ben", "cleo"]
    carried = desk.ask(
        lambda session: caseload.clients(
            session, desk.house.sealer, desk.people["ida"], "ana", now_ms=desk.clock.ms
        )
    )
    assert [(line.client, line.name) for line in carried.rows] == [(cared_for, "L. Y.")]
    for by in ("ana", "aud"):
        with pytest.raises(NotAssigned):
            board(desk, by)
    with pytest.raises(NotAssigned):
        forgotten(desk, "ida")


def test_a_workers_clients_are_listed_with_risk_and_last_contact(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """What a supervisor looks at before she hands one over."""
    other = desk.register()
    desk.assign("ana", other)
    ana.sync()
    visited(desk, ana, cared_for)
    desk.risk(ana, other, "high")
    plan(desk, other, "ana")
    page = desk.ask(
        lambda session: caseload.clients(
            session, desk.house.sealer, desk.people["lead"], "ana", now_ms=desk.clock.ms
        )
    )

    at = desk.now()[:19] + "Z"
    assert [(line.client, line.risk, line.visits, line.last_contact) for line in page.rows] == [
        (other, "high", 1, ""),
        (cared_for, "", 0, at),
    ]
    with pytest.raises(NotAssigned):
        desk.ask(
            lambda session: caseload.clients(
                session, desk.house.sealer, desk.people["dan"], "ana", now_ms=desk.clock.ms
            )
        )


def test_a_client_with_whom_nobody_spoke_for_a_month_is_named(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Nobody forgotten, by name; a call that reached nobody is no contact."""
    visited(desk, ana, cared_for)
    spoken_to = desk.now()[:19] + "Z"
    desk.clock.ms += 29 * DAY_MS
    assert forgotten(desk) == []
    new = desk.register()
    desk.clock.ms += 2 * DAY_MS
    desk.save(ana, cared_for, "contact", desk.id("contact"), kind="call", at=desk.now(), outcome="no_answer")

    assert forgotten(desk) == [
        Forgotten(cared_for, "Ybarra, Luz", "no_contact", spoken_to, (("ana", "Ana"),))
    ]
    assert new not in [line.client for line in forgotten(desk)]
    desk.save(ana, cared_for, "contact", desk.id("contact"), kind="call", at=desk.now(), outcome="reached")
    assert forgotten(desk) == []


def test_a_client_to_whom_nobody_ever_spoke_is_named_first(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """No contact at all is the longest time of all."""
    visited(desk, ana, cared_for)
    never = desk.register()
    desk.clock.ms += 31 * DAY_MS

    assert [(line.client, line.at) for line in forgotten(desk, rows=1)] == [(never, "")]
    assert len(forgotten(desk)) == 2


def test_a_client_who_was_discharged_is_not_forgotten(desk: Desk, cared_for: str) -> None:
    """Space outside the rule: one episode is over, until another begins."""
    desk.put("lead", cared_for, "episode", "e1", status="discharged", received_at=desk.now())
    desk.clock.ms += 31 * DAY_MS
    assert forgotten(desk) == []
    desk.put("lead", cared_for, "episode", "e2", status="active", received_at=desk.now())
    assert [line.why for line in forgotten(desk)] == ["no_contact"]


def test_a_client_who_refused_twice_is_named_until_somebody_is_let_in(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Two refusals are a reason to send somebody else, not to stop going."""
    for number in range(2):
        assert forgotten(desk, why="refused") == []
        visited(desk, ana, cared_for, "refused")
        desk.clock.ms += (number + 1) * HOUR_MS
    assert [line.client for line in forgotten(desk, why="refused")] == [cared_for]
    visited(desk, ana, cared_for, "partial")
    assert forgotten(desk, why="refused") == []


@pytest.mark.parametrize(
    ("part", "named"),
    [("professional", False), ("declined", False), ("relative", True), ("none_available", True), ("", True)],
)
def test_a_client_who_was_visited_without_an_interpreter_is_named(
    desk: Desk, ana: Scripted, cared_for: str, part: str, named: bool
) -> None:
    """A grandchild is no interpreter, and a field left empty is none either."""
    desk.put("lead", cared_for, "client", cared_for, interpreter_needed="yes")
    units: dict[str, Json] = {"interpreter": part} if part else {}
    visited(desk, ana, cared_for, **units)

    assert [line.why for line in forgotten(desk)] == (["no_interpreter"] if named else [])


def test_the_board_and_the_forgotten_cost_the_same_for_many(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A statement a row would be two hundred."""
    desk.clock.ms += 31 * DAY_MS
    with desk.counted() as few:
        board(desk)
        assert len(forgotten(desk)) == 1
    for _ in range(4):
        desk.assign("ana", desk.register())
    desk.clock.ms += 31 * DAY_MS
    with desk.counted() as many:
        board(desk)
        assert len(forgotten(desk)) == 5

    assert len(many) == len(few)
