"""The server was put back from yesterday's copy: what tablets still have comes back, and nothing else counts."""

from __future__ import annotations

import pytest

from client_sdk import Offline, Revoked
from server.errors import Refused as NotApplicable
from sync import Write

from .agreement import meet
from .backups import backed_up, restored
from .kit import Agency, Carried
from .road import Trouble

Pair = tuple[Carried, Carried]


def test_a_server_restored_from_yesterdays_copy_gets_back_what_the_tablets_sent(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Every acknowledged save is there again, once, under its own name, by whichever tablet comes first."""
    ana, ben = pair
    ana.update(client, pronouns="she/her")
    meet(ana, ben)
    file = backed_up(agency)
    names = [ana.update(client, language="es"), ben.update(client, preferred_name="Annie")]
    meet(ana, ben)
    new = ana.tablet.register_client(preferred_name="Bo").id
    names += [ben.update(client, language="fr"), ben.update(client, date_of_birth="1950-01-02")]
    meet(ana, ben)
    pending = ben.update(client, letters_to="home")

    restored(agency, file, ana, ben)
    meet(ben, ana)

    assert ana.values(client, "language") == ["fr"]
    assert (ana.value(client, "preferred_name"), ana.value(client, "letters_to")) == ("Annie", "home")
    assert (ben.value(client, "date_of_birth"), ben.value(client, "pronouns")) == ("1950-01-02", "she/her")
    live = {write.name for unit in ana.item("client", client).view.units.values() for write in unit.live}
    assert {*names[1:], pending} <= live
    assert ana.value(new, "preferred_name") == "Bo"
    assert agency.inbox() == []


def test_work_sent_before_the_backup_is_not_taken_twice(agency: Agency, pair: Pair, client: str) -> None:
    """Envelopes are offered as they were signed, so what the backup holds is a repeat."""
    ana, ben = pair
    ana.update(client, language="es")
    meet(ana, ben)
    file = backed_up(agency)
    ana.update(client, language="fr")
    ana.sync()

    restored(agency, file, ana, ben)
    meet(ana, ben)

    assert ana.values(client, "language") == ben.values(client, "language") == ["fr"]
    assert ana.tablet.status().history_changed is False


def test_grants_of_the_lost_day_are_lost_and_work_under_them_waits_for_a_person(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Access goes by what the server knows; the client leaves, the work is held, and nothing is lost."""
    ana, ben = pair
    other = agency.register("ana")
    meet(ana, ben)
    file = backed_up(agency)
    agency.assign("ben", other)
    meet(ben, ana)
    name = ben.update(other, language="es")
    agency.unassign("ben", client)
    meet(ben, ana)
    assert ben.subjects() == {other}

    restored(agency, file, ana, ben)
    meet(ben, ana)

    assert ben.subjects() == {client}
    assert agency.inbox() == [name]
    agency.release(name)
    meet(ana, ben)
    assert ana.values(other, "language") == ["es"]


def test_a_decision_of_the_office_in_the_lost_day_is_asked_again(
    agency: Agency, pair: Pair, client: str
) -> None:
    """It is on no tablet as its author signed it: both dates stand again, and neither is lost."""
    ana, ben = pair
    ana.update(client, date_of_birth="1950-01-02")
    ben.update(client, date_of_birth="1950-02-01")
    meet(ana, ben)
    file = backed_up(agency)
    agency.settle(client, "date_of_birth", "1950-01-02")
    meet(ana, ben)

    restored(agency, file, ana, ben)
    meet(ana, ben)

    assert len(ben.values(client, "date_of_birth")) == 2
    assert list(ana.item("client", client).undecided) == ["date_of_birth"]
    agency.settle(client, "date_of_birth", "1950-01-02")
    meet(ana, ben)
    assert ben.values(client, "date_of_birth") == ["1950-01-02"]


def test_a_waiting_leave_of_the_lost_day_is_void(agency: Agency, pair: Pair, client: str) -> None:
    """The half-typed form kept the client here; the server has forgotten that access ended."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    draft = ben.tablet.draft(ben.item("client", client))
    draft.put(preferred_name="Annie")
    agency.unassign("ben", client)
    ben.sync()
    assert ben.tablet.status().leaving == 1

    restored(agency, file, ana, ben)
    ben.sync()
    draft.save()
    meet(ben, ana)

    assert ben.subjects() == {client}
    assert ana.value(client, "preferred_name") == "Annie"


def test_held_work_that_was_decided_in_the_lost_day_is_decided_again(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The refusal is forgotten with the day, the work is not: it awaits a decision once more."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    agency.unassign("ben", client)
    agency.clock.ms += 1000
    name = ben.update(client, language="es")
    ben.tablet.draft(ben.item("client", client)).put(pronouns="she")
    ben.sync()
    agency.refuse(name)
    ben.sync()
    assert [came.kind for came in ben.tablet.returned()] == ["not_applied"]

    restored(agency, file, ana, ben)
    meet(ben, ana)

    assert ana.values(client, "language") == ["es"], "the server knows of no end of the access"
    assert ben.tablet.returned() == []


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_a_server_restored_before_a_first_page_was_stored(agency: Agency, pages: int) -> None:
    """A new tablet knows the history that it was enrolled in, with an empty cursor, too: it is told, and begins."""
    ana = agency.carry("ana")
    client = agency.register("ana", "ben")
    ana.sync()
    for number in range(4):
        ana.note(client, heading=f"{number}", narrative="x" * 150)
    ana.sync()
    ben = agency.carry("ben", page_bytes=400)
    file = backed_up(agency)
    ana.note(client, heading="lost")
    ana.sync()
    for _ in range(pages):
        ben.one_page()
    registered = ben.tablet.register_client(preferred_name="Bo").id

    restored(agency, file, ana, ben)
    meet(ben, ana)

    assert ben.subjects() == {client, registered}
    assert ben.tablet.records("note").about(client).count() == 5
    assert ben.road.trips[-1].status == 200
    assert 409 in [trip.status for trip in ben.road.trips]


def test_a_tablet_enrolled_in_the_lost_day_enrols_again_and_hands_in_its_work(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The server never met its key: the new key vouches for the old one, and the envelopes are read by it."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    new = agency.carry("ben")
    new.sync()
    sent = new.update(client, preferred_name="Annie")
    new.sync()
    unsent = new.update(client, language="es")

    restored(agency, file, ana, ben)
    with pytest.raises(Revoked):
        new.sync()
    assert new.value(client, "preferred_name") == "Annie"
    assert new.enrol_again() == 1
    meet(new, ana, ben)

    live = {write.name for unit in ana.item("client", client).view.units.values() for write in unit.live}
    assert {sent, unsent} <= live
    assert agency.inbox() == []


def test_work_under_a_key_that_the_server_never_met_is_held_where_a_person_can_read_it(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The tablet changed its key twice in the lost day: nobody vouches for the first; the office quotes the work."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    new = agency.carry("ben")
    new.sync()
    new.update(client, preferred_name="Annie")
    new.sync()
    new.enrol_again()
    new.update(client, language="es")
    new.sync()

    restored(agency, file, ana, ben)
    with pytest.raises(Revoked):
        new.sync()
    new.enrol_again()
    new.sync()
    (late,) = agency.inbox()
    trips = len(new.road.trips)
    new.sync()
    assert len(new.road.trips) == trips + 1, "it is known to have arrived"
    with pytest.raises(NotApplicable):
        agency.release(late)
    agency.release_to_office(late)
    meet(new, ana, ben)

    assert (ana.value(client, "preferred_name"), ana.value(client, "language")) == ("Annie", "es")
    assert [notice.decision for notice in new.tablet.notices().values()] == ["released"]


def test_a_revoked_tablet_is_told_of_the_changed_history_too(agency: Agency, pair: Pair, client: str) -> None:
    """Its work of the lost day comes back into the inbox, and it gets no page."""
    ana, ben = pair
    meet(ana, ben)
    agency.revoke(ben)
    file = backed_up(agency)
    name = ben.update(client, language="es")
    with pytest.raises(Revoked):
        ben.sync()
    assert agency.inbox() == [name]

    restored(agency, file, ana)
    with pytest.raises(Revoked):
        ben.sync()

    assert 409 in [trip.status for trip in ben.road.trips]
    assert agency.inbox() == [name]
    meet(ana)


def test_a_restore_that_meets_a_poor_link_goes_on_where_it_stopped(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The tablet may be cut off, or die, between any two messages: it says again what it must say."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    for number in range(3):
        ben.note(client, heading=f"{number}")
        meet(ben, ana)

    restored(agency, file, ana, ben)
    for lost in range(3):
        with pytest.raises(Offline):
            ben.sync(*[Trouble()] * lost, Trouble(reply_bytes=0))
        ben.lock(), ben.unlock()
    meet(ben, ana)

    assert ana.tablet.records("note").about(client).count() == 3


def test_a_tablet_that_holds_more_than_it_can_name_begins_from_nothing(
    agency: Agency, pair: Pair, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request can name some thousands of clients; a tablet with more is not stuck for ever."""
    ana, ben = pair
    other = agency.register("ben")
    meet(ana, ben)
    file = backed_up(agency)
    late = agency.register("ben")
    ben.update(client, language="es")
    meet(ben, ana)
    monkeypatch.setattr("client_sdk.replica.history.NAMED_BYTES_MAX", 50)

    restored(agency, file, ana, ben)
    ben.one_page()
    ben.one_page()
    assert ben.value(client, "language") == "es", "what is shown stays shown until it has come again"
    ben.lock(), ben.unlock()
    meet(ben, ana)

    assert ben.subjects() == {client, other}
    assert not ben.has("client", late)
    assert ana.values(client, "language") == ["es"]


def test_work_held_under_a_key_of_the_lost_day_is_held_again_for_its_own_reason(
    agency: Agency, pair: Pair, client: str
) -> None:
    """It goes as it was signed: under the tablet's next key its line would be nobody's, for ever."""
    ana, ben = pair
    meet(ana, ben)
    file = backed_up(agency)
    new = agency.carry("ben")
    new.sync()
    held = new.unchecked(client, Write("client", client, "language", (), "no language at all"))
    new.sync()
    assert new.held() == ["malformed"]

    restored(agency, file, ana, ben)
    with pytest.raises(Revoked):
        new.sync()
    new.enrol_again()
    new.sync()

    assert agency.inbox() == [held]
    assert new.held() == ["malformed"]
