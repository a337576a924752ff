"""
A place where a client lives, stays or can be found.

Kind, lines and dates are one unit: two workers who corrected it apart are both shown before the next visit,
for half of one address and half of another is a stranger's door.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, ask, flag, safest

from ..fields import Codes, choice, date, decimal, group, line, listing, text
from ..reading import code_at, day_at, part, words_at
from ..record import Record

KINDS: Final[Codes] = {
    "home": ("Home", "Hogar"),
    "staying": ("Staying", "Estancia temporal"),
    "hospital": ("Hospital", "Hospital"),
    "placement": ("Placement", "Colocación"),
    "confidential": ("Confidential", "Confidencial"),
}

STATES: Final[Codes] = {"past": ("Past", "Anterior"), "current": ("Current", "Actual")}


class Address(Record, title=("Address", "Dirección")):
    """One address of a client, now or before."""

    place = group(
        "Place",
        "Lugar",
        parts={
            "kind": choice("Kind", "Tipo", KINDS),
            "lines": listing("Street", "Calle", line("Line", "Línea"), items_max=4, least=1),
            "city": line("City", "Ciudad"),
            "district": line("County", "Condado"),
            "region": line("State", "Estado", chars_max=50),
            "postal_code": line("ZIP code", "Código postal", chars_max=20),
            "country": line("Country", "País", chars_max=50),
            "latitude": decimal("Latitude", "Latitud"),
            "longitude": decimal("Longitude", "Longitud"),
            "since": date("From", "Desde"),
            "until": date("Until", "Hasta"),
        },
        needs=("kind", "lines"),
        rule=ask(),
    )
    state = choice("State", "Situación", STATES, rule=safest(*STATES))
    access = text("Way in", "Cómo llegar")

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which address is meant, and whether it is still one."""
        lines = part(view, "place", "lines")
        return {
            "kind": code_at(view, "place", "kind"),
            "state": code_at(view, "state"),
            "street": lines[0] if isinstance(lines, list) and lines else None,
            "city": words_at(view, "place", "city"),
        }

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """A stay ends after it begins."""
        since, until = day_at(view, "place", "since"), day_at(view, "place", "until")
        if since is not None and until is not None and until < since:
            yield flag("end_before_start", view, "place")


def printable(view: RecordView) -> bool:
    """Whether the address may stand on paper: no live value of it may say that it is confidential."""
    shown = view.units.get("place")
    values = [live.value for live in shown.live] if shown is not None else []
    return all(isinstance(value, dict) and value.get("kind") != "confidential" for value in values)
