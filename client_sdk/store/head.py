"""
The head: what the store should hold, sealed, and written again with every commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple

from ..errors import Tampered
from ..vault.aead import Aead
from ..vault.keys import Keys
from .digest import MARK_BYTES

_LAYOUT: Final = Struct(f">QQQQQQ{MARK_BYTES}s")


@dataclass(frozen=True, slots=True)
class Rollback:
    """The file was older than its anchor: a copy was put in its place, or its last commits were cut off."""

    file_sequence: int
    anchor_sequence: int


class Head(NamedTuple):
    """What the store holds after a commit."""

    sequence: int = 0
    """Commits so far. Never used twice, also not after a rollback, so no version is."""
    rows: int = 0
    envelopes: int = 0
    last_envelope: int = 0
    """The sequence of the newest envelope ever made."""
    digest: int = 0
    rollback: Rollback | None = None
    """A rollback that the server has not been told."""


class HeadBoxes:
    """Seals and opens heads with the keys of one store."""

    def __init__(self, keys: Keys, entropy: Callable[[int], bytes]) -> None:
        self._aead = Aead(keys.of("head"), entropy)
        self._label = b"doorstep head 1/" + keys.store_id

    def seal(self, head: Head) -> bytes:
        """The box of a head; always of one length."""
        back = head.rollback or Rollback(0, 0)
        plain = _LAYOUT.pack(
            head.sequence,
            head.rows,
            head.envelopes,
            head.last_envelope,
            back.file_sequence,
            back.anchor_sequence,
            head.digest.to_bytes(MARK_BYTES, "big"),
        )
        return self._aead.seal(plain, self._label)

    def open(self, box: bytes) -> Head:
        """
        Open a head.

        Raises:
            Tampered: It is not one of this store.
        """
        try:
            plain = self._aead.open(box, self._label)
        except (Tampered, TypeError):
            raise Tampered("the head of the store is not what was written") from None
        sequence, rows, envelopes, last_envelope, file, anchor, digest = _LAYOUT.unpack(plain)
        return Head(
            sequence,
            rows,
            envelopes,
            last_envelope,
            int.from_bytes(digest, "big"),
            Rollback(file, anchor) if anchor else None,
        )
