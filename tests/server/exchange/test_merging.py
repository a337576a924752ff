"""What comes of concurrent edits, through the service and back on every tablet."""

from __future__ import annotations

from sync import At, Life, Needs, Write

from .audit import stored_of
from .conftest import HOUR_MS, World
from .tablet import Scripted

DAY_MS = 24 * HOUR_MS
Pair = tuple[Scripted, Scripted]


def meet(*tablets: Scripted) -> None:
    """Everybody sends, then everybody has everything."""
    for tablet in (*tablets, *tablets):
        tablet.sync()
    assert all(tablet.rows() == tablets[0].rows() for tablet in tablets)


def test_a_client_registered_in_the_field_reaches_everyone_who_may_see_it(world: World) -> None:
    """What one worker wrote at the door is on the other tablets in one round trip."""
    ana, ben, lead = world.tablet("ana"), world.tablet("ben"), world.tablet("lead")
    world.client(ana)
    world.assign("ben", "c1")

    meet(ana, ben, lead)

    assert ben.value("c1", "language") == "en"


def test_edits_of_different_fields_are_both_there(pair: Pair) -> None:
    """Nobody overwrites what somebody else changed elsewhere in the record."""
    ana, ben = pair
    ana.set("c1", "language", "es")
    ben.set("c1", "preferred_name", "Annie")

    meet(ana, ben)

    assert (ben.value("c1", "language"), ana.value("c1", "preferred_name")) == ("es", "Annie")


def test_edits_of_the_same_field_are_rivals_on_every_tablet(world: World, pair: Pair) -> None:
    """Both dates stay until somebody who knows settles it."""
    ana, ben = pair
    ana.set("c1", "date_of_birth", "1950-01-02")
    world.clock.ms += 1000
    ben.set("c1", "date_of_birth", "1950-02-01")

    meet(ana, ben)

    shown = ana.view("client", "c1").units["date_of_birth"]
    assert [live.value for live in shown.live] == ["1950-01-02", "1950-02-01"]
    assert shown.needs is Needs.PERSON


def test_equal_values_are_no_rivals_and_the_next_edit_replaces_both(pair: Pair) -> None:
    """Two workers who heard the same thing raise no question."""
    ana, ben = pair
    ana.set("c1", "date_of_birth", "1950-01-02")
    ben.set("c1", "date_of_birth", "1950-01-02")
    meet(ana, ben)
    assert ana.view("client", "c1").units["date_of_birth"].needs is Needs.NOTHING

    ana.set("c1", "date_of_birth", "1951-01-02")
    meet(ana, ben)

    assert [live.value for live in ben.view("client", "c1").units["date_of_birth"].live] == ["1951-01-02"]


def test_a_rival_that_the_settlement_had_not_seen_asks_again(world: World, pair: Pair) -> None:
    """A settlement decides about what its author saw, and about nothing else."""
    ana, ben = pair
    third = world.tablet("ben")
    third.sync()
    for tablet, value in ((ana, "1950-01-01"), (ben, "1950-02-02"), (third, "1950-03-03")):
        tablet.set("c1", "date_of_birth", value)
    ana.sync()
    ben.sync()
    world.settle("c1", "date_of_birth", "1950-01-01")
    meet(third, ana, ben)

    shown = ana.view("client", "c1").units["date_of_birth"]
    assert {live.value for live in shown.live} == {"1950-01-01", "1950-03-03"}
    assert shown.needs is Needs.PERSON


def test_an_unsettled_question_is_not_decided_by_a_plain_edit(world: World, pair: Pair) -> None:
    """It is held with its reason, and both values stay."""
    ana, ben = pair
    ana.set("c1", "date_of_birth", "1950-01-01")
    ben.set("c1", "date_of_birth", "1950-02-02")
    meet(ana, ben)

    name = ana.set("c1", "date_of_birth", "1950-03-03")
    ana.sync()

    assert ana.own[name].held == "not_settled"
    assert len(stored_of(world.house)["client", "c1"].units["date_of_birth"].live) == 2


def test_a_note_retracted_while_it_is_edited_is_put_to_a_person_in_either_order(pair: Pair) -> None:
    """Whichever comes first, the edit is not lost and the retraction is not forgotten."""
    ana, ben = pair
    for first, second, note in ((ana, ben, "n1"), (ben, ana, "n2")):
        ana.set("c1", "narrative", "She is well.", type_="note", id_=note)
        meet(ana, ben)
        seen = list(ben.shown["note", note].live_names())
        ben.set("c1", "$life", {"state": "retracted", "reason": "wrong client", "seen": seen},
                type_="note", id_=note)  # fmt: skip
        ana.set("c1", "narrative", "She is not well.", type_="note", id_=note)
        meet(first, second)

        assert ana.view("note", note).life is Life.RETRACTED_BUT_EDITED


