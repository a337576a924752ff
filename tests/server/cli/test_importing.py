"""`doorstep import`: rows and people, and what is said of files that are neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Installation
from .resources import LOINC, US_CORE, patient, phq2, saved, shown


def test_rows_are_taken_and_bad_ones_named_by_line_column_and_rule(at_work: Installation) -> None:
    """Whoever moves two hundred clients must find the three mistakes, and not a client's name in a log."""
    file = at_work.home / "clients.csv"
    file.write_text(
        "family,given,date_of_birth,sex,race,street,city\n"
        "Rivers,Rosa,1950-03-02,female,2106-3;2028-9,1 Low St;Apt 2,Hill\n"
        "Secret,Sam,1950-13-02,woman,,,\n"
        ",,1950-03-02,,,,\n"
    )

    result = at_work.run("import", str(file), "--json", by="sue")

    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(one["line"], one["state"]) for one in told["taken"]] == [(2, "taken")]
    assert [(one["line"], one["column"]) for one in told["refused"]] == [
        (3, "date_of_birth"),
        (3, "sex"),
        (4, "family"),
    ]
    assert "must be a date" in told["refused"][0]["rule"]
    assert "Secret" not in result.output
    client, address = sorted(
        at_work.told("export", told["taken"][0]["id"], by="sue")["records"],
        key=lambda one: one["type"] != "client",
    )
    assert shown(client)["race"] == {"codes": ["2106-3", "2028-9"], "source": "imported"}
    assert shown(address)["place"] == {"kind": "home", "lines": ["1 Low St", "Apt 2"], "city": "Hill"}


def test_a_preview_changes_nothing(at_work: Installation) -> None:
    """One looks before one leaps."""
    file = at_work.home / "clients.csv"
    file.write_text("family,given\nRivers,Rosa\n")

    told = at_work.told("import", str(file), "--preview", by="sue")

    assert [(one["title"], one["state"]) for one in told["taken"]] == [("Rosa Rivers", "would be taken")]
    assert at_work.told("clients", by="sue") == []


def test_what_is_here_already_is_not_taken_twice(at_work: Installation) -> None:
    """A file that was corrected is imported again."""
    file = at_work.home / "clients.csv"
    file.write_text("family,given,date_of_birth\nRivers,Rosa,1950-03-02\n")
    (first,) = at_work.told("import", str(file), by="sue")["taken"]
    file.write_text("family,given,date_of_birth\nRIVERS,Rosa,1950-03-02\nRivers,Rosa,1990-03-02\n")

    again, other = at_work.told("import", str(file), by="sue")["taken"]

    assert (again["id"], again["state"]) == (first["id"], "here already")
    assert other["state"] == "taken"


def test_a_number_of_another_system_tells_who_is_here_already(at_work: Installation) -> None:
    """A date of birth that was corrected over there makes no second person here."""
    (first,) = at_work.told("import", saved(at_work, "mei.json", patient()), by="sue")["taken"]
    corrected = patient() | {"birthDate": "1948-06-05"}

    (again,) = at_work.told("import", saved(at_work, "mei.json", corrected), by="sue")["taken"]

    assert (again["id"], again["state"]) == (first["id"], "here already")


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"family,shoe_size\nRivers,9\n", "shoe_size is no column of ours"),
        ("a.csv", b"family,Rosa Rivers\nRivers,9\n", "column 2 is no column of ours"),
        ("a.csv", b"family,family\nRivers,9\n", "family stands there twice"),
        ("a.csv", b"family\nRivers,9\n", "has another number of cells"),
        ("a.csv", b'family\n"Rivers\n', "is not CSV"),
        ("a.csv", b"family\n\xff\n", "is not text in UTF-8"),
        ("a.txt", b"family", "is neither .csv nor .json"),
        ("a.json", b'{"resourceType": "Patient",\n', "is not JSON: it breaks off or goes wrong at line 2"),
        ("a.json", b"\xff", "is not text in UTF-8"),
        ("a.json", b'{"a": NaN}', "is not JSON"),
        ("a.json", b"[" * 100_000, "nested too deep"),
        ("a.json", b"[]", "is no FHIR resource"),
        ("a.json", b'{"resourceType": "CareTeam"}', "is a FHIR CareTeam: only Patient and Questionnaire"),
        ("a.json", b'{"resourceType": "Patient", "birthDate": "soon"}', "Patient.birthDate breaks"),
        ("a.json", b'{"resourceType": "Patient", "shoe": 9}', "Patient.shoe is not known in FHIR R4"),
        ("a.json", b'{"resourceType": "Patient", "Rosa 1950": 9}', "Patient.(no name of an element) is not"),
        ("a.json", b'{"resourceType": "Patient"}', "Patient.name must have"),
        ("a.json", b'{"resourceType": "Patient", "name": null}', "Patient.name must have"),
        (
            "a.json",
            b'{"resourceType": "Patient", "name": [{"family": "%s"}]}' % (b"x" * 300),
            "Patient.name is none",
        ),
        (
            "a.json",
            b'{"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "%s"}]}'
            % (b"x" * 5000),
            "xxx\u2026",
        ),
        ("a.json", b'{"resourceType": "Questionnaire", "status": "draft"}', "has no item"),
    ],
)
def test_a_broken_file_gets_one_clear_line(at_work: Installation, name: str, data: bytes, rule: str) -> None:
    """The one who sent the file must be told what to mend."""
    file = at_work.home / name
    file.write_bytes(data)

    result = at_work.run("import", str(file), by="sue")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"refused: {name}")
    assert rule in result.stderr


