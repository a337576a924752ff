"""
Keys: one master key per store, and a key of its own for every use.

A use key is HKDF-SHA256 (RFC 5869) of the master key, bound to the store's id and the key epoch, so that
nothing sealed for one use, store or epoch can be passed off as another's. Dropping the keys forgets them;
Python cannot promise that no copy stays in memory.
"""

from typing import Final, Literal, TypeAlias, get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import Locked

Use: TypeAlias = Literal["rows", "head", "ids", "digest", "cache", "attachments", "device", "slots"]
USES: Final[tuple[Use, ...]] = get_args(Use)

MASTER_BYTES: Final = 32
STORE_ID_BYTES: Final = 16


def derive(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Make a 32-byte key out of a secret that is already hard to guess."""
    return HKDF(SHA256(), MASTER_BYTES, salt, info).derive(secret)


class Keys:
    """The keys of an open store."""

    def __init__(self, master: bytes, store_id: bytes, epoch: int = 1) -> None:
        assert len(master) == MASTER_BYTES
        assert len(store_id) == STORE_ID_BYTES
        self.store_id = store_id
        self.epoch = epoch
        self._master: bytes | None = master

    def of(self, use: Use) -> bytes:
        """
        Give the key for one use.

        Raises:
            Locked: The keys were dropped.
        """
        info = b"doorstep key 1/%d/%s" % (self.epoch, use.encode())
        return derive(self.master(), salt=self.store_id, info=info)

    def master(self) -> bytes:
        """
        Give the master key, which only slots may hold.

        Raises:
            Locked: The keys were dropped.
        """
        if self._master is None:
            raise Locked("the vault is locked")
        return self._master

    def drop(self) -> None:
        """Forget the master key."""
        self._master = None
