from collections.abc import Mapping

import pytest

from sync import Json, Live, Needs, Rule, Shown, ask, decided, is_office, latest, members, once, safest, text
from tests.sync.making import ANA_TOO, BEN, OFFICE, live

A = live("a", "one", ms=1)
B = live("b", "two", ms=2)
C = live("c", "one", ms=3)


def show(rule: Rule, *writes: Live, bases: Mapping[str, Json] | None = None) -> Shown:
    """What a rule shows of live writes, given in any order."""
    ordered = tuple(sorted(writes, key=lambda one: one.order))
    return rule.show(ordered) if bases is None else rule.show(ordered, bases)


@pytest.mark.parametrize(
    "rule", [latest(), safest("one"), ask(), ask(winner=False), text(), members(), once()]
)
def test_one_value_is_simply_shown(rule: Rule) -> None:
    """Also when two wrote it: nobody is asked about an agreement."""
    alone, agreed = show(rule, A), show(rule, A, C)

    assert (alone.value, alone.by, alone.rivals, alone.needs, alone.winner) == (
        "one",
        A,
        (),
        Needs.NOTHING,
        True,
    )
    assert (agreed.value, agreed.live, agreed.rivals, agreed.needs) == ("one", (A, C), (), Needs.NOTHING)
    assert agreed.by == (A if rule == once() else C)


def test_latest_shows_the_greatest_and_lists_the_rest() -> None:
    """Equal values stand together, and what was said last is shown."""
    assert show(latest(), A, B, C) == Shown("one", C, (A, B, C), ((A, C), (B,)), Needs.LISTED)
    assert not show(latest(), A, B).undecided


def test_rivals_of_one_moment_are_ordered_by_device_and_then_by_name() -> None:
    """Every replica shows the same, also at a tie."""
    here, there = live("b", 1, who=BEN), live("a", 2, who=OFFICE)
    twin = live("c", 3, who=BEN)

    assert show(latest(), here, there).value == 2
    assert show(latest(), here, twin).value == 3


def test_safest_shows_the_most_protective_not_the_latest() -> None:
    """A risk is not lowered by somebody who had not seen that it was raised."""
    high, low = live("a", "high", ms=1), live("b", "low", ms=2)

    assert show(safest("low", "high"), high, low) == Shown(
        "high", high, (high, low), ((high,), (low,)), Needs.LISTED
    )


def test_a_value_outside_the_order_is_the_most_protective() -> None:
    """An older tablet must not hide a level that it does not know."""
    unknown, high = live("a", "extreme", ms=1), live("b", "high", ms=2)
    other = live("c", None, ms=3)

    assert show(safest("low", "high"), unknown, high).value == "extreme"
    assert show(safest("low", "high"), unknown, high, other).by == other


def test_of_equally_safe_values_the_latest_is_shown() -> None:
    """Two groups with one level differ only in their reasons."""
    first: Json = {"level": "high", "reason": "fell"}
    second: Json = {"level": "high", "reason": "fell again"}
    lower: Json = {"level": "low", "reason": "fine"}

    shown = show(
        safest("low", "high", by="level"),
        live("a", first, ms=1),
        live("b", second, ms=2),
        live("c", lower, ms=3),
    )

    assert shown.value == second


def test_a_ranked_member_that_is_missing_is_outside_the_order() -> None:
    """A value of another form is not quietly the weakest."""
    rule = safest("low", "high", by="level")

    assert rule.rank("high") == rule.rank({}) == 2
    assert rule.rank({"level": "high"}) == 1


def test_ask_shows_the_latest_marked_undecided() -> None:
    """A person decides which birthday is right."""
    shown = show(ask(), A, B)

    assert shown == Shown("two", B, (A, B), ((B,), (A,)), Needs.PERSON)
    assert shown.undecided


def test_ask_without_winner_shows_no_value() -> None:
    """Nobody acts on one of two advance directives."""
    shown = show(ask(winner=False), A, B)

    assert shown == Shown(None, None, (A, B), ((B,), (A,)), Needs.PERSON)
    assert not shown.winner


def test_a_member_is_present_if_any_rival_says_so() -> None:
    """A dog that one worker saw is not removed by another who did not."""
    seen, gone = live("a", {"bites": True}, ms=1), live("b", None, ms=2)
    again = live("c", {"bites": False}, ms=3)

    assert show(members(), seen, gone) == Shown(
        {"bites": True}, seen, (seen, gone), ((seen,), (gone,)), Needs.NOTHING
    )
    assert show(members(), seen, gone, again).value == {"bites": False}
    assert show(members(), gone).value is None


