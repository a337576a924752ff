"""
A message between the people who care for a client, kept with the client's record and never edited.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView, once

from ..fields import Codes, choice, code, group, instant, listing, log_of, reference, text
from ..reading import code_at, is_code, utc_at
from ..record import Fact, Record

URGENCIES: Final[Codes] = {"now": ("Now", "Ahora"), "today": ("Today", "Hoy"), "note": ("Note", "Nota")}


class Message(Record, title=("Message", "Mensaje")):
    """Words from one person of the agency to others, about one client."""

    sender = reference("From", "De", rule=once())
    to = listing("To", "Para", reference("Worker", "Trabajador"), items_max=50, least=1, rule=once())
    sent_at = instant("Sent at", "Enviado el", rule=once())
    urgency = choice("Urgency", "Urgencia", URGENCIES, rule=once())
    text = text("Text", "Texto", rule=once())
    about = group(
        "About",
        "Sobre",
        parts={"type": code("Type", "Tipo"), "id": reference("Record", "Registro")},
        needs=("type", "id"),
        rule=once(),
    )
    reads = log_of(
        group(
            "Read",
            "Lectura",
            parts={"worker": reference("Worker", "Trabajador"), "at": instant("At", "Fecha y hora")},
            needs=("worker", "at"),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """From whom, when and how urgent."""
        return {
            "sender": code_at(view, "sender"),
            "sent_at": utc_at(view, "sent_at"),
            "urgency": code_at(view, "urgency") or "note",
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """One row a recipient, until it is read."""
        read = {code_at(view, f"reads/{read}", "worker") for read in view.members("reads")}
        to = view.value("to")
        recipients = [worker for worker in to if is_code(worker)] if isinstance(to, list) else []
        for worker in dict.fromkeys(recipients):
            state = "read" if worker in read else "unread"
            yield Fact("message", worker, state, utc_at(view, "sent_at"), worker)
