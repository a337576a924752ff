import errno
import io
from contextlib import redirect_stderr, suppress
from pathlib import Path

import pytest

from client_sdk import Tablet
from client_sdk.terminal import cli
from client_sdk.terminal.access import Access

from .shell import Shell


def test_a_folder_becomes_a_tablet_and_tells_its_fingerprint(bare: Shell) -> None:
    """The office compares it: nobody else's key may stand in for this tablet's."""
    told = bare.gives("enrol", "https://doorstep.example", "code")

    assert told["agency"] == "Mercy Bend"
    assert len(told["fingerprint"]) == 6


def test_enrolling_asks_twice_for_a_secret_and_does_not_show_it(bare: Shell) -> None:
    """A mistyped secret would lock its owner out for ever."""
    bare.secret = None
    secret = "nine slow barges under fog"

    result = bare.run("enrol", "https://doorstep.example", "code", input=f"{secret}\n{secret}\n")

    assert result.exit_code == 0, result.output
    assert secret not in result.output


def test_a_sync_brings_the_clients_and_says_what_it_did(bare: Shell) -> None:
    """The worker sees before driving off whether everything is here."""
    bare.says("enrol", "https://doorstep.example", "code")
    assert bare.gives("clients") == []

    done = bare.gives("sync")

    assert (done["complete"], done["waiting"]) == (True, 0)
    assert [client["name"] for client in bare.gives("clients")] == ["Okafor, Rosa"]


def test_without_a_network_work_stays_and_the_sync_fails_in_one_line(
    shell: Shell, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signal is the normal case, and never looks like a crash."""
    shell.says("edit", "client", client, "preferred_name=Ro")
    shell.field.wire.unreached = True

    assert shell.refuses("sync").count("\n") == 1
    assert len(shell.gives("pending")) == 1


def test_a_wrong_secret_is_one_line_that_says_how_long_to_wait(shell: Shell) -> None:
    """Whoever mistypes must know that nothing is lost."""
    shell.secret = "another secret than hers"

    assert "wrong PIN or passphrase" in shell.refuses("clients")


def test_a_folder_without_a_tablet_is_said_before_a_secret_is_asked_for(shell: Shell) -> None:
    """A mistyped folder is no reason to type one's secret."""
    shell.store, shell.secret = "nowhere", None

    assert "no tablet in this folder" in shell.refuses("clients")


def test_the_folder_has_a_default_below_the_machines_root(tmp_path: Path) -> None:
    """A worker with one tablet need not name it."""
    assert Access().providers.file_root.name == ".doorstep"


def test_another_code_lets_the_tablet_go_on_under_a_new_key(shell: Shell, client: str) -> None:
    """A store that the server takes nothing from any more still holds a worker's work."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    assert shell.gives("enrol-again", "code")["issued_anew"] == 1


def test_a_pin_works_with_a_device_secret_in_files_by_an_explicit_option(bare: Shell, tmp_path: Path) -> None:
    """Not every machine has a keyring."""
    bare.secret = "493817"
    kept = ("--device-secret-folder", str(tmp_path / "kept"))

    bare.says("enrol", "https://doorstep.example", "code", *kept)

    assert bare.gives("clients", *kept) == []
    assert "Error" in bare.refuses("clients")


def test_a_failing_disk_is_one_line_without_a_path(shell: Shell) -> None:
    """A file's name may be a person's."""
    shell.unlock = _broken_disk

    assert shell.refuses("clients") == "Error: the machine refused: Input/output error\n"


def _broken_disk(*_: object, **__: object) -> Tablet:
    raise OSError(errno.EIO, "Input/output error", "rosas-folder okafor/tablet")


class Screen(io.TextIOWrapper):
    """A standard error that somebody watches."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        """As a terminal answers."""
        return True

    @property
    def shown(self) -> str:
        """Everything that was written to it."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO), "it was made so"
        return buffer.getvalue().decode()


def watched(shell: Shell, patch: pytest.MonkeyPatch, *words: str) -> str:
    """What a command shows on a standard error that is a terminal."""
    for name, value in shell.environment().items():
        patch.setenv(name, str(value))
    screen = Screen()
    with redirect_stderr(screen), suppress(SystemExit):
        cli.main(list(words), prog_name="tablet", obj=shell.access())
    return screen.shown


def test_who_watches_sees_the_sync_go_on_in_one_line(
    shell: Shell, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute without a sign looks like a program that hangs; the line is gone when the answer comes."""
    shell.says("edit", "client", client, "preferred_name=Ro")

    shown = watched(shell, monkeypatch, "sync")

    assert "Sent 1, waiting 0" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")


def test_an_error_stands_on_a_line_of_its_own(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind half a line of progress nobody would read it."""
    shell.field.wire.unreached = True

    assert watched(shell, monkeypatch, "sync").endswith("\r\x1b[KError: the server is not reached\n")


def test_a_program_gets_no_progress(shell: Shell) -> None:
    """A log is no screen."""
    assert shell.run("sync").stderr == ""


def test_a_tablet_that_must_enrol_again_is_told_how(shell: Shell, client: str) -> None:
    """Nothing is lost, and nobody must guess why nothing goes out."""
    shell.says("edit", "client", client, "preferred_name=Ro")
    shell.field.model.state.forked.update(shell.field.model.state.workers)

    said = shell.says("sync")

    assert "ask for a code, then enrol-again" in said
    assert "ask for a code, then enrol-again" in shell.says("status")
    shell.says("enrol-again", "code")
    assert shell.gives("sync")["sent"] == 1