def test_a_revival_survives_a_retraction_that_arrives_last(pair: Pair) -> None:
    """What somebody brought back on purpose is not hidden by what was decided before."""
    ana, ben = pair
    ana.set("c1", "narrative", "She is well.", type_="note", id_="n1")
    meet(ana, ben)
    seen = list(ben.shown["note", "n1"].live_names())
    retracted = {"state": "retracted", "reason": "wrong client", "seen": seen}
    ana.set("c1", "$life", retracted, type_="note", id_="n1")
    ben.set("c1", "$life", retracted, type_="note", id_="n1")
    ana.sync()
    ana.set("c1", "$life", {"state": "active"}, type_="note", id_="n1")

    meet(ana, ben)

    assert ben.view("note", "n1").life is Life.ACTIVE


def test_a_second_entry_of_what_happens_once_stays_beside_the_first(pair: Pair) -> None:
    """Two authors of one note is a thing to check, and never an overwrite."""
    ana, ben = pair
    ana.set("c1", "author", "ana", type_="note", id_="n1")
    ben.set("c1", "author", "ben", type_="note", id_="n1")

    meet(ana, ben)

    shown = ana.view("note", "n1").units["author"]
    assert ([live.value for live in shown.live], shown.needs) == (["ana", "ben"], Needs.CHECK)


def test_a_year_ahead_does_not_win_for_ever(world: World, pair: Pair) -> None:
    """A broken clock is capped at receipt, so the honest edits after it are shown."""
    ana, ben = pair
    ana.skew_ms = 365 * DAY_MS
    ana.set("c1", "language", "es")
    ana.sync()
    assert stored_of(world.house)["client", "c1"].units["language"].live[0].at == At(world.clock.ms, 0)
    world.clock.ms += 1000
    ben.set("c1", "language", "ht")
    meet(ana, ben)

    assert ana.value("c1", "language") == ben.value("c1", "language") == "ht"
    world.clock.ms += 1000
    ben.set("c1", "language", "fr")
    meet(ana, ben)
    assert ana.value("c1", "language") == "fr"


def test_a_clock_set_back_loses_nothing(world: World, pair: Pair) -> None:
    """Causality decides: the later edit names the earlier one, whatever the clock says."""
    ana, ben = pair
    ana.set("c1", "language", "es")
    ana.sync()
    ana.skew_ms = -DAY_MS
    ana.set("c1", "language", "fr")

    meet(ana, ben)

    assert [live.value for live in ben.shown["client", "c1"].units["language"].live] == ["fr"]


def test_a_lost_reply_and_another_edit_make_no_conflict_with_oneself(pair: Pair) -> None:
    """The link broke after the server had stored the push; the worker went on."""
    ana, ben = pair
    ana.set("c1", "language", "es")
    ana.send(ana.request())
    ana.set("c1", "language", "fr")

    meet(ana, ben)

    assert [live.value for live in ben.shown["client", "c1"].units["language"].live] == ["fr"]


def test_many_edits_of_one_field_between_two_syncs_make_one_value(world: World, pair: Pair) -> None:
    """No false conflict, and the other tablet gets the present once."""
    ana, ben = pair
    for number in range(300):
        ana.set("c1", "preferred_name", f"Ann {number}")
    ana.sync()
    ben.told.clear()

    ben.sync()

    assert ben.told == [("row", ("client", "c1", ("preferred_name",)))]
    assert [live.value for live in ben.shown["client", "c1"].units["preferred_name"].live] == ["Ann 299"]
    meet(ana, ben)


def test_units_of_a_newer_schema_are_kept_and_relayed_untouched(world: World, pair: Pair) -> None:
    """A tablet that was updated first loses nothing at a server or a tablet that was not."""
    ana, ben = pair
    new = {"levels": [1, "two", None]}
    ana.write(
        "c1",
        Write("client", "c1", "favourite_dish", (), new),
        Write("tea_party", "t1", "guests/x", (), new),
        schema=99,
    )
    ben.set("c1", "language", "es")

    meet(ana, ben)

    assert ben.value("c1", "favourite_dish") == new
    assert ben.value("c1", "guests/x", type_="tea_party", id_="t1") == new


def test_an_old_schema_edits_a_record_that_has_new_units(pair: Pair) -> None:
    """It neither sees nor harms them."""
    ana, ben = pair
    ana.write("c1", Write("client", "c1", "favourite_dish", (), "soup"), schema=99)
    ana.sync()
    ben.set("c1", "language", "es", schema=1)

    meet(ana, ben)

    assert (ana.value("c1", "favourite_dish"), ana.value("c1", "language")) == ("soup", "es")


def test_what_a_tablet_wrote_itself_is_not_sent_back_to_it(world: World, pair: Pair) -> None:
    """A small edit costs a small reply."""
    ana, ben = pair
    ana.told.clear()
    ana.set("c1", "language", "es")
    ana.sync()
    assert ana.told == []

    ben.sync()
    ana.set("c1", "preferred_name", "Annie")
    ben.set("c1", "preferred_name", "Anna")
    ben.sync()
    ana.sync()

    assert ana.told == [("row", ("client", "c1", ("preferred_name",)))], "a rival beside it is sent"
    meet(ana, ben)
