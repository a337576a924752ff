"""
The anchor: the store's sequence and digest, kept outside the store's file.

It is written after each commit, so it is never ahead of what was saved; at unlock, lock and sync it also
waits for the disk. A file that is behind its anchor was rolled back. Two places take turns, so that a torn
write leaves the one before it; an anchor that cannot be read proves nothing and locks nobody out.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from ..errors import Tampered
from ..vault import files
from ..vault.aead import OVERHEAD_BYTES, Aead
from ..vault.keys import Keys
from .digest import MARK_BYTES
from .head import Head

ANCHOR_FILE: Final = "anchor"
_LAYOUT: Final = Struct(f">Q{MARK_BYTES}s")
_PLACE_BYTES: Final = OVERHEAD_BYTES + _LAYOUT.size


class Anchor(NamedTuple):
    """What the server is told of a store: its sequence, and 16 bytes that equal contents share."""

    sequence: int
    seal: bytes


class Standing(StrEnum):
    """How the file stood to its anchor when the store was opened."""

    LEVEL = "level"
    AHEAD = "ahead"
    """The last commit came before a crash and its anchor did not: fine."""
    BEHIND = "behind"
    """An older file lies here."""
    FORKED = "forked"
    """As old as the anchor, with other content."""
    UNKNOWN = "unknown"
    """There is no anchor that can be read."""

    @property
    def rolled_back(self) -> bool:
        """Whether this is not the file that was last written."""
        return self in (Standing.BEHIND, Standing.FORKED)


class AnchorFile:
    """The anchor's file in the folder of one store."""

    def __init__(self, folder: Path, keys: Keys, entropy: Callable[[int], bytes]) -> None:
        self._path = folder / ANCHOR_FILE
        self._aead = Aead(keys.of("head"), entropy)
        self._label = b"doorstep anchor 1/" + keys.store_id
        if not self._path.exists():
            files.replace(self._path, b"")
        self._file = open(self._path, "r+b", buffering=0)  # noqa: SIM115 it stays open as long as the store

    def read(self) -> Anchor | None:
        """The newest anchor that can be read."""
        self._file.seek(0)
        content = self._file.read(2 * _PLACE_BYTES)
        found = [self._open(content[:_PLACE_BYTES]), self._open(content[_PLACE_BYTES:])]
        return max((anchor for anchor in found if anchor is not None), default=None)

    def write(self, anchor: Anchor, *, durable: bool) -> None:
        """
        Write the anchor, and wait for the disk where it must not be lost.

        The commit that it follows stands already, so a disk that does not take it is no error: the file is then
        ahead of its anchor, as after a crash.
        """
        box = self._aead.seal(_LAYOUT.pack(anchor.sequence, anchor.seal), self._label)
        with suppress(OSError):
            self._file.seek(anchor.sequence % 2 * _PLACE_BYTES)
            self._file.write(box)
            if durable:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _open(self, box: bytes) -> Anchor | None:
        try:
            return Anchor(*_LAYOUT.unpack(self._aead.open(box, self._label)))
        except Tampered:
            return None


def stand(head: Head, seal: bytes, anchor: Anchor | None) -> Standing:
    """How a store with this head, and the seal of its digest, stands to its anchor."""
    if anchor is None:
        return Standing.UNKNOWN
    if head.sequence != anchor.sequence:
        return Standing.BEHIND if head.sequence < anchor.sequence else Standing.AHEAD
    return Standing.LEVEL if seal == anchor.seal else Standing.FORKED
