"""An agency's own wording of a published form: imported at the office, asked offline, read by codes."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from doorstep_cli.demo.process import ServerProcess

from .commands import Agency, Shell, tablet_in

LOINC = "http://loinc.org"
SCORE = "http://hl7.org/fhir/StructureDefinition/ordinalValue"

ITEMS = {
    "44250-9": "How often did little please you?",
    "44255-8": "How often were you low?",
    "44259-0": "How often was your sleep poor?",
    "44254-1": "How often were you tired?",
    "44251-7": "How often was eating a trouble?",
    "44258-2": "How often did you think badly of yourself?",
    "44252-5": "How often could you not keep your mind on a thing?",
    "44253-3": "How often were you slowed down, or could not sit still?",
    "44260-8": "How often did you think of dying or of hurting yourself?",
}
FREQUENCIES = {"LA6568-5": "Never", "LA6569-3": "A few days", "LA6570-1": "Most days", "LA6571-9": "Daily"}
IMPACT = {"LA6572-7": "None", "LA6573-5": "A little", "LA6575-0": "A lot", "LA6574-3": "All of it"}

ANSWERS = (2, 3, 1, 2, 1, 1, 2, 1, 3)
"""Of nine items, the number of the option that is typed: its score and one."""
TOTAL = sum(ANSWERS) - len(ANSWERS)
IMPACT_TYPED = 3


def item(code: str, words: str, options: dict[str, str], *, scored: bool) -> dict[str, Any]:
    """One question with its codes."""
    offered: list[dict[str, Any]] = []
    for score, (option, display) in enumerate(options.items()):
        made: dict[str, Any] = {"valueCoding": {"system": LOINC, "code": option, "display": display}}
        if scored:
            made["extension"] = [{"url": SCORE, "valueDecimal": score}]
        offered.append(made)
    return {
        "linkId": f"/{code}",
        "type": "choice",
        "required": scored,
        "text": words,
        "code": [{"system": LOINC, "code": code}],
        "answerOption": offered,
    }


def form() -> dict[str, Any]:
    """A PHQ-9 in words of our own, as a publisher would send it: with a total, which is not asked."""
    total = {"linkId": "/44261-6", "type": "decimal", "code": [{"system": LOINC, "code": "44261-6"}]}
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": "Nine questions",
        "copyright": "Written for a test.",
        "code": [{"system": LOINC, "code": "44249-1"}],
        "item": [
            *(item(code, words, FREQUENCIES, scored=True) for code, words in ITEMS.items()),
            item("69722-7", "How much of your day does it take?", IMPACT, scored=False),
            total,
        ],
    }


@dataclass(frozen=True)
class Day:
    """What was typed and answered on the day."""

    imported: dict[str, Any]
    said_offline: str
    interview: str
    shown: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    export: dict[str, Any]

    def record(self, type_: str) -> dict[str, Any]:
        """The one record of this type in the export."""
        (found,) = [record for record in self.export["records"] if record["type"] == type_]
        return found


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Import, enrol, pull; the server is gone while the form is asked; it comes back, and the office exports."""
    folder = tmp_path_factory.mktemp("official")
    agency, tablet = Agency.found(folder / "server"), tablet_in(folder / "tablet")
    file = folder / "nine.json"
    file.write_text(json.dumps(form()), encoding="utf-8")
    (imported,) = agency.office.told("import", str(file))["taken"]
    words = ("client", "add", "--family", "Rivers", "--given", "Rosa")
    client = str(agency.office.told(*words)["client"])
    agency.office.told("assign", "Ana Test", client)
    with ServerProcess(agency.home) as server:
        tablet.told("tablet", "enrol", server.address, agency.code(), "--plain-http")
        tablet.told("tablet", "sync")
        _, port = server.place
    offline = tablet.run("tablet", "sync").output
    interview, waiting = ask(tablet, client)
    with ServerProcess(agency.home, port):
        tablet.told("tablet", "sync")
    return Day(
        imported=imported,
        said_offline=offline,
        interview=interview,
        shown=tablet.told("tablet", "show", client),
        waiting=waiting,
        export=agency.office.told("export", client),
    )


def ask(tablet: Shell, client: str) -> tuple[str, list[dict[str, Any]]]:
    """Sit with the client, who answers every item; the screen, and what waits to be sent then."""
    typed = "".join(f"{number}\n" for number in (*ANSWERS, IMPACT_TYPED))
    asked = tablet.run("tablet", "assess", client, "phq9", typed=typed)
    assert asked.exit_code == 0, asked.output
    return asked.output, tablet.told("tablet", "pending")


def test_the_form_comes_in_as_a_version_of_the_published_instrument(day: Day) -> None:
    """It has the agency's title, and the office is told what of the file is computed here."""
    assert day.imported["title"].startswith("Nine questions 1.0+")
    assert day.imported["notes"] == ["/44261-6: is computed here and not asked"]


def test_every_question_was_asked_in_the_imported_words_without_a_server(day: Day) -> None:
    """The wording is what the score was validated with; there is no signal in a cellar flat."""
    assert "the server is not reached" in day.said_offline
    for words in (*ITEMS.values(), *FREQUENCIES.values(), *IMPACT.values(), "Nine questions"):
        assert words in day.interview
    assert "Low mood" not in day.interview
    assert "Written for a test." in day.interview
    assert "on this tablet only" in day.interview
    assert f"Total {TOTAL}: Mild" in day.interview
    assert {save["state"] for save in day.waiting} == {"on this tablet only"}


def test_the_server_has_every_answer_by_our_code_and_by_its_loinc_codes(day: Day) -> None:
    """Another program reads codes; the client's record reads answers."""
    frequencies = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")
    given = {f"q{number}": frequencies[typed - 1] for number, typed in enumerate(ANSWERS, 1)}
    assessment = day.record("assessment")
    coded = [(one.get("loinc"), one.get("answer")) for one in assessment["result"]["observations"][:-1]]

    assert assessment["units"]["answers"]["value"] == {**given, "q10": "very"}
    assert coded == [
        *((code, tuple(FREQUENCIES)[typed - 1]) for code, typed in zip(ITEMS, ANSWERS, strict=True)),
        ("69722-7", "LA6575-0"),
    ]


def test_the_server_scores_as_the_tablet_did(day: Day) -> None:
    """The score names the version that asked, and is computed by the same rules on both sides."""
    result = day.record("assessment")["result"]
    version = day.record("assessment")["units"]["instrument"]["value"]["version"]

    assert (result["total"], result["band"], result["complete"]) == (TOTAL, "mild", True)
    assert result["observations"][-1] == {"loinc": "44261-6", "number": TOTAL}
    assert result["loinc"] == "44249-1"
    assert result["version"] == version
    assert day.imported["title"].endswith(version)


def test_item_nine_raised_its_flag_whatever_it_is_worded(day: Day) -> None:
    """Words are the publisher's, rules are ours: the flag does not hang on a translation."""
    level = day.record("risk_flag")["units"]["level"]["value"]

    assert level["level"] == "high"
    assert {"phq9_item9", "phq9_item9_frequent"} == {reason["rule"] for reason in level["reasons"]}
    assert "call the supervisor now" in day.interview


def test_the_tablet_shows_what_the_server_exports(day: Day) -> None:
    """Nothing of it changed on the way, and the tablet says that it arrived."""
    (shown,) = [record for record in day.shown if record["type"] == "assessment"]

    assert shown["custody"] == "received"
    assert shown["values"] == {
        unit: told["value"] for unit, told in day.record("assessment")["units"].items()
    }
