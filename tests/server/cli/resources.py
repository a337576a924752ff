"""
Resources of other systems, made for tests: a person, and the two questions of the PHQ-2 in other words than ours.
"""

from __future__ import annotations

import json
from typing import Any

from .conftest import Installation

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
LOINC = "http://loinc.org"


def coding(code: str, **more: str) -> dict[str, Any]:
    """Make what the tests stand on: coding."""
    return {"valueCoding": {"code": code, **more}}


def patient() -> dict[str, Any]:
    """An invented person with everything that is read."""
    race = [{"url": "ombCategory", **coding("2028-9")}, {"url": "text", "valueString": "Asian"}]
    return {
        "resourceType": "Patient",
        "extension": [
            {"url": f"{US_CORE}us-core-race", "extension": race},
            {
                "url": f"{US_CORE}us-core-ethnicity",
                "extension": [
                    {"url": "ombCategory", **coding("2186-5")},
                    {"url": "text", "valueString": "No"},
                ],
            },
            {"url": f"{US_CORE}us-core-interpreter-needed", **coding("373066001")},
        ],
        "identifier": [{"system": "urn:example:mr", "value": "77-1"}],
        "name": [
            {"use": "old", "family": "Field", "given": ["Mei"]},
            {"use": "official", "family": "Brook", "given": ["Mei", "Q."], "suffix": ["Jr."]},
            {"use": "nickname", "given": ["May"]},
        ],
        "gender": "female",
        "birthDate": "1948-05-06",
        "deceasedDateTime": "2024-01-02T10:00:00Z",
        "telecom": [
            {"system": "phone", "value": "555-0101", "use": "home"},
            {"system": "phone", "value": "call my niece"},
            {"system": "phone", "value": "555-0999", "use": "old"},
            {"system": "email", "value": "mei@example.org"},
        ],
        "address": [
            {"use": "old", "line": ["1 Past St"], "city": "Hill", "period": {"end": "2020-01-01"}},
            {"line": ["2 Now St", "Apt 3"], "city": "Hill", "state": "OK", "postalCode": "73301"},
        ],
        "communication": [
            {"language": {"coding": [{"code": "en"}]}},
            {"language": {"coding": [{"code": "zh"}]}, "preferred": True},
        ],
    }


def phq2(second: str = "44255-8") -> dict[str, Any]:
    """The two questions of the PHQ-2, in other words than ours."""
    options = [
        {
            "valueCoding": {"system": LOINC, "code": code, "display": words},
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": score}
            ],
        }
        for score, (code, words) in enumerate(
            [("LA6568-5", "Never"), ("LA6569-3", "Some"), ("LA6570-1", "Most"), ("LA6571-9", "All")]
        )
    ]
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "name": "ShortForm",
        "title": "Short form",
        "code": [{"system": LOINC, "code": "55757-9"}],
        "item": [
            {
                "linkId": link,
                "type": "choice",
                "text": words,
                "code": [{"system": LOINC, "code": link}],
                "answerOption": options,
            }
            for link, words in (("44250-9", "Interest?"), (second, "Mood?"))
        ],
    }


def saved(at_work: Installation, name: str, resource: dict[str, Any]) -> str:
    """Make what the tests stand on: saved."""
    file = at_work.home / name
    file.write_text(json.dumps(resource))
    return str(file)


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """Make what the tests stand on: shown."""
    return {unit: told["value"] for unit, told in record["units"].items()}
