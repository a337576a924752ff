"""
A resource of the community: whom to call for food, shelter, insurance; decided as a whole, versioned.
"""

from typing import Final

from sync import Json, RecordView, decided

from ..codes import DOMAINS, YES_UNKNOWN_NO
from ..fields import (
    BY_OFFICE,
    choice,
    date,
    email,
    group,
    language,
    line,
    listing,
    name_line,
    number,
    phone,
    several,
    text,
    url,
)
from ..reading import part, utc_at, words_at
from ..record import Record

VERSIONS_MAX: Final = 1_000_000
"""Versions of one decided record."""


class Resource(Record, title=("Resource", "Recurso"), subject="agency"):
    """One organisation or programme that helps."""

    whole = group(
        "Resource",
        "Recurso",
        parts={
            "version": number("Version", "Versión", least=1, most=VERSIONS_MAX),
            "name": name_line("Name", "Nombre"),
            "domains": several("Domains", "Áreas", DOMAINS),
            "phone": phone("Phone", "Teléfono"),
            "email": email("E-mail", "Correo electrónico"),
            "website": url("Website", "Sitio web"),
            "address": listing("Address", "Dirección", line("Line", "Línea"), items_max=6),
            "hours": text("Hours", "Horario", chars_max=1_000),
            "languages": listing("Languages", "Idiomas", language("Language", "Idioma"), items_max=50),
            "eligibility": text("Who can use it", "Quién puede usarlo"),
            "uninsured": choice("Without insurance", "Sin seguro médico", YES_UNKNOWN_NO),
            "area": line("Area served", "Área de servicio"),
            "checked_on": date("Checked on", "Verificado el"),
            "closed": line("Closed because", "Cerrado porque"),
        },
        needs=("version", "name", "domains"),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """What the directory lists."""
        return {
            "name": words_at(view, "whole", "name"),
            "domains": part(view, "whole", "domains"),
            "phone": words_at(view, "whole", "phone"),
            "checked_on": utc_at(view, "whole", "checked_on"),
        }
