"""Laws of casework that hold for every input: no total from missing answers, no risk lowered by a rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import BadAnswer, CaseworkError, UnknownField, record_types, risk, signing, validate
from casework.instruments import (
    Definition,
    alerts,
    answer,
    load,
    observations,
    progress,
    prune,
    raised,
    score,
    shipped,
)
from casework.instruments.expression import BadCondition, parse
from sync import At, Json, Live, SyncError, canonical, read_canonical, safest

LEVELS = tuple(risk.LEVELS)
LEVEL = safest(*LEVELS, by="level")
PHQ9, CSSRS = load("phq9"), load("cssrs_screener")
NINE = tuple(f"q{number}" for number in range(1, 10))

ABSENCES = st.sampled_from([{"absent": "refused"}, {"absent": "not_answered"}])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)


def administrations(definition: Definition) -> st.SearchStrategy[dict[str, Any]]:
    """Any answers to any items of a definition: options, absences, and something unreadable."""
    return st.fixed_dictionaries(
        {},
        optional={
            item.id: st.sampled_from([option.code for option in item.options])
            | ABSENCES
            | st.just("unreadable")
            for item in definition.items
        },
    )


ANY = st.sampled_from(shipped().all()).flatmap(lambda made: st.tuples(st.just(made), administrations(made)))


@given(administrations(PHQ9))
def test_a_total_exists_only_where_all_nine_are_answered(answers: dict[str, Any]) -> None:
    """Never 0 for what was not said."""
    codes = {option.code: option.score for option in PHQ9.items[0].options}
    scores = [codes.get(answers[item]) if isinstance(answers.get(item), str) else None for item in NINE]
    expected = None if None in scores else sum(value for value in scores if value is not None)
    result = score(PHQ9, answers)

    assert result.total == expected
    assert (result.band is None) is (expected is None)
    assert result.complete is (expected is not None)


@given(ANY, st.data())
def test_taking_an_answer_away_never_leaves_a_total(
    case: tuple[Definition, dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever was complete is not once a scored answer goes; what was never asked can go."""
    definition, answers = case
    if definition.total is None or score(definition, answers).total is None:
        return
    asked = progress(definition, answers).asked
    gone = data.draw(st.sampled_from([item for item in definition.total.items if item in asked]))
    without = {item: value for item, value in answers.items() if item != gone}

    assert score(definition, without).total is None
    assert score(definition, {**answers, gone: {"absent": "refused"}}).total is None


@given(ANY)
def test_the_same_answers_give_the_same_result_in_any_order(case: tuple[Definition, dict[str, Any]]) -> None:
    """Tablet and server read the same answers from different stores."""
    definition, answers = case
    turned = dict(reversed(answers.items()))

    assert score(definition, turned) == score(definition, answers)
    assert alerts(definition, turned) == alerts(definition, answers)


@given(administrations(PHQ9), st.sampled_from(["several_days", "more_than_half", "nearly_every_day"]))
def test_item_nine_is_never_missed(answers: dict[str, Any], said: str) -> None:
    """Whatever else was answered, refused or garbled."""
    found = [alert.rule for alert in alerts(PHQ9, {**answers, "q9": said})]

    assert "phq9_item9" in found
    assert ("phq9_item9_frequent" in found) is (said != "several_days")


@given(administrations(CSSRS), st.sampled_from(["q4", "q5", "q6_recent"]), st.booleans())
def test_intent_and_recent_behaviour_always_ring(answers: dict[str, Any], item: str, closed: bool) -> None:
    """Also where another answer contradicts it."""
    found = alerts(CSSRS, {**answers, item: "yes"}, closed=closed)

    assert raised(found) == {"self_harm": "high"}
    assert found[0].voice == "now"


@given(administrations(CSSRS))
def test_the_screener_says_none_only_when_everything_asked_was_no(answers: dict[str, Any]) -> None:
    """The one result that sends everybody home."""
    if score(CSSRS, answers).level == "none":
        asked = progress(CSSRS, answers).asked
        assert set(asked) >= {"q1", "q2", "q6"}
        assert all(answers[item] == "no" for item in asked)
        assert "yes" not in answers.values()


@given(administrations(CSSRS))
def test_a_screen_that_is_closed_unfinished_is_at_least_unknown(answers: dict[str, Any]) -> None:
    """Nobody is called safe for not having been asked."""
    if not score(CSSRS, answers).complete:
        level = raised(alerts(CSSRS, answers, closed=True))["self_harm"]
        assert risk.rank(level) >= risk.rank("unknown")


@given(administrations(CSSRS), st.sampled_from([item.id for item in CSSRS.items]))
def test_a_yes_never_lowers_what_the_screener_raises(answers: dict[str, Any], item: str) -> None:
    """Saying more of it must not sound like less."""
    before = raised(alerts(CSSRS, answers)).get("self_harm", "none")
    after = raised(alerts(CSSRS, {**answers, item: "yes"})).get("self_harm", "none")

    assert risk.rank(after) >= risk.rank(before)


@given(ANY, st.data())
def test_an_answer_removes_nothing_and_pruning_leaves_no_stray(
    case: tuple[Definition, dict[str, Any]], data: st.DataObject
) -> None:
    """Only a person's consent to the closing takes answers away."""
    definition, answers = case
    item = data.draw(st.sampled_from(definition.items))
    step = answer(definition, answers, item.id, data.draw(st.sampled_from(item.options)).code)
    kept = prune(definition, step.answers)

    assert answers.keys() <= step.answers.keys()
    assert set(step.closes) <= set(step.progress.stray)
    assert progress(definition, kept).stray == ()
    assert kept.items() <= dict(step.answers).items()


