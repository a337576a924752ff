"""What a poor link does to one exchange, and what the worker is told meanwhile."""

from __future__ import annotations

import pytest

from client_sdk import Offline, Refused
from tests.server.exchange.audit import stored_of

from .agreement import custody, meet
from .kit import Agency, Carried
from .road import LOST_REPLY, Trouble

Pair = tuple[Carried, Carried]


def test_a_lost_reply_then_another_edit_of_the_field_is_no_conflict(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Nobody conflicts with oneself: the second edit names the first, which the server has already."""
    ana, ben = pair
    ana.update(client, language="es")
    with pytest.raises(Offline):
        ana.sync(LOST_REPLY)
    assert agency.record("client", client).value("language") == "es"
    ana.update(client, language="fr")

    meet(ana, ben)

    assert ana.values(client, "language") == ben.values(client, "language") == ["fr"]


def test_custody_is_told_truly_at_each_step(agency: Agency, pair: Pair, client: str) -> None:
    """On this tablet only, sent, received: a promise to the worker, so never too early."""
    ana, ben = pair
    ana.tablet.draft(ana.item("client", client)).put(pronouns="she")
    assert custody(ana, client) == "on this tablet only"
    ana.tablet.draft(ana.item("client", client)).discard()
    assert custody(ana, client) == "received"
    ana.update(client, language="es")
    assert custody(ana, client) == "on this tablet only"
    with pytest.raises(Offline):
        ana.sync(Trouble(unreached=True))
    assert custody(ana, client) == "on this tablet only", "nothing was given to the network"
    told: list[str] = []
    with pytest.raises(Offline):
        ana.sync(Trouble(reply_bytes=0, before=lambda: told.append(custody(ana, client))))
    assert told == ["sent"]
    assert custody(ana, client) == "sent", "nobody has answered"
    ana.lock(), ana.unlock()
    assert custody(ana, client) == "sent", "a restart makes it no safer"

    meet(ana, ben)

    assert custody(ana, client) == custody(ben, client) == "received"


def test_the_outcome_in_hand_while_the_page_is_behind_hides_nothing(agency: Agency, client: str) -> None:
    """Reads never go back behind a local save, and what others wrote shows beside it once it is here."""
    ana, ben = agency.carry("ana", page_bytes=300), agency.carry("ben")
    ben.sync(), ana.sync()
    notes = [ben.note(client, heading=f"{number}", narrative="x" * 200) for number in range(4)]
    ben.update(client, preferred_name="Bo")
    ben.sync()
    ana.update(client, preferred_name="Annie")
    ana.one_page()

    assert ana.tablet.status().waiting == 0, "the outcome is here"
    assert not ana.has("note", notes[-1]), "the page is behind"
    assert ana.value(client, "preferred_name") == "Annie"
    seen = []
    while not ana.has("note", notes[-1]):
        ana.one_page()
        seen.append(ana.values(client, "preferred_name"))
    assert all("Annie" in values for values in seen)
    meet(ana, ben)
    assert sorted(map(str, ana.values(client, "preferred_name"))) == ["Annie", "Bo"]


def test_an_edit_while_a_push_is_in_flight_goes_with_the_same_sync(pair: Pair, client: str) -> None:
    """Saving never waits for the network, and what was saved meanwhile is not forgotten."""
    ana, ben = pair
    ana.update(client, language="es")
    under_way = Trouble(
        before=lambda: ana.update(client, language="fr"),
        after=lambda: ana.update(client, preferred_name="Annie"),
    )

    ana.sync(under_way)

    assert ana.tablet.status().waiting == 0
    ben.sync()
    assert (ben.values(client, "language"), ben.value(client, "preferred_name")) == (["fr"], "Annie")
    meet(ana, ben)


@pytest.mark.parametrize("settled", [False, True])
def test_an_edit_over_a_push_in_flight_whose_reply_is_lost_is_no_rival(
    pair: Pair, client: str, settled: bool
) -> None:
    """Whether the server took the first edit before the connection broke, or not."""
    ana, ben = pair
    ana.update(client, language="es")
    broken = Trouble(
        reply_bytes=0 if settled else None,
        request_bytes=None if settled else 10,
        before=lambda: ana.update(client, language="fr"),
    )
    with pytest.raises(Offline):
        ana.sync(broken)

    meet(ana, ben)

    assert ben.values(client, "language") == ["fr"]


def test_a_push_that_is_cut_at_any_byte_settles_nothing_and_loses_nothing(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Half a request is none: nothing of it is stored, and the whole one counts once."""
    ana, ben = pair
    ana.update(client, language="es")
    ana.update(client, preferred_name="Annie")
    before = stored_of(agency.house)
    cut = 0
    while cut == 0 or cut < len(ana.road.sent[-1]):
        with pytest.raises(Offline):
            ana.sync(Trouble(request_bytes=cut))
        cut += 1
        assert custody(ana, client) == "sent"
    assert stored_of(agency.house) == before
    assert cut > 400

    meet(ana, ben)

    assert (ben.values(client, "language"), ben.value(client, "preferred_name")) == (["es"], "Annie")


def test_a_reply_that_is_cut_at_any_byte_settles_nothing_and_loses_nothing(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The server has it all; the tablet believes it only when the whole answer is there."""
    ana, ben = pair
    ben.update(client, preferred_name="Annie")
    ben.sync()
    ana.update(client, language="es")
    with pytest.raises(Offline):
        ana.sync(LOST_REPLY)
    for cut in range(1, len(ana.road.trips[-1].reply), 7):
        with pytest.raises(Offline):
            ana.sync(Trouble(reply_bytes=cut))
        assert ana.tablet.status().waiting == 1
        assert ana.value(client, "preferred_name") is None

    meet(ana, ben)

    assert (ben.values(client, "language"), ana.value(client, "preferred_name")) == (["es"], "Annie")


def test_a_suspended_tablet_keeps_everything_and_goes_on_when_it_is_confirmed(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Only an answer of 200 settles anything; a tablet that waits for an administrator loses nothing."""
    ana, ben = pair
    ana.update(client, language="es")
    agency.suspend(ana)
    with pytest.raises(Refused, match="waits until an administrator confirms"):
        ana.sync()
    ana.update(client, language="fr")
    with pytest.raises(Refused):
        ana.sync()

    assert ana.road.trips[-1].status == 403
    assert (ana.tablet.status().waiting, ana.value(client, "language")) == (2, "fr")
    assert agency.record("client", client).value("language") == "en"
    agency.confirm(ana)
    meet(ana, ben)
    assert ben.values(client, "language") == ["fr"]
