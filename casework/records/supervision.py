"""
Supervision of record: who answers for a worker's work, from when to when.

Decided by the agency. Nobody is their own supervisor, and of two at once a person must say which is right.
"""

from collections.abc import Iterable

from sync import CheckFlag, Json, RecordView, decided, flag

from ..fields import BY_OFFICE, date, group, members, reference
from ..reading import code_at, utc_at
from ..record import Fact, Record
from ..spans import ends_after_start, overlaps


class Supervision(Record, title=("Supervision", "Supervisión"), subject="worker", is_subject=True):
    """The supervisors of record of one worker."""

    spans = members(
        group(
            "Supervisor of record",
            "Supervisor designado",
            parts={
                "supervisor": reference("Supervisor", "Supervisor"),
                "since": date("Since", "Desde"),
                "until": date("Last day", "Último día"),
            },
            needs=("supervisor", "since"),
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
        """Begin and end of each span, with the supervisor."""
        for span in sorted(view.members("spans")):
            unit = f"spans/{span}"
            supervisor = code_at(view, unit, "supervisor")
            yield Fact("supervision", span, supervisor, utc_at(view, unit, "since"), view.subject)
            ends = utc_at(view, unit, "until")
            yield Fact("supervision_until", span, None if ends is None else supervisor, ends, view.subject)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """One supervisor at a time, and somebody else than the worker."""
        for span in sorted(view.members("spans")):
            if code_at(view, f"spans/{span}", "supervisor") == view.subject:
                yield flag("own_supervisor", view, f"spans/{span}")
        yield from overlaps(view, touching=True)
