"""Hand-overs: who is responsible, from the offer until it passes, and who is told."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from server.errors import NotAssigned, Overtaken, Refused
from server.jobs import scan
from server.services.access import grants
from server.services.desk import handover, register
from sync import Json

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_caseload import board


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


def has_access(desk: Desk, worker: str, client: str) -> bool:
    """Whether a worker sees a client."""
    return desk.ask(lambda session: grants.has_access(session, "a1", worker, client))


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
