"""
The server as a process that can be killed, with marks that outlive it.

It is the program that `doorstep serve` runs, forked out of a nursery. It tells by a byte in a file that lies in
memory, one byte a thread, whether that thread stands inside a transaction that writes the log, in its commit, or
inside a snapshot; the file is still there when the process has gone, so whoever kills it knows what was hit.
"""

import itertools
import mmap
import os
import signal
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, event

from server.app import create_app
from server.settings import Providers, Settings
from server.wsgi import run as serve

from .nursery import Child, Nursery, say

THREADS_MAX: Final = 64
"""Marks: more than the server has threads."""

RESTING: Final = 0
WRITING: Final = 1
COMMITTING: Final = 2
READING: Final = 3
"""Inside a snapshot that was read from already."""

TAKES_HEAD: Final = "UPDATE head"
"""How the first statement of a transaction that writes the log begins."""


class Server:
    """One server that is started, killed and started again at the same place."""

    def __init__(self, settings: Settings, folder: Path, name: str = "server") -> None:
        self.settings = settings
        self._nursery = Nursery("tests.faults.served", folder / f"{name}.log")
        self._marks = folder / f"{name}.marks"
        self._port = settings.port
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._marks.write_bytes(bytes(THREADS_MAX))
        self._nursery.__enter__()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._nursery.__exit__(kind, error, trace)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._marks.write_bytes(bytes(THREADS_MAX))
        job = {
            "home": str(self.settings.home),
            "database_url": self.settings.database_url,
            "keys_url": self.settings.keys_url,
            "busy_timeout_ms": self.settings.busy_timeout_ms,
            "enrolment_rate": self.settings.enrolment_rate,
            "port": self._port,
            "marks": str(self._marks),
        }
        self._child = self._nursery.start(job)
        told = self._child.wait_for("listens", or_end=True)
        if told is None:
            raise AssertionError(f"the server does not start:\n{self._nursery.log}")
        self._port = urlsplit(told["address"]).port or 0

    def kill(self) -> bytes:
        """SIGKILL; the marks of its threads as they stood then."""
        assert self._child is not None, "it is started"
        self._child.kill()
        return self._marks.read_bytes()

    def pause(self) -> bytes:
        """SIGSTOP: it stands still wherever it is; the marks of its threads."""
        os.kill(self.pid, signal.SIGSTOP)
        return self.marks

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it as an operator does."""
        assert self._child is not None, "it is started"
        self._child.end()

    @property
    def marks(self) -> bytes:
        """The marks of its threads now."""
        return self._marks.read_bytes()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._child is not None, "it is started"
        return self._child.pid

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", self._port

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """The end of its log."""
        return self._nursery.log


def run(job: dict[str, Any]) -> None:
    """A server's life."""
    _mark_transactions(Path(job["marks"]))
    settings = Settings(
        home=Path(job["home"]),
        database_url=job["database_url"],
        keys_url=job["keys_url"],
        busy_timeout_ms=job["busy_timeout_ms"],
        enrolment_rate=job["enrolment_rate"],
        port=job["port"],
        log_level="warning",
    )
    serve(
        settings,
        Providers.of_machine(settings.home),
        lambda address: say("listens", address=address),
        create_app,
    )


def _mark_transactions(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    marks = mmap.mmap(handle, THREADS_MAX)
    numbers, mine = itertools.count(), threading.local()

    def mark(state: int) -> None:
        if not hasattr(mine, "number"):
            mine.number = next(numbers) % THREADS_MAX
        marks[mine.number] = state

    def asks(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(TAKES_HEAD):
            mark(WRITING)
        elif _is_snapshot(connection):
            mark(READING)

    def commits(_connection: Connection) -> None:
        mark(COMMITTING if hasattr(mine, "number") and marks[mine.number] == WRITING else RESTING)

    def rests(*_: Any) -> None:
        mark(RESTING)

    event.listen(Engine, "after_cursor_execute", asks)
    event.listen(Engine, "commit", commits)
    event.listen(Engine, "rollback", rests)
    event.listen(Engine, "checkin", rests)


def _is_snapshot(connection: Connection) -> bool:
    """Whether a transaction only reads, by the options that `server.db` gives it on either database."""
    options = connection.get_execution_options()
    return options.get("doorstep_mode") == "read" or bool(options.get("postgresql_readonly"))
