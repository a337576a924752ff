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