def test_a_patient_becomes_a_client(at_work: Installation) -> None:
    """What another system knows need not be asked at the door again."""
    (taken,) = at_work.told("import", saved(at_work, "mei.json", patient()), by="sue")["taken"]

    records = at_work.told("export", taken["id"], by="sue")["records"]

    by_type: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        by_type.setdefault(record["type"], []).append(shown(record))
    (client,) = by_type["client"]
    identifiers = [value for unit, value in client.items() if unit.startswith("identifiers/")]
    assert identifiers == [{"system": "urn:example:mr", "value": "77-1"}]
    assert {unit: value for unit, value in client.items() if not unit.startswith("identifiers/")} == {
        "date_of_birth": "1948-05-06",
        "deceased": {"deceased": True, "on": "2024-01-02"},
        "ethnicity": {"codes": ["2186-5"], "source": "imported", "words": "No"},
        "interpreter_needed": "yes",
        "language": "zh",
        "legal_name": {"family": "Brook", "given": "Mei", "middle": "Q.", "suffix": "Jr."},
        "preferred_name": "May",
        "race": {"codes": ["2028-9"], "source": "imported", "words": "Asian"},
        "sex": "female",
    }
    assert by_type["contact_person"] == [
        {"email": "mei@example.org", "kind": "phone", "phone": "555-0101", "phone_use": "home"}
    ]
    assert sorted((one["state"], one["place"]["lines"][0]) for one in by_type["address"]) == [
        ("current", "2 Now St"),
        ("past", "1 Past St"),
    ]
    assert [note for note in taken["notes"] if "telecom" in note]


def test_what_is_null_says_nothing(at_work: Installation) -> None:
    """Programs write null for what they do not know, wherever that is."""
    told = {"use": None, "family": "Brook", "given": [None, "Mei"], "suffix": None}
    extension = {"url": f"{US_CORE}us-core-interpreter-needed", "valueCoding": None}
    known: dict[str, Any] = {"name": [told], "extension": [extension], "address": None, "telecom": None}
    file = saved(at_work, "mei.json", {"resourceType": "Patient", **known})

    (taken,) = at_work.told("import", file, by="sue")["taken"]

    assert (taken["title"], taken["state"], taken["notes"]) == ("Mei Brook", "taken", [])


def test_codes_without_a_code_and_names_of_an_unknown_use_are_no_hindrance(at_work: Installation) -> None:
    """Other systems fill in half of a coding, and words that the standard does not list."""
    form = phq2()
    form["item"][0]["code"].insert(0, {"system": LOINC, "display": "no code"})
    person = patient() | {"name": [{"use": "stage", "family": "Star"}, {"use": "usual", "family": "Brook"}]}
    files = [saved(at_work, "form.json", form), saved(at_work, "mei.json", person)]

    taken = at_work.told("import", *files, by="sue")["taken"]

    assert [one["state"] for one in taken] == ["taken", "taken"]
    assert taken[1]["title"] == "Brook"


def test_a_file_is_found_by_its_name_alone(at_work: Installation, tmp_path: Path) -> None:
    """A path of somebody's machine has no place in a report."""
    result = at_work.run("import", str(tmp_path / "home" / "missing.csv"), by="sue")

    assert result.exit_code == 2
