"""The demo's server process: what goes wrong is told, and nothing is left running."""

import sys
from pathlib import Path

import pytest

from doorstep_cli.demo import process
from doorstep_cli.demo.agency import open_house
from doorstep_cli.demo.process import ProgramFailed, ServerProcess, command


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Whoever tries the demo gets the reason, not a demo that waits."""
    with pytest.raises(ProgramFailed, match="master key"):
        ServerProcess(tmp_path).__enter__()


def test_a_command_that_is_refused_says_why(tmp_path: Path) -> None:
    """The settlement is a command; were it refused silently, a later check would blame the sync."""
    with pytest.raises(ProgramFailed, match="doorstep conflicts: Error: "):
        command(tmp_path, "conflicts", "--as", "nobody")


def test_settings_of_another_server_do_not_reach_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo on a machine with a real server must not write into that one's database."""
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite")
    open_house(tmp_path).close()
    with ServerProcess(tmp_path) as server:
        host, port = server.place

    assert (host, port > 0) == ("127.0.0.1", True)


def test_a_server_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C gives the terminal back, whatever hangs."""
    monkeypatch.setattr(process, "STOP_S", 0.0)
    monkeypatch.setattr(process, "SERVE", (sys.executable, "-c", STUBBORN))
    server = ServerProcess(tmp_path)
    with server:
        assert server.address == "http://127.0.0.1:1"

    assert server.exit_code == -9


STUBBORN = """
import signal, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("at http://127.0.0.1:1", flush=True)
threading.Event().wait()
"""
