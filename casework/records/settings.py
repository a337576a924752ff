"""
Settings of the agency that tablets and server compute with alike; decided as a whole, versioned.
"""

from typing import Final

from sync import Json, RecordView, decided

from ..fields import BY_OFFICE, group, line, listing, name_line, number, phone
from ..fields import flag as truth
from ..reading import part
from ..record import Record

VERSIONS_MAX: Final = 1_000_000
"""Versions of one decided record."""

DAYS_MAX: Final = 366
"""Days that a deadline may be set to: a year."""


class Settings(Record, title=("Settings", "Ajustes"), subject="agency"):
    """What an agency has decided about its deadlines and words."""

    whole = group(
        "Settings",
        "Ajustes",
        parts={
            "version": number("Version", "Versión", least=1, most=VERSIONS_MAX),
            "agency_name": name_line("Agency", "Agencia"),
            "neutral_title": line("Neutral title", "Título neutro", chars_max=40),
            "crisis_phones": listing(
                "Crisis phones", "Teléfonos de crisis", phone("Phone", "Teléfono"), items_max=10
            ),
            "first_visit_hours": number(
                "First visit, hours", "Primera visita, horas", least=1, most=24 * DAYS_MAX
            ),
            "assessment_days": number("Assessment, days", "Evaluación, días", least=1, most=DAYS_MAX),
            "note_days": number("Note signed, days", "Nota firmada, días", least=1, most=DAYS_MAX),
            "cosign_days": number("Co-signed, days", "Refrendada, días", least=1, most=DAYS_MAX),
            "forgotten_days": number("No contact, days", "Sin contacto, días", least=1, most=DAYS_MAX),
            "phq2_sensitive": truth("PHQ-2 from 2 points", "PHQ-2 desde 2 puntos"),
        },
        needs=("version",),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """The version in force."""
        return {"version": part(view, "whole", "version")}
