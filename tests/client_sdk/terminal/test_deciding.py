from .shell import Shell
from .test_reading import born


def test_a_settlement_replaces_every_rival_with_its_reason(shell: Shell, client: str) -> None:
    """The birth certificate ends the question on every tablet."""
    born(shell, client)

    shell.says("settle", "client", client, "date_of_birth", "1950-02-02", "--reason", "birth certificate")

    assert shell.gives("conflicts") == []
    assert shell.gives("show", client)[0]["values"]["date_of_birth"] == "1950-02-02"
    assert [save["why"] for save in shell.gives("pending")] == ["birth certificate"]


def test_an_undecided_value_cannot_be_overwritten_by_an_edit(shell: Shell, client: str) -> None:
    """Only a reason may end a rivalry."""
    born(shell, client)

    assert "settle it with a reason" in shell.refuses("edit", "client", client, "date_of_birth=1950-02-02")


def test_what_is_decided_needs_no_settlement(shell: Shell, client: str) -> None:
    """A settlement where there are no rivals is a mistake of the hand."""
    said = shell.refuses("settle", "client", client, "date_of_birth", "1950-02-02", "--reason", "sure")

    assert "nothing to settle" in said


def test_a_retracted_record_counts_again_and_its_history_says_both(shell: Shell, client: str) -> None:
    """Taken back by mistake is a mistake that can be taken back."""
    note = shell.gives("note", client, "--text", "All well.")["id"]
    shell.says("retract", "note", note, "--reason", "duplicate")
    assert "revive it" in shell.refuses("edit", "note", note, "heading=Visit")

    shell.says("revive", "note", note, "--reason", "not a duplicate")

    assert "All well." in shell.says("show", client)
    said = shell.says("history", "note", note)
    assert "Retracted: Entered twice" in said
    assert "Yes, again" in said


def test_reviving_what_stands_changes_nothing(shell: Shell, client: str) -> None:
    """A command that did nothing says so."""
    assert "Had not been retracted" in shell.says("revive", "client", client)
    assert shell.gives("pending") == []


def test_a_value_may_begin_with_a_hyphen(shell: Shell, client: str) -> None:
    """A longitude in America does."""
    said = shell.refuses("settle", "client", client, "preferred_name", "-97.7", "--reason", "map")

    assert "nothing to settle" in said
