"""A rule only raises; only a person lowers, knowing what they lower."""

import pytest

from casework import NotAllowedYet, columns, new_id, risk, validate
from sync import Json, RecordView

from .story import ANA, BEN, EVA, Save, empty, one, record

NOON = "2026-11-24T12:00:00-05:00"
RULE = risk.reason(rule="phq9_item9", instrument="phq9 1.0", assessment="a1", level="unknown", at=NOON)
WORDS = risk.reason("Screened again, alone: no plan, no intent.", by=EVA, at=NOON)


def flag(level: str, *reasons: dict[str, Json]) -> RecordView:
    """A flag with a level that one person saved."""
    return one("risk_flag", kind="self_harm", level=value(level, *reasons))


def value(level: str, *reasons: dict[str, Json]) -> Json:
    """A level with its reasons."""
    return {"level": level, "reasons": list[Json](reasons or [{"text": "Said so."}])}


def test_the_first_rule_makes_the_flag() -> None:
    """Item 9 at 1 is not known to be low."""
    written = risk.raise_level(None, "unknown", RULE)

    assert written == {"level": "unknown", "reasons": [RULE]}
    validate("risk_flag", "level", written)


def test_a_rule_writes_the_greater_level_and_adds_its_reason() -> None:
    """An alarm of yesterday is not softened by a milder finding of today."""
    shown = flag("high", {"text": "Has a plan."}).units["level"]

    assert risk.raise_level(shown, "unknown", RULE) == {
        "level": "high",
        "reasons": [{"text": "Has a plan."}, RULE],
    }
    assert risk.raise_level(shown, "imminent", RULE) == {
        "level": "imminent",
        "reasons": [{"text": "Has a plan."}, RULE],
    }


def test_a_rule_that_has_spoken_about_this_assessment_adds_nothing() -> None:
    """Repeats would bury the reasons that matter."""
    assert risk.raise_level(flag("unknown", RULE).units["level"], "unknown", RULE) is None
    assert risk.raise_level(flag("high", RULE).units["level"], "unknown", RULE) is None


def test_a_rule_speaks_again_where_the_level_has_fallen_since() -> None:
    """A person lowered it; the client says it again: the alarm must come back."""
    assert risk.raise_level(flag("none", RULE, WORDS).units["level"], "unknown", RULE) == {
        "level": "unknown",
        "reasons": [RULE, WORDS],
    }


def test_a_persons_words_are_always_added() -> None:
    """Two people may say the same; both said it."""
    again = risk.reason("Said so.", by=BEN)

    assert risk.raise_level(flag("high").units["level"], "low", again) == {
        "level": "high",
        "reasons": [{"text": "Said so."}, again],
    }


def test_raising_over_rivals_keeps_the_greatest_level_and_all_reasons() -> None:
    """The write replaces both rivals, so nothing of either may fall out."""
    high, low = {"text": "Has a plan."}, {"text": "Laughed about it."}
    rivals = record(
        "risk_flag",
        Save(ANA, {"level": value("high", high)}),
        Save(BEN, {"level": value("low", low, RULE)}, 2),
    ).units["level"]

    assert risk.raise_level(rivals, "unknown", RULE) == {"level": "high", "reasons": [high, low, RULE]}


def test_a_level_that_we_cannot_read_counts_as_imminent() -> None:
    """A newer schema's level must not be lowered by an older tablet's rule."""
    assert risk.raise_level(one("risk_flag", level=value("catastrophic")).units["level"], "low", RULE) == {
        "level": "imminent",
        "reasons": [{"text": "Said so."}, RULE],
    }
    assert risk.raise_level(one("risk_flag", level="unreadable").units["level"], "low", RULE) == {
        "level": "imminent",
        "reasons": [RULE],
    }
    odd: Json = {"level": "low", "reasons": ["x", {"mood": "dark"}, {"text": "y", "mood": "dark"}]}
    assert risk.raise_level(one("risk_flag", level=odd).units["level"], "low", RULE) == {
        "level": "low",
        "reasons": [{"text": "y"}, RULE],
    }


