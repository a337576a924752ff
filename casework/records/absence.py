"""
Absence: the days on which somebody does not work.

Decided by the agency; what a worker enters on a tablet is a request that stands beside it.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, decided

from ..fields import BY_OFFICE, Codes, choice, date, group, members
from ..reading import code_at, utc_at
from ..record import Fact, Record
from ..spans import ends_after_start, overlaps

KINDS: Final[Codes] = {
    "leave": ("Leave", "Vacaciones"),
    "sick": ("Sick", "Enfermedad"),
    "training": ("Training", "Formación"),
    "family": ("Family", "Familia"),
    "other": ("Other", "Otra"),
}


class Absence(Record, title=("Absence", "Ausencia"), subject="worker", is_subject=True):
    """The absences of one person, from the first day to the last."""

    spans = members(
        group(
            "Absent",
            "Ausente",
            parts={
                "kind": choice("Kind", "Tipo", KINDS),
                "since": date("First day", "Primer día"),
                "until": date("Last day", "Último día"),
            },
            needs=("kind", "since", "until"),
            check=ends_after_start,
        ),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """How many spans there are."""
        return {"spans": len(view.members("spans"))}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """First and last day of each absence."""
        for span in sorted(view.members("spans")):
            unit = f"spans/{span}"
            kind = code_at(view, unit, "kind")
            yield Fact("absence", span, kind, utc_at(view, unit, "since"), view.subject)
            yield Fact("absence_until", span, kind, utc_at(view, unit, "until"), view.subject)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nobody is absent twice on one day."""
        yield from overlaps(view, touching=True)
