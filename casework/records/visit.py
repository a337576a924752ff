"""
A visit: what one worker planned, did and found at a client's home.

Each worker has a record of their own, also for a joint visit. The facts that electronic visit verification
asks for are said once; a mistake in them is corrected by a `visit_correction` with its reason.
"""

from collections.abc import Iterable
from typing import Any, Final

from sync import CheckFlag, Json, RecordView, flag, once, safest

from ..codes import INTERPRETERS, PRESENT
from ..fields import (
    Codes,
    Field,
    choice,
    code,
    date,
    decimal,
    group,
    instant,
    language,
    line,
    listing,
    reference,
    several,
    signature,
    text,
)
from ..reading import code_at, moment_at, utc_at
from ..record import Fact, Record

METHODS: Final[Codes] = {
    "gps": ("By position", "Por posición"),
    "manual": ("By hand", "A mano"),
    "none": ("Not captured", "Sin captura"),
}

CANCELLED_BY: Final[Codes] = {
    "nobody": ("Nobody", "Nadie"),
    "agency": ("Agency", "Agencia"),
    "client": ("Client", "Cliente"),
}

OUTCOMES: Final[Codes] = {
    "made": ("Made", "Realizada"),
    "partial": ("Partly made", "Parcial"),
    "not_home": ("Not home", "No estaba en casa"),
    "refused": ("Refused", "Rechazada"),
    "in_hospital": ("In hospital", "En el hospital"),
    "cancelled_by_client": ("Cancelled by client", "Cancelada por el cliente"),
    "cancelled_by_agency": ("Cancelled by agency", "Cancelada por la agencia"),
    "left_unsafe": ("Left: unsafe", "Se retiró por seguridad"),
}

INTERVENTIONS: Final[Codes] = {
    "assessment": ("Assessment", "Evaluación"),
    "counselling": ("Counseling", "Consejería"),
    "crisis": ("Crisis intervention", "Intervención en crisis"),
    "resources": ("Linking to resources", "Enlace con recursos"),
    "advocacy": ("Advocacy", "Defensa de derechos"),
    "education": ("Education", "Educación"),
    "caregiver_support": ("Caregiver support", "Apoyo al cuidador"),
    "planning": ("Planning", "Planificación"),
    "advance_directives": ("Advance directives", "Voluntades anticipadas"),
    "coordination": ("Coordination", "Coordinación"),
    "safety_planning": ("Safety planning", "Plan de seguridad"),
    "bereavement": ("Bereavement", "Duelo"),
}


def _clocked(en: str, es: str) -> Field:
    """One end of a visit by both clocks: the tablet's own, and as corrected by the server's offset."""
    parts = {
        "device_at": instant("By the tablet's clock", "Según la tableta"),
        "corrected_at": instant("As corrected", "Corregida"),
        "method": choice("Captured", "Captura", METHODS),
        "latitude": decimal("Latitude", "Latitud"),
        "longitude": decimal("Longitude", "Longitud"),
        "accuracy_m": decimal("Accuracy in meters", "Precisión en metros"),
    }
    return group(en, es, parts=parts, needs=("device_at", "method"), rule=once())


