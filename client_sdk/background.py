"""
Background sync: an exchange every minute, sooner when something was saved, later when the network fails.

A retry waits twice as long as the one before, with jitter, so that a hundred tablets that come back into
signal at once do not all call at once. It ends with the lock.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .clock import Providers
from .errors import ClientError, Locked
from .settings import TabletSettings

SETTLE_S: Final = 2.0
"""Seconds from a save to the exchange that carries it: what is saved together goes together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next exchange is due."""

    settings: TabletSettings
    providers: Providers
    failures: int = 0

    def after(self, error: ClientError | None) -> "Pace":
        """The pace after an exchange that went well, or failed."""
        return Pace(self.settings, self.providers, 0 if error is None else self.failures + 1)

    def wait_s(self) -> float:
        """Seconds until the next exchange, with up to a quarter more or less."""
        base = self.settings.sync_every_s
        if self.failures:
            doubled = self.settings.retry_first_s * 2.0 ** min(self.failures - 1, 16)
            base = min(doubled, self.settings.retry_longest_s)
        return base * (0.75 + self.providers.entropy(1)[0] / 510)


class Background:
    """One thread that syncs until it is stopped."""

    def __init__(
        self,
        sync: Callable[[], object],
        pace: Pace,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        """
        Start at once.

        Args:
            sync: One exchange.
            pace: How often.
            wait: Waits for the event so many seconds and says whether it came.
        """
        self.last_error: ClientError | None = None
        """Why the last exchange failed; None after one that went well."""
        self._sync = sync
        self._pace = pace
        self._wait = wait
        self._stopped = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="doorstep-sync", daemon=True)
        self._thread.start()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def wake(self) -> None:
        """Something was saved: sync soon, unless the network has just failed."""
        self._woken.set()

    def stop(self) -> None:
        """End after the message that is under way; a message that was cut settles nothing."""
        self._stopped = True
        self._woken.set()

    def join(self) -> None:
        """Wait until it has ended."""
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _loop(self) -> None:
        while self._goes_on():
            self._once()
            if self._goes_on() and self._rest(self._pace.wait_s()) and self._goes_on():
                self._rest(SETTLE_S if self.last_error is None else self._pace.wait_s())

    def _goes_on(self) -> bool:
        return not self._stopped

    def _rest(self, seconds: float) -> bool:
        woken = self._wait(self._woken, seconds)
        self._woken.clear()
        return woken

    def _once(self) -> None:
        try:
            self._sync()
        except Locked:
            self._stopped = True
            return
        except ClientError as error:
            self.last_error = error
        else:
            self.last_error = None
        self._pace = self._pace.after(self.last_error)
