import json

from sync import Write
from tests.client_sdk.facade.kit import ANA, writes

from .shell import Shell


def born(shell: Shell, client: str) -> None:
    """The office and Ana correct one date of birth, each unaware of the other."""
    shell.says("edit", "client", client, "date_of_birth=1950-02-02")
    shell.field.model.office(client, *corrected(shell, client))
    shell.says("sync")


def corrected(shell: Shell, client: str) -> list[Write]:
    """What the office writes over the value that it saw."""
    units = shell.field.model.state.records[("client", client)].units
    return writes("client", client, units["date_of_birth"].live[0].name, date_of_birth="1950-03-03")


def test_a_search_finds_the_client_by_what_a_record_says(shell: Shell, client: str) -> None:
    """A worker remembers the dog, not the name."""
    shell.says("note", client, "--text", "A large brindle dog.")

    assert [found["id"] for found in shell.gives("clients", "--search", "brindle")] == [client]
    assert shell.gives("clients", "--search", "parrot") == []


def test_the_risk_narrows_the_list(shell: Shell) -> None:
    """Who is in danger is visited first."""
    assert shell.gives("clients", "--risk", "high") == []


def test_show_gives_every_record_of_a_client_in_words(shell: Shell, client: str) -> None:
    """Codes are for programs; the person at the door reads labels."""
    shell.says("note", client, "--text", "All well.", "--heading", "Visit")

    said = shell.says("show", client)

    assert "Legal name: Family name: Okafor; Given name: Rosa" in said
    assert "Kind: Progress note" in said
    assert "[on this tablet only]" in said


def test_labels_come_in_spanish_where_asked(shell: Shell, client: str) -> None:
    """Half of the workers think in Spanish."""
    assert "Fecha de nacimiento: 1950-01-01" in shell.says("show", client, "--language", "es")


def test_an_undecided_value_stands_with_every_rival_and_who_said_it(shell: Shell, client: str) -> None:
    """Nobody may take one of two dates of birth for the truth."""
    born(shell, client)

    said, told = shell.says("show", client), shell.gives("show", client)

    assert "undecided: somebody must settle it" in said
    assert "1950-02-02  — 11111111" in said
    assert "1950-03-03  — office" in said
    values = {rival["value"] for rival in told[0]["undecided"]["date_of_birth"]}
    assert values == {"1950-02-02", "1950-03-03"}


def test_conflicts_name_the_client_and_the_rivals(shell: Shell, client: str) -> None:
    """The list is enough to settle from."""
    born(shell, client)

    said, told = shell.says("conflicts"), shell.gives("conflicts")

    assert said.startswith("Okafor, Rosa: Client")
    assert [(found["unit"], found["needs"]) for found in told] == [("date_of_birth", "person")]


def test_the_history_of_a_record_says_who_wrote_what(shell: Shell, client: str) -> None:
    """A value without its author cannot be asked about."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    written = {event["unit"]: event for event in shell.gives("history", "client", client)}

    assert written["preferred_name"]["value"] == "Ro"
    assert written["date_of_birth"]["author"] == "office"


def test_the_beginning_of_an_id_is_enough_where_only_one_has_it(shell: Shell, client: str) -> None:
    """Nobody types 36 characters in a hallway."""
    assert shell.gives("show", client[:8])[0]["id"] == client


def test_too_short_a_beginning_or_one_of_several_is_refused(shell: Shell) -> None:
    """A record hit by chance would be somebody else's."""
    for name in ("Ngozi", "Chidi"):
        shell.says("register", f"preferred_name={name}")

    assert "several records" in shell.refuses("show", "00000000")
    assert "no record of this id" in shell.refuses("show", "c11")


def test_what_others_wrote_cannot_drive_the_terminal(shell: Shell, client: str) -> None:
    """An escape sequence in a note could hide lines, or type commands."""
    shell.field.model.office(client, *writes("client", client, preferred_name="Ro\x1b[2Jsa\u202e[bold]"))
    shell.says("sync")

    for said in (shell.says("show", client), shell.says("clients")):
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert "[bold]" in shell.says("show", client)
    assert json.loads(shell.says("show", client, "--json"))[0]["values"]["preferred_name"].startswith(
        "Ro\x1b"
    )


def test_a_retracted_record_is_shown_only_when_asked_for(shell: Shell, client: str) -> None:
    """What does not count must not be read as if it did."""
    note = shell.gives("note", client, "--text", "Written for somebody else.")["id"]
    shell.says("retract", "note", note, "--reason", "duplicate")

    assert "somebody else" not in shell.says("show", client)
    assert "retracted" in shell.says("show", client, "--retracted")


