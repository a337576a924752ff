"""
What an agency decides: terms, weights of work, and who is told of a danger after how long.
"""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, validators

from sync import Json

from ...services.desk.policy import Policy, Step
from ..fields import Whole

TERMS: Final = {
    "first_visit_hours": _l("Hours from referral to first visit"),
    "assessment_days": _l("Days to the comprehensive assessment"),
    "note_days": _l("Days to sign a note"),
    "cosign_days": _l("Days to co-sign"),
    "forgotten_days": _l("Days without contact until somebody is reminded"),
    "silent_hours": _l("Hours until a tablet counts as silent"),
}
WEIGHTS: Final = {
    "visit_minutes": _l("Minutes of a visit"),
    "documentation_minutes": _l("Minutes to document it"),
    "travel_minutes": _l("Minutes of travel"),
}


class SettingsForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Numbers, and the ladder as lines of *level, minutes, whom*."""

    seen = HiddenField()
    ladder = TextAreaField(
        _l("Who is told of a danger"), [validators.Optional()], render_kw={"rows": 12, "spellcheck": "false"}
    )


def form_of(now: Policy) -> Any:
    """The form, filled with what holds now."""
    fields = {
        name: Whole(label, [validators.Optional(), validators.NumberRange(min=0)])
        for name, label in (TERMS | WEIGHTS).items()
    }
    data: dict[str, Any] = {name: getattr(now, name) for name in TERMS | WEIGHTS}
    data["ladder"] = "\n".join(f"{step.level}, {step.after_minutes}, {step.tell}" for step in now.ladder)
    data["seen"] = ",".join(now.seen)
    return type("SettingsForm", (SettingsForm,), fields)(data=data)


def values_of(form: Any, now: Policy) -> dict[str, Json]:
    """
    What was changed in a form that is valid; nothing where nothing was.

    Raises:
        ValueError: A line of the ladder is none.
    """
    numbers: dict[str, Json] = {
        name: form[name].data for name in TERMS | WEIGHTS if form[name].data != getattr(now, name)
    }
    steps = [_step(line) for line in (form.ladder.data or "").splitlines() if line.strip()]
    if tuple(steps) == now.ladder:
        return numbers
    said: list[Json] = [
        {"level": step.level, "after_minutes": step.after_minutes, "tell": step.tell} for step in steps
    ]
    return numbers | {"ladder": said}


def _step(line: str) -> Step:
    level, minutes, tell = (part.strip() for part in line.split(","))
    return Step(level, int(minutes), tell)
