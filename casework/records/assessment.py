"""
An assessment: one administration of one instrument to one person.

While it is asked, its answers are `partial_answers`; at completion they become `answers`, said once. Scores,
levels and alerts are computed from one administration and its definition's version, and are never stored.
"""

from collections.abc import Iterable
from typing import Any, Final

from sync import CheckFlag, Json, RecordView, flag, once

from ..codes import PRESENT
from ..fields import Codes, answers, choice, group, instant, line, listing, reference, signature
from ..fields import flag as truth
from ..reading import code_at, moment_at, part, utc_at
from ..record import Fact, Record
from ..reviewing import due, mark

ENDINGS: Final[Codes] = {
    "completed": ("Completed", "Completada"),
    "refused": ("Refused", "Rechazada"),
    "unsafe": ("Could not ask safely", "No fue seguro preguntar"),
    "midnight": ("Unfinished", "Sin terminar"),
}
"""How an administration ended; unfinished at midnight it closes incomplete, and the next starts blank."""


class Assessment(Record, title=("Assessment", "Evaluación")):
    """Answers that one client gave to one instrument on one occasion."""

    instrument = group(
        "Instrument",
        "Instrumento",
        parts={
            "id": line("Instrument", "Instrumento", chars_max=80, searched=False),
            "version": line("Version", "Versión", chars_max=80, searched=False),
        },
        needs=("id", "version"),
        rule=once(),
    )
    partial_answers = answers("Answers so far", "Respuestas hasta ahora")
    answers = answers("Answers", "Respuestas", rule=once())
    present = listing("Present", "Presentes", choice("Who", "Quién", PRESENT), items_max=30)
    seen_alone = truth("Seen alone", "A solas")
    started_at = instant("Started at", "Empezada el")
    finished_at = instant("Finished at", "Terminada el")
    closed = choice("Ended", "Final", ENDINGS)
    worker = reference("Worker", "Trabajador", rule=once())
    visit = reference("Visit", "Visita")
    amends = reference("Amends", "Enmienda a", rule=once())
    signature = signature()
    reviewed = mark()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which instrument, when, and how far."""
        return {
            "instrument": code_at(view, "instrument", "id"),
            "version": part(view, "instrument", "version"),
            "started_at": utc_at(view, "started_at"),
            "finished_at": utc_at(view, "finished_at"),
            "closed": code_at(view, "closed"),
            "complete": view.value("answers") is not None,
            "worker": code_at(view, "worker"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """That it was given, and how it ended: a level is in the risk flag, which a person owns."""
        state = "completed" if view.value("answers") is not None else code_at(view, "closed") or "open"
        key = code_at(view, "instrument", "id") or "unknown"
        at = utc_at(view, "finished_at") or utc_at(view, "started_at")
        yield Fact("assessment", key, state, at, code_at(view, "worker"))
        yield from due(view, view.id, code_at(view, "worker"), at)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """It finishes after it starts, and *alone* does not contradict who was there."""
        started, finished = moment_at(view, "started_at"), moment_at(view, "finished_at")
        if started is not None and finished is not None and finished < started:
            yield flag("end_before_start", view, "started_at", "finished_at")
        if view.value("seen_alone") is True and _has_listeners(view.value("present")):
            yield flag("not_alone", view, "seen_alone", "present")


def answers_of(view: RecordView) -> dict[str, Any]:
    """The answers that count: those of the completed administration, else what was answered so far."""
    for unit in ("answers", "partial_answers"):
        value = view.value(unit)
        if isinstance(value, dict):
            return value
    return {}


def is_closed(view: RecordView) -> bool:
    """Whether nothing more will be answered."""
    return view.value("answers") is not None or view.value("closed") is not None


def _has_listeners(present: Json) -> bool:
    free = ("client", "staff", "interpreter", "child_two_or_under")
    return isinstance(present, list) and any(who not in free for who in present)
