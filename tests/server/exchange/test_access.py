"""Access as pages and pushes meet it: grants that begin, end, overlap, and end while work is under way."""

from __future__ import annotations

from server.services.access import grants
from server.services.desk import office
from server.services.desk.office import Said
from sync import Write

from .conftest import HOUR_MS, World
from .tablet import Scripted
from .test_chain import outcomes
from .test_merging import Pair, meet

DAY_MS = 24 * HOUR_MS


def notes(tablet: Scripted, subject: str, count: int) -> None:
    """So many notes about a subject, sent."""
    for number in range(count):
        id_ = f"{subject}-n{number:03d}"
        tablet.write(subject, Write("note", id_, "heading", (), f"Note {number} of {subject}"))
    tablet.sync()


def moves(tablet: Scripted) -> list[tuple[str, str]]:
    """What pages told of coming and going, without rows."""
    return [(what, which) for what, which in tablet.told if what != "row" and which not in ("agency", "ben")]


def test_the_end_of_one_of_two_grants_takes_nothing_away(world: World, pair: Pair) -> None:
    """A cover that ends must not take a client from the worker to whom she is assigned."""
    ana, ben = pair
    ben.told.clear()
    cover = world.assign("ben", "c1", kind="cover")
    ben.sync()
    world.end_grant(cover)
    ben.sync()
    assert moves(ben) == []

    world.unassign("ben", "c1")
    ben.sync()

    assert moves(ben) == [("leave", "c1")]
    assert not ben.shown.keys() & {("client", "c1")}
    meet(ana)


def test_a_cover_begins_and_ends_by_time_alone(world: World) -> None:
    """Nobody is at the office at the weekend."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    world.client(ana)
    now = world.clock.ms
    world.assign("ben", "c1", kind="cover", begins_ms=now + HOUR_MS, ends_ms=now + 3 * HOUR_MS)
    ben.sync()
    assert moves(ben) == []

    world.clock.ms += 2 * HOUR_MS
    ben.sync()
    assert moves(ben) == [("enter", "c1"), ("whole", "c1")]
    name = ben.set("c1", "language", "es")
    world.clock.ms += 2 * HOUR_MS
    told = outcomes(ben.sync())

    assert told[name].held == "", "it was written while the cover lasted"
    assert moves(ben)[2:] == [("leave", "c1")]
    ana.sync()
    assert ana.value("c1", "language") == "es"


def test_a_cover_that_began_and_ended_between_two_syncs_is_not_seen(world: World) -> None:
    """But what its worker wrote in it counts."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    world.client(ana)
    ben.sync()
    now = world.clock.ms
    world.assign("ben", "c1", kind="cover", begins_ms=now + HOUR_MS, ends_ms=now + 3 * HOUR_MS)
    world.clock.ms += 2 * HOUR_MS
    name = ben.write("c1", Write("client", "c1", "preferred_name", (), "Annie"))
    world.clock.ms += 9 * HOUR_MS

    assert outcomes(ben.sync())[name].held == ""
    assert ("client", "c1") not in ben.shown


def test_grant_revoke_and_regrant_between_two_pages(world: World) -> None:
    """The subject begins again from the start, and nothing of the first beginning is left."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    for subject in ("c1", "c2", "c3"):
        world.client(ana, subject)
        notes(ana, subject, 6)
    ben.sync()
    for subject in ("c1", "c2", "c3"):
        world.assign("ben", subject)
    ben.ask(page_bytes=250)
    assert ben.entering == {"c1"}
    assert ben.staged

    world.unassign("ben", "c1")
    ana.sync()
    ana.set("c1", "heading", "changed", type_="note", id_="c1-n000")
    ana.sync()
    world.assign("ben", "c1")
    ben.sync(page_bytes=250)
    ana.sync()

    assert ben.subjects >= {"c1", "c2", "c3"}
    assert ben.rows() == ana.rows()


def test_access_that_ends_between_two_pages_takes_what_had_come(world: World) -> None:
    """And the subject after it comes whole, from its first record."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    for subject in ("c1", "c2"):
        world.client(ana, subject)
        notes(ana, subject, 6)
    ben.sync()
    world.assign("ben", "c1"), world.assign("ben", "c2")
    while not ("c1" in ben.entering and len(ben.staged) > 3):
        ben.ask(page_bytes=200)

    world.unassign("ben", "c1")
    ben.sync(page_bytes=200)
    ana.sync()

    assert ben.subjects & {"c1", "c2"} == {"c2"}
    assert ben.rows() == {key: v for key, v in ana.rows().items() if key[1].startswith("c2")}


def test_leave_and_return_before_a_sync_is_one_entering(world: World, pair: Pair) -> None:
    """The leave that waited is void."""
    ana, ben = pair
    ben.told.clear()
    world.unassign("ben", "c1")
    world.assign("ben", "c1")
    ben.sync()

    assert moves(ben) == [("enter", "c1"), ("whole", "c1")]
    meet(ana, ben)


def test_access_revoked_before_a_push_holds_what_was_written_after(world: World, pair: Pair) -> None:
    """What was written while there was access counts whenever it arrives; what came later waits for a person."""
    ana, ben = pair
    before = ben.set("c1", "language", "es")
    world.clock.ms += HOUR_MS
    world.unassign("ben", "c1")
    world.clock.ms += HOUR_MS
    after = ben.set("c1", "preferred_name", "Annie")

    told = outcomes(ben.sync())

    assert (told[before].held, told[after].held) == ("", "not_assigned")
    world.release(after)
    meet(ana)
    assert (ana.value("c1", "language"), ana.value("c1", "preferred_name")) == ("es", "Annie")


