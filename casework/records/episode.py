"""
An episode of care: from the referral to the discharge.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, ask, flag, once

from ..assignment import assigned, assigned_facts, office
from ..fields import (
    CLAIM,
    DISCHARGE_SUMMARY,
    Codes,
    choice,
    date,
    group,
    instant,
    line,
    text,
)
from ..reading import code_at, day_at, moment_at, utc_at
from ..record import Fact, Record

REFERRERS: Final[Codes] = {
    "hospital": ("Hospital", "Hospital"),
    "physician": ("Physician", "Médico"),
    "nurse": ("Nurse", "Enfermera"),
    "self": ("Client", "Cliente"),
    "family": ("Family", "Familia"),
    "school": ("School", "Escuela"),
    "court": ("Court", "Tribunal"),
    "agency": ("Agency", "Agencia"),
    "field": ("Met in the field", "Conocido en el terreno"),
    "other": ("Other", "Otro"),
}

STATUSES: Final[Codes] = {
    "referred": ("Referred", "Derivado"),
    "active": ("Active", "Activo"),
    "on_hold": ("On hold", "En pausa"),
    "discharged": ("Discharged", "Dado de alta"),
    "declined": ("Not taken", "No admitido"),
}

DISPOSITIONS: Final[Codes] = {
    "goals_met": ("Goals met", "Metas cumplidas"),
    "moved": ("Moved away", "Se mudó"),
    "hospital": ("Hospital", "Hospital"),
    "facility": ("Care facility", "Residencia"),
    "hospice": ("Hospice", "Cuidados paliativos"),
    "other_agency": ("Other agency", "Otra agencia"),
    "refused": ("Refused service", "Rechazó el servicio"),
    "lost": ("Lost contact", "Sin contacto"),
    "deceased": ("Deceased", "Falleció"),
    "other": ("Other", "Otro"),
}

PAYERS: Final[Codes] = {
    "medicare": ("Medicare", "Medicare"),
    "medicaid": ("Medicaid", "Medicaid"),
    "private": ("Private insurance", "Seguro privado"),
    "veterans": ("Veterans Affairs", "Asuntos de Veteranos"),
    "charity": ("Charity care", "Atención caritativa"),
    "self_pay": ("Self-pay", "Pago propio"),
    "none": ("Uninsured", "Sin seguro"),
    "unknown": ("Unknown", "No se sabe"),
}

ON_STATUS: Final = frozenset((CLAIM, DISCHARGE_SUMMARY))


class Episode(Record, title=("Episode of care", "Episodio de atención")):
    """One period in which the agency serves a client."""

    referral_source = choice("Referred by", "Derivado por", REFERRERS, rule=once())
    reason = text("Reason", "Motivo", rule=once())
    received_at = instant("Received at", "Recibido el", rule=once())
    admitted_on = date("Admitted on", "Admitido el")
    status = choice("Status", "Estado", STATUSES, rule=ask(), blocks=ON_STATUS)
    discharge_date = date("Discharged on", "Alta el", rule=ask(), blocks=ON_STATUS)
    disposition = choice("Disposition", "Motivo del alta", DISPOSITIONS, rule=ask(), blocks=ON_STATUS)
    payer = group(
        "Payer",
        "Pagador",
        parts={
            "kind": choice("Kind", "Tipo", PAYERS),
            "name": line("Name", "Nombre", searched=False),
            "member_number": line("Member number", "Número de afiliado", chars_max=100, searched=False),
        },
        needs=("kind",),
    )
    office = office()
    assigned = assigned()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Where the episode stands."""
        return {
            "status": code_at(view, "status"),
            "received_at": utc_at(view, "received_at"),
            "admitted_on": utc_at(view, "admitted_on"),
            "discharge_date": utc_at(view, "discharge_date"),
            "payer": code_at(view, "payer", "kind"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """What intake, the caseload and the equity report count."""
        yield Fact("episode", view.id, code_at(view, "status"), utc_at(view, "received_at"))
        yield Fact("payer", view.id, code_at(view, "payer", "kind"))
        admitted = utc_at(view, "admitted_on")
        yield Fact("admitted", view.id, None if admitted is None else "admitted", admitted)
        yield Fact("discharge", view.id, code_at(view, "disposition"), utc_at(view, "discharge_date"))
        yield from assigned_facts("episode_assigned", view)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Referral, admission and discharge come in this order, and a discharge has its status."""
        received, admitted = moment_at(view, "received_at"), day_at(view, "admitted_on")
        discharged = day_at(view, "discharge_date")
        if admitted is not None and discharged is not None and discharged < admitted:
            yield flag("discharge_before_admission", view, "admitted_on", "discharge_date")
        if received is not None and discharged is not None and discharged < received.date():
            yield flag("discharge_before_referral", view, "received_at", "discharge_date")
        if discharged is not None and code_at(view, "status") in ("referred", "active"):
            yield flag("discharge_date_while_open", view, "status", "discharge_date")
