from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casework import instruments
from server.services import office, people
from sync import Write, random_id

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


def test_a_questionnaire_words_an_instrument(at_work: Installation) -> None:
    """Workers ask in the publisher's words, and the scores stay the published ones."""
    file = saved(at_work, "short.json", phq2())

    (taken,) = at_work.told("import", file, by="sue")["taken"]
    (again,) = at_work.told("import", file, by="uma")["taken"]

    assert (taken["kind"], taken["state"]) == ("instrument", "taken")
    assert taken["title"].startswith("Short form 1.0+")
    assert (again["id"], again["state"]) == (taken["id"], "here already")


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("44255-7", "44255-7 is not a LOINC code"),
        ("8302-2", "LOINC code 8302-2 is not one of"),
    ],
)
def test_an_unknown_loinc_code_gets_one_clear_line(at_work: Installation, code: str, rule: str) -> None:
    """A form with one strange question would be scored as if it were the published one."""
    result = at_work.run("import", saved(at_work, "short.json", phq2(code)), by="sue")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert rule in result.stderr


def test_items_that_cannot_be_asked_are_named(at_work: Installation) -> None:
    """A form without one of its questions is another form."""
    form = phq2()
    form["item"][1] |= {"type": "attachment", "answerOption": []}
    del form["item"][1]["answerOption"]

    result = at_work.run("import", saved(at_work, "short.json", form), by="sue")

    assert "item 44255-8: type attachment cannot be asked here" in result.stderr


def test_an_export_has_scores_with_loinc_codes(at_work: Installation) -> None:
    """Another system reads codes, not our names."""
    at_work.told("import", saved(at_work, "short.json", phq2()), by="sue")
    client = at_work.client(by="sue")
    said = {"instrument": {"id": "phq2", "version": "1.0"}, "answers": {}}
    answers = first_answers()
    write_assessment(at_work, client, said | {"answers": answers})

    records = at_work.told("export", client, by="sue")["records"]

    (assessment,) = [record for record in records if record["type"] == "assessment"]
    assert assessment["result"]["complete"] is True
    assert assessment["result"]["total"] == 3
    assert [one["loinc"] for one in assessment["result"]["observations"]][:2] == ["44250-9", "44255-8"]


@pytest.mark.parametrize(("sex", "cutoffs"), [("male", ["note_q1_only"]), ("", ["positive_unspecified"])])
def test_an_export_judges_as_the_tablet_did(at_work: Installation, sex: str, cutoffs: list[str]) -> None:
    """One set of answers has one result, whoever computes it."""
    client = at_work.client(by="sue", **({"sex": sex} if sex else {}))
    answers: dict[str, Any] = {"q1": "w2_3", "q2": "d1_2", "q3": "never"}
    write_assessment(
        at_work, client, {"instrument": {"id": "audit_c", "version": "1998"}, "answers": answers}
    )

    records = at_work.told("export", client, by="sue")["records"]

    (assessment,) = [record for record in records if record["type"] == "assessment"]
    assert assessment["result"]["cutoffs"][: len(cutoffs)] == cutoffs
    assert assessment["result"]["total"] == 3


def first_answers() -> dict[str, str]:
    """Answers with the scores 1 and 2."""
    items = instruments.load("phq2").items
    return {
        item.id: next(option.code for option in item.options if option.score == score)
        for item, score in zip(items, (1, 2), strict=True)
    }


def write_assessment(at_work: Installation, client: str, units: dict[str, Any]) -> None:
    """An assessment, as somebody at the office would enter it from paper."""
    with at_work.book() as book:
        by = people.person(book.session, book.agency, at_work.ids["sue"])
        id_ = random_id(bytes(16))
        writes = [Write("assessment", id_, unit, (), value) for unit, value in units.items()]
        office.write(book, by, office.Said(client, writes), at_work.providers)


def test_a_file_is_found_by_its_name_alone(at_work: Installation, tmp_path: Path) -> None:
    """A path of somebody's machine has no place in a report."""
    result = at_work.run("import", str(tmp_path / "home" / "missing.csv"), by="sue")

    assert result.exit_code == 2


