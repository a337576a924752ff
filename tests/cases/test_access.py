"""Who may see whom, and what becomes of the work of those who may no longer."""

from __future__ import annotations

import pytest

from client_sdk import Offline, Revoked

from .agreement import agree, meet
from .kit import Agency, Carried
from .road import LOST_REPLY, Trouble

HOUR_MS = 3_600_000
Pair = tuple[Carried, Carried]


def test_two_workers_who_register_the_same_person_make_two_clients(agency: Agency) -> None:
    """Nobody guesses that they are one: each has their own, the supervisor sees both, and merging is an act."""
    ana, ben, lead = agency.carry("ana"), agency.carry("ben"), agency.carry("lead")
    name = {"family": "Okafor", "given": "Rosa"}
    hers = ana.tablet.register_client(legal_name=name, date_of_birth="1950-01-02")
    his = ben.tablet.register_client(legal_name=name, date_of_birth="1950-01-02")
    ana.note(hers.id, heading="At the door")
    meet(ana, ben, lead)

    assert (ana.subjects(), ben.subjects()) == ({hers.id}, {his.id})
    assert lead.subjects() == {hers.id, his.id}
    agency.assign("ben", hers.id)
    agency.assign("ana", hers.id)
    meet(ana, ben, lead)
    assert ben.subjects() == {hers.id, his.id}


def test_grant_revoke_and_regrant_between_two_pages(agency: Agency) -> None:
    """The subject begins again from its start, and nothing of the first beginning is left."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=400)
    clients = sorted(agency.register("ana") for _ in range(3))
    ana.sync()
    notes = {
        client: [ana.note(client, heading=f"{n}", narrative="x" * 150) for n in range(4)]
        for client in clients
    }
    ana.sync(), ben.sync()
    for client in clients:
        agency.assign("ben", client)
    ben.one_page(), ben.one_page()
    first = clients[0]
    assert ben.tablet.status().entering == 1

    agency.unassign("ben", first)
    ana.update(first, "note", notes[first][0], heading="changed")
    ana.sync()
    agency.assign("ben", first)
    meet(ben, ana)

    assert ben.subjects() == set(clients)
    assert ben.value(first, "heading", "note", notes[first][0]) == "changed"


def test_access_that_ends_between_two_pages_takes_what_had_come(agency: Agency) -> None:
    """Nothing of a client who is not ours any more stays behind, not even what was never shown."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=400)
    first, second = sorted(agency.register("ana") for _ in range(2))
    ana.sync()
    for client in (first, second):
        for number in range(4):
            ana.note(client, heading=f"{number}", narrative="x" * 150)
    ana.sync(), ben.sync()
    agency.assign("ben", first), agency.assign("ben", second)
    ben.one_page(), ben.one_page()

    agency.unassign("ben", first)
    meet(ben, ana)

    assert ben.subjects() == {second}
    assert ben.replica.staged.of_subject(first) == []


def test_a_regrant_before_a_waiting_leave_keeps_the_client_here(
    agency: Agency, pair: Pair, client: str
) -> None:
    """A half-typed form kept the client here; access came back before the form was saved."""
    ana, ben = pair
    draft = ben.tablet.draft(ben.item("client", client))
    draft.put(preferred_name="Ann")
    agency.unassign("ben", client)
    ben.sync()
    assert ben.tablet.status().leaving == 1
    assert ben.value(client, "language") == "en"
    ana.update(client, language="es")
    ana.sync()
    agency.assign("ben", client)

    ben.sync()
    assert ben.tablet.status().leaving == 0
    draft.put(preferred_name="Annie")
    assert draft.save() is not None
    meet(ben, ana)

    assert (ben.value(client, "language"), ana.value(client, "preferred_name")) == ("es", "Annie")


def test_revoke_and_regrant_between_two_syncs_brings_the_client_whole(
    agency: Agency, pair: Pair, client: str
) -> None:
    """What changed while there was no access is there, and the client never left."""
    ana, ben = pair
    agency.unassign("ben", client)
    ana.update(client, language="es")
    ana.sync()
    agency.assign("ben", client)
    meet(ben, ana)

    assert ben.value(client, "language") == "es"
    assert ben.tablet.notices() == {}


