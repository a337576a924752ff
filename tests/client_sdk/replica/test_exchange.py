import pytest

from client_sdk.errors import Offline

from .kit import Kit, server_state


def test_a_first_sync_shows_what_the_worker_may_see(ana: Kit) -> None:
    """A tablet begins with its worker's clients, whole."""
    assert ana.value("c1", "phone") == "555-0100"
    assert ana.replica.subjects.get("c1") is not None
    assert not ana.replica.place.value.total_differs


def test_a_save_is_shown_at_once_and_reaches_the_server(ana: Kit) -> None:
    """Reads never wait for the network."""
    own = ana.set("c1", "phone", "555-0199")

    assert ana.value("c1", "phone") == "555-0199"
    assert ana.open_names() == [own.name]
    ana.sync()

    assert ana.open_names() == []
    assert ana.model.state.records[("client", "c1")].units["phone"].live[0].value == "555-0199"
    assert ana.replica.own.get(own.name) is None
    assert ana.value("c1", "phone") == "555-0199"
    assert server_state(ana, "c1")[("client", "c1")].units["phone"].live[0].name == own.name


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