def test_a_form_that_is_not_known_here_can_be_asked(at_work: Installation) -> None:
    """Agencies have questions of their own; they are asked and not scored."""
    form = {
        "resourceType": "Questionnaire",
        "status": "active",
        "name": "HomeSafety",
        "title": "Home safety",
        "item": [
            {
                "linkId": "1",
                "type": "group",
                "item": [
                    {"linkId": "1.1", "type": "boolean", "text": "Smoke alarm?"},
                    {"linkId": "1.2", "type": "display", "text": "Look around."},
                    {"linkId": "1.3", "type": "string", "text": "What else?"},
                    {
                        "linkId": "1.4",
                        "type": "choice",
                        "text": "Stairs?",
                        "answerOption": [{"valueString": "None"}, {"valueString": "Some"}],
                    },
                ],
            }
        ],
    }

    (taken,) = at_work.told("import", saved(at_work, "safety.json", form), by="sue")["taken"]

    assert (taken["title"], taken["state"]) == ("Home safety 1", "taken")
    assert [note for note in taken["notes"] if "without a score and without alerts" in note]


def stairs(**more: Any) -> dict[str, Any]:
    """A form of an agency's own, with one question."""
    question = {"linkId": "1", "type": "boolean", "text": "Steep stairs?"}
    form = {"resourceType": "Questionnaire", "status": "active", "name": "Stairs", "item": [question]}
    return form | more


def test_a_changed_form_needs_another_version(at_work: Installation) -> None:
    """Two tablets would ask different questions under one version; and nobody must think that it was taken."""
    at_work.told("import", saved(at_work, "stairs.json", stairs()), by="sue")
    other = {"linkId": "1", "type": "boolean", "text": "Slippery stairs?"}

    changed = at_work.run("import", saved(at_work, "stairs.json", stairs(item=[other])), by="sue")
    raised = saved(at_work, "stairs.json", stairs(item=[other], version="2"))

    assert changed.exit_code == 1
    assert len(changed.stderr.splitlines()) == 1
    assert "a changed form needs another version" in changed.stderr
    assert at_work.told("import", raised, by="sue")["taken"][0]["state"] == "taken"


def test_no_form_takes_the_name_of_a_published_one_without_its_codes(at_work: Installation) -> None:
    """Whoever asks `phq9` on a tablet must get the one that scores, and that hears item 9."""
    result = at_work.run("import", saved(at_work, "nine.json", stairs(name="PHQ9")), by="sue")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "is called phq9: it needs the LOINC codes" in result.stderr


def test_codes_of_a_form_that_is_not_known_are_said_to_be_unchecked(at_work: Installation) -> None:
    """No table of LOINC is here: a code with a right check digit may still mean something else."""
    coded = [{"system": LOINC, "code": "8302-2"}]
    question = {"linkId": "1", "type": "boolean", "text": "Steep stairs?", "code": coded}

    (taken,) = at_work.told("import", saved(at_work, "stairs.json", stairs(item=[question])), by="sue")[
        "taken"
    ]

    assert [note for note in taken["notes"] if "was not looked up" in note]


def test_a_form_in_another_language_is_called_by_its_title(at_work: Installation) -> None:
    """The list of what was taken is read by people."""
    spanish = stairs(language="es", title="Escaleras")

    (taken,) = at_work.told("import", saved(at_work, "stairs.json", spanish), by="sue")["taken"]

    assert taken["title"] == "Escaleras 1"


def test_options_that_do_not_stand_in_the_file_are_named(at_work: Installation) -> None:
    """A reference to a list elsewhere gives nothing to choose from."""
    form = phq2()
    del form["item"][0]["answerOption"]

    result = at_work.run("import", saved(at_work, "short.json", form), by="sue")

    assert "item 44250-9: its options must stand in the file" in result.stderr


def test_an_export_takes_rivals_and_unknown_instruments_as_they_are(at_work: Installation) -> None:
    """An export for care waits for nobody, and makes no score up."""
    client = at_work.client(by="sue")
    write_assessment(at_work, client, {"instrument": {"id": "other", "version": "9"}, "answers": {"a": "b"}})
    with at_work.book() as book:
        uma = people.person(book.session, book.agency, at_work.ids["uma"])
        rival = Write("client", client, "legal_name", (), {"family": "Brook", "given": "Rosa"})
        office.write(book, uma, office.Said(client, [rival]), at_work.providers)

    records = at_work.told("export", client, by="sue")["records"]

    by_type = {record["type"]: record for record in records}
    assert by_type["assessment"]["result"] is None
    name = by_type["client"]["units"]["legal_name"]
    assert name["settled"] is False
    assert {rival["value"]["family"] for rival in name["rivals"]} == {"Rivers", "Brook"}
    waiting = at_work.run("conflicts", by="sue")
    assert "legal_name" in waiting.stdout
