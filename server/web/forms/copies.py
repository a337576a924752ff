"""
What somebody wants on paper, for what and for whom.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, validators

from casework.codes import PURPOSES

from ..fields import Day
from ..wording import code_label

RECEIVER_CHARS_MAX = 200
"""Characters of a name and a capacity."""


class CopyForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A copy; purpose and receiver are noted with the read."""

    purpose = SelectField(_l("Purpose"), [validators.InputRequired(_l("Choose a purpose."))])
    receiver = StringField(
        _l("Who receives it, and in what capacity"),
        [
            validators.InputRequired(_l("Say who receives the copy.")),
            validators.Length(max=RECEIVER_CHARS_MAX),
        ],
        render_kw={"maxlength": RECEIVER_CHARS_MAX, "autocomplete": "off"},
    )
    since = Day(_l("From the day"), [validators.Optional()])
    until = Day(_l("Until the day"), [validators.Optional()])
    answers = BooleanField(_l("With answers that were given in confidence"))

    def validate_until(self, field: Any) -> None:
        """The days are in order."""
        if self.since.data is not None and field.data is not None and field.data < self.since.data:
            raise validators.ValidationError(_l("It ends before it begins."))


def copy_form() -> Any:
    """The form, with the purposes in the language of the reader."""
    form = CopyForm()
    form.purpose.choices = [("", "–"), *((code, code_label(said)) for code, said in PURPOSES.items())]
    return form
