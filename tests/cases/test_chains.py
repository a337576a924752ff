"""One device's chain of saves: forks, new keys, gaps, and a store that was put back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from client_sdk import Offline, Refused
from server.db import table_of
from server.tables.device import DeviceRow

from .agreement import meet
from .kit import Agency, Carried
from .road import LOST_REPLY, Trouble

Pair = tuple[Carried, Carried]
_device = table_of(DeviceRow)


def files(folder: Path) -> dict[Path, bytes]:
    """Everything in a tablet's folder."""
    return {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def put_back(tablet: Carried, copy: dict[Path, bytes]) -> None:
    """Put a copy in the place of what the tablet has."""
    tablet.lock()
    for path in tablet.folder.iterdir():
        path.unlink()
    for path, data in copy.items():
        path.write_bytes(data)
    tablet.unlock()


def taken_copy(tablet: Carried) -> dict[Path, bytes]:
    """A copy of the whole tablet, as a backup program makes it."""
    tablet.lock()
    copy = files(tablet.folder)
    tablet.unlock()
    return copy


def test_a_number_used_twice_after_a_restore_loses_neither_branch(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Both branches are in the record; the tablet goes on under a new key and conflicts with nobody, itself least."""
    ana, ben = pair
    copy = taken_copy(ana)
    ana.update(client, language="es")
    ana.sync()
    put_back(ana, copy)
    ana.update(client, preferred_name="Annie")

    assert ana.sync().enrol_again
    kept = ana.update(client, preferred_name="Bo")
    assert ana.sync().enrol_again
    assert ana.tablet.status().waiting == 1, "later work stays here until there is a new key"
    assert ana.enrol_again() == 1
    meet(ana, ben)

    assert (ben.value(client, "language"), ben.values(client, "preferred_name")) == ("es", ["Bo"])
    assert ben.item("client", client).view.units["preferred_name"].live[0].name == kept


def test_work_accepted_before_a_re_enrolment_whose_reply_was_lost_is_a_repeat(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The reply to p1 was lost, p2 was saved over it, both are issued anew: there is one value and no rival."""
    ana, ben = pair
    copy = taken_copy(ana)
    ana.update(client, pronouns="she/her")
    ana.sync()
    put_back(ana, copy)
    ana.update(client, language="es")
    with pytest.raises(Offline):
        ana.sync(LOST_REPLY)
    second = ana.update(client, language="fr")
    assert ana.enrol_again() == 2

    meet(ana, ben)

    shown = ben.item("client", client).view.units["language"]
    assert [(live.name, live.value) for live in shown.live] == [(second, "fr")]
    assert ben.value(client, "pronouns") == "she/her"


@pytest.mark.parametrize("without", ["", "anchor"])
def test_a_tablet_that_is_put_back_tells_how_old_it_is_before_it_saves_anything(
    agency: Agency, pair: Pair, client: str, without: str
) -> None:
    """The anchor shows it to the server, also where the copy is whole: the next save goes under a new key."""
    ana, ben = pair
    copy = taken_copy(ana)
    ana.update(client, language="es")
    ana.sync()
    put_back(ana, {path: data for path, data in copy.items() if path.name != without})

    assert ana.sync().enrol_again
    assert state_of(agency, ana) == "forked"
    ana.update(client, preferred_name="Annie")
    assert ana.enrol_again() == 1
    meet(ana, ben)

    assert (ana.value(client, "language"), ben.value(client, "preferred_name")) == ("es", "Annie")
    assert state_of(agency, ana) == "active"


def test_a_store_is_taken_over_by_its_own_worker_only(agency: Agency, pair: Pair, client: str) -> None:
    """A code for somebody else opens no way into this chain."""
    ana, ben = pair
    kept = ana.update(client, language="es")
    with pytest.raises(Refused):
        ana.tablet.enrol_again(agency.code("ben"))

    meet(ana, ben)

    assert ben.item("client", client).view.units["language"].live[0].name == kept


def test_a_gap_that_is_never_filled_holds_what_waits_and_no_more(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The save in the middle is lost for good: what came after it waits, is held, and a person releases it."""
    ana, ben = pair
    ana.update(client, language="es")
    lost = ana.update(client, preferred_name="Bo")
    after = ana.update(client, pronouns="she/her")
    with ana.replica.transaction():
        ana.replica.own.delete(lost)

    ana.sync()

    assert ana.held() == ["lost_before"]
    assert agency.inbox() == [after]
    ben.sync()
    assert (ben.value(client, "language"), ben.value(client, "pronouns")) == ("es", None)
    agency.release(after)
    ana.update(client, letters_to="home")
    meet(ana, ben)
    assert (ben.value(client, "pronouns"), ben.value(client, "letters_to")) == ("she/her", "home")


def test_a_gap_waits_until_what_is_missing_comes(agency: Agency, pair: Pair, client: str) -> None:
    """A push that reached the server without its first line settles nothing, and then everything, in order."""
    ana, ben = pair
    first = ana.update(client, language="es")
    ana.update(client, language="fr")
    own = ana.replica.own.get(first)
    assert own is not None
    with ana.replica.transaction():
        ana.replica.own.put(first, replace(own, position=1, held="lost_on_the_way"))
    with pytest.raises(Offline):
        ana.sync(LOST_REPLY)
    with ana.replica.transaction():
        ana.replica.own.put(first, own)

    meet(ana, ben)

    assert ben.values(client, "language") == ["fr"]
    assert agency.inbox() == []


def test_a_copied_tablet_in_a_second_hand_gets_nothing_under_the_old_key(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Once one of two copies has gone on under a new key, the other must ask for a code of its own."""
    ana, _ = pair
    copy = taken_copy(ana)
    ana.update(client, language="es")
    ana.sync()
    put_back(ana, copy)
    ana.update(client, language="fr")
    assert ana.sync().enrol_again
    pages = [trip for trip in ana.road.trips if trip.status == 200]

    assert b'"page"' not in pages[-1].reply
    with pytest.raises(Refused):
        ana.tablet.enrol_again("0000-0000-0000-0000")
    assert ana.sync(Trouble()).enrol_again
    ana.enrol_again()
    meet(*pair)


def state_of(agency: Agency, tablet: Carried) -> str:
    """How the server takes this tablet."""
    with agency.house.database.reading() as session:
        here = _device.c.id == tablet.tablet.identity.device
        return str(session.scalar(select(_device.c.state).where(here)))
