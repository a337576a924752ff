from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_sdk.errors import NoSpace, Offline, Refused
from client_sdk.replica import Changes, issue_again
from client_sdk.replica.outcomes import ENVELOPE_MS
from client_sdk.replica.rows import DAY_MS
from client_sdk.replica.stored import StoreShelf

from .kit import ANA, Kit, server_state, write


def _day_later(ana: Kit) -> None:
    ana.time.ms += DAY_MS
    ana.model.clock += DAY_MS


def test_a_restored_server_gets_back_what_it_has_forgotten(ana: Kit) -> None:
    """Yesterday's backup, and today's work of a tablet whose content it has let go: nothing is lost."""
    backup = ana.model.backup()
    _day_later(ana)
    first = ana.set("c1", "phone", "1")
    ana.sync()
    second = ana.set("c1", "color", "blue")
    ana.model.restore(backup, "e2")
    assert first.name not in ana.model.state.outcomes

    done = ana.sync()

    assert done.complete
    assert ana.model.state.outcomes[first.name].position > 0
    assert ana.model.state.outcomes[second.name].position > 0
    assert ana.open_names() == []
    assert (ana.value("c1", "phone"), ana.value("c1", "color")) == ("1", "blue")
    place = ana.replica.place.value
    assert place.epoch == "e2"
    assert place.restored is None
    assert not place.total_differs


def test_the_offers_stand_in_order_of_making(ana: Kit) -> None:
    """Sealed or not, the chain of a device is offered as it was made."""
    backup = ana.model.backup()
    _day_later(ana)
    names = [ana.set("c1", "phone", str(number)).name for number in range(3)]
    ana.sync()
    names.append(ana.set("c1", "phone", "last").name)
    ana.model.restore(backup, "e2")
    before = len(ana.wire.requests)
    ana.sync()

    offered = [request.names for request in ana.wire.requests[before:] if request.names]
    assert tuple(names) in offered
    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["last"]


def test_a_tablet_that_was_switched_off_in_the_middle_goes_on(ana: Kit) -> None:
    """Between the changed history and what must be said then lies a power cut."""
    backup = ana.model.backup()
    _day_later(ana)
    ana.set("c1", "phone", "1")
    ana.model.office("c1", write("c1", "color", "web"))
    ana.sync()
    ana.model.restore(backup, "e2")
    ana.converse().run(lambda progress: None, lambda: ana.replica.place.value.restored is not None)
    assert ana.replica.place.value.restored == ("c1",)
    ana.open()
    ana.sync()

    assert ana.replica.place.value.restored is None
    assert ana.value("c1", "phone") == "1"
    assert ana.value("c1", "color") is None, "the web's decision went with the server's disk"
    assert ana.open_names() == []


def test_a_server_that_knows_no_kept_cursor_begins_at_nothing(ana: Kit) -> None:
    """Restored before the first page was stored: everything is offered and entered anew."""
    with ana.replica.transaction():
        ana.replica.place.value = replace(ana.replica.place.value, kept=())
    ana.set("c1", "phone", "1")
    ana.model.restore(ana.model.backup(), "e2")

    assert ana.sync().complete
    assert ana.value("c1", "phone") == "1"
    assert server_state(ana, "c1")[("client", "c1")].units["phone"].live[0].value == "1"


def test_a_changed_history_voids_leaves_and_what_is_staged(ana: Kit) -> None:
    """What the lost log said of access does not hold."""
    backup = ana.model.backup()
    _day_later(ana)
    ana.model.revoke(ANA, "c1")
    own = ana.set("c1", "phone", "1")
    ana.model.office("c2", write("c2", "phone", "2"))
    ana.model.office("c2", write("c2", "kind", "dog", type_="hazard", id_="h1"))
    ana.model.grant(ANA, "c2")
    ana.model.rows_a_page = 1
    seen: list[object] = []
    ana.converse().run(seen.append, lambda: len(seen) == 1)
    ana.model.restore(backup, "e2")
    ana.sync()

    assert ana.replica.subjects.get("c2") is None
    assert ana.replica.staged.of_subject("c2") == []
    assert own.name in ana.model.state.outcomes


