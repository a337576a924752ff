from pathlib import Path

import pytest

from tests.client_sdk.facade.kit import SECRET

from .shell import Shell

OTHER = "nine slow barges under fog"


def test_another_secret_opens_the_tablet_and_the_old_one_does_not(shell: Shell, client: str) -> None:
    """A secret that somebody has seen over a shoulder must stop opening, and no work may be lost by it."""
    shell.says("note", client, "--text", "All well.")

    shell.secret = None
    changed = shell.run("change-secret", input=f"{SECRET}\n{OTHER}\n{OTHER}\n")

    assert changed.exit_code == 0, changed.output
    assert OTHER not in changed.output
    shell.secret = SECRET
    assert "wrong PIN or passphrase" in shell.refuses("pending")
    shell.secret = OTHER
    assert len(shell.gives("pending")) == 1


def test_a_weak_secret_changes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is told, and the old secret still opens."""
    monkeypatch.setenv("DOORSTEP_NEW_SECRET", "password")

    assert "a passphrase scores at least" in shell.refuses("change-secret")
    assert shell.gives("pending") == []


def test_a_wrong_old_secret_is_not_followed_by_a_question(shell: Shell) -> None:
    """Nobody chooses a new secret for a tablet that does not open."""
    shell.secret = None

    said = shell.refuses("change-secret", input="another secret than hers\n")

    assert "New" not in said
    assert "wrong PIN or passphrase" in said


def test_a_folder_without_a_tablet_is_said_first(shell: Shell, tmp_path: Path) -> None:
    """A mistyped folder is no reason to type one's secret."""
    shell.secret = None

    assert "no tablet in this folder" in shell.refuses("change-secret", "--store", str(tmp_path / "none"))
