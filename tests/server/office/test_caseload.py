"""Caseload: who carries how much, whom nobody must forget, and how clients go from one worker to another."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from server.errors import NotAssigned, Overtaken, Refused
from server.jobs import scan
from server.services.access import grants
from server.services.desk import caseload, handover, policy, register
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


def offers(desk: Desk, by: str = "lead", **options: Any) -> list[handover.Offer]:
    """The open hand-overs."""
    page = desk.ask(lambda session: handover.offers(session, desk.house.sealer, desk.people[by], **options))
    return list(page.rows)


def offer(
    desk: Desk, *clients: str, by: str = "lead", giver: str = "ana", receiver: str = "ben"
) -> list[str]:
    """A supervisor hands clients over."""
    return desk.act(
        lambda book: handover.offer(
            book, desk.people[by], clients, giver, receiver, "The dog bites.", desk.house.providers
        )
    )


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


def has_access(desk: Desk, worker: str, client: str) -> bool:
    """Whether a worker sees a client."""
    return desk.ask(lambda session: grants.has_access(session, "a1", worker, client))


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


# Hand-overs.


def test_responsibility_passes_when_the_receiver_accepts(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Between two workers nobody is nobody's; the receiver reads the client before answering."""
    ben = desk.tablet("ben")
    (id_,) = offer(desk, cared_for)
    ben.sync()
    ana.sync()

    assert ben.value(cared_for, "note", type_="handover", id_=id_) == "The dog bites."
    assert cared_for in ana.subjects
    assert [(line.state, line.giver_name, line.receiver_name) for line in offers(desk)] == [
        ("offered", "Ana", "Ben")
    ]
    assert [line.clients for line in board(desk)] == [1, 0]
    answered: Json = {"answer": "accepted", "by": "ben", "at": desk.now()}
    desk.save(ben, cared_for, "handover", id_, answer=answered)
    assert [line.state for line in offers(desk)] == ["accepted"]
    scan(desk.house, [])
    ana.sync()
    ben.sync()

    assert offers(desk) == []
    assert cared_for not in ana.subjects
    assert cared_for in ben.subjects
    assert {line.worker: line.clients for line in board(desk)} == {"ana": 0, "ben": 1}
    assert ben.value(cared_for, "assigned/ben") == {"kind": "assigned"}


