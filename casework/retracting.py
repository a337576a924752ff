"""
Retracting and reviving: the value of the unit `$life`, and who still sees what was written in the wrong
chart.

Nothing is deleted. A retraction names every write that its author had seen, so an edit from elsewhere shows
as *retracted, but edited* and is put to a person.
"""

from typing import Final

from sync import LIFE, Json, Life, RecordView, is_name

from .errors import BadAnswer, NotAllowedYet
from .fields import Codes

REASONS: Final[Codes] = {
    "entered_in_error": ("Entered in error", "Registrado por error"),
    "wrong_client": ("Wrong client", "Cliente equivocado"),
    "duplicate": ("Entered twice", "Registrado dos veces"),
    "not_done": ("Did not happen", "No ocurrió"),
    "other": ("Other", "Otro"),
}

WRONG_CLIENT: Final = "wrong_client"

STATES: Final = ("active", "retracted")

SEE_WRONG_CHART: Final = frozenset(("supervisor", "auditor"))
"""Roles that see what was written in the wrong chart, besides its author."""


def retract(view: RecordView, reason: str) -> Json:
    """
    The value of `$life` that retracts what the view shows.

    Raises:
        NotAllowedYet: The reason is not one of `REASONS`.
    """
    if reason not in REASONS:
        raise NotAllowedYet("retracting", f"give a reason: {', '.join(REASONS)}", (LIFE,))
    live = {write.name for unit, shown in view.units.items() if unit != LIFE for write in shown.live}
    return {"state": "retracted", "reason": reason, "seen": list[Json](sorted(live))}


def revive() -> Json:
    """The value of `$life` that brings a record back; it is written over the retractions that were seen."""
    return {"state": "active"}


def validate(type_: str, value: Json) -> None:
    """
    Hold a value of `$life` against its form. A reason that is not known here passes: a newer tablet may know it.

    Raises:
        BadAnswer: It is not of the form that `retract` and `revive` give.
    """
    rule = _broken_rule(value)
    if rule:
        raise BadAnswer(type_, LIFE, rule)


def retracted_because(view: RecordView) -> str | None:
    """The reason of the retraction that is shown; None where the record stands."""
    if view.life is Life.ACTIVE:
        return None
    value = view.units[LIFE].value
    reason = value.get("reason") if isinstance(value, dict) else None
    return reason if isinstance(reason, str) else "other"


def may_see(view: RecordView, person: str, roles: frozenset[str]) -> bool:
    """
    Whether somebody with access to the client sees this record and may copy it.

    What was written in the wrong chart tells one client's story in another's: only whoever wrote it,
    supervisors and auditors see it, and it is in no copy.
    """
    if retracted_because(view) != WRONG_CLIENT:
        return True
    authors = {write.author for unit, shown in view.units.items() if unit != LIFE for write in shown.live}
    return person in authors or bool(roles & SEE_WRONG_CHART)


def is_copied(view: RecordView) -> bool:
    """Whether a record goes into copies and exports."""
    return retracted_because(view) != WRONG_CLIENT


def _broken_rule(value: Json) -> str:
    if not isinstance(value, dict) or value.get("state") not in STATES:
        return "must be an object whose state is active or retracted"
    seen = value.get("seen", [])
    if (
        not isinstance(value.get("reason", ""), str)
        or not isinstance(seen, list)
        or not all(map(is_name, seen))
    ):
        return "must give its reason as text and what was seen as names"
    return ""
