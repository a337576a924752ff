"""
Device secrets: 32 bytes kept apart from the store, without which a stolen copy tells a guesser nothing.

A *provider* keeps one short text per store: the system's keyring, Android's Keystore through a provider of
the app, or, by an explicit flag, a file outside the store's folder. With the secret stands the count of
wrong tries, so that copying the store's folder back does not reset it. A biometric slot is a provider of
the same kind whose `read` asks for a finger.
"""

import json
import warnings
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sync.ids import encode

from ..errors import NoDeviceSecret, Refused, Tampered
from . import files
from .tries import Tries

DEVICE_SECRET_BYTES: Final = 32
_SERVICE: Final = "doorstep"


class DeviceSecrets(Protocol):
    """A place for one short text per store, apart from the store."""

    def read(self, store: str) -> str | None:
        """What is kept for the store, None if nothing is."""
        ...

    def write(self, store: str, text: str) -> None:
        """Keep a text for the store in place of the last one, and be done when it is safe."""
        ...

    def outside(self, folder: Path) -> bool:
        """Whether a copy of the folder comes without the secret."""
        ...


class KeyringSecrets:
    """The system's keyring: Secret Service, Keychain or Credential Locker."""

    def __init__(self) -> None:
        """
        Find the keyring.

        Raises:
            NoDeviceSecret: The `keyring` package is missing, or this machine's keyring keeps no secrets.
        """
        try:
            import keyring
        except ImportError:
            raise NoDeviceSecret("the keyring package is not installed") from None
        self._keyring = keyring.get_keyring()
        if self._keyring.priority < 1:
            raise NoDeviceSecret("this machine has no keyring that keeps secrets")

    def read(self, store: str) -> str | None:
        """What is kept for the store."""
        return self._keyring.get_password(_SERVICE, store)

    def write(self, store: str, text: str) -> None:
        """Keep a text for the store."""
        self._keyring.set_password(_SERVICE, store, text)

    def outside(self, folder: Path) -> bool:
        """The system keeps it elsewhere."""
        return True


class DeviceSecretInFile(UserWarning):
    """The device secret lies in a file: who copies the whole disk can try every PIN."""


class FileSecrets:
    """Files in a folder, one a store. For tests and machines without a keyring, by an explicit flag."""

    def __init__(self, folder: Path, *, accept_risk: bool) -> None:
        """
        Use the folder, which is made if it is missing.

        Raises:
            Refused: The risk was not accepted.
        """
        if not accept_risk:
            raise Refused("a device secret in a file is weak: say accept_risk to use one all the same")
        warnings.warn("the device secret is kept in a file", DeviceSecretInFile, stacklevel=2)
        self._folder = folder

    def read(self, store: str) -> str | None:
        """What is kept for the store."""
        path = self._folder / store
        return path.read_text() if path.exists() else None

    def write(self, store: str, text: str) -> None:
        """Keep a text for the store."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(self._folder / store, text.encode())

    def outside(self, folder: Path) -> bool:
        """Whether our folder is not the given one, nor lies in it."""
        return not self._folder.resolve().is_relative_to(folder.resolve())


@dataclass(frozen=True, slots=True)
class DeviceSecret:
    """What the provider keeps for one store: the secret, None once it was destroyed, and the wrong tries."""

    secret: bytes | None
    tries: Tries = field(default_factory=Tries)


def load(provider: DeviceSecrets, store: str) -> DeviceSecret:
    """
    Read the device secret; one that is missing counts as destroyed.

    Raises:
        Tampered: What is kept is not what we wrote.
    """
    text = provider.read(store)
    if text is None:
        return DeviceSecret(None)
    try:
        kept = json.loads(text)
        secret = kept["secret"] and b64decode(kept["secret"], validate=True)
        tries = kept["tries"]
    except (ValueError, TypeError, KeyError):
        raise Tampered("the device secret is damaged", store=store) from None
    return DeviceSecret(secret, Tries.from_json(tries))


def keep(provider: DeviceSecrets, store: str, device: DeviceSecret) -> None:
    """Write the device secret and its tries in one go."""
    secret = None if device.secret is None else b64encode(device.secret).decode()
    provider.write(store, encode({"secret": secret, "tries": device.tries.to_json()}).decode())
