"""
What somebody does about a danger.
"""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField, validators

from casework.risk import LEVELS

from ...services.desk.risk import CLOSING_LEVELS, Act
from ..wording import code_label

TEXT_CHARS_MAX: Final = 4_000


class ActForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One act; which one, the pressed button says."""

    seen = HiddenField()
    text = TextAreaField(
        _l("What was done, or why"),
        [validators.Optional(), validators.Length(max=TEXT_CHARS_MAX)],
        render_kw={"rows": 3},
    )
    to = SelectField(_l("Assign to"), validate_choice=False)
    level = SelectField(_l("Close as"), validate_choice=False)


def form_of(staff: list[tuple[str, str]]) -> Any:
    """
    The form of one danger.

    Args:
        staff: (id, name) of those to whom it may be assigned.
    """
    form = ActForm()
    form.to.choices = [("", "–"), *staff]
    form.level.choices = [(level, code_label(LEVELS[level])) for level in CLOSING_LEVELS]
    return form


def act_of(form: Any, client: str, kind: str, act: str) -> Act:
    """What was done in a form that is valid."""
    return Act(
        client,
        kind,
        act,
        [name for name in (form.seen.data or "").split(",") if name],
        (form.text.data or "").strip(),
        form.to.data or "",
        form.level.data or CLOSING_LEVELS[0],
    )
