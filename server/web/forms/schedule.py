"""
Planning: a visit, an absence, and the cover of one.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, validators

from casework.records.absence import KINDS

from ..fields import Day, Moment
from ..wording import code_label
from .entry import MOMENTS

CHOOSE = _l("Choose one.")
DAY = _l("Enter a day.")


class VisitForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Whom somebody visits, and when."""

    client = SelectField(_l("Client"), [validators.InputRequired(CHOOSE)], validate_choice=False)
    worker = SelectField(_l("Worker"), [validators.InputRequired(CHOOSE)])
    second = SelectField(_l("Together with"), [validators.Optional()])
    start = Moment(_l("From"), [validators.InputRequired(_l("Enter day and time."))], format=MOMENTS)
    end = Moment(_l("Until"), [validators.Optional()], format=MOMENTS)


class AbsenceForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who is absent, from the first day to the last."""

    seen = HiddenField()
    kind = SelectField(_l("Kind"), [validators.InputRequired(CHOOSE)])
    since = Day(_l("First day"), [validators.InputRequired(DAY)])
    until = Day(_l("Last day"), [validators.InputRequired(DAY)])


class CoverForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who makes the visits of somebody absent, on which days."""

    receiver = SelectField(_l("Who covers"), [validators.InputRequired(CHOOSE)])
    first = Day(_l("First day"), [validators.InputRequired(DAY)])
    last = Day(_l("Last day"), [validators.InputRequired(DAY)])


def absence_form() -> Any:
    """The form of an absence."""
    form = AbsenceForm()
    form.kind.choices = [(code, code_label(said)) for code, said in KINDS.items()]
    return form
