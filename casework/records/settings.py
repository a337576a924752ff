"""
Settings of the agency that tablets and server compute with alike; decided as a whole, versioned.
"""

from typing import Final

from sync import Json, RecordView, decided

from ..fields import BY_OFFICE, Codes, Field, choice, group, line, listing, name_line, number, phone
from ..fields import flag as truth
from ..reading import part
from ..record import Record
from ..risk.levels import LEVELS

VERSIONS_MAX: Final = 1_000_000
"""Versions of one decided record."""

DAYS_MAX: Final = 366
"""Days that a deadline may be set to: a year."""

MINUTES_MAX: Final = 7 * 24 * 60
"""Minutes that a step of a ladder may wait: a week."""

HOURS_MAX: Final = 100
"""Hours a month that one client may add to a caseload."""

TELLS: Final[Codes] = {
    "worker": ("The assigned worker", "El trabajador asignado"),
    "supervisor": ("The worker's supervisor", "El supervisor del trabajador"),
    "duty": ("Whoever is on duty", "Quien esté de guardia"),
    "deputy": ("The deputy on duty", "El suplente de guardia"),
    "office": ("Every supervisor of the office", "Todos los supervisores de la oficina"),
    "administrators": ("The administrators", "Los administradores"),
}
"""Whom a step of a ladder tells."""


def _minutes(en: str, es: str) -> Field:
    return number(en, es, most=24 * 60)


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
            "risk_ladder": listing(
                "Who is told of a risk",
                "A quién se avisa de un riesgo",
                group(
                    "Step",
                    "Paso",
                    parts={
                        "level": choice("From level", "Desde el nivel", LEVELS),
                        "after_minutes": number("After, minutes", "Después, minutos", most=MINUTES_MAX),
                        "tell": choice("Tell", "Avisar a", TELLS),
                    },
                    needs=("level", "after_minutes", "tell"),
                ),
                items_max=30,
            ),
            "silent_hours": number(
                "Tablet silent, hours", "Tableta sin señal, horas", least=1, most=24 * DAYS_MAX
            ),
            "visit_minutes": _minutes("Visit, minutes", "Visita, minutos"),
            "documentation_minutes": _minutes("Documentation, minutes", "Documentación, minutos"),
            "travel_minutes": _minutes("Travel, minutes", "Viaje, minutos"),
            "acuity_hours": listing(
                "Hours by risk",
                "Horas según el riesgo",
                group(
                    "Hours",
                    "Horas",
                    parts={
                        "level": choice("Level", "Nivel", LEVELS),
                        "hours": number("Hours a month", "Horas al mes", most=HOURS_MAX),
                    },
                    needs=("level", "hours"),
                ),
                items_max=len(LEVELS),
            ),
        },
        needs=("version",),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """The version in force."""
        return {"version": part(view, "whole", "version")}
