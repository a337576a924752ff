"""Outcomes: chains with gaps, repeats and poison; held work and its fate."""

from __future__ import annotations

from typing import Any

import pytest

import casework
from server.errors import NotAssigned, Refused
from sync import Outcome, Write, changeset_id, write_line

from .audit import stored_of
from .conftest import World
from .tablet import Scripted
from .test_merging import Pair, meet

EARLIEST, LATEST = "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"
"""Moments that no calendar has in UTC."""


def outcomes(replies: list[Any]) -> dict[str, Outcome]:
    """{name: outcome} of these replies."""
    return {outcome.name: outcome for reply in replies for outcome in reply.outcomes}


def raw_line(tablet: Scripted, body: bytes) -> bytes:
    """A signed line of whatever bytes."""
    return write_line(tablet.key.sign(tablet.prefix.canonical() + body), body)


def test_a_repeat_gets_its_first_outcome(pair: Pair) -> None:
    """However often a message comes, it counts once."""
    ana, _ = pair
    name = ana.set("c1", "language", "es")
    request = ana.request()

    first, second = ana.send(request), ana.send(request)

    assert first.outcomes == second.outcomes
    assert first.outcomes[0].name == name
    ana.sync()


def test_an_edit_over_held_work_stands_and_its_release_makes_no_rival(world: World) -> None:
    """The later word of the same worker replaces the earlier, though that is decided last."""
    ana, cleo = world.tablet("ana"), world.tablet("cleo")
    world.client(ana)
    held = cleo.write("c1", Write("client", "c1", "language", (), "es"))
    assert outcomes(cleo.sync())[held].held == "not_assigned"
    world.assign("cleo", "c1")
    cleo.sync()
    before = stored_of(world.house)["client", "c1"].units["language"].live[0].name
    over = cleo.write("c1", Write("client", "c1", "language", (held, before), "fr"))
    cleo.sync()

    world.release(held)
    meet(ana, cleo)

    assert [live.name for live in ana.shown["client", "c1"].units["language"].live] == [over]
    assert cleo.own == {}


def test_an_edit_over_held_work_outlives_its_refusal(world: World) -> None:
    """What was refused is told with its reason, and what was written over it stays."""
    ana, cleo = world.tablet("ana"), world.tablet("cleo")
    world.client(ana)
    held = cleo.write("c1", Write("client", "c1", "preferred_name", (), "Bo"))
    cleo.sync()
    world.assign("cleo", "c1")
    cleo.sync()
    cleo.set("c1", "preferred_name", "Bea")
    cleo.sync()

    world.refuse(held)
    replies = cleo.sync()

    assert [(f.name, f.decision, f.reason) for f in replies[0].fates] == [
        (held, "not_applied", "It is a mistake.")
    ]
    meet(ana, cleo)
    assert ana.value("c1", "preferred_name") == "Bea"


def test_released_work_reaches_its_author_as_a_row_and_a_fate(world: World, pair: Pair) -> None:
    """Held work hides nothing: when released it stands beside what was written meanwhile."""
    ana, ben = pair
    cleo = world.tablet("cleo")
    held = cleo.write("c1", Write("client", "c1", "language", (), "es"))
    cleo.sync()
    world.release(held)
    fates = cleo.sync()[0].fates
    meet(ana, ben)

    assert [(fate.name, fate.decision) for fate in fates] == [(held, "released")]
    assert {live.value for live in ana.shown["client", "c1"].units["language"].live} == {"en", "es"}
    with pytest.raises(Refused):
        world.refuse(held)


def test_nobody_decides_about_own_late_work(world: World) -> None:
    """A supervisor who visits is a worker there."""
    lead, ben = world.tablet("lead"), world.tablet("ben")
    name = lead.write("nobody", Write("note", "n1", "heading", (), "x"))
    lead.sync()
    other = ben.write("nobody", Write("note", "n2", "heading", (), "x"))
    ben.sync()

    with pytest.raises(NotAssigned):
        world.release(name)
    with pytest.raises(Refused):
        world.release(other)


def test_poison_in_the_middle_stops_nothing(pair: Pair) -> None:
    """One changeset that breaks a rule is held; what was written before and after it counts."""
    ana, ben = pair
    names = [
        ana.set("c1", "language", "es"),
        ana.write("c1", Write("client", "c1", "date_of_birth", (), {"not": "a date"})),
        ana.set("c1", "preferred_name", "Annie"),
    ]

    told = outcomes(ana.sync())

    assert [told[name].held for name in names] == ["", "malformed", ""]
    ben.sync()
    assert (ben.value("c1", "language"), ben.value("c1", "preferred_name")) == ("es", "Annie")