def test_the_end_of_one_of_two_grants_takes_nothing_away(agency: Agency, pair: Pair, client: str) -> None:
    """Who covers and is assigned keeps the client when the cover ends, without a byte of records."""
    ana, ben = pair
    cover = agency.assign("ben", client, kind="cover")
    meet(ana, ben)
    ben.update(client, language="es")
    agency.end_grant(cover)

    meet(ben, ana)

    assert ben.subjects() == {client}
    assert ana.value(client, "language") == "es"
    assert ben.tablet.notices() == {}


def test_a_cover_begins_and_ends_by_time_alone(agency: Agency) -> None:
    """Nobody is at the office at the weekend; what was written within the cover counts whenever it comes."""
    client = agency.register("ana")
    ana, ben = agency.carry("ana"), agency.carry("ben")
    now = agency.clock.ms
    agency.assign("ben", client, kind="cover", begins_ms=now + HOUR_MS, ends_ms=now + 3 * HOUR_MS)
    meet(ana, ben)
    assert ben.subjects() == set()

    agency.clock.ms += 2 * HOUR_MS
    ben.sync()
    assert ben.subjects() == {client}
    ben.update(client, language="es")
    agency.clock.ms += 2 * HOUR_MS
    meet(ben, ana)

    assert ben.subjects() == set()
    assert ana.value(client, "language") == "es"
    assert [notice.what for notice in ben.tablet.notices().values()] == ["left"]


def test_access_revoked_before_a_push_holds_what_was_written_after(
    agency: Agency, pair: Pair, client: str
) -> None:
    """What was written while there was access counts; what came later waits for a person, and is not lost."""
    ana, ben = pair
    ben.update(client, language="es")
    agency.clock.ms += HOUR_MS
    agency.unassign("ben", client)
    agency.clock.ms += HOUR_MS
    after = ben.update(client, preferred_name="Annie")
    draft = ben.tablet.draft(ben.item("client", client))
    draft.put(pronouns="she/her")

    ben.sync()
    assert ben.held() == ["not_assigned"]
    assert ben.tablet.status().leaving == 1, "what is half typed is not thrown away"
    late = draft.save()
    ben.sync()

    assert (ben.subjects(), ben.has("client", client)) == (set(), False)
    assert agency.inbox() == [after, late]
    agency.release(after), agency.refuse(str(late))
    meet(ben, ana)
    assert (ana.value(client, "language"), ana.value(client, "preferred_name")) == ("es", "Annie")
    assert ana.value(client, "pronouns") is None
    decided = {notice.name: notice.decision for notice in ben.tablet.notices().values() if notice.name}
    assert decided == {after: "released", late: "not_applied"}


@pytest.mark.parametrize("arrived", [False, True])
def test_access_revoked_during_a_push_loses_nothing(
    agency: Agency, pair: Pair, client: str, arrived: bool
) -> None:
    """Whichever of the two the server saw first: it was written while there was access."""
    ana, ben = pair
    ben.update(client, language="es")
    agency.clock.ms += HOUR_MS

    def revoke() -> None:
        agency.unassign("ben", client)

    ben.sync(Trouble(after=revoke) if arrived else Trouble(before=revoke))
    meet(ben, ana)

    assert ben.subjects() == set()
    assert ana.value(client, "language") == "es"
    assert agency.inbox() == []


def test_access_revoked_after_a_push_whose_reply_was_lost_loses_nothing(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The repeat gets its first outcome; then the client leaves, after the form that is open there."""
    ana, ben = pair
    ben.update(client, language="es")
    draft = ben.tablet.draft(ben.item("client", client))
    draft.put(preferred_name="Annie")
    with pytest.raises(Offline):
        ben.sync(LOST_REPLY)
    agency.clock.ms += HOUR_MS
    agency.unassign("ben", client)

    ben.sync()
    assert ben.value(client, "language") == "es"
    assert dict(draft.values) == {"preferred_name": "Annie"}
    draft.discard()
    assert ben.subjects() == set()
    meet(ben, ana)
    assert ana.value(client, "language") == "es"


def test_a_revoked_tablet_hands_in_its_work_and_gets_nothing(agency: Agency, pair: Pair, client: str) -> None:
    """A tablet that was found again is not lost work: a person decides about each save."""
    ana, ben = pair
    name = ben.update(client, language="es")
    agency.revoke(ben)
    with pytest.raises(Revoked):
        ben.sync()

    assert ben.tablet.status().held_back
    assert (ben.held(), agency.inbox()) == (["revoked"], [name])
    agency.release(name)
    ana.sync()
    agree(ana)
    assert ana.values(client, "language") == ["es"]
