"""What two people wrote of one record, through real tablets and the real server."""

from __future__ import annotations

import pytest

import casework
from sync import Life, Needs

from .agreement import meet
from .kit import Agency, Carried

Pair = tuple[Carried, Carried]


def test_edits_of_different_fields_are_both_there(pair: Pair, client: str) -> None:
    """Nobody overwrites what somebody else changed elsewhere in the record."""
    ana, ben = pair
    ana.update(client, language="es")
    ben.update(client, preferred_name="Annie")

    meet(ana, ben)

    assert (ben.value(client, "language"), ana.value(client, "preferred_name")) == ("es", "Annie")


@pytest.mark.parametrize("first", [0, 1])
def test_edits_of_the_same_field_are_rivals_whoever_syncs_first(
    agency: Agency, pair: Pair, client: str, first: int
) -> None:
    """Both dates stay on both tablets until somebody who knows settles it, and then on none."""
    ana, ben = pair
    ana.update(client, date_of_birth="1950-01-02")
    agency.clock.ms += 1000
    ben.update(client, date_of_birth="1950-02-01")
    meet(pair[first], pair[1 - first])

    assert ana.values(client, "date_of_birth") == ["1950-01-02", "1950-02-01"]
    assert list(ben.item("client", client).undecided) == ["date_of_birth"]
    with pytest.raises(casework.NotAllowedYet):
        ana.update(client, date_of_birth="1950-03-03")
    agency.settle(client, "date_of_birth", "1950-02-01")
    meet(ana, ben)
    assert ana.values(client, "date_of_birth") == ben.values(client, "date_of_birth") == ["1950-02-01"]


def test_two_preferences_show_the_later_and_keep_the_other(agency: Agency, pair: Pair, client: str) -> None:
    """Of a field that stops nobody the newest is shown and the other is listed; the next edit ends it."""
    ana, ben = pair
    ben.update(client, language="es")
    agency.clock.ms += 1000
    ana.update(client, language="fr")
    meet(ana, ben)

    assert ben.values(client, "language") == ["es", "fr"]
    assert ben.item("client", client).view.units["language"].needs is Needs.LISTED
    ben.update(client, language="de")
    meet(ana, ben)
    assert ana.values(client, "language") == ["de"]


def test_equal_values_are_no_rivals_and_the_next_edit_replaces_both(pair: Pair, client: str) -> None:
    """Two workers who heard the same thing raise no question."""
    ana, ben = pair
    ana.update(client, date_of_birth="1950-01-02")
    ben.update(client, date_of_birth="1950-01-02")
    meet(ana, ben)

    assert ana.item("client", client).undecided == {}
    ana.update(client, date_of_birth="1951-01-02")
    meet(ana, ben)
    assert ben.values(client, "date_of_birth") == ["1951-01-02"]


def test_a_third_rival_survives_a_settlement_that_had_not_seen_it(
    agency: Agency, pair: Pair, client: str
) -> None:
    """A settlement decides about what its author saw, and about nothing else."""
    ana, ben = pair
    third = agency.carry("ben")
    third.sync()
    for tablet, value in ((ana, "1950-01-01"), (ben, "1950-02-02"), (third, "1950-03-03")):
        tablet.update(client, date_of_birth=value)
    ana.sync(), ben.sync(), ana.sync()
    ana.settle(client, "date_of_birth", "1950-01-01")
    meet(third, ana, ben)

    assert sorted(map(str, ana.values(client, "date_of_birth"))) == ["1950-01-01", "1950-03-03"]
    assert list(third.item("client", client).undecided) == ["date_of_birth"]


@pytest.mark.parametrize("first", ["edit", "retraction"])
@pytest.mark.parametrize("same_author", [True, False])
def test_a_note_that_is_retracted_while_it_is_edited_is_put_to_a_person(
    pair: Pair, client: str, first: str, same_author: bool
) -> None:
    """Whichever comes first, the edit is not lost and the retraction is not forgotten."""
    ana, ben = pair
    note = ana.note(client, heading="Well", author="ana")
    meet(ana, ben)
    retracts, edits = (ana, ben) if same_author else (ben, ana)
    with retracts.tablet.edit(client) as edit:
        edit.retract(retracts.item("note", note), "entered_in_error")
    edits.update(client, "note", note, heading="Not well")
    meet(*((edits, retracts) if first == "edit" else (retracts, edits)))

    assert ana.item("note", note).life is Life.RETRACTED_BUT_EDITED
    assert ben.value(client, "heading", "note", note) == "Not well"
    with edits.tablet.edit(client) as edit:
        edit.revive(edits.item("note", note))
    meet(ana, ben)
    assert retracts.item("note", note).life is Life.ACTIVE


def test_a_retraction_of_all_that_was_seen_hides_the_note(pair: Pair, client: str) -> None:
    """The edit came first and was read: then there is nothing to ask."""
    ana, ben = pair
    note = ana.note(client, heading="Well", author="ana")
    ana.update(client, "note", note, heading="Not well")
    meet(ana, ben)
    with ben.tablet.edit(client) as edit:
        edit.retract(ben.item("note", note), "entered_in_error")
    meet(ben, ana)

    assert ana.item("note", note).life is Life.RETRACTED
    assert list(ana.tablet.records("note").about(client)) == []


def test_a_revival_outlives_a_retraction_that_arrives_last(pair: Pair, client: str) -> None:
    """What somebody brought back on purpose is not hidden by what was decided before."""
    ana, ben = pair
    note = ana.note(client, heading="Well", author="ana")
    meet(ana, ben)
    for tablet in pair:
        with tablet.tablet.edit(client) as edit:
            edit.retract(tablet.item("note", note), "entered_in_error")
    ana.sync()
    with ana.tablet.edit(client) as edit:
        edit.revive(ana.item("note", note))
    ana.sync()

    ben.sync()
    meet(ana, ben)

    assert ben.item("note", note).life is Life.ACTIVE


def test_a_second_signature_stays_beside_the_first_and_is_checked(agency: Agency, client: str) -> None:
    """Somebody who signs on two tablets has signed twice: the first is shown, and a person looks."""
    one, two = agency.carry("ana"), agency.carry("ana")
    note = one.note(client, heading="Well", narrative="She is well.", author="ana")
    one.sync(), two.sync()
    for tablet in (one, two):
        agency.clock.ms += 60_000
        with tablet.tablet.edit(client) as edit:
            edit.sign(tablet.item("note", note))
    meet(two, one)

    shown = one.item("note", note).view
    assert shown.units["signature"].needs is Needs.CHECK
    assert len(shown.units["signature"].live) == 2
    assert shown.signed is not None
    assert shown.signed.content["narrative"] == "She is well."
    assert shown.signed.by.device == one.tablet.identity.device
