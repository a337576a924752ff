"""
Absence: the days on which somebody does not work.

Decided by the agency; what a worker enters on a tablet is a request that stands beside it.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView

from ..fields import Codes, choice, date
from ..record import Fact, Record
from ..spans import overlaps, span_facts, spans_of

KINDS: Final[Codes] = {
    "leave": ("Leave", "Vacaciones"),
    "sick": ("Sick", "Enfermedad"),
    "training": ("Training", "Formación"),
    "family": ("Family", "Familia"),
    "other": ("Other", "Otra"),
}


class Absence(Record, title=("Absence", "Ausencia"), subject="worker", is_subject=True):
    """The absences of one person, from the first day to the last."""

    spans = spans_of(
        "Absent",
        "Ausente",
        parts={
            "kind": choice("Kind", "Tipo", KINDS),
            "since": date("First day", "Primer día"),
            "until": date("Last day", "Último día"),
        },
        needs=("kind", "since", "until"),
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """How many spans there are."""
        return {"spans": len(view.members("spans"))}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """First and last day of each absence."""
        yield from span_facts("absence", "kind", view)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nobody is absent twice on one day."""
        yield from overlaps(view, touching=True)
