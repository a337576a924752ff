"""
Intake: a client, the episode of care, and who takes it; fields as casework declares them.
"""

from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from sync import Json

from ...services.desk.registry import Draft, DraftRecord
from . import entry

CLIENT: Final = (
    "legal_name",
    "preferred_name",
    "date_of_birth",
    "sex",
    "language",
    "interpreter_needed",
    "messages_safe",
    "voicemail_safe",
    "papers_may_be_left",
    "do_not_visit_alone",
)
NAMES: Final = ("client__legal_name__family", "client__legal_name__given", "client__preferred_name")
"""Fields of which one at least is filled in."""

NAMELESS: Final = _l("Enter a name; where none is known, what the client is called.")

EPISODE: Final = ("referral_source", "reason", "received_at")
"""What is known of a client on the telephone; the rest is asked at home."""


class IntakeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Whatever is known, and at least something by which the client is called."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Nobody finds a client without a name again, and every list shows a blank."""
        valid = bool(super().validate(extra_validators))
        if any((self[name].data or "").strip() for name in NAMES):
            return valid
        self[NAMES[0]].errors = [*self[NAMES[0]].errors, NAMELESS]
        return False


def form_of(staff: list[tuple[str, str]]) -> Any:
    """
    The form of a new client.

    Args:
        staff: (id, name) of those to whom the client may be assigned.
    """
    fields: dict[str, Any] = {}
    for type_, units in (("client", CLIENT), ("episode", EPISODE)):
        for unit in units:
            fields |= entry.fields(type_, unit, f"{type_}__{unit}")
    fields["worker"] = SelectField(_l("Assign to"), validate_choice=False)
    form = type("IntakeForm", (IntakeForm,), fields)()
    form.worker.choices = [("", "–"), *staff]
    return form


def names_of(form: Any, type_: str) -> list[str]:
    """The names of the fields of one record type, in order."""
    return [name for name in form._fields if name.startswith(f"{type_}__")]


def draft_of(form: Any, zone: ZoneInfo, now: str) -> Draft:
    """
    What was typed into a form that is valid.

    Args:
        form: Made by `form_of`.
        zone: The agency's time zone.
        now: When the referral was received, where nothing else was typed; ISO 8601.
    """
    episode: dict[str, Json] = {"status": "referred", "received_at": now}
    return Draft(
        DraftRecord("client", _units(form, "client", CLIENT, zone)),
        (DraftRecord("episode", {**episode, **_units(form, "episode", EPISODE, zone)}),),
    )


def _units(form: Any, type_: str, units: tuple[str, ...], zone: ZoneInfo) -> dict[str, Json]:
    read = {unit: entry.read(form, type_, unit, f"{type_}__{unit}", zone) for unit in units}
    return {unit: value for unit, value in read.items() if value is not None}
