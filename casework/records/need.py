"""
A need of the client, in a domain, with where it was found.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView

from ..codes import DOMAINS
from ..fields import Codes, choice, code, date, group, reference, text
from ..reading import code_at, utc_at
from ..record import Fact, Record

SOURCES: Final[Codes] = {
    "client": ("Client", "Cliente"),
    "screening": ("Screening", "Tamizaje"),
    "observation": ("Observation", "Observación"),
    "family": ("Family", "Familia"),
    "referral": ("Referral", "Derivación"),
}

STATUSES: Final[Codes] = {
    "open": ("Open", "Abierta"),
    "in_progress": ("In progress", "En curso"),
    "met": ("Met", "Resuelta"),
    "declined": ("Help declined", "Ayuda rechazada"),
    "unmet": ("Could not be met", "No se pudo resolver"),
}


class Need(Record, title=("Need", "Necesidad")):
    """Something that the client lacks."""

    domain = choice("Domain", "Área", DOMAINS)
    source = group(
        "Source",
        "Fuente",
        parts={
            "kind": choice("Kind", "Tipo", SOURCES),
            "assessment": reference("Assessment", "Evaluación"),
            "rule": code("Rule", "Regla"),
        },
        needs=("kind",),
    )
    status = choice("Status", "Estado", STATUSES)
    found_on = date("Found on", "Detectada el")
    detail = text("Detail", "Detalle")

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which need, and whether it is still one."""
        return {
            "domain": code_at(view, "domain"),
            "status": code_at(view, "status") or "open",
            "found_on": utc_at(view, "found_on"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Domain and status."""
        domain = code_at(view, "domain") or "other"
        yield Fact("need", domain, code_at(view, "status") or "open", utc_at(view, "found_on"))