def test_once_shows_the_first_and_asks_for_a_check() -> None:
    """The second signature does not replace the first."""
    assert show(once(), B, A) == Shown("one", A, (A, B), ((A,), (B,)), Needs.CHECK)
    assert show(once(), A, B, C).rivals == ((A, C), (B,))


def test_decided_shows_the_office_and_lists_proposals() -> None:
    """A tablet proposes an assignment; the office's word stands."""
    word, proposal = live("a", "ana", who=OFFICE, ms=1), live("b", "ben", who=BEN, ms=2)
    newer = live("c", "cem", who=OFFICE, ms=3)

    assert show(decided(), word) == Shown("ana", word, (word,))
    assert show(decided(), word, proposal) == Shown(
        "ana", word, (word, proposal), ((word,), (proposal,)), Needs.LISTED
    )
    assert show(decided(), word, newer, proposal).value == "cem"
    assert show(decided(), word, live("d", "ana", who=BEN)).needs is Needs.NOTHING


def test_a_proposal_alone_is_no_value() -> None:
    """Nobody is assigned by a tablet's wish."""
    proposal = live("b", "ben", who=BEN)

    assert show(decided(), proposal) == Shown(None, None, (proposal,), ((proposal,),), Needs.LISTED)


def test_the_office_is_told_by_its_device() -> None:
    """A tablet's id has no colon."""
    assert is_office("web:abc")
    assert not is_office("webabc")


BASE = "Client is calm. Denies suicidal thoughts. Lives alone."
BASES: dict[str, Json] = {"o" * 22: BASE}


def draft(name: str, value: Json, *over: str, ms: int = 1, ben: bool = False) -> Live:
    """A draft of Ana on her phone, or of Ben."""
    return live(name, value, *over, who=BEN if ben else ANA_TOO, ms=ms)


def test_drafts_of_one_author_merge_where_no_sentence_was_touched_by_both() -> None:
    """What she typed on her phone and on her tablet is one note, marked as not yet read."""
    one = draft("a", BASE.replace("calm", "tired"), "o", ms=1)
    other = draft("b", BASE.replace("alone", "with her son"), "o", ms=2)

    shown = show(text(), one, other, bases=BASES)

    assert shown.value == "Client is tired. Denies suicidal thoughts. Lives with her son."
    assert (shown.by, shown.merged, shown.needs, shown.rivals) == (
        other,
        True,
        Needs.LISTED,
        ((other,), (one,)),
    )


@pytest.mark.parametrize(
    ("writes", "why"),
    [
        ((draft("a", BASE.replace("Denies", "Reports"), "o"),
          draft("b", BASE.replace("thoughts", "plans"), "o")), "one sentence touched by both"),
        ((draft("a", BASE + " One.", "o"), draft("b", "Two. " + BASE, "o", ben=True)), "two authors"),
        ((draft("a", BASE + " One.", "o"), draft("b", "Two. " + BASE, "p")), "two ancestors"),
        ((draft("a", BASE + " One.", "o"), draft("b", "Two. " + BASE, "o", "p")), "one settled another besides"),
        ((draft("a", BASE + " One.", "o", "p"), draft("b", "Two. " + BASE, "o", "p")), "two ancestors in common"),
        ((draft("a", BASE + " One."), draft("b", "Two. " + BASE)), "no ancestor"),
        ((draft("a", BASE + " One.", "x"), draft("b", "Two. " + BASE, "x")), "an ancestor that is not here"),
        ((draft("a", BASE + " One.", "n"), draft("b", "Two. " + BASE, "n")), "an ancestor that is no text"),
        ((draft("a", BASE + " One.", "o"), draft("b", None, "o")), "one was taken away"),
    ],
)  # fmt: skip
def test_drafts_that_do_not_merge_cleanly_are_both_shown(writes: tuple[Live, ...], why: str) -> None:
    """A wrong sentence in a record is worse than a question."""
    shown = show(text(), *writes, bases={**BASES, "p" * 22: BASE, "n" * 22: None})

    assert shown.needs is Needs.PERSON, why
    assert not shown.merged
    assert shown.value == writes[1].value


def test_three_drafts_of_one_author_merge_with_their_equals() -> None:
    """Of equal drafts one is enough."""
    one, same = (
        draft("a", BASE.replace("calm", "tired"), "o"),
        draft("b", BASE.replace("calm", "tired"), "o", ms=2),
    )
    other, third = draft("c", BASE.replace("alone", "here"), "o", ms=3), draft("d", BASE + " End.", "o", ms=4)

    shown = show(text(), one, same, other, bases=BASES)

    assert shown.value == BASE.replace("calm", "tired").replace("alone", "here")
    assert show(text(), one, same, draft("e", BASE + " End.", "o", ms=0), bases=BASES).by == same
    assert show(text(), one, same, other, third, bases=BASES).needs is Needs.PERSON
