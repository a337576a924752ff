"""An assessment, to the last column: what lists and supervisors go by, and what is put to a person."""

import pytest

from casework import checks, columns, facts
from casework.record import Fact
from sync import CheckFlag, Json

from ..story import ANA, BEN, NINE, TEN, Save, empty, one, record

FORM: Json = {"id": "phq9", "version": "1.0"}

BLANK: dict[str, Json] = {
    "instrument": None,
    "version": None,
    "started_at": None,
    "finished_at": None,
    "closed": None,
    "complete": False,
    "worker": None,
}


def test_the_list_shows_which_form_when_and_how_far() -> None:
    """A nurse who looks for the last depression score must find the right form of the right day."""
    refused = one(
        "assessment", instrument=FORM, started_at=NINE, finished_at=TEN, closed="refused", worker="ana"
    )

    assert columns(refused) == {
        "instrument": "phq9",
        "version": "1.0",
        "started_at": "2026-11-24T14:00:00Z",
        "finished_at": "2026-11-24T15:00:00Z",
        "closed": "refused",
        "complete": False,
        "worker": "ana",
    }
    assert columns(one("assessment", answers={"q1": "never"})) == {**BLANK, "complete": True}
    assert columns(empty("assessment")) == BLANK


@pytest.mark.parametrize("ending", ["completed", "refused", "unsafe", "midnight"])
def test_a_form_that_was_not_answered_says_how_it_ended_and_when_it_began(ending: str) -> None:
    """ "Could not ask safely" counted as merely open would hide a client in danger; nor does it wait for review."""
    view = one("assessment", instrument=FORM, started_at=NINE, closed=ending, worker="ana")

    assert facts(view) == (Fact("assessment", "phq9", ending, "2026-11-24T14:00:00Z", "ana"),)


def test_a_form_that_nobody_named_is_still_counted() -> None:
    """The instrument may come with a later save, and until then the answers must not be lost from the lists."""
    assert facts(one("assessment", finished_at=TEN, worker="ben")) == (
        Fact("assessment", "unknown", "open", "2026-11-24T15:00:00Z", "ben"),
    )


def test_a_flag_names_the_two_statements_that_contradict_each_other() -> None:
    """Whoever settles it must be shown both writes: each may be of another person."""
    view = record(
        "assessment",
        Save(ANA, {"started_at": TEN, "seen_alone": True}),
        Save(BEN, {"finished_at": NINE, "present": ["client", "partner"]}, 2),
    )
    shown = {unit: held.by.name for unit, held in view.units.items() if held.by is not None}

    assert len(set(shown.values())) == 2
    assert checks(view) == (
        CheckFlag(
            "end_before_start", ("started_at", "finished_at"), (shown["started_at"], shown["finished_at"])
        ),
        CheckFlag("not_alone", ("seen_alone", "present"), (shown["seen_alone"], shown["present"])),
    )


def test_a_form_may_end_in_the_moment_it_began() -> None:
    """A refusal at the first question is saved with one moment, and is no mistake."""
    assert checks(one("assessment", started_at=NINE, finished_at=NINE)) == ()


@pytest.mark.parametrize(
    ("who", "overheard"),
    [
        ("client", False),
        ("staff", False),
        ("interpreter", False),
        ("child_two_or_under", False),
        ("partner", True),
        ("parent", True),
        ("relative", True),
        ("caregiver", True),
        ("child_over_two", True),
        ("other", True),
    ],
)
def test_alone_is_contradicted_by_whoever_could_repeat_what_was_said(who: str, overheard: bool) -> None:
    """A flag for a baby would be clicked away, and one missing for a partner would trust forced answers."""
    view = one("assessment", seen_alone=True, present=[who])

    assert [flag.code for flag in checks(view)] == ["not_alone"] * overheard
