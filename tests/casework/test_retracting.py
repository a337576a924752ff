"""What was entered wrongly is taken out of sight, never out of the record."""

import pytest

from casework import BadAnswer, NotAllowedYet, retracting
from sync import LIFE, Json, Life

from .story import ANA, BEN, EVA, Save, empty, record

DRAFT = Save(ANA, {"narrative": "About somebody else."})


def test_a_retraction_names_everything_it_has_seen() -> None:
    """So an edit from elsewhere is told apart from what was retracted."""
    value = retracting.retract(record("note", DRAFT), "wrong_client")
    gone = record("note", DRAFT, Save(ANA, {LIFE: value}, 2))
    edited = record("note", DRAFT, Save(ANA, {LIFE: value}, 2), Save(BEN, {"heading": "Kept"}, 1))

    assert gone.life is Life.RETRACTED
    assert edited.life is Life.RETRACTED_BUT_EDITED


def test_a_revival_goes_over_the_retractions_that_were_seen() -> None:
    """A mistake about a mistake is mended the same way."""
    value = retracting.retract(record("note", DRAFT), "duplicate")
    gone = record("note", DRAFT, Save(ANA, {LIFE: value}, 2))
    back = record(
        "note", DRAFT, Save(ANA, {LIFE: value}, 2), Save(EVA, {LIFE: retracting.revive()}, 3, seen=gone)
    )

    assert back.life is Life.ACTIVE
    assert retracting.retracted_because(back) is None


def test_a_second_retraction_does_not_count_the_first_as_an_edit() -> None:
    """`seen` is about what the record says, not about its life."""
    value = retracting.retract(record("note", DRAFT), "duplicate")
    gone = record("note", DRAFT, Save(ANA, {LIFE: value}, 2))

    assert retracting.retract(gone, "duplicate") == value


def test_a_retraction_has_a_reason_of_the_list() -> None:
    """Why it is gone decides who still sees it."""
    with pytest.raises(NotAllowedYet):
        retracting.retract(empty("note"), "no idea")


def test_what_was_written_in_the_wrong_chart_is_hidden_from_others() -> None:
    """It tells one client's story in another's record."""
    value = retracting.retract(record("note", DRAFT), "wrong_client")
    view = record("note", DRAFT, Save(EVA, {LIFE: value}, 2))

    assert retracting.may_see(view, ANA, frozenset(("worker",)))
    assert not retracting.may_see(view, BEN, frozenset(("worker",)))
    assert retracting.may_see(view, EVA, frozenset(("supervisor",)))
    assert retracting.may_see(view, "otto", frozenset(("auditor",)))
    assert not retracting.is_copied(view)


def test_what_was_entered_twice_stays_in_sight() -> None:
    """Space outside the rule: a duplicate harms nobody."""
    value = retracting.retract(record("note", DRAFT), "duplicate")
    view = record("note", DRAFT, Save(ANA, {LIFE: value}, 2))

    assert retracting.may_see(view, BEN, frozenset(("worker",)))
    assert retracting.is_copied(view)
    assert retracting.may_see(record("note", DRAFT), BEN, frozenset())


def test_a_retraction_that_gives_no_reason_is_other() -> None:
    """An older tablet may have left it out."""
    view = record("note", DRAFT, Save(ANA, {LIFE: {"state": "retracted", "seen": []}}, 2))

    assert retracting.retracted_because(view) == "other"


@pytest.mark.parametrize(
    "value",
    [
        "retracted",
        None,
        {},
        {"state": "erased"},
        {"state": ["retracted"]},
        {"state": "retracted", "seen": "everything"},
        {"state": "retracted", "seen": ["not a name"]},
        {"state": "retracted", "reason": 7},
    ],
)
def test_a_life_of_another_form_is_refused(value: Json) -> None:
    """What nobody can read as a retraction must not stand among them."""
    with pytest.raises(BadAnswer):
        retracting.validate("note", value)


def test_what_retract_and_revive_give_is_a_life() -> None:
    """Also with a reason that only a newer tablet knows."""
    view = record("note", DRAFT)

    retracting.validate("note", retracting.retract(view, "duplicate"))
    retracting.validate("note", retracting.revive())
    retracting.validate("note", {"state": "retracted", "reason": "newer", "more": 1})
