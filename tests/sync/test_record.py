from sync import Json, Needs, Record, RecordView, accept, fold, view
from tests.sync.making import ANA, BEN, OFFICE, accepted, merged, rule_of, save, shown, write

EMPTY = Record("client", "c1", "c1")


def test_two_workers_edit_different_fields_and_both_stand() -> None:
    """The ordinary case asks nobody."""
    view = shown(save(ANA, write("phone", "1")), save(BEN, write("language", "es")))

    assert (view.value("phone"), view.value("language")) == ("1", "es")
    assert view.undecided() == {}


def test_a_birthday_corrected_twice_waits_for_a_person_until_both_were_seen() -> None:
    """A settlement that has not seen the third value leaves it open."""
    one, other, third = (
        save(who, write("birth", day)) for who, day in ((ANA, "1950"), (BEN, "1951"), (OFFICE, "1952"))
    )
    settled = save(
        OFFICE, write("birth", "1951", one.name, other.name), reason="card seen", settles=True, ms=9
    )

    assert set(shown(one, other).undecided()) == {"birth"}
    assert shown(one, other, settled).undecided() == {}
    assert shown(one, other, settled, third).units["birth"].needs is Needs.PERSON


def test_a_name_that_comes_again_changes_nothing() -> None:
    """A re-issue and its original are one; nobody conflicts with oneself."""
    original = save(ANA, write("phone", "1"))
    again = save(ANA, write("phone", "1"), was=original.name, salt=1)

    assert merged(original, again) == merged(original)
    assert [one.name for one in merged(again, original).units["phone"].live] == [original.name]


def test_both_branches_of_a_tablet_that_was_copied_stand() -> None:
    """Two changesets with one number are two people's work."""
    one = save(ANA, write("phone", "1"), seq=2, prev="p" * 22)
    other = save(ANA, write("phone", "2"), seq=2, prev="p" * 22)

    assert [live.value for live in shown(one, other).units["phone"].live] != []
    assert len(shown(one, other).units["phone"].rivals) == 2


def test_writes_of_other_records_are_not_taken_in() -> None:
    """One save may touch several records of a subject."""
    made = save(ANA, [write("phone", "1", id_="c2"), write("language", "es")])

    assert set(merged(made).units) == {"language"}


def test_a_record_of_another_type_is_another_record() -> None:
    """Ids are only unique within their type."""
    made = accepted(save(ANA, write("phone", "1")))

    assert fold(made, "visit", "c1", "c1", rule_of).units == {}


def test_a_record_stands_at_the_position_of_its_last_change() -> None:
    """Nothing else is sent of it."""
    record = merged(save(ANA, write("phone", "1")), save(BEN, write("language", "es")))

    assert EMPTY.position == 0
    assert record.position == 2
    assert {unit: state.position for unit, state in record.units.items()} == {"phone": 1, "language": 2}


def test_everything_live_is_what_a_retraction_has_seen() -> None:
    """By name, each once."""
    both = save(ANA, [write("phone", "1"), write("language", "es")])
    other = save(BEN, write("phone", "2"))

    assert merged(both, other).live_names() == tuple(sorted({both.name, other.name}))


def test_a_clock_ahead_counts_as_its_receipt() -> None:
    """Among rivals; the device's own clock stays told."""
    entry = accept(save(ANA, write("phone", "1"), ms=9_000), 1, 500)

    assert entry.at == (500, 0)
    assert entry.live((), "1").wall == 9_000


def test_a_set_has_the_members_that_are_present() -> None:
    """Two members with one name in two records would be lost in a list."""
    view = shown(
        save(ANA, [write("hazards/dog", {"bites": True}), write("hazards/stairs", {}), write("hazard", 1)]),
        save(BEN, write("hazards/gun", None)),
    )

    assert view.members("hazards") == {"dog": {"bites": True}, "stairs": {}}


def test_what_is_not_written_or_has_no_winner_is_the_default() -> None:
    """Nobody reads one of two rivals as the value."""
    view = shown(save(ANA, write("custody", "mother")), save(BEN, write("custody", "father")))

    assert view.value("custody", "ask") == "ask"
    assert view.value("phone") is None
    assert view.over("phone") == ()
    assert len(view.over("custody")) == 2


# The office's choice among entries of a `once` unit.

FIRST = save(ANA, write("answers", [1]), ms=1)
SECOND = save(BEN, write("answers", [2]), ms=2)
THIRD = save(BEN, write("answers", [3]), ms=3)


def choose(value: Json, unit: str = "answers") -> RecordView:
    """What two administrations show after the office has chosen."""
    return shown(FIRST, SECOND, save(OFFICE, write(f"$chosen/{unit}", value)))


def test_the_office_chooses_among_several_entries() -> None:
    """The chosen one is shown, the other is still there, and nobody is asked any more."""
    unit = choose({"name": SECOND.name, "seen": [FIRST.name, SECOND.name]}).units["answers"]

    assert (unit.value, unit.needs) == ([2], Needs.LISTED)
    assert [group[0].value for group in unit.rivals] == [[2], [1]]


def test_an_entry_that_the_office_had_not_seen_asks_again() -> None:
    """The choice stands, and somebody looks."""
    unit = choose({"name": SECOND.name, "seen": [SECOND.name]}).units["answers"]

    assert (unit.value, unit.needs) == ([2], Needs.CHECK)


def test_a_choice_of_nothing_that_is_there_chooses_nothing() -> None:
    """The first stays shown, marked."""
    strange: list[Json] = [
        {"name": "x" * 22, "seen": []},
        {"name": SECOND.name},
        "second",
        None,
        {"name": 1, "seen": 1},
    ]
    for value in strange:
        unit = choose(value).units["answers"]
        assert (unit.value, unit.needs) == ([1], Needs.CHECK)


def test_a_choice_among_equal_entries_asks_nothing() -> None:
    """Two that agree are no rivals."""
    twin = save(BEN, write("answers", [1]), ms=2)
    choice = save(OFFICE, write("$chosen/answers", {"name": twin.name, "seen": []}))

    unit = shown(FIRST, twin, choice).units["answers"]

    assert (unit.by and unit.by.name, unit.rivals, unit.needs) == (twin.name, (), Needs.NOTHING)


def test_a_tablet_does_not_choose() -> None:
    """What it writes is a proposal."""
    choice = save(BEN, write("$chosen/answers", {"name": SECOND.name, "seen": []}))

    assert shown(FIRST, SECOND, choice).value("answers") == [1]


def test_a_choice_settles_no_other_rule() -> None:
    """A birthday is settled with a reason and its rivals, or not at all."""
    one, other = save(ANA, write("birth", "1950"), ms=1), save(BEN, write("birth", "1951"), ms=2)
    choice = save(OFFICE, write("$chosen/birth", {"name": one.name, "seen": [one.name, other.name]}))

    unit = shown(one, other, choice).units["birth"]

    assert (unit.value, unit.needs) == ("1951", Needs.PERSON)


def test_a_choice_of_what_was_never_written_is_kept_and_shows_nothing() -> None:
    """The entry may come later."""
    assert set(shown(save(OFFICE, write("$chosen/answers", {"name": "x", "seen": []}))).units) == {
        "$chosen/answers"
    }


def test_a_fold_takes_the_log_in_its_order() -> None:
    """Positions are the only thing that depends on it."""
    log = accepted(FIRST, SECOND, THIRD)

    assert fold(reversed(log), "client", "c1", "c1", rule_of) == fold(log, "client", "c1", "c1", rule_of)
    assert view(fold(log, "client", "c1", "c1", rule_of), rule_of).value("answers") == [1]
