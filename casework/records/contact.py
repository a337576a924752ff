"""
A contact outside a visit: a call, a message, a talk with the school. Said once; nothing of it is edited.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView, once

from ..codes import CAPACITIES
from ..fields import Codes, choice, instant, line, reference, text
from ..reading import code_at, utc_at
from ..record import Fact, Record

KINDS: Final[Codes] = {
    "call": ("Call", "Llamada"),
    "message": ("Message", "Mensaje"),
    "school": ("School", "Escuela"),
    "collateral": ("Collateral", "Contacto colateral"),
    "case_conference": ("Case conference", "Reunión de caso"),
    "attempt": ("Attempt", "Intento"),
}

DIRECTIONS: Final[Codes] = {"in": ("From them", "Entrante"), "out": ("To them", "Saliente")}

BASES: Final[Codes] = {
    "consent": ("Consent", "Consentimiento"),
    "treatment": ("Treatment", "Tratamiento"),
    "emergency": ("Emergency", "Emergencia"),
    "law": ("Required by law", "Exigido por ley"),
    "none_needed": ("Nothing disclosed", "No se reveló nada"),
}
"""On what ground something was said about the client."""

OUTCOMES: Final[Codes] = {
    "reached": ("Reached", "Contactado"),
    "left_message": ("Left a message", "Dejó mensaje"),
    "no_answer": ("No answer", "Sin respuesta"),
    "refused": ("Refused", "Rechazado"),
    "wrong_number": ("Wrong number", "Número equivocado"),
}


class Contact(Record, title=("Contact made", "Comunicación")):
    """One contact with the client or about the client."""

    kind = choice("Kind", "Tipo", KINDS, rule=once())
    at = instant("At", "Fecha y hora", rule=once())
    worker = reference("Worker", "Trabajador", rule=once())
    direction = choice("Direction", "Dirección", DIRECTIONS, rule=once())
    with_whom = line("With whom", "Con quién", rule=once())
    contact_person = reference("Contact", "Contacto", rule=once())
    capacity = choice("Capacity", "En calidad de", CAPACITIES, rule=once())
    consent_basis = choice("Ground", "Fundamento", BASES, rule=once())
    consent = reference("Consent", "Consentimiento", rule=once())
    outcome = choice("Outcome", "Resultado", OUTCOMES, rule=once())
    summary = text("Summary", "Resumen", rule=once())

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """When, what kind and whether somebody was reached."""
        return {
            "kind": code_at(view, "kind"),
            "at": utc_at(view, "at"),
            "outcome": code_at(view, "outcome"),
            "worker": code_at(view, "worker"),
        }

    @classmethod
    def about_subject(cls, view: RecordView) -> dict[str, Json]:
        """When somebody last spoke with the client's side."""
        reached = code_at(view, "outcome") == "reached"
        return {"last_contact": utc_at(view, "at") if reached else None}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """One row of the timeline."""
        kind = code_at(view, "kind") or "contact"
        yield Fact("contact", kind, code_at(view, "outcome"), utc_at(view, "at"), code_at(view, "worker"))
