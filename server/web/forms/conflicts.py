"""
The decision of a conflict: take one, combine where that means something, or say something else.
"""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField, validators

import casework
from casework import retracting
from sync import LIFE, Json

from ...services.desk.disputes import Dispute, Settlement
from ...services.log.records import Key
from ..wording import code_label
from . import entry

REASON_CHARS_MAX: Final = 1_000
COMBINED: Final = "combined"
OTHER: Final = "other"


class DecisionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Which value, and why."""

    seen = HiddenField()
    # What was chosen may be gone by now, and then the service says who did what: no list is asked here.
    choice = RadioField(_l("Decision"), [validators.InputRequired(_l("Choose one."))], validate_choice=False)
    reason = TextAreaField(
        _l("Reason"),
        [validators.InputRequired(_l("A decision needs a reason.")), validators.Length(max=REASON_CHARS_MAX)],
        render_kw={"rows": 3},
    )


def form_of(dispute: Dispute, zone: ZoneInfo) -> Any:
    """The form of a unit: take one, combine where that means something, or say something else."""
    type_, unit = dispute.record.type, dispute.unit
    typed = not dispute.chooses and unit != LIFE and entry.can_type(type_, unit)
    kind: Any = DecisionForm
    data: dict[str, Any] = {}
    if typed:
        kind = type("DecisionForm", (DecisionForm,), entry.fields(type_, unit, "value"))
        data = entry.typed(type_, unit, "value", dispute.shown.value or dispute.rivals[0].value, zone)
    form = kind(data=data)
    form.choice.choices = list(_choices(dispute, typed))
    return form


def _choices(dispute: Dispute, typed: bool) -> Sequence[tuple[str, str]]:
    if dispute.unit == LIFE:
        reasons = retracting.REASONS
        kept = [
            (code, _("Stays retracted: %(reason)s", reason=code_label(label)))
            for code, label in reasons.items()
        ]
        return [("active", _("Counts again")), *kept]
    taken = [(rival.sayings[0].name, _taking(dispute, number)) for number, rival in enumerate(dispute.rivals)]
    both = [(COMBINED, _("Combine them"))] if combined(dispute) is not None else []
    return [*taken, *both, *([(OTHER, _("Write another value"))] if typed else [])]


def _taking(dispute: Dispute, number: int) -> str:
    names = [dispute.names.get(saying.author, saying.author[:8]) for saying in dispute.rivals[number].sayings]
    said = ", ".join(dict.fromkeys(names))
    if dispute.chooses:
        return str(_("Show entry %(number)s, by %(name)s", number=number + 1, name=said))
    return str(_("Take value %(number)s, by %(name)s", number=number + 1, name=said))


def combined(dispute: Dispute) -> Json:
    """All rivals in one: texts one after the other, lists with everything that is in any; None for other values."""
    values = [rival.value for rival in dispute.rivals]
    declared = casework.field_of(dispute.record.type, dispute.unit)
    if len(values) < 2 or dispute.chooses or declared is None:
        return None
    if declared.kind in entry.LONG and all(isinstance(value, str) for value in values):
        return "\n\n".join(map(str, values))
    if declared.kind in ("several", "list"):
        lists = [value for value in values if isinstance(value, list)]
        merged: list[Json] = []
        for each in (item for value in lists for item in value):
            if each not in merged:
                merged.append(each)
        return merged if len(lists) == len(values) else None
    return None


def settlement_of(form: Any, dispute: Dispute, zone: ZoneInfo) -> Settlement:
    """What was decided in a form that is valid."""
    chosen, key = form.choice.data, Key(dispute.record.type, dispute.record.id)
    seen = [name for name in (form.seen.data or "").split(",") if name]
    value: Json = None
    name = ""
    if dispute.unit == LIFE:
        value = chosen
    elif chosen == COMBINED:
        value = combined(dispute)
    elif chosen == OTHER:
        value = entry.read(form, key.type, dispute.unit, "value", zone)
    else:
        value, name = _taken(dispute, chosen), chosen
    return Settlement(key, dispute.unit, value, form.reason.data, seen, name)


def _taken(dispute: Dispute, name: str) -> Json:
    """The value of the rival to which a write of this name belongs; None where it is alive no more."""
    found = [rival for rival in dispute.rivals if name in {saying.name for saying in rival.sayings}]
    return found[0].value if found else None
