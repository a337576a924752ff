"""What must wait, and what is refused: the words, and the parts that a screen puts beside a field."""

from collections.abc import Callable

import pytest

from casework import (
    BadAnswer,
    NotAllowedYet,
    UnknownField,
    UnknownInstrument,
    instruments,
    new_id,
    retracting,
    risk,
    signing,
    subject_of,
    validate,
)
from sync import LIFE, SIGNATURE, Json, RecordView

from .story import ANA, BEN, EVA, Save, empty, one, record

Act = Callable[[], object]

AT = "2026-11-24T18:00:00-05:00"
WORDS = risk.reason("No plan, no intent.", by=EVA, at=AT)
TEXT = Save(ANA, {"narrative": "Client was well."})
TORN = record("note", Save(ANA, {"narrative": "Denies plans."}), Save(BEN, {"narrative": "Has plans."}, 2))


def signature(content: dict[str, Json], digest: str) -> dict[str, Json]:
    """What Ana signed, with a digest that may be another's."""
    return {"content": content, "digest": digest, "seen": [], "by": ANA, "at": AT}


def signed() -> RecordView:
    """A note that Ana wrote and signed."""
    return record("note", TEXT, Save(ANA, {SIGNATURE: signing.sign(record("note", TEXT), by=ANA, at=AT)}, 5))


def forged() -> RecordView:
    """A note whose digest is not that of its content."""
    return one("note", signature=signature({"narrative": "y"}, "A" * 22))


def flag(level: str) -> RecordView:
    """A danger of this level."""
    return one("risk_flag", kind="self_harm", level={"level": level, "reasons": [{"text": "Said so."}]})


@pytest.mark.parametrize(
    ("act", "name", "first", "units"),
    [
        (
            lambda: signing.sign(signed(), by=ANA, at=AT),
            "signing",
            "the record is signed already: write an addendum",
            (SIGNATURE,),
        ),
        (
            lambda: signing.sign(TORN, by=ANA, at=AT),
            "signing",
            "two narratives must become one text",
            ("narrative",),
        ),
        (
            lambda: signing.sign(empty("note"), by=ANA, at=AT),
            "signing",
            "there must be something to sign",
            (),
        ),
        (
            lambda: signing.cosign(record("note", TEXT), by=EVA, at=AT),
            "co-signing",
            "the author must sign first",
            (SIGNATURE,),
        ),
        (
            lambda: signing.cosign(forged(), by=EVA, at=AT),
            "co-signing",
            "the content must match its digest",
            (SIGNATURE,),
        ),
        (
            lambda: signing.cosign(signed(), by=ANA, at=AT),
            "co-signing",
            "nobody co-signs own work",
            (SIGNATURE,),
        ),
        (
            lambda: risk.lower(flag("low"), "unknown", WORDS),
            "lowering a risk",
            "there must be a higher level to lower",
            ("level",),
        ),
        (
            lambda: risk.lower(flag("high"), "none", risk.reason(rule="phq9_item9", at=AT)),
            "lowering a risk",
            "a person must say why in words",
            ("level",),
        ),
        (
            lambda: retracting.retract(empty("note"), "no idea"),
            "retracting",
            "give a reason: entered_in_error, wrong_client, duplicate, not_done, other",
            (LIFE,),
        ),
    ],
)
def test_what_must_wait_says_what_comes_first_and_where(
    act: Act, name: str, first: str, units: tuple[str, ...]
) -> None:
    """A worker at a door who only hears "no" gives up; this one is told what to do, and where."""
    with pytest.raises(NotAllowedYet) as refused:
        act()

    heard = refused.value
    assert str(heard) == f"{name} must wait: {first}"
    assert (heard.act, heard.first, heard.units) == (name, first, units)


@pytest.mark.parametrize(
    ("version", "words"), [(None, "no such instrument"), ("9.9", "no such version of the instrument")]
)
def test_a_form_that_is_not_here_is_told_from_a_version_that_is_not(version: str | None, words: str) -> None:
    """Whoever looks for it waits for a sync, and must know for which form and which version of it."""
    with pytest.raises(UnknownInstrument) as refused:
        instruments.load("phq99", version)

    assert (str(refused.value), refused.value.instrument, refused.value.version) == (words, "phq99", version)


@pytest.mark.parametrize(
    ("act", "words", "type_", "unit"),
    [
        (lambda: validate("client", "cake", "x"), "client has no such unit", "client", "cake"),
        (lambda: validate("wedding", "cake", "x"), "no such record type", "record", None),
        (lambda: subject_of("wedding"), "no such record type", "wedding", None),
        (lambda: new_id("wedding", "c1", {}, bytes(16)), "no such record type", "wedding", None),
    ],
)
def test_an_unknown_field_says_which_type_and_which_unit(
    act: Act, words: str, type_: str, unit: str | None
) -> None:
    """Whoever mends the program looks there; what a stranger's changeset called its type is not repeated."""
    with pytest.raises(UnknownField) as refused:
        act()

    assert (str(refused.value), refused.value.record_type, refused.value.unit) == (words, type_, unit)


LIFE_FORM = "must be an object whose state is active or retracted"
LIFE_PARTS = "must give its reason as text and what was seen as names"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("retracted", LIFE_FORM),
        ({"state": "erased"}, LIFE_FORM),
        ({"state": "retracted", "reason": 7}, LIFE_PARTS),
        ({"state": "retracted", "seen": "everything"}, LIFE_PARTS),
        ({"state": "retracted", "seen": ["not a name"]}, LIFE_PARTS),
    ],
)
def test_a_life_of_another_form_hears_its_rule(value: Json, rule: str) -> None:
    """A tablet that is held up by it shows these words, and the log keeps them without the value."""
    with pytest.raises(BadAnswer) as refused:
        retracting.validate("note", value)

    heard = refused.value
    assert str(heard) == f"note.$life: {rule}"
    assert (heard.record_type, heard.unit, heard.rule, heard.part) == ("note", LIFE, rule, "")


def test_a_bad_answer_inside_a_group_says_the_part() -> None:
    """The form marks the one box that must be corrected, and not the whole group."""
    with pytest.raises(BadAnswer) as refused:
        validate("client", "hazards/h1", {"kind": "dog", "review_on": "soon"})

    heard = refused.value
    assert str(heard) == "client.hazards/h1.review_on: must be a date such as 2026-11-24"
    assert (heard.record_type, heard.unit, heard.part) == ("client", "hazards/h1", "review_on")