def test_no_value_whatever_stops_a_sync(world: World, pair: Pair) -> None:
    """Every declared field is given what nobody expects: an outcome for each, and the rest goes on."""
    ana, ben = pair
    odd: list[Any] = [
        None, True, -1, 2**53 - 1, "", "\u0000", "x" * 300, [], [[]], [None], {}, {"a": None}, {"state": []},
        {"level": {}}, {"seen": [1]}, {"start": EARLIEST}, {"since": LATEST}, EARLIEST, LATEST, EARLIEST,
    ]  # fmt: skip
    names = []
    for type_, kind in casework.record_types().items():
        first = next(iter(kind.fields))
        for place, field in enumerate(
            [*kind.fields, "$life", f"$chosen/{first}", "$other", "unheard_of", f"{first}/m"]
        ):
            for number, value in list(enumerate(odd))[place % 3 :: 3]:
                id_ = "c1" if type_ in ("client", "staff") else f"{type_}-{number}"
                schema = 1 + number % 2 * 9
                over = ana.over(type_, id_, field) if number % 3 else ()
                names.append(ana.write("c1", Write(type_, id_, field, over, value), schema=schema))
    told: dict[str, Outcome] = {}
    for start in range(0, len(names), 400):
        told |= outcomes([ana.ask(names[start : start + 400], page_bytes=0)])

    assert told.keys() == set(names)
    assert all(outcome.settled for outcome in told.values())
    ana.sync()
    ben.sync()


def test_a_gap_waits_and_is_filled_in_order(pair: Pair) -> None:
    """What overtook its predecessor stays pending until that is there."""
    ana, ben = pair
    names = [ana.set("c1", "language", value) for value in ("es", "fr", "de")]

    told = outcomes([ana.ask(names[1:])])
    assert [(told[name].position, told[name].missing) for name in names[1:]] == [(0, (names[0],))] * 2
    assert ana.pending == names
    told = outcomes([ana.ask(names[:1])])

    assert set(told) == set(names)
    assert not ana.pending
    meet(ana, ben)
    assert ben.value("c1", "language") == "de"


def test_a_long_row_that_waits_is_taken_at_once(pair: Pair) -> None:
    """A month of work behind one gap comes in when the gap is filled."""
    ana, ben = pair
    names = [ana.set("c1", "preferred_name", f"Ann {number}") for number in range(500)]
    ana.ask(names[1:400], page_bytes=0)
    ana.ask(names[400:], page_bytes=0)

    ana.ask(names[:1])

    assert not ana.pending
    meet(ana, ben)
    assert ben.value("c1", "preferred_name") == "Ann 499"


def test_a_gap_that_is_never_filled_holds_what_waits_and_no_more(pair: Pair) -> None:
    """The tablet says that it lacks the missing one: what stands behind it goes to a person."""
    ana, ben = pair
    lost, *rest = [ana.set("c1", "language", value) for value in ("es", "fr", "de")]
    ana.pending.remove(lost)
    del ana.own[lost]
    ana.ask(rest)

    told = outcomes([ana.ask([], lacks=(lost,))])

    assert [told[name].held for name in rest] == ["lost_before"] * 2
    ana.own.clear()
    after = ana.set("c1", "preferred_name", "Annie")
    assert outcomes(ana.sync())[after].held == ""
    meet(ana, ben)


def test_bytes_that_cannot_be_read_count_as_arrived_and_good_ones_follow(pair: Pair) -> None:
    """They are kept under their hash, and the chain goes on behind them."""
    ana, ben = pair
    body = b'{"v":1,"broken"'
    bad = changeset_id(ana.prefix, body)
    ana.seq, ana.prev = ana.seq + 1, bad
    good = ana.set("c1", "language", "es")

    reply = ana.send(ana.raw([raw_line(ana, body), ana.own[good].line]))
    ana.apply(reply)

    assert [(o.name, o.held) for o in reply.outcomes] == [(bad, "unreadable"), (good, "")]
    again = ana.send(ana.raw([raw_line(ana, body)]))
    assert again.outcomes[0] == reply.outcomes[0]
    assert not again.enrol_again
    meet(ana, ben)


def test_what_another_key_signed_is_held_and_harms_nobody(pair: Pair) -> None:
    """A line by Ben's key in Ana's request is nobody's work until a person has looked."""
    ana, ben = pair
    name = ana.set("c1", "language", "es")
    body = ana.own[name].made.body
    forged = write_line(ben.key.sign(ana.prefix.canonical() + body), body)

    reply = ana.send(ana.raw([forged, b"nonsense", b"", b"\xff\xfe x"]))

    assert [o.held for o in reply.outcomes] == ["bad_signature", *["unreadable"] * 3]
    ana.own.clear(), ana.pending.clear()
    ben.sync()
    assert ben.value("c1", "language") == "en"


def test_two_workers_who_register_the_same_person_make_two_clients(world: World) -> None:
    """A machine joins nobody; both are seen by the supervisor, who links them."""
    ana, ben, lead = world.tablet("ana"), world.tablet("ben"), world.tablet("lead")
    world.client(ana, "c1", legal_name={"given": "Ann", "family": "Lee"})
    world.client(ben, "c2", legal_name={"given": "Ann", "family": "Lee"})

    lead.sync(), ana.sync(), ben.sync()

    assert lead.subjects >= {"c1", "c2"}
    assert ("client", "c2") not in ana.shown
    assert ("client", "c1") not in ben.shown


def test_a_record_belongs_to_the_subject_that_first_wrote_it(world: World, pair: Pair) -> None:
    """A note cannot be moved to another client by writing it there."""
    ana, ben = pair
    world.client(ana, "c2")
    ana.set("c1", "heading", "x", type_="note", id_="n1")
    moved = ana.write("c2", Write("note", "n1", "heading", (), "y"))

    assert outcomes(ana.sync())[moved].held == "wrong_subject"
    ben.sync()
    assert ben.value("c1", "heading", type_="note", id_="n1") == "x"
