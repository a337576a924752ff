"""
Supervision of record: who answers for a worker's work, from when to when.

Decided by the agency. Nobody is their own supervisor, and of two at once a person must say which is right.
"""

from collections.abc import Iterable

from sync import CheckFlag, Json, RecordView, flag

from ..fields import date, reference
from ..reading import code_at
from ..record import Fact, Record
from ..spans import overlaps, span_facts, spans_of


class Supervision(Record, title=("Supervision", "Supervisión"), subject="worker", is_subject=True):
    """The supervisors of record of one worker."""

    spans = spans_of(
        "Supervisor of record",
        "Supervisor designado",
        parts={
            "supervisor": reference("Supervisor", "Supervisor"),
            "since": date("Since", "Desde"),
            "until": date("Last day", "Último día"),
        },
        needs=("supervisor", "since"),
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """How many spans there are."""
        return {"spans": len(view.members("spans"))}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Begin and end of each span, with the supervisor."""
        yield from span_facts("supervision", "supervisor", view)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """One supervisor at a time, and somebody else than the worker."""
        for span in sorted(view.members("spans")):
            if code_at(view, f"spans/{span}", "supervisor") == view.subject:
                yield flag("own_supervisor", view, f"spans/{span}")
        yield from overlaps(view, touching=True)
