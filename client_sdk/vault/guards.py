"""
Guards: who counts the wrong tries of a slot, and what happens when there are too many.

A PIN's count lies with the device secret and ends in its destruction. A passphrase's count lies beside the
vault: it slows down a person at the tablet and never destroys anything, so that a child cannot end a day's
work; against a copy of the files only the strength of the passphrase counts.
"""

import json
from pathlib import Path
from typing import Final, Protocol

from sync.ids import encode

from ..errors import ClientError, NoDeviceSecret, NoSpace, RecoveryNeeded, TooSoon, WrongSecret
from . import files
from .device_secret import DeviceSecret, DeviceSecrets, keep, load
from .tries import TRIES_MAX, Tries

TRIES_FILE: Final = "tries"


class Guard(Protocol):
    """Counts the tries of one slot."""

    def before(self, now_ms: int) -> bytes:
        """
        Count a try before it is looked at, and give the device secret, empty where there is none.

        Raises:
            TooSoon: The delay is not over; nothing was counted.
            RecoveryNeeded: The device secret is gone.
        """
        ...

    def wrong(self, now_ms: int) -> ClientError:
        """The error for a try that failed."""
        ...

    def right(self) -> None:
        """Forget the wrong tries."""
        ...


class PinGuard:
    """Counts beside the device secret, and destroys it at the tenth wrong try."""

    def __init__(self, provider: DeviceSecrets | None, store: str) -> None:
        if provider is None:
            raise NoDeviceSecret(
                "this vault opens by PIN, which needs the place that keeps its device secret"
            )
        self._provider = provider
        self._store = store
        self._device = load(provider, store)

    def before(self, now_ms: int) -> bytes:
        """Count a try, and give the device secret."""
        secret, tries = self._device.secret, self._device.tries
        if secret is None or tries.wrong >= TRIES_MAX:
            raise self._destroy()
        wait_s = tries.wait_s(now_ms)
        if wait_s:
            raise TooSoon(wait_s=wait_s, tries_left=TRIES_MAX - tries.wrong)
        self._keep(DeviceSecret(secret, tries.raised(now_ms)))
        return secret

    def wrong(self, now_ms: int) -> ClientError:
        """Tell what is left, or destroy."""
        tries = self._device.tries
        if tries.wrong >= TRIES_MAX:
            return self._destroy()
        return WrongSecret(wait_s=tries.wait_s(now_ms), tries_left=TRIES_MAX - tries.wrong)

    def right(self) -> None:
        """Forget the wrong tries."""
        self._keep(DeviceSecret(self._device.secret))

    def _destroy(self) -> RecoveryNeeded:
        self._keep(DeviceSecret(None, self._device.tries))
        return RecoveryNeeded(
            "the device secret is gone, so no PIN opens this vault; the agency can recover it"
        )

    def _keep(self, device: DeviceSecret) -> None:
        self._device = device
        keep(self._provider, self._store, device)


class PassphraseGuard:
    """Counts in a file beside the vault, and only ever asks for patience."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / TRIES_FILE
        self._tries = _read(self._path)

    def before(self, now_ms: int) -> bytes:
        """Count a try; there is no device secret."""
        wait_s = self._tries.wait_s(now_ms)
        if wait_s:
            raise TooSoon(wait_s=wait_s, tries_left=None)
        self._keep(self._tries.raised(now_ms))
        return b""

    def wrong(self, now_ms: int) -> ClientError:
        """Tell how long to wait."""
        return WrongSecret(wait_s=self._tries.wait_s(now_ms), tries_left=None)

    def right(self) -> None:
        """Forget the wrong tries."""
        self._keep(Tries())

    def _keep(self, tries: Tries) -> None:
        self._tries = tries
        content = encode(tries.to_json())
        try:
            files.replace(self._path, content)
        except NoSpace:
            # A worker gets at what is here on a full disk, too. A count that a crash tears is a fresh start.
            files.overwrite(self._path, content)


def _read(path: Path) -> Tries:
    try:
        return Tries.from_json(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return Tries()
