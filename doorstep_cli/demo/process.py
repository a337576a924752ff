"""
The server of the demo: the real program in a process of its own, and its commands beside it.
"""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

START_S: Final = 60.0
"""Seconds until a server that says nothing is given up: imports on a cold disk take several."""

STOP_S: Final = 10.0
"""Seconds in which it may end by itself."""

SERVE: Final = (sys.executable, "-m", "doorstep_cli", "serve")

COMMAND_S: Final = 60.0
"""Seconds for one command."""

LOG_LINES: Final = 15
"""Lines of its log that are shown when it fails."""

_ADDRESS: Final = re.compile(r"http://\S+")
_OURS: Final = "DOORSTEP_"


class ProgramFailed(Exception):
    """Our own program did not do what it was started for; the text is what it said."""


class ServerProcess:
    """`doorstep serve` on one folder; started and stopped by `with`."""

    def __init__(self, home: Path, port: int = 0) -> None:
        self.home = home.resolve()
        self.log = self.home / "server.log"
        self.address = ""
        """Where it answers, once it is started."""
        self.exit_code: int | None = None
        """How it ended, once it has."""
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        with self.log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                SERVE,
                env=_environment(
                    self.home, {"PORT": str(self._port), "HOST": "127.0.0.1", "PLAIN_HTTP": "yes"}
                ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            self.address = self._announced(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        assert parts.hostname is not None, "the server is started"
        assert parts.port is not None, "the server tells its port"
        return parts.hostname, parts.port

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None, "the server is started"
        return self._process.wait()

    def stop(self) -> None:
        """End it, and wait for it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.exit_code = process.returncode
        assert process.stdout is not None, "it is piped"
        process.stdout.close()

    def _announced(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None, "it is piped"
        given_up = threading.Timer(START_S, process.kill)
        given_up.start()
        try:
            for line in process.stdout:
                if (found := _ADDRESS.search(line)) is not None:
                    return found[0]
        finally:
            given_up.cancel()
        raise ProgramFailed(f"the server did not start:\n{self._last_of_log()}")

    def _last_of_log(self) -> str:
        return "\n".join(self.log.read_text("utf-8").splitlines()[-LOG_LINES:])


def command(home: Path, *words: str) -> str:
    """
    Run one command of the server, as somebody at the office would; what it prints.

    Raises:
        ProgramFailed: It refused; the text is what it said.
    """
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "doorstep_cli", *words],
        env=_environment(home.resolve(), {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_S,
        check=False,
    )
    if done.returncode:
        raise ProgramFailed(f"doorstep {words[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, without settings of some other server of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    ours = {"HOME": str(home), **settings}
    return {**kept, **{_OURS + name: value for name, value in ours.items()}, "PYTHONUTF8": "1"}
