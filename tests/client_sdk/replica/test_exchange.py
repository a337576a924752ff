from dataclasses import replace

import pytest

from client_sdk.errors import Offline, Revoked
from client_sdk.exchange import PAGE_BYTES_MIN, PUSH_BYTES_MIN, Progress
from client_sdk.replica import DraftRow, Notice, erase_left
from client_sdk.replica.outcomes import decide, settle
from sync import Fate, Link, Outcome

from .kit import ANA, Kit, server_state, write


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


def test_own_work_stays_shown_while_its_page_is_behind(ana: Kit) -> None:
    """The outcome is in hand, the page is not complete: a read must not go back behind the save."""
    ana.model.rows_a_page = 1
    for number in range(3):
        ana.model.office("c1", write("c1", "color", str(number), type_="note", id_=f"n{number}"))
    own = ana.set("c1", "phone", "555-0199")
    conversation = ana.converse()
    seen: list[object] = []
    conversation.run(lambda progress: seen.append(ana.value("c1", "phone")), lambda: len(seen) == 1)

    kept = ana.replica.own.get(own.name)
    assert kept is not None
    assert kept.position > ana.replica.shown_position("c1")
    assert ana.value("c1", "phone") == "555-0199"
    assert ana.view("note", "n0") is None, "what came is not shown before the last page"
    ana.sync()
    assert ana.value("c1", "phone") == "555-0199"
    assert ana.view("note", "n2") is not None


def test_a_rival_of_unsent_work_is_shown_beside_it(ana: Kit) -> None:
    """Ben's date of birth arrives while Ana's waits: both are there before and after."""
    ana.set("c1", "born", "1950-02-02")
    (was,) = server_state(ana, "c1")[("client", "c1")].units["born"].live
    ana.model.office("c1", write("c1", "born", "1950-03-03", was.name))
    ana.wire.lose_requests = 1
    with pytest.raises(Offline):
        ana.sync()
    ana.sync()

    shown = ana.view("client", "c1")
    assert shown is not None
    assert {live.value for live in shown.units["born"].live} == {"1950-02-02", "1950-03-03"}
    assert shown.units["born"].undecided


def test_pages_that_were_cut_go_on_where_they_stopped(ana: Kit) -> None:
    """What came is kept, and nothing half is shown."""
    ana.model.rows_a_page = 1
    for number in range(4):
        ana.model.office("c1", write("c1", "color", str(number), type_="note", id_=f"n{number}"))
    before = len(ana.wire.requests)
    ana.wire.during = lambda: setattr(ana.wire, "lose_replies", 0)
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 2)
    ana.wire.lose_replies = 1
    with pytest.raises(Offline):
        ana.sync()
    ana.open()

    assert [key for key in ana.replica.records.of_subject("c1") if key[0] == "note"] == []
    ana.sync()
    assert {key[1] for key in ana.replica.records.of_subject("c1") if key[0] == "note"} == {
        "n0",
        "n1",
        "n2",
        "n3",
    }
    assert ana.replica.staged.of_subject("c1") == []
    assert len(ana.wire.requests) - before == 5, "no page was asked for twice but the one that was lost"


def test_a_subject_is_not_shown_before_it_is_whole(bare: Kit) -> None:
    """A client without the hazards would be worse than none."""
    bare.model.rows_a_page = 1
    bare.model.office("c1", write("c1", "phone", "1"))
    bare.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    bare.model.grant(ANA, "c1")
    seen: list[Progress] = []
    bare.converse().run(seen.append, lambda: len(seen) == 1)
    about = bare.replica.subjects.get("c1")

    assert about is not None
    assert about.entering
    assert bare.value("c1", "phone") is None
    bare.sync()
    assert bare.value("c1", "phone") == "1"
    assert bare.view("hazard", "h1") is not None
    assert bare.replica.place.value.kept[0].position == bare.model.head


