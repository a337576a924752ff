"""
The master key: wraps the agencies' keys, and lies neither in the database nor in the key store.

It comes from a key management service by a hook, from the environment, or from a file, in this order.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.errors import Malformed
from sync.ids import decode_bytes, encode_bytes

from ..errors import Unready
from ..settings import Settings
from .boxes import KEY_BYTES, NONCE_BYTES, Sealless, open_, seal

PRIVATE_MODE: Final = 0o600
"""The file of the master key belongs to the server's user alone."""


class MasterKey(Protocol):
    """Whatever can wrap and unwrap a key; a key management service never shows its own."""

    id: str
    """Names the key, so that a rotation knows which one wrapped what."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """The key, wrapped and bound to its context."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """
        The key that `wrap` was given.

        Raises:
            Unready: It was wrapped by another master key, or for another context.
        """


class LocalMaster:
    """A master key that this process holds."""

    def __init__(self, key: bytes, entropy: Callable[[int], bytes]) -> None:
        assert len(key) == KEY_BYTES, "a master key has 32 bytes"
        self.id = sha256(b"doorstep master key id" + key).hexdigest()[:16]
        self._aead = AESGCM(key)
        self._entropy = entropy

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """The key, wrapped and bound to its context."""
        return seal(self._aead, self._entropy(NONCE_BYTES), key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """
        The key that `wrap` was given.

        Raises:
            Unready: It was wrapped by another master key, or for another context.
        """
        try:
            return open_(self._aead, wrapped, context)
        except Sealless:
            raise Unready("master key") from None


def master_of(settings: Settings, entropy: Callable[[int], bytes]) -> MasterKey:
    """
    The master key that the settings name.

    Raises:
        Unready: There is none, or it is not the base64url of 32 bytes.
    """
    if settings.kms:
        module, _, function = settings.kms.partition(":")
        hook: Callable[[Settings], MasterKey] = getattr(import_module(module), function)
        return hook(settings)
    return LocalMaster(_read(settings), entropy)


def create_master_file(path: Path, entropy: Callable[[int], bytes]) -> None:
    """
    Make a master key and write it for this user alone; a file that exists is never replaced.

    Raises:
        FileExistsError: There is one already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(file, "w") as text:
        text.write(encode_bytes(entropy(KEY_BYTES)) + "\n")
        text.flush()
        os.fsync(text.fileno())


def _read(settings: Settings) -> bytes:
    text = settings.master_key
    if not text:
        if not settings.master_file.is_file():
            raise Unready("master key")
        text = settings.master_file.read_text(encoding="ascii", errors="replace")
    try:
        key = decode_bytes(text.strip())
    except Malformed:
        raise Unready("master key") from None
    if len(key) != KEY_BYTES:
        raise Unready("master key")
    return key