def test_an_assessment_is_shown_by_its_questions_with_what_it_comes_to(shell: Shell, client: str) -> None:
    """`q9: 2` says nothing to a supervisor."""
    answers = {**{f"q{number}": "not_at_all" for number in range(1, 10)}, "q3": "several_days"}
    shell.says("assess", client, "phq9", "--answers", json.dumps(answers))
    shell.says(
        "assess", client, "cssrs_screener", "--partial", "--answers", json.dumps({"q1": "no", "q2": "no"})
    )

    said = shell.says("show", client)

    assert "  Sleep: Several days" in said
    assert "  Total 1: " in said
    assert "  Not asked: Thought of a method" in said
    assert "q3" not in said


def test_refusals_are_shown_as_such(shell: Shell, client: str) -> None:
    """A refusal is neither a no nor a gap."""
    shell.says("assess", client, "phq2", "--partial", "--answers", json.dumps({"q1": {"absent": "refused"}}))

    assert "  Interest or pleasure: refused" in shell.says("show", client)


def test_a_worker_is_shown_by_name_where_the_staff_record_is_here(shell: Shell, client: str) -> None:
    """Nobody knows a colleague by 36 characters."""
    shell.field.model.office(ANA, *writes("staff", ANA, name="Ana Lund"))
    shell.field.model.grant(ANA, ANA)
    shell.says("note", client, "--text", "All well.", "--sign")
    shell.says("sync")

    said = shell.says("show", client)

    assert "Author: Ana Lund" in said
    assert "Signed by Ana Lund" in said


def test_a_record_is_shown_with_what_happened_to_it(shell: Shell, client: str) -> None:
    """Who changed a value is asked where the value is read."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    said, told = shell.says("show", client, "--history"), shell.gives("show", client, "--history")

    assert said.index("Legal name: ") < said.index("Date of birth: ")
    assert "UTC  Preferred name: Ro  — 11111111" in said
    assert [event["unit"] for event in told[0]["history"]][-1] == "preferred_name"
    assert "history" not in shell.gives("show", client)[0]


def test_a_part_that_is_called_as_the_whole_is_told_once(shell: Shell, client: str) -> None:
    """`Level: Level: High` is how programs speak."""
    shell.says("visit", client, "--outcome", "not_home", "--why", "curtains drawn")

    assert "  Outcome: Not home; Reason: curtains drawn\n" in shell.says("show", client)


def test_why_a_risk_was_raised_is_told_a_line_each_with_names_and_times(shell: Shell, client: str) -> None:
    """A supervisor reads it on the phone to the worker."""
    shell.field.model.office(ANA, *writes("staff", ANA, name="Ana Lund"))
    shell.field.model.grant(ANA, ANA)
    shell.says("sync")
    answers = {**{f"q{number}": "not_at_all" for number in range(1, 10)}, "q9": "nearly_every_day"}
    shell.says("assess", client, "phq9", "--answers", json.dumps(answers))

    said = shell.says("show", client)

    assert "  Level: High; Reasons:\n      - Rule: phq9_item9" in said
    assert "By: Ana Lund" in said
    assert "T0" not in said.partition("Risk flag")[2]


def test_answers_to_a_form_that_is_not_here_stand_as_they_are(shell: Shell, client: str) -> None:
    """A tablet that lacks a version of a form still shows what was said."""
    shell.field.model.office(
        client,
        *writes("assessment", "a1", instrument={"id": "other", "version": "9"}, answers={"a": "b", "n": 3}),
        *writes("assessment", "a2", instrument={"id": "other", "version": "9"}),
    )
    shell.says("sync")

    said = shell.says("show", client)

    assert "  a: b\n  n: 3\n" in said


def test_what_cannot_be_right_together_is_marked_to_be_checked(shell: Shell, client: str) -> None:
    """Each field is sound by itself; a person sees that they are not together."""
    shell.says("visit", client, "--begin", "2026-11-23T09:30", "--end", "2026-11-23T08:30")

    assert "  Check: end before start (Begin, End)" in shell.says("show", client)


def test_units_of_a_newer_program_are_shown_as_they_are(shell: Shell, client: str) -> None:
    """A tablet that was not updated hides nothing."""
    shell.field.model.office(client, *writes("client", client, later={"new": [1]}, hazards="none"))
    shell.says("sync")

    assert 'later: {"new": [1]}' in shell.says("show", client)