def test_a_subject_that_enters_again_shows_its_old_state_meanwhile(ana: Kit) -> None:
    """Revoked and granted again between two pages: nothing disappears, and what was removed is gone after."""
    ana.model.rows_a_page = 1
    shown_at = ana.replica.shown_position("c1")
    ana.model.revoke(ANA, "c1")
    ana.model.grant(ANA, "c1")
    ana.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    own = ana.set("c1", "color", "blue")
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 2)

    assert ana.value("c1", "phone") == "555-0100"
    assert ana.value("c1", "color") == "blue"
    assert ana.replica.shown_position("c1") == shown_at
    ana.sync()
    assert ana.value("c1", "color") == "blue"
    assert ana.view("hazard", "h1") is not None
    assert ana.replica.own.get(own.name) is None
    assert not ana.replica.place.value.total_differs


def test_a_leave_waits_for_drafts_and_for_outcomes(ana: Kit) -> None:
    """Late work is never lost to a reassignment."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {"text": "half"}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    about = ana.replica.subjects.get("c1")

    assert about is not None
    assert about.leaving
    assert ana.value("c1", "phone") == "555-0100"
    own = ana.set("c1", "phone", "late")
    with ana.replica.transaction():
        ana.replica.drafts.delete("note/n1")
    ana.sync()

    assert ana.replica.subjects.get("c1") is None
    assert ana.replica.records.of_subject("c1") == []
    assert ana.value("c1", "phone") is None
    assert ana.received[-1].left == ("c1",)
    assert ana.replica.notices.get("left/c1") is not None
    assert ana.replica.sent.get(own.name) is not None, "its envelope stays"
    assert ana.store.outbox.list() != []
    assert ana.replica.place.value.digest == 0


def test_an_enter_voids_a_leave_that_waits(ana: Kit) -> None:
    """The client comes back before the tablet let go."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    ana.model.grant(ANA, "c1")
    ana.model.office("c1", write("c1", "phone", "555-0101"))
    ana.sync()
    about = ana.replica.subjects.get("c1")

    assert about is not None
    assert not about.leaving
    assert ana.value("c1", "phone") == "555-0101"
    assert ana.replica.notices.get("left/c1") is None


def test_a_leave_of_what_never_became_whole_leaves_nothing(bare: Kit) -> None:
    """A cover that ended before its page was complete."""
    bare.model.rows_a_page = 1
    bare.model.office("c1", write("c1", "phone", "1"))
    bare.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    bare.model.grant(ANA, "c1")
    seen: list[Progress] = []
    bare.converse().run(seen.append, lambda: len(seen) == 1)
    bare.model.revoke(ANA, "c1")
    bare.sync()

    assert bare.replica.subjects.get("c1") is None
    assert bare.replica.staged.of_subject("c1") == []


def test_work_about_a_client_who_is_taken_away_at_once_is_let_go(bare: Kit) -> None:
    """A client registered in the field and given to somebody else before the page."""
    own = bare.set("c9", "phone", "1")
    bare.wire.during = None
    head_before = bare.model.head
    bare.model.with_total = False
    bare.wire.lose_replies = 1
    with pytest.raises(Offline):
        bare.sync()
    bare.model.revoke(ANA, "c9")
    bare.sync()

    assert bare.model.head > head_before
    assert bare.replica.own.get(own.name) is None
    assert bare.value("c9", "phone") is None


def test_held_work_stays_in_view_until_it_is_released(ana: Kit) -> None:
    """Received, awaiting decision: still there for its author, and in the record once released."""
    was = ana.model.office("c2", write("c2", "phone", "0"))
    own = ana.save("c2", write("c2", "phone", "1", was.name))
    ana.sync()
    kept = ana.replica.own.get(own.name)

    assert kept is not None
    assert kept.held == "not_assigned"
    assert ana.value("c2", "phone") == "1"
    ana.model.grant(ANA, "c2")
    ana.model.release(own.name)
    ana.sync()

    assert ana.replica.own.get(own.name) is None
    assert ana.value("c2", "phone") == "1"
    assert ana.replica.notices.get(f"decided/{own.name}") is not None


def test_work_that_is_not_applied_leaves_the_view_and_comes_back(ana: Kit) -> None:
    """Nothing a worker wrote goes without a trace."""
    ana.model.office("c2", write("c2", "phone", "0"))
    ana.model.grant(ANA, "c2")
    ana.model.revoke(ANA, "c2")
    own = ana.save("c2", write("c2", "phone", "1"))
    ana.sync()
    ana.model.refuse(own.name, "not your client")
    ana.sync()
    ana.sync()
    kept = ana.replica.own.get(own.name)

    assert kept is not None
    assert (kept.decision, kept.reason) == ("not_applied", "not your client")
    assert ana.value("c2", "phone") is None
    assert not kept.counts


