"""
The nursery: real processes that begin in milliseconds, so that hundreds of them can be killed.

A Python program with our libraries takes a second to begin, most of it imports. A *nursery* is a process that has
imported a module and waits; for each job it forks a child that runs the module's `run(job)`. The child is an
ordinary process of its own, and SIGKILL ends it like any other. What child and nursery say are lines on one pipe,
so the line that a child has gone comes after everything that the child said.

    with Nursery("tests.faults.saver", log) as nursery:
        child = nursery.start({"folder": ...})
        child.wait_for("open")          # the child said so
        child.kill()
        child.said                      # every line before its end
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

PATIENCE_S: Final = 60.0
"""Seconds until a child that says nothing has failed: several times what a busy machine needs."""

_BORN: Final = "born"
_GONE: Final = "gone"


def say(word: str, **more: Any) -> None:
    """Tell the parent a line, at once: what was said is on the pipe when this returns."""
    os.write(1, json.dumps([word, more]).encode() + b"\n")


class Failed(AssertionError):
    """What was promised did not hold; the text says what."""


class Unplayable(Exception):
    """This machine cannot bring a fault about; the text says what would let it."""


def must(holds: bool, what: str) -> None:
    """
    What has to hold.

    Raises:
        Failed: It does not.
    """
    if not holds:
        raise Failed(f"this does not hold: {what}")


class Child:
    """One process that was forked for a job."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        """(word, more) of each line so far."""
        self.pid = 0
        self.status: int | None = None
        """How it ended: minus the signal, or its exit code; None while it lives."""
        self._heard = threading.Condition()

    def wait_for(self, word: str, count: int = 1, *, or_end: bool = False) -> dict[str, Any] | None:
        """
        Wait until it has said a word so often.

        Args:
            word: The word.
            count: How often.
            or_end: Whether it may end before; then there is no answer.

        Raises:
            Failed: It ended before, or says nothing.
        """

        def came() -> bool:
            return self.status is not None or self._count(word) >= count

        with self._heard:
            in_time = self._heard.wait_for(came, PATIENCE_S)
            if self._count(word) >= count:
                return [more for said, more in self.said if said == word][count - 1]
        if in_time and or_end:
            return None
        raise Failed(f"a process was to say {word!r} and " + ("ended" if in_time else "is silent"))

    def kill(self) -> None:
        """SIGKILL, and wait until it has gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """Ask it to end, and wait until it has gone."""
        os.kill(self.pid, signal.SIGTERM)
        self.wait()

    def wait(self) -> None:
        """Wait until it has gone."""
        with self._heard:
            if not self._heard.wait_for(lambda: self.status is not None, PATIENCE_S):
                raise Failed("a process that was to end goes on")

    def hear(self, word: str, more: dict[str, Any]) -> None:
        """A line of it came."""
        with self._heard:
            if word == _BORN:
                self.pid = more["pid"]
            elif word == _GONE:
                self.status = more["status"]
            else:
                self.said.append((word, more))
            self._heard.notify_all()

    def is_born(self) -> bool:
        """Wait for its process; whether there is one."""
        with self._heard:
            return self._heard.wait_for(lambda: bool(self.pid), PATIENCE_S)

    def _count(self, word: str) -> int:
        return sum(said == word for said, _ in self.said)


class Nursery:
    """A process with a module's imports done, out of which children are forked one at a time."""

    def __init__(self, module: str, log: Path) -> None:
        self._command = [sys.executable, "-m", "tests.faults.nursery", module]
        self._log = log
        self._child: Child | None = None

    def __enter__(self) -> Self:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None and self._child.pid and self._child.status is None:
            self._child.kill()
        assert self._process.stdin is not None, "it is piped"
        self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None, "it is piped"
        self._process.stdout.close()

    def start(self, job: dict[str, Any]) -> Child:
        """Fork a child for a job; the one before has gone."""
        assert self._child is None or self._child.status is not None, "one child at a time"
        self._child = Child()
        assert self._process.stdin is not None, "it is piped"
        self._process.stdin.write(json.dumps(job) + "\n")
        if not self._child.is_born():
            raise Failed(f"the nursery starts nothing:\n{self.log}")
        return self._child

    @property
    def log(self) -> str:
        """The end of what its children wrote to standard error."""
        return self._log.read_text("utf-8", "replace")[-4000:]

    def _read(self) -> None:
        assert self._process.stdout is not None, "it is piped"
        for line in self._process.stdout:
            word, more = json.loads(line)
            assert self._child is not None, "only children speak"
            self._child.hear(word, more)


def _serve(run: Callable[[dict[str, Any]], None]) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(run, json.loads(line))
        say(_BORN, pid=pid)
        _, status = os.waitpid(pid, 0)
        say(_GONE, status=os.waitstatus_to_exitcode(status))


def _live(run: Callable[[dict[str, Any]], None], job: dict[str, Any]) -> None:
    """A child's whole life. It never returns into the nursery's loop."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    status = 1
    try:
        run(job)
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


def _end_with_parent() -> None:
    """Nothing comes on standard input while a child lives, until the parent has gone; then nobody needs the child."""
    os.read(0, 1)
    os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """Import the module and fork on demand."""
    (module,) = arguments
    _serve(importlib.import_module(module).run)


if __name__ == "__main__":
    main(sys.argv[1:])
