"""
A consent: what may be told to whom and for what, and whether that still holds.

Grants and withdrawals are a log; the state is a unit of its own in which a withdrawal wins whatever the
clocks say. Who may consent is never picked by a machine.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, ask, flag, safest

from ..codes import CAPACITIES
from ..fields import (
    BY_SUPERVISOR,
    Codes,
    choice,
    date,
    group,
    instant,
    line,
    log_of,
    name_line,
    reference,
    text,
)
from ..reading import code_at, utc_at, words_at
from ..record import Fact, Record

STATES: Final[Codes] = {"given": ("Given", "Otorgado"), "withdrawn": ("Withdrawn", "Retirado")}

FORMS: Final[Codes] = {
    "written": ("Written", "Por escrito"),
    "oral": ("Oral", "Verbal"),
    "implied": ("Implied", "Implícito"),
}


class Consent(Record, title=("Consent", "Consentimiento")):
    """One permission, for one recipient and purpose."""

    recipient = group(
        "Recipient",
        "Destinatario",
        parts={
            "name": name_line("Name", "Nombre"),
            "capacity": choice("Capacity", "En calidad de", CAPACITIES),
            "contact_person": reference("Contact", "Contacto"),
            "resource": reference("Resource", "Recurso"),
        },
        needs=("name",),
    )
    purpose = text("Purpose", "Propósito")
    expires_on = date("Expires on", "Vence el")
    authority = group(
        "Who may consent",
        "Quién puede consentir",
        parts={
            "capacity": choice("Capacity", "En calidad de", CAPACITIES),
            "name": name_line("Name", "Nombre"),
            "contact_person": reference("Contact", "Contacto"),
            "basis": line("Basis", "Fundamento"),
        },
        needs=("capacity",),
        rule=ask(winner=False),
        settled_by=BY_SUPERVISOR,
    )
    state = choice("State", "Situación", STATES, rule=safest(*STATES))
    events = log_of(
        group(
            "Event",
            "Suceso",
            parts={
                "event": choice("Event", "Suceso", STATES),
                "at": instant("At", "Fecha y hora"),
                "form": choice("Form", "Forma", FORMS),
                "by": line("By", "Por"),
                "witness": line("Witness", "Testigo"),
            },
            needs=("event", "at"),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """To whom, and whether it holds."""
        return {
            "recipient": words_at(view, "recipient", "name"),
            "state": code_at(view, "state"),
            "expires_on": utc_at(view, "expires_on"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """State and expiry."""
        yield Fact("consent", view.id, code_at(view, "state"), utc_at(view, "expires_on"))

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """The state says given while the last event is a withdrawal."""
        events = [
            (
                utc_at(view, f"events/{event}", "at") or "",
                code_at(view, f"events/{event}", "event") or "",
                event,
            )
            for event in view.members("events")
        ]
        if events and code_at(view, "state") == "given" and max(events)[1] == "withdrawn":
            yield flag("given_but_withdrawn", view, "state", f"events/{max(events)[2]}")
