from dataclasses import replace

import pytest

from client_sdk.errors import Offline, Revoked
from client_sdk.exchange import PAGE_BYTES_MIN, PUSH_BYTES_MIN
from client_sdk.replica.outcomes import decide, settle
from sync import Fate, Link, Outcome

from .kit import Kit, server_state, write


def test_a_first_sync_shows_what_the_worker_may_see(ana: Kit) -> None:
    """A tablet begins with its worker's clients, whole."""
    assert ana.value("c1", "phone") == "555-0100"
    assert ana.replica.shown_position("c1") == ana.model.head
    assert not ana.replica.place.value.total_differs


def test_a_save_is_shown_at_once_and_reaches_the_server(ana: Kit) -> None:
    """Reads never wait for the network, and what only this tablet wrote is not sent back to it."""
    own = ana.set("c1", "phone", "555-0199")

    assert ana.value("c1", "phone") == "555-0199"
    assert ana.open_names() == [own.name]
    ana.sync()

    assert ana.open_names() == []
    assert ana.model.state.records[("client", "c1")].units["phone"].live[0].value == "555-0199"
    assert ana.replica.own.get(own.name) is None
    assert ana.value("c1", "phone") == "555-0199"
    assert server_state(ana, "c1")[("client", "c1")].units["phone"].live[0].name == own.name
    assert not ana.replica.place.value.total_differs


def test_a_lost_reply_then_another_edit_of_the_field_is_no_conflict(ana: Kit) -> None:
    """Nobody conflicts with oneself because of a bad network."""
    ana.set("c1", "phone", "1")
    ana.wire.lose_replies = 1
    with pytest.raises(Offline):
        ana.sync()
    ana.set("c1", "phone", "2")
    ana.sync()

    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["2"]
    assert ana.value("c1", "phone") == "2"
    assert ana.open_names() == []


def test_an_edit_while_a_push_is_in_flight_goes_with_the_same_sync(ana: Kit) -> None:
    """A worker types on while the tablet sends."""
    ana.set("c1", "phone", "1")
    ana.wire.during = lambda: ana.set("c1", "phone", "2")  # type: ignore[assignment,return-value]  # result unused
    done = ana.sync()

    assert done.complete
    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["2"]
    assert ana.open_names() == []


def test_a_digest_that_differs_is_fetched_once_and_then_reported(ana: Kit) -> None:
    """The tablet heals itself once; what does not heal is for people."""
    ana.model.spoil_digests = 1
    ana.model.office("c1", write("c1", "color", "1"))
    before = len(ana.wire.requests)
    ana.sync()
    about = ana.replica.subjects.get("c1")

    assert about is not None
    assert (about.refetched, about.differs) == (False, False)
    assert len(ana.wire.requests) - before == 2
    ana.model.spoil_digests = 100
    ana.model.office("c1", write("c1", "color", "2"))
    ana.sync()
    about = ana.replica.subjects.get("c1")
    assert about is not None
    assert about.differs
    assert len(ana.wire.requests) - before == 4


def test_a_total_that_differs_is_reported(ana: Kit) -> None:
    """A subject that the server has and we do not would show only here."""
    with ana.replica.transaction():
        place = ana.replica.place.value
        ana.replica.place.value = replace(place, digest=place.digest + 1)
    ana.model.office("c1", write("c1", "color", "1"))
    ana.sync()

    assert ana.replica.place.value.total_differs


def test_many_edits_of_one_field_are_no_conflict(ana: Kit) -> None:
    """A field that was typed into all day has one value."""
    for number in range(60):
        ana.set("c1", "phone", str(number))
    ana.sync()

    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["59"]
    assert ana.value("c1", "phone") == "59"
    assert list(ana.replica.own.values()) == []


def test_a_revoked_tablet_hands_in_its_work_and_gets_no_page(ana: Kit) -> None:
    """Its work is held, not lost; and it does not ask for ever."""
    own = ana.set("c1", "phone", "1")
    ana.model.state.revoked.add(ana.device.id)
    with pytest.raises(Revoked):
        ana.sync()
    kept = ana.replica.own.get(own.name)

    assert kept is not None
    assert kept.held
    assert ana.replica.heard.value.held_back
    ana.model.state.revoked.clear()
    ana.sync()
    assert not ana.replica.heard.value.held_back


