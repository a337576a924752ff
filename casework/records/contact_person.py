"""
Somebody around the client: a phone, a contact, a guardian, a member of the household or of the care team.

Each is a record of its own. Its state is the safest that anybody said: who was removed comes back only by
someone who saw the removal, so no merge returns an abuser.
"""

from typing import Any, Final

from sync import Json, RecordView, safest

from ..codes import CAPACITIES, INTERPRETERS, YES_UNKNOWN_NO
from ..fields import Codes, choice, email, group, language, line, name_line, phone, text
from ..reading import code_at, words_at
from ..record import Record

KINDS: Final[Codes] = {
    "phone": ("Phone of the client", "Teléfono del cliente"),
    "contact": ("Contact", "Contacto"),
    "guardian": ("Guardian", "Tutor"),
    "household": ("Household", "Hogar"),
    "team": ("Care team", "Equipo de atención"),
}

STATES: Final[Codes] = {
    "active": ("Active", "Activo"),
    "restricted": ("Restricted", "Restringido"),
    "removed": ("Removed", "Retirado"),
}

REASONS: Final[Codes] = {
    "unsafe": ("Unsafe", "No es seguro"),
    "court_order": ("Court order", "Orden judicial"),
    "deceased": ("Deceased", "Falleció"),
    "wrong_number": ("Wrong number", "Número equivocado"),
    "conflict_of_interest": ("Conflict of interest", "Conflicto de intereses"),
    "other": ("Other", "Otro"),
}

PHONE_USES: Final[Codes] = {
    "mobile": ("Mobile", "Móvil"),
    "home": ("Home", "Casa"),
    "work": ("Work", "Trabajo"),
    "other": ("Other", "Otro"),
}


def _has_a_reason(value: dict[str, Any]) -> str | None:
    if value["state"] == "active" or value.get("reason") is not None:
        return None
    return "must have a reason unless the state is active"


class ContactPerson(Record, title=("Contact", "Contacto")):
    """A person, or a number, through which the client is reached or cared for."""

    kind = choice("Kind", "Tipo", KINDS)
    name = name_line("Name", "Nombre")
    relationship = line("Relationship", "Relación")
    capacity = choice("Capacity", "En calidad de", CAPACITIES)
    organisation = line("Organization", "Organización")
    phone = phone("Phone", "Teléfono")
    phone_use = choice("Phone use", "Uso del teléfono", PHONE_USES)
    email = email("E-mail", "Correo electrónico")
    language = language("Language", "Idioma")
    interprets = choice("Interprets as", "Interpreta como", INTERPRETERS)
    voicemail_safe = choice(
        "Voicemail is safe", "El buzón de voz es seguro", YES_UNKNOWN_NO, rule=safest(*YES_UNKNOWN_NO)
    )
    remarks = text("Remarks", "Observaciones")
    state = group(
        "State",
        "Situación",
        parts={
            "state": choice("State", "Situación", STATES),
            "reason": choice("Reason", "Motivo", REASONS),
            "detail": line("Detail", "Detalle"),
        },
        needs=("state",),
        check=_has_a_reason,
        rule=safest(*STATES, by="state"),
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Who it is, and whether they may be called."""
        return {
            "kind": code_at(view, "kind"),
            "name": words_at(view, "name"),
            "phone": words_at(view, "phone"),
            "state": code_at(view, "state", "state") or "active",
        }
