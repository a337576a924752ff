"""
Somebody who works for the agency: who they are, in which languages, and with which licence.

Its subject is the worker. Roles and offices are decided by the agency, not by the worker's tablet.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView, decided

from ..fields import (
    BY_OFFICE,
    Codes,
    choice,
    date,
    email,
    group,
    language,
    line,
    listing,
    members,
    name_line,
    number,
    phone,
    reference,
    several,
)
from ..fields import flag as truth
from ..reading import code_at, utc_at, words_at
from ..record import Fact, Record

ROLES: Final[Codes] = {
    "worker": ("Social worker", "Trabajador social"),
    "supervisor": ("Supervisor", "Supervisor"),
    "administrator": ("Administrator", "Administrador"),
    "auditor": ("Auditor", "Auditor"),
}

LICENCES: Final[Codes] = {
    "bsw": ("Bachelor's (BSW)", "Licenciatura (BSW)"),
    "lsw": ("Licensed (LSW)", "Licencia (LSW)"),
    "lmsw": ("Licensed master (LMSW)", "Maestría con licencia (LMSW)"),
    "lcsw": ("Licensed clinical (LCSW)", "Clínica con licencia (LCSW)"),
    "msw": ("Master's (MSW)", "Maestría (MSW)"),
    "other": ("Other", "Otra"),
}

HOURS_MAX: Final = 400
"""Hours a month that somebody can be planned for: more is a mistake in the entry."""


class Staff(Record, title=("Staff member", "Personal"), subject="worker", is_subject=True):
    """One person who works for the agency."""

    name = name_line("Name", "Nombre")
    job_title = line("Title", "Cargo", searched=False)
    phone = phone("Phone", "Teléfono")
    email = email("E-mail", "Correo electrónico")
    languages = listing("Languages", "Idiomas", language("Language", "Idioma"), items_max=20)
    roles = several("Roles", "Funciones", ROLES, rule=decided(), settled_by=BY_OFFICE)
    offices = listing(
        "Offices",
        "Oficinas",
        reference("Office", "Oficina"),
        items_max=50,
        rule=decided(),
        settled_by=BY_OFFICE,
    )
    active = truth("Active", "Activo", rule=decided(), settled_by=BY_OFFICE)
    capacity_hours = number(
        "Hours a month", "Horas al mes", most=HOURS_MAX, rule=decided(), settled_by=BY_OFFICE
    )
    licences = members(
        group(
            "License",
            "Licencia",
            parts={
                "kind": choice("Kind", "Tipo", LICENCES),
                "number": line("Number", "Número", chars_max=50, searched=False),
                "region": line("State", "Estado", chars_max=50, searched=False),
                "valid_from": date("Valid from", "Válida desde"),
                "expires_on": date("Expires on", "Vence el"),
            },
            needs=("kind",),
        ),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Who, and whether they work here now."""
        return {
            "name": words_at(view, "name"),
            "title": words_at(view, "job_title"),
            "active": view.value("active", True) is True,
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Whether somebody is active, and when each licence expires."""
        active = "inactive" if view.value("active") is False else "active"
        yield Fact("staff", view.id, active, worker=view.id)
        hours = view.value("capacity_hours")
        yield Fact("capacity", view.id, str(hours) if isinstance(hours, int) else None, worker=view.id)
        for licence in sorted(view.members("licences")):
            unit = f"licences/{licence}"
            yield Fact(
                "licence", licence, code_at(view, unit, "kind"), utc_at(view, unit, "expires_on"), view.id
            )
