"""Work that is held: what its author sees meanwhile, and what a person makes of it."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from client_sdk.replica import Own
from server.errors import NotAssigned
from sync import Needs, Write, changeset_id, signed_bytes, write_line

from .agreement import custody, meet
from .kit import Agency, Carried

HOUR_MS = 3_600_000
Pair = tuple[Carried, Carried]


def held_work(agency: Agency, ben: Carried, client: str, **units: str) -> str:
    """Ben's access ended before he wrote; what he is still typing keeps the client here until he has it again."""
    draft = ben.tablet.draft(ben.item("client", client))
    draft.put(pronouns="sh")
    agency.unassign("ben", client)
    agency.clock.ms += HOUR_MS
    name = ben.update(client, **units)
    ben.sync()
    assert ben.held() == ["not_assigned"]
    agency.assign("ben", client)
    ben.sync()
    draft.discard()
    return name


def test_an_edit_over_held_work_is_no_rival_of_it_when_it_is_released(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Until then what the held work had hidden shows as a rival, on every tablet alike."""
    ana, ben = pair
    held = held_work(agency, ben, client, language="es")
    assert ben.value(client, "language") == "es"
    assert custody(ben, client) == "received, awaiting decision"
    ben.update(client, language="fr")
    assert ben.values(client, "language") == ["fr"]
    meet(ben, ana)
    assert ana.values(client, "language") == ben.values(client, "language") == ["en", "fr"]

    agency.release(held)
    meet(ana, ben)

    assert ana.values(client, "language") == ben.values(client, "language") == ["fr"]
    assert [notice.decision for notice in ben.tablet.notices().values()] == ["released"]
    assert custody(ben, client) == "received"


def test_an_edit_over_held_work_outlives_its_refusal(agency: Agency, pair: Pair, client: str) -> None:
    """What was refused comes back with its reason; what was written over it stays, beside what that had hidden."""
    ana, ben = pair
    held = held_work(agency, ben, client, language="es")
    ben.update(client, language="fr")
    ben.sync()

    agency.refuse(held)
    meet(ana, ben)

    assert ana.values(client, "language") == ben.values(client, "language") == ["en", "fr"]
    assert [(came.kind, came.name, came.sentence) for came in ben.tablet.returned()] == [
        ("not_applied", held, "It is a mistake.")
    ]


def test_refused_work_leaves_the_view_and_stays_readable(agency: Agency, pair: Pair, client: str) -> None:
    """Its author sees what the record says, and beside it what was not applied and why."""
    ana, ben = pair
    held = held_work(agency, ben, client, preferred_name="Annie")

    agency.refuse(held)
    meet(ana, ben)

    assert ben.value(client, "preferred_name") is None
    events = ben.tablet.history(ben.item("client", client)).events
    assert [(event.value, event.state) for event in events if event.unit == "preferred_name"] == [
        ("Annie", "not_applied")
    ]


def test_released_work_stands_beside_what_was_written_meanwhile(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Held work hides nothing, and nothing written in the meantime hides it."""
    ana, ben = pair
    held = held_work(agency, ben, client, date_of_birth="1950-01-02")
    ana.update(client, date_of_birth="1950-02-01")
    ana.sync()

    agency.release(held)
    meet(ana, ben)

    assert sorted(map(str, ana.values(client, "date_of_birth"))) == ["1950-01-02", "1950-02-01"]
    assert ben.item("client", client).view.units["date_of_birth"].needs is Needs.PERSON


def test_work_released_to_the_office_rests_on_what_the_record_shows_now(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Whoever decides has the record before them, not what the author had in view months ago."""
    ana, ben = pair
    held = held_work(agency, ben, client, language="es", date_of_birth="1950-01-02")
    ana.update(client, language="fr")
    ana.update(client, date_of_birth="1950-02-01")
    ana.sync()

    agency.release_to_office(held)
    trips = len(ben.road.trips)
    ben.sync()
    assert len(ben.road.trips) == trips + 1, "nothing differs, so nothing is fetched again"
    meet(ana, ben)

    for tablet in pair:
        assert tablet.values(client, "language") == ["es"]
        assert tablet.values(client, "date_of_birth") == ["1950-01-02"]
        assert tablet.held() == []
    by = ben.item("client", client).view.units["language"].by
    assert by is not None
    assert by.author == "lead"


def test_work_released_to_the_office_settles_what_has_rivals(agency: Agency, pair: Pair, client: str) -> None:
    """A person with the right decides for it with a reason: that is a settlement."""
    ana, ben = pair
    held = held_work(agency, ben, client, date_of_birth="1950-03-03")
    two = agency.carry("ana")
    two.sync()
    ana.update(client, date_of_birth="1950-01-01")
    two.update(client, date_of_birth="1950-02-02")
    ana.sync(), two.sync()

    agency.release_to_office(held)
    meet(ana, ben, two)

    assert two.values(client, "date_of_birth") == ["1950-03-03"]
    assert two.item("client", client).undecided == {}


def test_nobody_settles_own_work_by_quoting(agency: Agency, pair: Pair, client: str) -> None:
    """One of the rivals is the supervisor's own: somebody else decides, also about what would replace it."""
    ana, ben = pair
    held = held_work(agency, ben, client, date_of_birth="1950-03-03")
    ana.update(client, date_of_birth="1950-01-01")
    agency.says(client, date_of_birth="1950-02-02")
    ana.sync()

    with pytest.raises(NotAssigned):
        agency.release_to_office(held)

    agency.refuse(held)
    meet(ana, ben)
    assert len(ana.values(client, "date_of_birth")) == 2


def test_poison_in_the_middle_stops_nothing(agency: Agency, pair: Pair, client: str) -> None:
    """One save that breaks a rule is held; what was written before and after it counts."""
    ana, ben = pair
    ana.update(client, language="es")
    poison = ana.unchecked(client, Write("client", client, "date_of_birth", (), {"not": "a date"}))
    ana.update(client, preferred_name="Annie")

    ana.sync()
    ben.sync()

    assert (ben.value(client, "language"), ben.value(client, "preferred_name")) == ("es", "Annie")
    assert ana.held() == ["malformed"]
    agency.refuse(poison)
    meet(ana, ben)
    assert ana.value(client, "date_of_birth") is None


def test_unreadable_bytes_before_good_ones_are_sent_once(agency: Agency, pair: Pair, client: str) -> None:
    """They count under their hash, the good ones follow, and the tablet knows that all have arrived."""
    ana, ben = pair
    ana.update(client, language="es")
    unreadable(ana, ana.update(client, preferred_name="Bo"))
    ana.update(client, preferred_name="Annie")

    ana.sync()
    ben.sync()

    assert (ben.value(client, "language"), ben.value(client, "preferred_name")) == ("es", "Annie")
    assert ana.held() == ["unreadable"]
    assert sends_nothing(ana)
    (late,) = agency.inbox()
    agency.refuse(late)
    meet(ana, ben)
    assert [came.kind for came in ana.tablet.returned()] == ["not_applied"]


def test_a_line_that_was_damaged_on_the_tablet_is_sent_once(agency: Agency, pair: Pair, client: str) -> None:
    """Its signature no longer vouches for what follows: that is held, too, and can be released as it is."""
    ana, ben = pair
    ana.update(client, language="es")
    damaged(ana, ana.update(client, preferred_name="Bo"))
    after = ana.update(client, pronouns="she/her")

    ana.sync()
    assert ana.held() == ["unreadable", "lost_before"]
    assert sends_nothing(ana)
    first, second = agency.inbox()
    agency.refuse(first), agency.release(second)
    meet(ana, ben)

    assert second == after
    assert ben.value(client, "pronouns") == "she/her"


def unreadable(tablet: Carried, name: str) -> None:
    """As if the program that saved this, or the one that reads it, had another idea of JSON."""
    own = tablet.replica.own.get(name)
    assert own is not None
    prefix, body = own.made.prefix, own.made.body.replace(b"{", b"{ ", 1)
    made = replace(own.made, id=changeset_id(prefix, body), body=body)
    key = tablet.tablet._desk.vault
    put(tablet, name, replace(own, made=made, line=write_line(key.sign(signed_bytes(prefix, body)), body)))
    with tablet.replica.transaction():
        tablet.replica.chain.value = replace(tablet.replica.chain.value, prev=made.id)


def damaged(tablet: Carried, name: str) -> None:
    """As if bytes of this save had been lost from the tablet's store."""
    own = tablet.replica.own.get(name)
    assert own is not None
    put(tablet, name, replace(own, line=own.line[60:]))


def put(tablet: Carried, name: str, own: Own) -> None:
    """Put other work in the place of a save."""
    with tablet.replica.transaction():
        tablet.replica.own.delete(name)
        tablet.replica.own.put(own.name, own)


def sends_nothing(tablet: Carried) -> bool:
    """Whether the next sync is an empty one."""
    assert tablet.tablet.status().waiting == 0
    trips = len(tablet.road.trips)
    tablet.sync()
    (again,) = tablet.road.trips[trips:]
    return b"\n" not in (zlib.decompress(again.request) if again.request[:1] != b"{" else again.request)