def test_access_revoked_after_a_push_whose_reply_was_lost_loses_nothing(world: World, pair: Pair) -> None:
    """The repeat gets its first outcome, then the subject leaves."""
    ana, ben = pair
    name = ben.set("c1", "language", "es")
    first = ben.send(ben.request())
    world.clock.ms += HOUR_MS
    world.unassign("ben", "c1")

    told = outcomes(ben.sync())

    assert told[name] == first.outcomes[0]
    assert moves(ben)[-1] == ("leave", "c1")
    ana.sync()
    assert ana.value("c1", "language") == "es"


def test_a_slow_link_makes_no_late_work_of_what_was_saved_in_time(world: World, pair: Pair) -> None:
    """The time that a message takes is no time by which the tablet's clock is wrong."""
    _, ben = pair
    name = ben.set("c1", "language", "es")
    world.clock.ms += 1000
    world.unassign("ben", "c1")
    asked = ben.request()
    world.clock.ms += 20_000

    (told,) = ben.send(asked).outcomes

    assert (told.name, told.held) == (name, "")


def test_a_clock_that_is_far_off_is_not_believed(world: World, pair: Pair) -> None:
    """A tablet an hour behind writes after access has ended, and its clock says that it was before."""
    _, ben = pair
    ben.skew_ms = -HOUR_MS
    world.unassign("ben", "c1")
    world.clock.ms += 60_000

    name = ben.set("c1", "language", "es")

    assert outcomes(ben.sync())[name].held == "not_assigned"


def test_an_author_finishes_own_notes_after_access_has_ended_and_no_others(world: World, pair: Pair) -> None:
    """A note begun at the door is not lost to a reassignment, for thirty days."""
    ana, ben = pair
    ben.write("c1", Write("note", "n1", "narrative", (), "Well."))
    ana.write("c1", Write("note", "n2", "narrative", (), "Not well."))
    meet(ana, ben)
    world.unassign("ben", "c1")
    world.clock.ms += HOUR_MS

    names = [ben.set("c1", "narrative", "Very well.", type_="note", id_=note) for note in ("n1", "n2")]
    world.clock.ms += HOUR_MS
    told = outcomes(ben.sync())
    assert [told[name].held for name in names] == ["", "not_assigned"]
    world.clock.ms += 31 * DAY_MS
    late = ben.write("c1", Write("note", "n1", "narrative", (), "Late."))

    assert outcomes(ben.sync())[late].held == "not_assigned"
    ana.sync()


def test_an_addendum_to_an_own_note_is_finished_too_and_to_no_other(world: World, pair: Pair) -> None:
    """A note that a supervisor returns is answered by an addendum, also by who has no access any more."""
    ana, ben = pair
    for tablet, note in ((ben, "n1"), (ana, "n2"), (ben, "n3")):
        tablet.write("c1", Write("note", note, "narrative", (), "Well."))
    meet(ana, ben)
    world.unassign("ben", "c1")
    review = Write("review", "r1", "of", (), {"type": "note", "id": "n3"})
    world.say("c1", review, Write("review", "r1", "kind", (), "cosigned"))
    world.clock.ms += HOUR_MS

    added = [
        ben.write(
            "c1",
            Write("addendum", f"a{note}", "note", (), note),
            Write("addendum", f"a{note}", "narrative", (), "As asked."),
        )
        for note in ("n1", "n2", "n3")
    ]
    loose = ben.write("c1", Write("addendum", "a4", "narrative", (), "About nothing."))

    told = outcomes(ben.sync())
    assert [told[name].held for name in (*added, loose)] == ["", *["not_assigned"] * 3]


def test_a_correction_of_an_own_visit_is_finished_too_and_not_in_another_chart(
    world: World, pair: Pair
) -> None:
    """What one may still say belongs to the client whom one visited."""
    ana, ben = pair
    world.client(ana, "c2")
    world.assign("ben", "c2")
    ana.sync(), ben.sync()
    for tablet, visit in ((ben, "v1"), (ana, "v2")):
        tablet.write("c1", Write("visit", visit, "worker", (), tablet.worker))
    meet(ana, ben)
    world.unassign("ben", "c1"), world.unassign("ben", "c2")
    world.clock.ms += HOUR_MS

    corrected = [
        ben.write(client, Write("visit_correction", f"k{number}", "visit", (), visit))
        for number, (client, visit) in enumerate([("c1", "v1"), ("c1", "v2"), ("c2", "v1")])
    ]

    told = outcomes(ben.sync())
    assert [told[name].held for name in corrected] == ["", "not_assigned", "not_assigned"]


def test_two_grants_to_one_entering_subject_bring_it_once(world: World) -> None:
    """The second grant sends nothing."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    world.client(ana)
    world.assign("ben", "c1"), world.assign("ben", "c1", kind="duty")

    ben.sync()

    assert moves(ben) == [("enter", "c1"), ("whole", "c1")]


def test_a_change_and_a_grant_after_it_in_one_transaction_are_both_found(world: World) -> None:
    """A subject's touch never goes back behind the grant that a pull must find."""
    ana, cleo = world.tablet("ana"), world.tablet("cleo")
    world.client(ana)
    cleo.sync()
    with world.book() as book:
        said = Said("c1", [Write("client", "c1", "language", (), "es")])
        office.write(book, world.people["lead"], said, world.house.providers)
        grants.make(book, grants.Terms("cleo", "c1", grants.COVER, world.clock.ms, "lead"))

    meet(ana, cleo)

    assert ("enter", "c1") in moves(cleo)
