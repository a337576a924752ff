"""
The device's key: the vault's own, or the one that took its place when the tablet enrolled again.

A later key lies sealed in the store, so that it comes into use in the very transaction that issues the
unsent work anew under it: there is no moment in which a crash leaves one without the other.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import Json

from .enrolment import Signing
from .errors import Locked
from .store import Store
from .vault import Vault

ROW = ("device_key", "-")


class DeviceSigner:
    """Signs for the device while the vault is open."""

    def __init__(self, store: Store, vault: Vault) -> None:
        kept = store.get(*ROW)
        self._vault = vault
        self._later = None if not isinstance(kept, str) else read_key(kept)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        if self._later is None:
            return self._vault.device_public
        return self._later.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """
        Sign, 64 bytes.

        Raises:
            Locked: The vault is locked.
        """
        if self._vault.locked:
            raise Locked("the vault is locked")
        return self._vault.sign(message) if self._later is None else self._later.sign(message)

    def signing(self) -> Signing:
        """Both halves, as an enrolment needs them."""
        return Signing(self.public, self.sign)

    def use(self, key: Ed25519PrivateKey) -> None:
        """Sign by a later key from now on, which was stored."""
        self._later = key


def new_key(entropy: Callable[[int], bytes]) -> Ed25519PrivateKey:
    """Another device key."""
    return Ed25519PrivateKey.from_private_bytes(entropy(32))


def key_row(key: Ed25519PrivateKey) -> Json:
    """A key as it is stored, in a sealed row."""
    return b64encode(key.private_bytes_raw()).decode()


def read_key(row: str) -> Ed25519PrivateKey:
    """A key as it was stored."""
    return Ed25519PrivateKey.from_private_bytes(b64decode(row))
