"""
Duty: when somebody is on call for an office, first or as deputy.

Decided by the agency. A ladder of alerts goes to whoever is on duty first, then to the deputy.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView

from ..fields import Codes, choice, instant, reference
from ..reading import code_at
from ..record import Fact, Record
from ..spans import overlaps, span_facts, spans_of

PLACES: Final[Codes] = {"first": ("First", "Primero"), "deputy": ("Deputy", "Suplente")}


class Duty(Record, title=("Duty", "Guardia"), subject="worker", is_subject=True):
    """The duty hours of one person."""

    spans = spans_of(
        "On duty",
        "De guardia",
        parts={
            "place": choice("Place", "Puesto", PLACES),
            "office": reference("Office", "Oficina"),
            "since": instant("From", "Desde"),
            "until": instant("Until", "Hasta"),
        },
        needs=("place", "office", "since", "until"),
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """How many spans there are."""
        return {"spans": len(view.members("spans"))}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Begin and end of each span by its place, and the office that it is for."""
        yield from span_facts("duty", "place", view)
        for span in sorted(view.members("spans")):
            yield Fact("duty_office", span, code_at(view, f"spans/{span}", "office"), worker=view.subject)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nobody is on duty twice at once for one office, first and deputy."""
        yield from overlaps(view, same="office")
