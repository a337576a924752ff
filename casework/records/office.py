"""
An office of the agency, decided as a whole: every version is the complete record.
"""

from typing import Final

from sync import Json, RecordView, decided

from ..fields import BY_OFFICE, group, language, line, listing, name_line, number, phone, reference
from ..reading import code_at, part, words_at
from ..record import Record

VERSIONS_MAX: Final = 1_000_000
"""Versions of one decided record."""


class Office(Record, title=("Office", "Oficina"), subject="agency"):
    """Where workers belong, and who answers for them."""

    whole = group(
        "Office",
        "Oficina",
        parts={
            "version": number("Version", "Versión", least=1, most=VERSIONS_MAX),
            "name": name_line("Name", "Nombre"),
            "phone": phone("Phone", "Teléfono"),
            "duty_phone": phone("Duty phone", "Teléfono de guardia"),
            "address": listing("Address", "Dirección", line("Line", "Línea"), items_max=6),
            "time_zone": line("Time zone", "Zona horaria", chars_max=60, searched=False),
            "languages": listing("Languages", "Idiomas", language("Language", "Idioma"), items_max=20),
            "supervisors": listing("Supervisors", "Supervisores", reference("Supervisor", "Supervisor")),
            "closed": line("Closed because", "Cerrada porque"),
        },
        needs=("version", "name"),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Its name and version."""
        return {
            "name": words_at(view, "whole", "name"),
            "time_zone": code_at(view, "whole", "time_zone"),
            "version": part(view, "whole", "version"),
        }