def test_held_work_that_was_decided_after_the_backup_is_held_again(ana: Kit) -> None:
    """Its fate was in the lost part of the log."""
    ana.model.office("c2", write("c2", "phone", "0"))
    own = ana.save("c2", write("c2", "phone", "1"))
    ana.model.restore(ana.model.backup(), ana.model.state.epoch)
    ana.sync()
    _day_later(ana)
    backup = ana.model.backup()
    ana.model.refuse(own.name, "no")
    ana.sync()
    ana.model.restore(backup, "e2")
    ana.sync()

    assert own.name in ana.model.state.held


def test_an_envelope_is_kept_for_ninety_days_and_until_backups_cover_it(ana: Kit) -> None:
    """Either alone would lose work with the next restore."""
    own = ana.set("c1", "phone", "1")
    ana.sync()
    ana.time.ms += ENVELOPE_MS
    ana.model.clock += ENVELOPE_MS
    ana.sync()
    assert ana.replica.sent.get(own.name) is not None
    ana.model.safe = ana.model.head
    ana.sync()

    assert ana.replica.sent.get(own.name) is None
    assert ana.store.outbox.list() == []


def test_kept_cursors_are_one_a_day_and_at_most_ninety(ana: Kit) -> None:
    """As long as the envelopes, and no longer."""
    for _ in range(95):
        _day_later(ana)
        ana.sync()
        ana.sync()
    kept = ana.replica.place.value.kept

    assert len(kept) == 90
    assert len({part.day for part in kept}) == 90
    assert kept[0].day == max(part.day for part in kept)


def _take_over(ana: Kit) -> int:
    """What the facade does with a new key, without the door."""
    ana.key = Ed25519PrivateKey.generate()
    ana.model.know(ana.device.id, ANA)
    with ana.replica.transaction():
        return issue_again(ana.replica, ana.hand)


def test_a_tablet_from_a_copy_enrols_again_and_issues_its_unsent_work_anew(ana: Kit) -> None:
    """Two branches of one device: both are accepted, and nobody conflicts with oneself."""
    ana.set("c1", "color", "other branch")
    other = ana.replica.chain.value
    ana.sync()
    fork = replace(other, seq=other.seq - 1, prev="", at=other.at)
    with ana.replica.transaction():
        ana.replica.chain.value = fork
    mine = ana.set("c1", "phone", "1")
    done = ana.sync()

    assert done.enrol_again
    assert ana.replica.heard.value.enrol_again
    late = ana.set("c1", "phone", "2")
    assert not ana.sync().complete
    assert _take_over(ana) == 1
    assert ana.sync().complete

    assert mine.name in ana.model.state.outcomes
    assert late.name in ana.model.state.outcomes
    assert [live.value for live in ana.model.state.records[("client", "c1")].units["phone"].live] == ["2"]
    assert ana.value("c1", "phone") == "2"
    assert ana.open_names() == []
    assert not ana.replica.heard.value.enrol_again
    assert not ana.replica.place.value.total_differs


def test_a_restored_server_is_told_what_is_here_until_it_has_answered_with_a_page(ana: Kit) -> None:
    """A tablet that must enrol again first gets no page: what it holds without a grant would stay for ever."""
    backup = ana.model.backup()
    _day_later(ana)
    ana.model.office("c2", write("c2", "phone", "2"))
    ana.model.grant(ANA, "c2")
    ana.sync()
    ana.model.restore(backup, "e2")
    ana.model.state.forked.add(ana.device.id)

    assert ana.sync().enrol_again
    assert ana.value("c2", "phone") == "2"
    _take_over(ana)
    assert ana.sync().complete
    assert ana.replica.subjects.get("c2") is None
    assert ana.value("c2", "phone") is None
    assert not ana.replica.place.value.total_differs