def test_a_fate_of_work_whose_subject_has_left_is_still_told(ana: Kit) -> None:
    """The content is gone from the tablet; that it was decided is not."""
    ana.model.revoke(ANA, "c1")
    own = ana.set("c1", "phone", "late")
    ana.sync()
    assert ana.replica.own.get(own.name) is None
    ana.model.refuse(own.name, "too late")
    ana.sync()
    notice = ana.replica.notices.get(f"decided/{own.name}")

    assert notice is not None
    assert notice.reason == "too late"


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


def test_a_clock_a_year_ahead_is_capped_and_honest_edits_win_later(ana: Kit) -> None:
    """One wrong clock decides nothing for long."""
    ana.time.ms += 365 * 24 * 3600 * 1000
    ana.set("c1", "phone", "from the future")
    ana.time.ms -= 365 * 24 * 3600 * 1000
    ana.sync()
    live = server_state(ana, "c1")[("client", "c1")].units["phone"].live[0]

    assert live.at.ms == ana.model.clock
    ana.model.clock += 10_000
    ana.time.ms += 10_000
    ana.model.office("c1", write("c1", "phone", "now"))
    ana.sync()
    assert ana.value("c1", "phone") == "now"


def test_the_offset_of_the_clock_is_learnt_from_each_reply(ana: Kit) -> None:
    """Visit times show both clocks, so both must be known."""
    ana.time.ms -= 600_000
    ana.sync()

    assert ana.replica.heard.value.offset_ms == 600_000


def test_a_clock_that_was_set_back_does_not_set_back_the_order_of_saves(ana: Kit) -> None:
    """The later save is the later save."""
    first = ana.set("c1", "phone", "1")
    ana.time.ms -= 3_600_000
    second = ana.set("c1", "phone", "2")

    assert second.made.at > first.made.at
    assert ana.value("c1", "phone") == "2"


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


def test_what_is_half_received_is_there_after_a_restart(bare: Kit) -> None:
    """Pages, notices, drafts, and what was given to the network: all of it is sealed on the disk."""
    bare.model.rows_a_page = 1
    bare.model.grant(ANA, "c0")
    bare.model.revoke(ANA, "c0")
    for number in range(2):
        bare.model.office("c1", write("c1", "phone", "1", id_=f"r{number}"))
    bare.model.grant(ANA, "c1")
    with bare.replica.transaction():
        bare.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {"text": "half"}, new=True))
    own = bare.save("c1", write("c1", "color", "blue"))
    seen: list[Progress] = []
    bare.converse().run(seen.append, lambda: len(seen) == 1)
    bare.wire.lose_requests = 1
    late = bare.save("c1", write("c1", "color", "red", own.name))
    with pytest.raises(Offline):
        bare.sync()
    with bare.replica.transaction():
        bare.replica.notices.put("left/c0", Notice(1, "left", "c0"))
    tables = (bare.replica.subjects, bare.replica.own, bare.replica.notices, bare.replica.drafts)
    before = [dict(table.items()) for table in tables]
    bare.open()

    tables = (bare.replica.subjects, bare.replica.own, bare.replica.notices, bare.replica.drafts)
    assert [dict(table.items()) for table in tables] == before
    assert bare.replica.given.value.names == (late.name,)
    assert len(bare.replica.staged.of_subject("c1")) == 1
    bare.sync()
    assert bare.value("c1", "color") == "red"


def test_what_the_server_has_no_more_is_gone_when_a_subject_enters_again(ana: Kit) -> None:
    """The new whole state replaces the old one; unsent work on top of it stays."""
    ana.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    ana.model.office("c1", write("c1", "kind", "cat", type_="hazard", id_="h2"))
    ana.sync()
    ana.model.revoke(ANA, "c1")
    ana.model.grant(ANA, "c1")
    ana.model.names_whole = False
    del ana.model.state.records[("hazard", "h1")]
    ana.sync()

    assert ana.view("hazard", "h1") is None
    assert ana.view("hazard", "h2") is not None
    assert not ana.replica.place.value.total_differs


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
        assert not settle(ana.replica, Outcome(own.name, 99), 5)
        assert not settle(ana.replica, Outcome("x" * 22, 99), 5)
        decide(ana.replica, Fate(own.name, 99, "released"), 5)

    assert ana.replica.sent.get(own.name) == before


