"""
A referral to a resource, followed until it is closed.

What the requester wants (`status`) and what the performer does (`progress`) are two fields, as FHIR keeps
them in two resources. A pair that cannot be is a check flag: a person asks, nothing is repaired.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, flag

from ..codes import DOMAINS
from ..fields import Codes, choice, date, group, instant, line, log_of, reference, text
from ..reading import code_at, utc_at
from ..record import Fact, Record

STATUSES: Final[Codes] = {
    "draft": ("Draft", "Borrador"),
    "active": ("Active", "Activa"),
    "on_hold": ("On hold", "En pausa"),
    "revoked": ("Taken back", "Retirada"),
    "completed": ("Closed", "Cerrada"),
}

PROGRESS: Final[Codes] = {
    "not_sent": ("Not sent", "Sin enviar"),
    "sent": ("Sent", "Enviada"),
    "accepted": ("Accepted", "Aceptada"),
    "declined": ("Declined", "Rechazada"),
    "completed": ("Completed", "Completada"),
}

EVENTS: Final[Codes] = {name: PROGRESS[name] for name in ("sent", "accepted", "declined", "completed")}

ILLEGAL: Final = frozenset(
    (
        ("draft", "sent"),
        ("draft", "accepted"),
        ("draft", "declined"),
        ("draft", "completed"),
        ("completed", "not_sent"),
        ("completed", "sent"),
        ("completed", "accepted"),
        ("revoked", "completed"),
    )
)
"""Pairs of status and progress that cannot be true together."""


class Referral(Record, title=("Referral", "Derivación")):
    """One need handed to one resource."""

    need = reference("Need", "Necesidad")
    domain = choice("Domain", "Área", DOMAINS)
    resource = reference("Resource", "Recurso")
    consent = reference("Consent", "Consentimiento")
    status = choice("Status", "Estado", STATUSES)
    progress = choice("Progress", "Avance", PROGRESS)
    follow_up_on = date("Follow up on", "Dar seguimiento el")
    reason = text("Reason", "Motivo")
    events = log_of(
        group(
            "Event",
            "Suceso",
            parts={
                "event": choice("Event", "Suceso", EVENTS),
                "at": instant("At", "Fecha y hora"),
                "by": line("By", "Por"),
                "remark": line("Remark", "Observación"),
            },
            needs=("event", "at"),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Where the loop stands."""
        return {
            "domain": code_at(view, "domain"),
            "resource": code_at(view, "resource"),
            "status": code_at(view, "status"),
            "progress": code_at(view, "progress"),
            "follow_up_on": utc_at(view, "follow_up_on"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Status, progress, and each event with its time."""
        yield Fact("referral_status", view.id, code_at(view, "status"), utc_at(view, "follow_up_on"))
        yield Fact("referral_progress", view.id, code_at(view, "progress"))
        for event in sorted(view.members("events")):
            unit = f"events/{event}"
            yield Fact("referral_event", event, code_at(view, unit, "event"), utc_at(view, unit, "at"))

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Status and progress fit, and one performer does not both decline and complete."""
        if (code_at(view, "status"), code_at(view, "progress")) in ILLEGAL:
            yield flag("illegal_pair", view, "status", "progress")
        ends = {
            f"events/{event}": code_at(view, f"events/{event}", "event")
            for event in sorted(view.members("events"))
        }
        closing = {unit: event for unit, event in ends.items() if event in ("declined", "completed")}
        if len(set(closing.values())) > 1:
            yield flag("declined_and_completed", view, *closing)
