"""
Reading: one FHIR resource out of a file, held against its published form.

R4B differs from R4 in neither of the two resources that we read.
"""

import json
import re
from typing import Any, Final

from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.questionnaire import Questionnaire
from pydantic import BaseModel, ValidationError

from ..errors import Unreadable

FORMS: Final[dict[str, type[BaseModel]]] = {"Patient": Patient, "Questionnaire": Questionnaire}
"""The resources that are imported."""

DEPTH_RULE: Final = "is nested too deep"
_ELEMENT: Final = re.compile(r"_?[a-z][A-Za-z]{0,40}")
_RULES: Final = {"missing": "is required", "extra_forbidden": "is not known in FHIR R4"}


def resource_of(data: bytes) -> dict[str, Any]:
    """
    The resource in a file.

    Raises:
        Unreadable: Not JSON, not a resource that is imported, or not of its published form.
    """
    resource = _json(data)
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str):
        raise Unreadable("is no FHIR resource: it has no resourceType")
    if kind not in FORMS:
        known = (
            kind if kind.isascii() and kind.isalpha() and len(kind) <= 64 else "resource of an unknown type"
        )
        raise Unreadable(f"is a FHIR {known}: only {' and '.join(FORMS)} are imported")
    try:
        FORMS[kind].model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(_part(part) for part in first["loc"])
        rule = _RULES.get(first["type"], "breaks the rule of its data type")
        raise Unreadable(f"{kind}.{place} {rule}" if place else f"{kind} {rule}") from None
    told = _without_nulls(resource)
    assert isinstance(told, dict), "it has a member"
    return told


def _without_nulls(value: Any) -> Any:
    """What is null says nothing, wherever it stands."""
    if isinstance(value, dict):
        return {name: _without_nulls(inside) for name, inside in value.items() if inside is not None}
    if isinstance(value, list):
        return [_without_nulls(inside) for inside in value if inside is not None]
    return value


def _part(part: int | str) -> str:
    """A step of a place, if it can be an element's name: what else somebody wrote there may be a person's."""
    return str(part) if isinstance(part, int) or _ELEMENT.fullmatch(part) else "(no name of an element)"


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Unreadable("is not text in UTF-8") from None
    except RecursionError:
        raise Unreadable(DEPTH_RULE) from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: it breaks off or goes wrong at line {error.lineno}") from None
    except ValueError:
        raise Unreadable("is not JSON: it holds what is no number") from None


def _no_number(_: str) -> None:
    raise ValueError