def test_what_the_giver_wrote_before_it_passed_is_accepted_afterwards(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The notes of the last visit are still on the tablet when the client has gone."""
    (id_,) = offer(desk, cared_for)
    note = desk.id("note")
    unsent = ana.set(cared_for, "narrative", "The last visit.", type_="note", id_=note)
    desk.clock.ms += HOUR_MS
    desk.act(lambda book: handover.answer(book, desk.people["ben"], id_, desk.house.providers, accepted=True))
    reply = ana.ask()

    assert [(outcome.name, outcome.held) for outcome in reply.outcomes] == [(unsent, "")]
    assert desk.show("note", note).value("narrative") == "The last visit."


def test_the_page_says_what_the_givers_tablets_have_not_sent(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """As last told: one change waits."""
    waiting = ana.set(cared_for, "language", "es")
    ana.ask([])

    page = desk.ask(
        lambda session: register.tablets(
            session, desk.house.sealer, desk.people["lead"], now_ms=desk.clock.ms, worker="ana"
        )
    )
    assert [(tablet.worker, tablet.pending) for tablet in page.rows] == [("ana", 1)]
    assert waiting in ana.pending


def test_many_are_handed_over_in_one_act(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A worker leaves, and twelve clients must not be twelve forms."""
    other = desk.register()
    desk.assign("ana", other)
    made = offer(desk, cared_for, other)

    assert {line.id for line in offers(desk)} == set(made)
    assert {line.client for line in offers(desk, worker="ben")} == {cared_for, other}
    assert offers(desk, worker="cleo") == []


def test_who_offers_a_client_second_is_told_and_nobody_is_promised_what_another_has(
    desk: Desk, cared_for: str
) -> None:
    """Two supervisors distribute one caseload: the second is told who was first, and no offer of theirs is made."""
    offer(desk, cared_for)
    with pytest.raises(Overtaken) as told:
        offer(desk, cared_for, by="sue", receiver="cleo")

    assert [(deed.by, deed.unit) for deed in told.value.deeds] == [(desk.people["lead"].id, "receiver")]
    assert [line.receiver for line in offers(desk)] == ["ben"]
    assert not has_access(desk, "cleo", cared_for)


def test_a_declined_offer_leaves_the_giver_responsible_and_is_taken_back(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The supervisor sees that somebody said no, and the receiver's access ends."""
    (id_,) = offer(desk, cared_for)
    desk.act(
        lambda book: handover.answer(
            book, desk.people["ben"], id_, desk.house.providers, accepted=False, reason="I know the family."
        )
    )
    assert [line.state for line in offers(desk, state="declined")] == ["declined"]
    assert has_access(desk, "ben", cared_for)
    desk.act(lambda book: handover.withdraw(book, desk.people["lead"], id_, desk.house.providers))

    assert offers(desk) == []
    assert not has_access(desk, "ben", cared_for)
    assert has_access(desk, "ana", cared_for)
    assert {line.worker: line.clients for line in board(desk)} == {"ana": 1, "ben": 0}
    with pytest.raises(Refused, match="withdrawn already"):
        desk.act(lambda book: handover.withdraw(book, desk.people["lead"], id_, desk.house.providers))


def test_taking_an_offer_back_leaves_an_assignment_of_the_receivers_own(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Two who share a client still share it."""
    desk.assign("ben", cared_for)
    (id_,) = offer(desk, cared_for)
    desk.act(lambda book: handover.withdraw(book, desk.people["lead"], id_, desk.house.providers))

    assert has_access(desk, "ben", cared_for)


def test_nobody_accepts_for_another(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The giver's tablet cannot rid itself of a client, and an offer from a tablet is none."""
    (id_,) = offer(desk, cared_for)
    desk.clock.ms += 1000
    for worker in ("ana", "sue"):
        with pytest.raises(NotAssigned, match="answered by its receiver"):
            desk.act(
                lambda book, w=worker: handover.answer(
                    book, desk.people[w], id_, desk.house.providers, accepted=True
                )
            )
    ana.sync()
    desk.save(ana, cared_for, "handover", id_, answer={"answer": "accepted", "by": "ben", "at": desk.now()})
    units: dict[str, Json] = {
        "giver": "ana",
        "receiver": "ana",
        "offered_by": "ana",
        "offered_at": desk.now(),
    }
    own = desk.id("handover")
    desk.save(
        ana, cared_for, "handover", own, **units, answer={"answer": "accepted", "by": "ana", "at": desk.now()}
    )
    waits = desk.ask(lambda session: handover.accepted(session, desk.house.sealer, "a1"))
    scan(desk.house, [])

    assert not waits, "the log is not opened every minute for what never passes"
    assert has_access(desk, "ana", cared_for)
    assert {line.state for line in offers(desk)} == {"accepted"}


def test_it_passes_also_when_whoever_offered_it_has_left(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The offer stands, whoever made it."""
    (id_,) = offer(desk, cared_for)
    with desk.house.database.writing() as session:
        session.execute(text("UPDATE person SET state = 'left' WHERE id = 'lead'"))
    desk.act(lambda book: handover.answer(book, desk.people["ben"], id_, desk.house.providers, accepted=True))

    assert not has_access(desk, "ana", cared_for)
    assert offers(desk, "sue") == []


def test_an_offer_that_cannot_be_is_refused_by_name(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Space outside the rule."""
    for giver, receiver, by, wrong in (
        ("ana", "ana", "lead", Refused),
        ("ben", "sue", "lead", NotAssigned),
        ("ana", "aud", "lead", NotAssigned),
        ("ana", "nobody", "lead", NotAssigned),
        ("ana", "ben", "dan", NotAssigned),
        ("ana", "ben", "ida", NotAssigned),
    ):
        with pytest.raises(wrong):
            offer(desk, cared_for, by=by, giver=giver, receiver=receiver)
    with pytest.raises(Refused, match="1 to"):
        offer(desk)
    (id_,) = offer(desk, cared_for)
    desk.act(lambda book: handover.answer(book, desk.people["ben"], id_, desk.house.providers, accepted=True))
    with pytest.raises(Refused, match="passed already"):
        desk.act(
            lambda book: handover.answer(book, desk.people["ben"], id_, desk.house.providers, accepted=True)
        )