def test_work_whose_reply_was_lost_before_a_re_enrolment_is_a_repeat(ana: Kit) -> None:
    """p1 was accepted, its reply lost, then the tablet enrolled again: its re-issue gets the first outcome."""
    first = ana.set("c1", "phone", "1")
    ana.wire.lose_replies = 1
    with pytest.raises(Offline):
        ana.sync()
    second = ana.set("c1", "phone", "2")
    assert _take_over(ana) == 2
    issued = ana.replica.own.get(first.name)
    assert issued is not None
    assert (issued.made.was, issued.made.seq, issued.made.at) == (first.name, 1, first.made.at)
    assert issued.made.id != first.made.id
    ana.sync()

    record = ana.model.state.records[("client", "c1")]
    assert [live.name for live in record.units["phone"].live] == [second.name]
    assert len(ana.store.outbox.list()) == 2, "the envelope of the first form was replaced"


def test_a_save_that_the_disk_refuses_leaves_no_trace(ana: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not acknowledged is not there: in memory as on the disk."""
    before = (ana.replica.chain.value, ana.open_names())

    def full(self: StoreShelf, changes: Changes) -> None:
        raise NoSpace("the disk does not take what is to be saved")

    with monkeypatch.context() as patched:
        patched.setattr(StoreShelf, "write", full)
        with pytest.raises(NoSpace):
            ana.set("c1", "phone", "1")

    assert (ana.replica.chain.value, ana.open_names()) == before
    assert ana.value("c1", "phone") == "555-0100"
    ana.set("c1", "phone", "2")
    ana.sync()
    assert ana.value("c1", "phone") == "2"


def test_a_save_that_is_too_large_is_refused_at_once(ana: Kit) -> None:
    """What could never be sent must not be acknowledged."""
    with pytest.raises(Refused, match="too large"):
        ana.save("c1", *(write("c1", "text", "x" * 60_000, type_="note", id_=f"n{n}") for n in range(5)))
    with pytest.raises(Refused, match="SAVE_BYTES_MAX"):
        ana.save("c1", *(write("c1", "text", "x" * 61_290, type_="note", id_=f"n{n}") for n in range(4)))

    assert ana.open_names() == []


def test_an_outcome_of_the_lost_history_is_open_again(ana: Kit) -> None:
    """Held, decided, all after the backup: the work is offered, and decided, again."""
    ana.model.office("c2", write("c2", "phone", "0"))
    backup = ana.model.backup()
    _day_later(ana)
    own = ana.save("c2", write("c2", "phone", "1"))
    ana.sync()
    ana.model.refuse(own.name, "no")
    ana.sync()
    assert ana.value("c2", "phone") is None
    ana.model.restore(backup, "e2")
    ana.sync()
    kept = ana.replica.own.get(own.name)

    assert own.name in ana.model.state.held
    assert kept is not None
    assert (kept.held, kept.decision) == ("not_assigned", "")
    assert ana.value("c2", "phone") == "1"
    ana.model.refuse(own.name, "still no")
    ana.sync()
    kept = ana.replica.own.get(own.name)
    assert kept is not None
    assert kept.reason == "still no"


def test_an_envelope_that_is_no_longer_kept_is_not_offered(ana: Kit) -> None:
    """What is gone cannot be given; it must not stop what is there."""
    backup = ana.model.backup()
    _day_later(ana)
    own = ana.set("c1", "phone", "1")
    ana.sync()
    with ana.replica.transaction():
        ana.replica.drop_envelope(own.made.id)
    ana.model.restore(backup, "e2")

    assert ana.sync().complete
    assert own.name not in ana.model.state.outcomes


def test_an_envelope_that_every_backup_covers_is_still_kept_for_ninety_days(ana: Kit) -> None:
    """A backup that is restored may be older than the newest one."""
    own = ana.set("c1", "phone", "1")
    ana.model.safe = 1000
    ana.sync()
    ana.time.ms += ENVELOPE_MS - 1
    ana.model.clock += ENVELOPE_MS - 1
    ana.sync()

    assert ana.replica.sent.get(own.name) is not None


def test_a_server_that_cannot_say_none_of_these_is_understood(ana: Kit) -> None:
    """It asks for kept cursors again after they were offered: it knows none of them."""
    with ana.replica.transaction():
        ana.replica.place.value = replace(ana.replica.place.value, kept=())
    ana.model.omits_empty = True
    ana.wire.most = 20
    ana.model.restore(ana.model.backup(), "e2")

    assert ana.sync().complete
    assert ana.value("c1", "phone") == "555-0100"
