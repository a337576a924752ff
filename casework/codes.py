"""
Code lists that several record types share, with their labels.

A list that one type alone uses stands in that type's file.
"""

from typing import Final

from .fields import Codes

YES_NO: Final[Codes] = {"no": ("No", "No"), "yes": ("Yes", "Sí")}

YES_UNKNOWN_NO: Final[Codes] = {
    "yes": ("Yes", "Sí"),
    "unknown": ("Unknown", "No se sabe"),
    "no": ("No", "No"),
}

SOURCES: Final[Codes] = {
    "imported": ("From another system", "De otro sistema"),
    "observed": ("Observed", "Observado"),
    "self_reported": ("Said by the client", "Dicho por el cliente"),
}
"""Where a statement about a person comes from, the weakest first."""

INTERPRETERS: Final[Codes] = {
    "not_needed": ("Not needed", "No hizo falta"),
    "professional": ("Professional", "Profesional"),
    "staff": ("Staff", "Personal"),
    "relative": ("Relative", "Familiar"),
    "declined": ("Declined", "Rechazado"),
    "none_available": ("None available", "No disponible"),
}

PRESENT: Final[Codes] = {
    "client": ("Client", "Cliente"),
    "partner": ("Partner", "Pareja"),
    "parent": ("Parent", "Padre o madre"),
    "relative": ("Relative", "Familiar"),
    "caregiver": ("Caregiver", "Cuidador"),
    "child_over_two": ("Child over two", "Niño mayor de dos años"),
    "child_two_or_under": ("Child of two or under", "Niño de dos años o menos"),
    "interpreter": ("Interpreter", "Intérprete"),
    "staff": ("Staff", "Personal"),
    "other": ("Somebody else", "Otra persona"),
}
"""Who was in earshot."""

CAPACITIES: Final[Codes] = {
    "client": ("Client", "Cliente"),
    "guardian": ("Guardian", "Tutor"),
    "relative": ("Relative", "Familiar"),
    "caregiver": ("Caregiver", "Cuidador"),
    "clinician": ("Clinician", "Personal clínico"),
    "school": ("School", "Escuela"),
    "agency": ("Agency", "Agencia"),
    "court": ("Court", "Tribunal"),
    "other": ("Other", "Otro"),
}
"""In what capacity somebody speaks or receives."""

DOMAINS: Final[Codes] = {
    "housing": ("Housing", "Vivienda"),
    "food": ("Food", "Alimentación"),
    "transportation": ("Transportation", "Transporte"),
    "utilities": ("Utilities", "Servicios del hogar"),
    "safety": ("Safety", "Seguridad"),
    "income": ("Income", "Ingresos"),
    "insurance": ("Insurance", "Seguro médico"),
    "employment": ("Employment", "Empleo"),
    "education": ("Education", "Educación"),
    "legal": ("Legal help", "Ayuda legal"),
    "mental_health": ("Mental health", "Salud mental"),
    "substance_use": ("Substance use", "Consumo de sustancias"),
    "caregiving": ("Caregiving", "Cuidado"),
    "equipment": ("Equipment", "Equipo"),
    "social": ("Company", "Compañía"),
    "end_of_life": ("End of life", "Final de la vida"),
    "other": ("Other", "Otro"),
}
"""Domains of need, and of the resources that answer them."""

REVIEWS: Final[Codes] = {
    "returned": ("Returned", "Devuelta"),
    "approved": ("Approved", "Aprobada"),
    "cosigned": ("Co-signed", "Refrendada"),
}
"""What a supervisor decides about somebody's work."""

PURPOSES: Final[Codes] = {
    "care": ("Care of the client", "Atención al cliente"),
    "review": ("Review of the work", "Revisión del trabajo"),
    "risk": ("A danger to somebody", "Un peligro para alguien"),
    "settling": ("Settling a conflict", "Resolver un conflicto"),
    "quality": ("Quality of service", "Calidad del servicio"),
    "complaint": ("A complaint", "Una queja"),
    "legal": ("Required by law", "Exigido por ley"),
    "breach": ("A loss or misuse of data", "Pérdida o mal uso de datos"),
    "other": ("Another purpose", "Otro propósito"),
}
"""For what somebody reads a client's record."""