def test_reasons_are_bounded_and_the_newest_stay() -> None:
    """A value that grows without end is refused one day, and with it the alarm."""
    many = [risk.reason(f"Reason {number}") for number in range(risk.REASONS_MAX)]
    written = risk.raise_level(flag("low", *many).units["level"], "low", RULE)

    assert isinstance(written, dict)
    assert written["reasons"] == [*many[1:], RULE]
    validate("risk_flag", "level", written)


def test_a_person_lowers_over_everything_they_saw() -> None:
    """Closing names all that was seen; what was not seen stays."""
    seen = record(
        "risk_flag",
        Save(ANA, {"level": value("high")}),
        Save(BEN, {"level": value("moderate", {"text": "Lost his job."})}, 2),
    )
    lowering = risk.lower(seen, "none", WORDS)

    assert lowering.value == {"level": "none", "reasons": [WORDS]}
    assert lowering.over == seen.over("level")
    assert len(lowering.over) == 2


def test_a_level_that_was_not_seen_outlives_the_closing() -> None:
    """Ben's tablet raised it while Eva was closing it."""
    first = Save(ANA, {"kind": "self_harm", "level": value("moderate")})
    seen = record("risk_flag", first)
    closing = Save(EVA, {"level": risk.lower(seen, "none", WORDS).value}, 9, seen=seen)
    unseen = Save(BEN, {"level": value("high")}, 5)

    assert columns(record("risk_flag", first, closing))["level"] == "none"
    assert columns(record("risk_flag", first, closing, unseen))["level"] == "high"


@pytest.mark.parametrize(
    ("view", "level", "why"),
    [
        (empty("risk_flag"), "none", WORDS),
        (flag("low"), "unknown", WORDS),
        (flag("low"), "low", WORDS),
        (flag("high"), "none", RULE),
        (flag("high"), "none", risk.reason("No plan.")),
    ],
)
def test_lowering_takes_a_person_words_and_a_higher_level(
    view: RecordView, level: str, why: dict[str, Json]
) -> None:
    """A rule, or nobody, must not call somebody safe."""
    with pytest.raises(NotAllowedYet):
        risk.lower(view, level, why)


def test_the_id_of_a_flag_is_that_of_the_catalogue() -> None:
    """A rule on one tablet and a form on another meet in one record."""
    assert risk.flag_id("c1", "self_harm") == new_id("risk_flag", "c1", {"kind": "self_harm"}, bytes(16))


def test_unknown_stands_above_low() -> None:
    """Nobody is called safe for not having been asked."""
    assert sorted(risk.LEVELS, key=risk.rank) == ["none", "low", "unknown", "moderate", "high", "imminent"]


def test_a_reason_keeps_every_part_under_its_name() -> None:
    """A supervisor at night reads from it who was asked what, when, and how bad it was."""
    assert risk.reason(
        "Has a plan.",
        rule="phq9_item9",
        instrument="phq9 1.0",
        assessment="a1",
        level="high",
        at=NOON,
        by=ANA,
    ) == {
        "text": "Has a plan.",
        "rule": "phq9_item9",
        "instrument": "phq9 1.0",
        "assessment": "a1",
        "level": "high",
        "at": NOON,
        "by": ANA,
    }
    assert risk.reason(rule="phq9_item9") == {"rule": "phq9_item9"}


@pytest.mark.parametrize(
    ("one_", "other", "shown"),
    [
        ("high", "low", "high"),
        ("low", "high", "high"),
        ("unknown", "low", "unknown"),
        ("low", "low", "low"),
        ("none", "imminent", "imminent"),
        ("catastrophic", "imminent", "catastrophic"),
        ("catastrophic", "dire", "catastrophic"),
        ("dire", "catastrophic", "dire"),
    ],
)
def test_the_more_protective_level_wins_from_either_side(one_: str, other: str, shown: str) -> None:
    """An alarm must not be softened because a milder finding was looked at last."""
    assert risk.higher(one_, other) == shown


@pytest.mark.parametrize("level", [["high"], {"level": "low"}, 0, True, None, "catastrophic"])
def test_a_level_of_another_form_ranks_as_the_most_protective(level: Json) -> None:
    """What an older tablet cannot read may be the worst there is, and must not stop the list either."""
    assert risk.rank(level) == risk.rank("imminent") + 1
