from sync import latest, text
from sync.merge import EMPTY, UnitState, apply
from tests.sync.making import ANA, BEN, OFFICE, RULES, live, merged, save, shown, write

WORD, PROPOSAL = live("a", "ana", who=OFFICE, ms=1), live("b", "ben", "a", who=BEN, ms=2)


def test_a_write_replaces_what_it_names_and_nothing_else() -> None:
    """A third rival that nobody had in view survives a partial settlement."""
    one, two, three = (save(BEN, write("phone", str(number)), salt=number, ms=number) for number in (1, 2, 3))
    settling = save(ANA, write("phone", "4", one.name, two.name))

    state = merged(one, two, three, settling).units["phone"]

    assert [other.value for other in state.live] == ["3", "4"]


def test_a_write_that_was_replaced_before_it_came_is_dead_on_arrival() -> None:
    """Late arrival changes nothing, but the position: its tablet must hear what stands there."""
    early = apply(EMPTY, latest(), live("b", "new", "a"), 1, ())
    late = apply(early, latest(), live("a", "old"), 2, {"b" * 22})

    assert early == UnitState((live("b", "new"),), frozenset(("a" * 22,)), position=1)
    assert late == UnitState((live("b", "new"),), position=2)


def test_names_that_came_before_are_not_remembered_as_gone() -> None:
    """Five thousand edits of one field leave no list behind."""
    state = apply(EMPTY, latest(), live("c", "new", "a", "b"), 3, {"a" * 22})

    assert state.gone == {"b" * 22}


def test_a_write_does_not_replace_itself() -> None:
    """A re-issue may name the name that it keeps."""
    state = apply(EMPTY, latest(), live("a", "x", "a"), 1, ())

    assert [other.name for other in state.live] == ["a" * 22]
    assert state.gone == frozenset()


def test_two_that_name_each_other_leave_nothing_to_show() -> None:
    """Only names that were forged can do it; the unit is then as if never written, and can be written again."""
    one = save(ANA, write("phone", "1", "b" * 22), was="a" * 22)
    other = save(BEN, write("phone", "2", "a" * 22), was="b" * 22)

    assert merged(one, other).units["phone"].live == ()
    assert "phone" not in shown(one, other).units
    assert shown(one, other, save(BEN, write("phone", "3"))).value("phone") == "3"


def test_a_proposal_does_not_replace_the_office() -> None:
    """In no order: before the decision came, and after."""
    after = apply(apply(EMPTY, RULES["assigned"], WORD, 1, ()), RULES["assigned"], PROPOSAL, 2, {"a" * 22})
    before = apply(apply(EMPTY, RULES["assigned"], PROPOSAL, 1, ()), RULES["assigned"], WORD, 2, {"b" * 22})

    assert [one.value for one in after.live] == [one.value for one in before.live] == ["ana", "ben"]
    assert before.yielding == before.gone == frozenset()


def test_a_proposal_replaces_an_older_proposal_in_any_order() -> None:
    """Whoever changes a wish has one wish."""
    wish = live("c", "cem", who=BEN)
    instead = live("d", "dee", "c", who=BEN)
    early = apply(EMPTY, RULES["assigned"], instead, 1, ())

    assert early.yielding == {"c" * 22}
    assert apply(early, RULES["assigned"], wish, 2, ()).live == (live("d", "dee", who=BEN),)


def test_the_office_replaces_a_proposal_that_has_not_come() -> None:
    """A decision answers the proposal, whichever comes first."""
    decision = apply(EMPTY, RULES["assigned"], live("e", "eva", "b", who=OFFICE), 1, ())

    assert decision.gone == {"b" * 22}
    assert [one.value for one in apply(decision, RULES["assigned"], PROPOSAL, 2, ()).live] == ["eva"]


def test_once_keeps_what_it_is_told_to_replace() -> None:
    """The second of two administrations replaces nothing."""
    first = apply(EMPTY, RULES["answers"], live("a", 1), 1, ())
    both = apply(first, RULES["answers"], live("b", 2, "a"), 2, ())

    assert both == UnitState((live("a", 1), live("b", 2)), position=2)


def test_the_common_ancestor_is_kept_for_texts_whenever_it_comes() -> None:
    """Before its replacements or after them: without it two drafts could not be merged."""
    old, one, other = live("o", "Old."), live("a", "One.", "o"), live("b", "Two.", "o", "x")
    first = apply(apply(EMPTY, text(), old, 1, ()), text(), one, 2, {"o" * 22})
    late = apply(apply(EMPTY, text(), one, 1, ()), text(), old, 2, ())

    assert first.bases == late.bases == {"o" * 22: "Old."}
    assert first.live == late.live == (one,)
    assert apply(first, text(), other, 3, ()).bases == {"o" * 22: "Old."}
    assert apply(first, text(), live("c", "Three.", "a"), 3, ()).bases == {"a" * 22: "One."}


def test_other_rules_keep_no_ancestors() -> None:
    """A phone number's history is in the log, not in its state."""
    state = apply(apply(EMPTY, latest(), live("o", 1), 1, ()), latest(), live("a", 2, "o"), 2, {"o" * 22})

    assert state == UnitState((live("a", 2),), position=2)
