import json
from pathlib import Path
from typing import Any

from .shell import Shell

CALM = {f"q{number}": "not_at_all" for number in range(1, 10)}


def risks(shell: Shell, client: str) -> list[Any]:
    """The risk flags of a client."""
    return [found["values"] for found in shell.gives("show", client) if found["type"] == "risk_flag"]


def test_a_script_gives_all_answers_and_gets_the_score(shell: Shell, client: str) -> None:
    """A demonstration and a test need no hands."""
    told = shell.gives("assess", client, "phq9", "--answers", json.dumps({**CALM, "q1": "nearly_every_day"}))

    assert (told["complete"], told["total"], told["missing"]) == (True, 3, [])
    assert risks(shell, client) == []


def test_item_nine_raises_a_flag_in_the_same_save(shell: Shell, client: str) -> None:
    """A risk that waits for another save may never be told."""
    told = shell.gives("assess", client, "phq9", "--answers", json.dumps({**CALM, "q9": "several_days"}))

    (flag,) = risks(shell, client)
    assert len(shell.gives("pending")) == 1
    assert flag["kind"] == "self_harm"
    assert [alert["raises"]["kind"] for alert in told["alerts"] if alert["raises"]] == ["self_harm"]


def test_items_are_asked_one_by_one_with_a_way_back(shell: Shell, client: str) -> None:
    """A slip of the finger is taken back before it counts."""
    typed = "4\nb\n1\n99\n2\n" + "1\n" * 8

    result = shell.run("assess", client, "phq9", "--json", input=typed)

    assert result.exit_code == 0, result.output
    assert "Interest or pleasure" in result.stderr
    assert "must be the number of one of the options" in result.stderr
    assert json.loads(result.stdout)["total"] == 1


def test_a_refused_item_is_kept_as_refused_and_leaves_no_total(shell: Shell, client: str) -> None:
    """A refusal is not a zero."""
    told = shell.gives("assess", client, "phq9", "--partial", "--answers", '{"q1": {"absent": "refused"}}')

    assert (told["complete"], told["total"]) == (False, None)
    assert shell.gives("show", told["assessment"])[0]["values"]["partial_answers"] == {
        "q1": {"absent": "refused"}
    }


def test_a_paused_assessment_goes_on_where_it_stopped(shell: Shell, client: str) -> None:
    """The doorbell rings in the middle."""
    paused = shell.run("assess", client, "phq9", "--json", input="2\n2\np\n")
    begun = json.loads(paused.stdout)["assessment"]

    result = shell.run("assess", client, "phq9", "--go-on", begun, "--json", input="1\n" * 8)

    done = json.loads(result.stdout)
    assert (done["assessment"], done["complete"], done["total"]) == (begun, True, 2)
    assert "Sleep" in result.stderr
    assert "Low mood" not in result.stderr


def test_the_end_of_the_input_pauses_and_loses_no_answer(shell: Shell, client: str) -> None:
    """A terminal that closes is a pause."""
    result = shell.run("assess", client, "phq9", "--json", input="2\n3\n")

    told = json.loads(result.stdout)
    assert shell.gives("show", told["assessment"])[0]["values"]["partial_answers"] == {
        "q1": "several_days",
        "q2": "more_than_half",
    }


def test_a_closed_branch_is_named_and_a_rule_speaks_in_one_plain_line(shell: Shell, client: str) -> None:
    """What was not asked must not read as *no*; and the client may be looking on."""
    result = shell.run("assess", client, "cssrs_screener", input="1\n2\n2\n")

    assert "Not asked: Thought of a method" in result.stderr
    assert result.stderr.count("Note: ") == 1
    assert "Not asked: q3, q4, q5" in result.stdout


def test_a_risk_is_raised_with_the_answer_and_not_with_the_end(shell: Shell, client: str) -> None:
    """The worker may have to leave at once."""
    shell.run("assess", client, "cssrs_screener", input="1\n1\n1\n1\np\n")

    assert [flag["level"]["level"] for flag in risks(shell, client)] == ["high"]


def test_nothing_answered_saves_nothing(shell: Shell, client: str) -> None:
    """An instrument that was only looked at is no administration."""
    assert shell.gives("assess", client, "phq9", input="p\n") == {"assessment": None}
    assert shell.gives("pending") == []


def test_answers_come_from_a_file_or_from_standard_input(shell: Shell, client: str, tmp_path: Path) -> None:
    """Answers on a command line stay in the shell's history."""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(CALM))

    assert shell.gives("assess", client, "phq9", "--answers", f"@{path}")["total"] == 0
    assert shell.gives("assess", client, "phq9", "--answers", "-", input=json.dumps(CALM))["total"] == 0


def test_a_script_that_breaks_a_rule_gets_one_line_and_saves_nothing(shell: Shell, client: str) -> None:
    """Half an administration would look like a whole one."""
    for answers in ("not JSON", "[]", "{}", '{"q1": "sometimes"}', '{"q77": "x"}', "@nowhere"):
        assert shell.refuses("assess", client, "phq9", "--answers", answers).count("\n") == 1
    assert "no such instrument" in shell.refuses("assess", client, "nonsense", "--answers", "{}")
    assert shell.gives("pending") == []


def test_an_assessment_goes_on_with_its_own_instrument_only(shell: Shell, client: str) -> None:
    """Answers of two instruments never blend."""
    begun = shell.gives("assess", client, "phq9", "--partial", "--answers", "{}")["assessment"]

    assert "another one" in shell.refuses("assess", client, "phq2", "--go-on", begun, "--answers", "{}")


def test_what_can_be_asked_is_listed(shell: Shell) -> None:
    """Nobody can guess that the nine questions are called phq9."""
    told = {one["instrument"]: one for one in shell.gives("instruments")}

    assert {"phq2", "phq9", "cssrs_screener", "hunger_vital_sign"} <= set(told)
    assert told["phq9"]["wording"] == "our own"
    assert "Questionnaire-9" in shell.says("instruments")


def test_an_instrument_that_is_not_here_is_said_with_where_to_look(shell: Shell, client: str) -> None:
    """A typed hyphen must not end a visit."""
    assert "`instruments` lists" in shell.refuses("assess", client, "phq-9")
