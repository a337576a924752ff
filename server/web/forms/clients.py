"""
Why somebody reads what was said in confidence, or takes a copy.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, validators

from casework.codes import PURPOSES

from ..wording import code_label


class PurposeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A purpose, which is noted with the read."""

    purpose = SelectField(_l("Purpose"), [validators.InputRequired(_l("Choose a purpose."))])


def purpose_form(**options: Any) -> Any:
    """The form, with the purposes in the language of the reader."""
    form = PurposeForm(**options)
    form.purpose.choices = [("", "–"), *((code, code_label(said)) for code, said in PURPOSES.items())]
    return form
