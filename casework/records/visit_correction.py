"""
A correction of a visit's verified facts: what was wrong, what is right, and why.

The visit itself is not changed: what was captured at the door stays readable beside its correction.
"""

from typing import Final

from sync import Json, RecordView, once

from ..fields import Codes, choice, content, instant, reference, text
from ..reading import code_at, utc_at
from ..record import Record

CORRECTED: Final[Codes] = {
    "evv": ("Visit verification", "Verificación de la visita"),
    "begin": ("Begin", "Inicio"),
    "end": ("End", "Fin"),
    "outcome": ("Outcome", "Resultado"),
}

REASONS: Final[Codes] = {
    "forgot": ("Forgot to record", "Olvidó registrar"),
    "wrong_entry": ("Wrong entry", "Dato equivocado"),
    "no_signal": ("Position not found", "Sin posición"),
    "device": ("Tablet failed", "Falló la tableta"),
    "wrong_clock": ("Clock was wrong", "Reloj equivocado"),
    "other": ("Other", "Otro"),
}

VALUE_BYTES_MAX: Final = 4_000
"""Bytes of the corrected value: a begin with its position takes two hundred."""


class VisitCorrection(Record, title=("Visit correction", "Corrección de visita")):
    """One correction of one unit of a visit."""

    visit = reference("Visit", "Visita", rule=once())
    corrects = choice("Corrects", "Corrige", CORRECTED, rule=once())
    value = content("Correct value", "Valor correcto", bytes_max=VALUE_BYTES_MAX, rule=once())
    reason = choice("Reason", "Motivo", REASONS, rule=once())
    detail = text("Detail", "Detalle", rule=once())
    worker = reference("Worker", "Trabajador", rule=once())
    made_at = instant("Made at", "Hecha el", rule=once())

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which visit, and when."""
        return {"visit": code_at(view, "visit"), "made_at": utc_at(view, "made_at")}
