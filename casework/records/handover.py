"""
A hand-over: one worker's client offered to another, who becomes responsible by accepting.

Until then the giver stays responsible, and both see the client. `ended` is the office's word that
responsibility has gone over, or that the offer was taken back.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, decided, flag, once

from ..fields import BY_OFFICE, Codes, choice, group, instant, line, reference, text
from ..reading import code_at, utc_at
from ..record import Fact, Record

ANSWERS: Final[Codes] = {"accepted": ("Accepted", "Aceptado"), "declined": ("Declined", "Rechazado")}

ENDS: Final[Codes] = {"passed": ("Passed", "Traspasado"), "withdrawn": ("Taken back", "Retirado")}


class Handover(Record, title=("Hand-over", "Traspaso")):
    """One client's way from one worker to another."""

    giver = reference("From", "De", rule=once())
    receiver = reference("To", "A", rule=once())
    offered_by = reference("Offered by", "Ofrecido por", rule=once())
    offered_at = instant("Offered at", "Ofrecido el", rule=once())
    note = text("What to know", "Lo que hay que saber", rule=once())
    answer = group(
        "Answer",
        "Respuesta",
        parts={
            "answer": choice("Answer", "Respuesta", ANSWERS),
            "by": reference("By", "Por"),
            "at": instant("At", "Fecha y hora"),
            "reason": line("Reason", "Motivo"),
        },
        needs=("answer", "by", "at"),
        rule=once(),
    )
    ended = group(
        "Ended",
        "Terminado",
        parts={"how": choice("How", "Cómo", ENDS), "at": instant("At", "Fecha y hora")},
        needs=("how", "at"),
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Between whom, and how far."""
        return {
            "giver": code_at(view, "giver"),
            "receiver": code_at(view, "receiver"),
            "offered_at": utc_at(view, "offered_at"),
            "state": state_of(view),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """A row for each of the two."""
        at, state = utc_at(view, "offered_at"), state_of(view)
        for kind, unit in (("handover", "receiver"), ("handover_from", "giver")):
            worker = code_at(view, unit)
            yield Fact(kind, view.id, None if worker is None else state, at, worker)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """The receiver answers, and nobody else."""
        by, receiver = code_at(view, "answer", "by"), code_at(view, "receiver")
        if by is not None and receiver is not None and by != receiver:
            yield flag("answered_by_another", view, "answer", "receiver")


def state_of(view: RecordView) -> str:
    """`offered`, `accepted`, `declined`, `passed` or `withdrawn`."""
    return code_at(view, "ended", "how") or code_at(view, "answer", "answer") or "offered"