class Visit(Record, title=("Visit", "Visita")):
    """One worker's visit to one client."""

    worker = reference("Worker", "Trabajador", rule=once())
    joint_with = listing("Joint with", "Junto con", reference("Worker", "Trabajador"), items_max=10)
    episode = reference("Episode", "Episodio")
    address = reference("Address", "Dirección")
    planned = group(
        "Planned",
        "Planificada",
        parts={"start": instant("From", "Desde"), "end": instant("Until", "Hasta")},
        needs=("start",),
    )
    cancelled_by = choice("Cancelled by", "Cancelada por", CANCELLED_BY, rule=safest(*CANCELLED_BY))
    evv = group(
        "Visit verification",
        "Verificación de la visita",
        parts={
            "service": code("Service", "Servicio"),
            "client": reference("Client", "Cliente"),
            "date": date("Date", "Fecha"),
            "place": line("Place", "Lugar", searched=False),
            "worker": reference("Worker", "Trabajador"),
        },
        needs=("service", "client", "date", "worker"),
        rule=once(),
    )
    begin = _clocked("Begin", "Inicio")
    end = _clocked("End", "Fin")
    outcome = group(
        "Outcome",
        "Resultado",
        parts={
            "outcome": choice("Outcome", "Resultado", OUTCOMES),
            "reason": line("Reason", "Motivo"),
        },
        needs=("outcome",),
    )
    present = listing(
        "Present",
        "Presentes",
        group(
            "Person",
            "Persona",
            parts={
                "who": choice("Who", "Quién", PRESENT),
                "interprets": choice("Interprets as", "Interpreta como", INTERPRETERS),
                "name": line("Name", "Nombre"),
            },
            needs=("who",),
        ),
        items_max=30,
    )
    language = language("Language", "Idioma")
    interpreter = choice("Interpreter", "Intérprete", INTERPRETERS)
    purpose = text("Purpose", "Propósito")
    interventions = several("Interventions", "Intervenciones", INTERVENTIONS)
    impediment = text("Impediment to treatment", "Impedimento para el tratamiento")
    skill_needed = text("Why a social worker's skill is needed", "Por qué se necesita trabajo social")
    plan_of_care = reference("Plan of care", "Plan de atención")
    signature = signature()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """What the day's plan and the caseload list."""
        return {
            "worker": code_at(view, "worker"),
            "planned_start": utc_at(view, "planned", "start"),
            "begin": began_at(view),
            "end": ended_at(view),
            "outcome": code_at(view, "outcome", "outcome"),
            "cancelled_by": code_at(view, "cancelled_by") or "nobody",
            "signed": view.signed is not None,
        }

    @classmethod
    def about_subject(cls, view: RecordView) -> dict[str, Json]:
        """When somebody was last there."""
        made = code_at(view, "outcome", "outcome") in ("made", "partial")
        return {"last_visit": began_at(view) if made else None}

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Plan, begin, end, outcome and signing, each with its time."""
        worker = code_at(view, "worker")
        cancelled = code_at(view, "cancelled_by") or "nobody"
        outcome = code_at(view, "outcome", "outcome")
        yield Fact("visit_planned", view.id, cancelled, utc_at(view, "planned", "start"), worker)
        yield Fact("visit_begin", view.id, code_at(view, "begin", "method"), began_at(view), worker)
        yield Fact("visit_end", view.id, code_at(view, "end", "method"), ended_at(view), worker)
        yield Fact("visit", view.id, outcome, began_at(view) or utc_at(view, "planned", "start"), worker)
        yield Fact("interpreter", view.id, code_at(view, "interpreter"), worker=worker)
        signed_at = utc_at(view, "signature", "at")
        yield Fact("visit_signed", view.id, None if signed_at is None else "signed", signed_at, worker)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """A visit ends after it begins, was not both made and cancelled, and is about its own client."""
        start, until = moment_at(view, "planned", "start"), moment_at(view, "planned", "end")
        if start is not None and until is not None and until < start:
            yield flag("planned_end_before_start", view, "planned")
        if _ends_before_it_begins(view):
            yield flag("end_before_start", view, "begin", "end")
        outcome = code_at(view, "outcome", "outcome")
        if outcome == "made" and code_at(view, "cancelled_by") in ("agency", "client"):
            yield flag("made_and_cancelled", view, "outcome", "cancelled_by")
        client = code_at(view, "evv", "client")
        if client is not None and client != view.subject:
            yield flag("verified_for_another_client", view, "evv")


def began_at(view: RecordView) -> str | None:
    """When the visit began, in UTC: corrected where the offset was known, else by the tablet's clock."""
    return utc_at(view, "begin", "corrected_at") or utc_at(view, "begin", "device_at")


def ended_at(view: RecordView) -> str | None:
    """When the visit ended, in UTC, like `began_at`."""
    return utc_at(view, "end", "corrected_at") or utc_at(view, "end", "device_at")


def _ends_before_it_begins(view: RecordView) -> bool:
    """By one clock at both ends: the corrected one where it is known for both, else the tablet's."""
    clocks = ("corrected_at", "device_at")
    pairs = [(moment_at(view, "begin", clock), moment_at(view, "end", clock)) for clock in clocks]
    known = [(begin, end) for begin, end in pairs if begin is not None and end is not None]
    return bool(known) and known[0][1] < known[0][0]


def seen_alone(present: Any) -> bool:
    """
    Whether the client could speak freely, from the list of who was present.

    A relative who interprets, or a child over two in earshot, is not alone; professional interpreters and
    staff are. An empty or unreadable list says nothing, and nothing is not alone.
    """
    if not isinstance(present, list) or not present:
        return False
    return all(_is_no_listener(person) for person in present)


def _is_no_listener(person: Any) -> bool:
    if not isinstance(person, dict):
        return False
    if person.get("who") == "interpreter":
        return person.get("interprets") in ("professional", "staff")
    return person.get("who") in ("client", "staff", "child_two_or_under")
