"""
Watching: an app is told what changed, after it is stored, by a dispatcher of its choice.

A *dispatcher* runs a function where the app wants its callbacks: a Kivy app gives one that schedules on its
main loop. Without one, callbacks come one after another on a thread of their own, which never holds up a
save or a sync.
"""

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final, TypeAlias

EVERYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class Changed:
    """One record that shows something else than before."""

    type: str
    id: str
    subject: str
    gone: bool = False
    """It is on this tablet no more: access to its subject has ended."""


Callback: TypeAlias = Callable[[tuple[Changed, ...]], object]
Dispatcher: TypeAlias = Callable[[Callable[[], None]], object]


class Watchers:
    """Who is told of what. Safe for many threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._callbacks: dict[int, tuple[str, Callback]] = {}
        self._last = 0
        self._dispatcher: Dispatcher | None = None
        self._own: _OwnThread | None = None

    def watch(self, type_: str, callback: Callback) -> Callable[[], None]:
        """
        Call back with what changed of a record type, or of every type for `*`, once a save or a page.

        Returns:
            A function that ends it; a call that is under way may still come.
        """
        with self._turn:
            self._last += 1
            number = self._last
            self._callbacks[number] = (type_, callback)

        def unwatch() -> None:
            with self._turn:
                self._callbacks.pop(number, None)

        return unwatch

    def dispatch_with(self, dispatcher: Dispatcher | None) -> None:
        """Run callbacks by this; None for a thread of our own."""
        with self._turn:
            self._dispatcher = dispatcher

    def tell(self, changes: Iterable[Changed]) -> None:
        """Tell everybody whom it concerns."""
        found = tuple(changes)
        with self._turn:
            callbacks = list(self._callbacks.values())
            if not found or not callbacks:
                return
            if self._dispatcher is None and self._own is None:
                self._own = _OwnThread()
            run = self._dispatcher or (self._own.run if self._own is not None else None)
        assert run is not None, "somebody runs callbacks"
        for type_, callback in callbacks:
            concerned = tuple([change for change in found if type_ in (EVERYTHING, change.type)])
            if concerned:
                run(_Call(callback, concerned))

    def close(self) -> None:
        """Forget everybody; what was told already still comes."""
        with self._turn:
            self._callbacks.clear()
            own, self._own = self._own, None
        if own is not None:
            own.end()


@dataclass(frozen=True, slots=True)
class _Call:
    callback: Callback
    changes: tuple[Changed, ...]

    def __call__(self) -> None:
        self.callback(self.changes)


class _OwnThread:
    """Runs callbacks in order; one that fails is reported as a thread's failure is, and the next one comes."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="doorstep-watch", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], None]) -> None:
        self._queue.put(call)

    def end(self) -> None:
        self._queue.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _loop(self) -> None:
        while (call := self._queue.get()) is not None:
            try:
                call()
            except Exception:  # noqa: BLE001  # an app's callback may fail in any way
                kind, error, trace = sys.exc_info()
                assert kind is not None, "an error is being handled"
                threading.excepthook(threading.ExceptHookArgs((kind, error, trace, self._thread)))
