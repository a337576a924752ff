from sync import LIFE, Changeset, Json, Life
from tests.sync.making import ANA, BEN, OFFICE, save, shown, write

EDIT = save(BEN, write("phone", "1"), ms=5)


def retract(*seen: str, over: tuple[str, ...] = (), also: str = "", ms: int = 50) -> Changeset:
    """Ana retracts the record, having seen these writes."""
    value: Json = {"state": "retracted", "reason": "wrong client", "seen": list(seen)}
    return save(ANA, [write(LIFE, value, *over), *([write(also, "x")] if also else [])], ms=ms)


def revive(*over: str, ms: int = 90) -> Changeset:
    """Ben revives it over the retractions that he saw."""
    return save(BEN, write(LIFE, {"state": "active"}, *over), ms=ms)


def test_a_record_that_nobody_retracted_is_active() -> None:
    """Most are never touched by it."""
    assert shown(EDIT).life is Life.ACTIVE


def test_a_retracted_record_stays_out_when_all_was_seen() -> None:
    """Entered for the wrong client."""
    assert shown(EDIT, retract(EDIT.name)).life is Life.RETRACTED


def test_an_edit_that_the_retraction_had_not_seen_is_put_to_a_person() -> None:
    """In both orders of arrival, and also when it replaced something seen."""
    later = save(BEN, write("phone", "2", EDIT.name), ms=6)

    for order in ((EDIT, retract()), (retract(), EDIT), (EDIT, later, retract(EDIT.name))):
        assert shown(*order).life is Life.RETRACTED_BUT_EDITED


def test_what_was_written_in_the_same_save_was_seen() -> None:
    """Its name cannot be in its own list."""
    assert shown(retract(also="note")).life is Life.RETRACTED


def test_of_two_retractions_each_knows_a_part() -> None:
    """Somebody had seen each edit."""
    other = save(BEN, write("language", "es"))
    second = save(BEN, write(LIFE, {"state": "retracted", "reason": "double", "seen": [other.name]}))

    assert shown(EDIT, other, retract(EDIT.name), second).life is Life.RETRACTED


def test_a_revival_over_what_it_saw_makes_active_and_another_retraction_does_not_undo_it() -> None:
    """A retraction that arrives last did not know of the revival: the record is shown, and both are there."""
    first, last = retract(EDIT.name), retract(EDIT.name, ms=99)

    assert shown(EDIT, first, revive(first.name)).life is Life.ACTIVE
    assert shown(EDIT, first, revive(first.name), last).life is Life.ACTIVE
    assert len(shown(EDIT, first, revive(first.name), last).units[LIFE].rivals) == 2


def test_a_life_of_another_form_counts_as_active() -> None:
    """Nothing disappears by a value that nobody understands."""
    strange: list[Json] = ["retracted", {"state": "archived"}, None]
    for value in strange:
        assert shown(EDIT, save(OFFICE, write(LIFE, value))).life is Life.ACTIVE
    odd = save(ANA, write(LIFE, {"state": "retracted", "seen": "all"}))
    assert shown(EDIT, odd).life is Life.RETRACTED_BUT_EDITED


NOTE = save(ANA, [write("story", "As signed."), write("phone", "1")], ms=1)


def sign(content: dict[str, Json], *seen: str, ms: int = 2, who: bool = True) -> Changeset:
    """Ana signs, having seen these writes."""
    value: Json = {"content": content, "digest": "d", "seen": list(seen)}
    return save(ANA if who else BEN, write("signature", value), ms=ms)


SIGNED = sign({"story": "As signed.", "phone": "1"}, NOTE.name)


def test_a_signed_record_shows_what_was_signed() -> None:
    """A later edit stands beside it and changes nothing that was signed."""
    late = save(BEN, write("story", "Altered.", NOTE.name), ms=9)

    view = shown(NOTE, SIGNED, late)

    assert view.value("story") == "As signed."
    assert view.signed is not None
    assert view.signed.by.name == SIGNED.name
    assert view.signed.digest == "d"
    assert {unit: [one.name for one in writes] for unit, writes in view.signed.late.items()} == {
        "story": [late.name]
    }


def test_a_late_field_that_was_not_signed_is_no_value_of_the_record() -> None:
    """It was empty when it was signed."""
    late = save(BEN, write("language", "es"), ms=9)

    view = shown(NOTE, SIGNED, late)

    assert view.value("language", "none") == "none"
    assert view.signed is not None
    assert set(view.signed.late) == {"language"}


def test_a_field_that_was_seen_and_left_out_of_the_content_is_shown() -> None:
    """The caller says what a signature covers."""
    assert shown(NOTE, sign({"story": "As signed."}, NOTE.name)).value("phone") == "1"


def test_an_unseen_write_of_the_same_value_is_no_late_change() -> None:
    """Nothing differs."""
    view = shown(NOTE, SIGNED, save(BEN, write("story", "As signed."), ms=9))

    assert view.signed is not None
    assert view.signed.late == {}


def test_what_was_signed_and_written_in_one_save_was_seen() -> None:
    """Its name cannot be in its own list."""
    value: Json = {"content": {}, "digest": "d", "seen": []}
    view = shown(save(ANA, [write("signature", value), write("phone", "2")]))

    assert view.signed is not None
    assert view.signed.late == {}


def test_a_second_signature_does_not_replace_the_first() -> None:
    """What counts was signed first; that there are two is shown."""
    view = shown(NOTE, SIGNED, sign({"story": "Other."}, ms=8, who=False))

    assert view.value("story") == "As signed."
    assert len(view.units["signature"].rivals) == 2


def test_what_the_office_decides_and_what_sync_keeps_is_not_frozen() -> None:
    """An assignment after the signature is no late change of the note."""
    view = shown(
        NOTE, SIGNED, save(OFFICE, [write("assigned", "ben"), write(LIFE, {"state": "active"})], ms=9)
    )

    assert view.signed is not None
    assert view.signed.late == {}
    assert view.value("assigned") == "ben"


def test_a_signature_of_another_form_freezes_nothing() -> None:
    """It is shown as a value and makes nobody believe that something was signed."""
    strange: list[Json] = [
        "signed",
        {"content": {}},
        {"content": [], "digest": "d"},
        {"content": {}, "digest": 1},
        None,
    ]
    for value in strange:
        assert shown(NOTE, save(ANA, write("signature", value))).signed is None