def test_everything_is_there_again_after_a_restart(ana: Kit) -> None:
    """What was acknowledged is on the disk, not in memory."""
    own = ana.set("c1", "phone", "2")
    ana.set("c1", "phone", "3")
    before = (ana.replica.place.value, ana.replica.chain.value, ana.replica.heard.value)
    ana.open()

    assert (ana.replica.place.value, ana.replica.chain.value, ana.replica.heard.value) == before
    assert ana.value("c1", "phone") == "3"
    assert ana.open_names()[0] == own.name
    ana.sync()
    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["3"]


def test_what_was_given_to_the_network_is_told_apart(ana: Kit) -> None:
    """Sent without an answer is neither here only, nor received."""
    own = ana.set("c1", "phone", "2")
    ana.wire.unreached = True
    with pytest.raises(Offline):
        ana.sync()
    assert ana.replica.given.value.names == ()
    ana.wire.unreached = False
    ana.wire.lose_requests = 1
    with pytest.raises(Offline):
        ana.sync()

    assert ana.replica.given.value.names == (own.name,)


def test_what_an_earlier_message_gave_stays_given(ana: Kit) -> None:
    """A link that became slower carries less at once; what it has carried before is still on its way."""
    made = [ana.set("c1", "phone", "2"), ana.set("c1", "phone", "3")]
    ana.wire.lose_requests = 2
    with pytest.raises(Offline):
        ana.sync()
    ana.link = Link(push_bytes=1)
    with pytest.raises(Offline):
        ana.sync()

    assert ana.replica.given.value.names == tuple(own.name for own in made)


def test_an_answer_of_another_history_settles_nothing(ana: Kit) -> None:
    """A reply that does not repeat the epoch is not the answer to this question."""
    ana.set("c1", "phone", "2")
    ana.wire.forge_epoch = "e0"
    with pytest.raises(Offline):
        ana.sync()

    assert len(ana.open_names()) == 1


def test_a_page_that_cannot_be_read_is_not_stored(ana: Kit) -> None:
    """A reply counts whole or not at all."""
    own = ana.set("c1", "phone", "2")
    ana.wire.spoil_rows = True
    ana.model.office("c1", write("c1", "color", "1"))
    with pytest.raises(Offline):
        ana.sync()

    assert ana.open_names() == [own.name]


def test_messages_are_made_as_large_as_the_link_carries(ana: Kit) -> None:
    """Twenty seconds of a poor link, and no more."""

    def slow(size: int) -> None:
        ana.time.s += 100.0

    ana.wire.takes_s = slow
    conversation = ana.converse()
    conversation.run(lambda progress: None, lambda: False)
    assert conversation.link == Link(PUSH_BYTES_MIN, PAGE_BYTES_MIN)

    def quick(size: int) -> None:
        ana.time.s += 0.2

    ana.wire.takes_s = quick
    conversation = ana.converse()
    conversation.run(lambda progress: None, lambda: False)
    assert conversation.link == Link(), "a small quick message says nothing against large ones"


def test_a_gap_that_is_never_filled_holds_up_nothing_for_ever(ana: Kit) -> None:
    """The predecessor is lost: the tablet says so, and what came after it is received."""
    lost = ana.set("c1", "phone", "1")
    with ana.replica.transaction():
        ana.replica.own.delete(lost.name)
    own = ana.set("c1", "color", "blue")
    done = ana.sync()

    assert done.complete
    assert any(request.head.lacks == (lost.made.id,) for request in ana.wire.requests)
    assert ana.model.state.outcomes[own.name].position > 0
    assert ana.open_names() == []


def test_outcomes_and_fates_that_come_again_change_nothing(ana: Kit) -> None:
    """Every reply may be a repeat."""
    own = ana.set("c1", "phone", "1")
    ana.sync()
    before = ana.replica.sent.get(own.name)
    with ana.replica.transaction():
        assert not settle(ana.replica, [Outcome(own.name, 99)], 5)
        assert not settle(ana.replica, [Outcome("x" * 22, 99)], 5)
        decide(ana.replica, Fate(own.name, 99, "released"), 5)

    assert ana.replica.sent.get(own.name) == before