def test_a_client_registered_in_the_field_stays_in_view_while_entering(bare: Kit) -> None:
    """The page is taken while the subject still enters, own saves in view."""
    bare.model.rows_a_page = 1
    bare.set("c9", "phone", "1")
    bare.set("c9", "kind", "dog", type_="hazard", id_="h1")
    seen: list[Progress] = []
    bare.converse().run(seen.append, lambda: len(seen) == 1)
    about = bare.replica.subjects.get("c9")

    assert about is not None
    assert about.entering
    assert bare.value("c9", "phone") == "1"
    later = bare.set("c9", "phone", "2")
    bare.sync()
    assert bare.value("c9", "phone") == "2"
    assert bare.view("hazard", "h1") is not None
    assert later.name in bare.model.state.outcomes
    assert list(bare.replica.own.values()) == []
    assert not bare.replica.place.value.total_differs


def test_a_subject_that_enters_again_is_not_erased_by_the_leave_before(ana: Kit) -> None:
    """Its draft is given up between the two pages that bring it back."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {}, new=True))
    ana.model.revoke(ANA, "c1")
    ana.sync()
    ana.model.rows_a_page = 1
    ana.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    ana.model.grant(ANA, "c1")
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 1)
    with ana.replica.transaction():
        ana.replica.drafts.delete("note/n1")
        erase_left(ana.replica, 1)

    assert ana.value("c1", "phone") == "555-0100"
    assert ana.replica.notices.get("left/c1") is None


def test_own_work_that_was_replaced_meanwhile_does_not_come_back(ana: Kit) -> None:
    """Accepted, its reply lost, and changed by the office before the next sync."""
    own = ana.set("c1", "phone", "1")
    ana.wire.lose_replies = 1
    with pytest.raises(Offline):
        ana.sync()
    ana.model.office("c1", write("c1", "phone", "2", own.name))
    ana.sync()

    assert ana.value("c1", "phone") == "2"
    assert len(server_state(ana, "c1")[("client", "c1")].units["phone"].live) == 1
    assert not any(request.head.refetch for request in ana.wire.requests), "nothing had to be healed"


def test_what_was_staged_before_a_subject_enters_is_void(ana: Kit) -> None:
    """A row of an older page must not slip into the new whole state."""
    ana.model.rows_a_page = 1
    for number in range(2):
        ana.model.office("c1", write("c1", "color", "1", type_="note", id_=f"n{number}"))
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 1)
    assert ana.replica.staged.of_subject("c1") == [("note", "n0")]
    del ana.model.state.records[("note", "n0")]
    ana.model.revoke(ANA, "c1")
    ana.model.grant(ANA, "c1")
    ana.sync()

    assert ana.view("note", "n0") is None
    assert ana.view("note", "n1") is not None
    assert not any(request.head.refetch for request in ana.wire.requests), "nothing had to be healed"


def test_work_that_a_page_brings_before_its_outcome_is_not_doubled(ana: Kit) -> None:
    """A reply that is silent on what was sent, and a row that has it already."""
    ana.model.silent, ana.model.omit_own = True, False
    own = ana.set("c1", "born", "1950-02-02")
    ana.sync()
    shown = ana.view("client", "c1")

    assert ana.open_names() == [own.name]
    assert shown is not None
    assert [live.name for live in shown.units["born"].live] == [own.name]


def test_a_save_comes_after_everything_that_its_author_has_seen(ana: Kit) -> None:
    """Two clocks that agree to the millisecond still have an order."""
    ana.model.clock += 5000
    ana.time.ms += 5000
    theirs = ana.model.office("c1", write("c1", "color", "1"))
    ana.time.ms -= 5000
    ana.model.clock = theirs.at.ms
    ana.sync()
    ana.time.ms = theirs.at.ms - ana.replica.heard.value.offset_ms

    assert ana.set("c1", "phone", "2").made.at > theirs.at
