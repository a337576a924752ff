"""
The decision about somebody's work: a word for each field where one is due, and return, approve or co-sign.
"""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField, validators

from ...services.desk.review import Comment, Decision
from ...services.log.records import Key

WORDS_CHARS_MAX: Final = 4_000
TITLE_CHARS_MAX: Final = 120


class ReviewForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What a supervisor says; which of the three decisions it is, the pressed button says."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("To the author"),
        [validators.Optional(), validators.Length(max=WORDS_CHARS_MAX)],
        render_kw={"rows": 4},
    )
    title = StringField(_l("You sign as"), [validators.Optional(), validators.Length(max=TITLE_CHARS_MAX)])


def form_of(units: list[str], labels: list[str]) -> Any:
    """The form of a work with these units, each of which may get a comment."""
    fields = {
        _name(number): TextAreaField(
            label, [validators.Optional(), validators.Length(max=WORDS_CHARS_MAX)], render_kw={"rows": 2}
        )
        for number, label in enumerate(labels)
    }
    assert len(units) == len(labels), "every unit has a label"
    return type("ReviewForm", (ReviewForm,), fields)()


def decision_of(form: Any, units: list[str], work: Key, kind: str) -> Decision:
    """What was decided in a form that is valid."""
    said = [(unit, (form[_name(number)].data or "").strip()) for number, unit in enumerate(units)]
    return Decision(
        work,
        kind,
        [name for name in (form.seen.data or "").split(",") if name],
        tuple([Comment(words, unit) for unit, words in said if words]),
        (form.reason.data or "").strip(),
        (form.title.data or "").strip(),
    )


def _name(number: int) -> str:
    return f"comment_{number}"
