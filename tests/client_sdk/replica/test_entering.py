import pytest

from client_sdk.errors import Offline
from client_sdk.exchange import Progress
from client_sdk.replica import DraftRow, Notice

from .kit import ANA, Kit, write


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


def test_what_left_and_comes_back_shows_what_was_known_when_it_left(ana: Kit) -> None:
    """What the office wrote meanwhile is not on the tablet before it is whole, whatever position the log has."""
    with ana.replica.transaction():
        ana.replica.drafts.put("note/n1", DraftRow("c1", "note", "n1", {}, new=True))
    shown_at = ana.replica.shown_position("c1")
    ana.model.revoke(ANA, "c1")
    ana.model.office("c1", write("c1", "phone", "555-0109"))
    ana.sync()

    assert ana.replica.shown_position("c1") == shown_at

    ana.model.rows_a_page = 1
    ana.model.grant(ANA, "c1")
    ana.model.office("c1", write("c1", "kind", "dog", type_="hazard", id_="h1"))
    seen: list[Progress] = []
    ana.converse().run(seen.append, lambda: len(seen) == 1)

    assert ana.value("c1", "phone") == "555-0100"
    assert ana.replica.shown_position("c1") == shown_at
    ana.sync()
    assert ana.value("c1", "phone") == "555-0109"


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
