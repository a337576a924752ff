import pytest

from client_sdk.errors import Offline

from .kit import ANA, Kit, server_state, write


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


def test_work_that_a_page_brings_before_its_outcome_is_not_doubled(ana: Kit) -> None:
    """A reply that is silent on what was sent, and a row that has it already."""
    ana.model.silent, ana.model.omit_own = True, False
    own = ana.set("c1", "born", "1950-02-02")
    ana.sync()
    shown = ana.view("client", "c1")

    assert ana.open_names() == [own.name]
    assert shown is not None
    assert [live.name for live in shown.units["born"].live] == [own.name]