@given(ANY)
def test_every_item_is_asked_waiting_or_closed_off(case: tuple[Definition, dict[str, Any]]) -> None:
    """None falls between."""
    definition, answers = case
    now = progress(definition, answers)

    assert sorted((*now.asked, *now.waiting, *now.closed_off)) == sorted(item.id for item in definition.items)
    assert set(now.missing) <= {*now.asked, *now.waiting}
    assert not set(now.missing) & set(now.answered)


@given(ANY)
def test_observations_carry_codes_of_the_definition_only(case: tuple[Definition, dict[str, Any]]) -> None:
    """LOINC codes are never made up."""
    definition, answers = case
    text = canonical(dict(definition.source)).decode()

    for found in observations(definition, answers):
        assert f'"{found.loinc}"' in text
        assert found.answer is None or f'"{found.answer}"' in text


REASONS = st.builds(
    lambda rule, assessment: risk.reason(rule=rule, assessment=assessment),
    st.sampled_from(["r1", "r2", "r3"]),
    st.sampled_from(["a1", "a2"]),
)
READABLE = ANYTHING.filter(lambda value: _travels(value))
VALUES = st.builds(
    lambda level, reasons: {"level": level, "reasons": reasons},
    st.sampled_from(LEVELS),
    st.lists(REASONS, min_size=1, max_size=4),
)


def _travels(value: Any) -> bool:
    """Whether a value can stand in a changeset at all."""
    try:
        canonical(value)
    except SyncError:
        return False
    return True


def live(number: int, value: Json) -> Live:
    """A live write by somebody else."""
    return Live(f"{number:022d}", f"d{number}", "ana", At(number, 0), number, (), value)


@given(st.lists(VALUES | READABLE, min_size=1, max_size=4), st.sampled_from(LEVELS), REASONS)
def test_a_rule_only_raises(values: list[Any], level: str, why: dict[str, Json]) -> None:
    """Whatever is alive, readable or not, the written level is at least as protective as each of it."""
    shown = LEVEL.show(tuple(live(number, value) for number, value in enumerate(values)))
    written = risk.raise_level(shown, level, why)
    levels = [value["level"] for value in values if isinstance(value, dict) and value.get("level") in LEVELS]
    floor = max(map(risk.rank, [level, *levels]))

    if written is None:
        assert isinstance(shown.value, dict)
        assert risk.rank(shown.value["level"]) >= floor
    else:
        assert isinstance(written, dict)
        assert risk.rank(written["level"]) >= floor
        validate("risk_flag", "level", written)


@given(st.lists(st.tuples(st.sampled_from(LEVELS), REASONS), max_size=8))
def test_raising_again_and_again_never_lowers(steps: list[tuple[str, dict[str, Json]]]) -> None:
    """The level after any rules in any order is the greatest that any of them gave."""
    value: Json = None
    for number, (level, why) in enumerate(steps):
        shown = None if value is None else LEVEL.show((live(number, value),))
        value = risk.raise_level(shown, level, why) or value

    if steps:
        assert isinstance(value, dict)
        assert value["level"] == max((level for level, _ in steps), key=risk.rank)


@given(ANYTHING, st.integers(0, 10**6))
def test_validating_anything_gives_a_rule_and_no_other_error(value: Any, pick: int) -> None:
    """A planted tablet may send any JSON; the answer is a refusal with a rule, and never a crash."""
    units = [
        (type_, f"{name}/m1" if field.many else name)
        for type_, kind in record_types().items()
        for name, field in kind.fields.items()
    ]
    type_, unit = units[pick % len(units)]
    try:
        validate(type_, unit, value)
    except BadAnswer as error:
        refused = (error.record_type, error.unit, bool(error.rule))
    else:
        refused = (type_, unit, True)

    assert refused == (type_, unit, True)


@given(st.text(max_size=20), st.text(max_size=20), ANYTHING)
def test_no_name_of_a_type_or_unit_crashes(type_: str, unit: str, value: Any) -> None:
    """Names come from the wire too."""
    with pytest.raises(UnknownField):
        validate(type_, unit, value)


@given(st.sampled_from(["preferred_name", "date_of_birth", "sex", "language"]), st.data())
def test_what_is_valid_is_valid_after_its_journey(unit: str, data: st.DataObject) -> None:
    """What a tablet accepts the server accepts: the bytes between change nothing."""
    made = {
        "preferred_name": st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
        "date_of_birth": st.dates().map(str),
        "sex": st.sampled_from(["female", "male"]),
        "language": st.sampled_from(["en", "es", "zh-Hant"]),
    }
    value = data.draw(made[unit])
    try:
        validate("client", unit, value)
    except CaseworkError:
        return

    validate("client", unit, read_canonical(canonical(value)))


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(max_size=5)), st.text(max_size=5))
def test_a_digest_is_of_this_content_alone(content: dict[str, Json], word: str) -> None:
    """A co-signature must not fit another text."""
    changed: dict[str, Json] = {**content, "a": word}

    assert (signing.digest(changed) == signing.digest(content)) is (changed == content)


WORDS = st.sampled_from(
    "a b c yes and or not in ( ) { } = != >= > 1 sum count any all .. , total + -".split()
)


@given(st.lists(WORDS, max_size=15).map(" ".join) | st.text(max_size=30))
def test_any_text_is_a_condition_or_is_refused(text: str) -> None:
    """A form that somebody sends must not stop the server."""
    try:
        parse(text, ["a", "b", "c"])
    except BadCondition:
        return
