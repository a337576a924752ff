"""`doorstep import` of questionnaires: wordings of what is shipped, and forms of an agency's own."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Installation
from .resources import LOINC, phq2, saved


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
