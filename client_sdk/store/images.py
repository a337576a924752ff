"""
Sealed images of what is in memory, so that an unlock need not open every row. Disposable: one that is
missing, damaged or of another version is made anew.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..errors import NoSpace, Tampered
from ..vault import files
from ..vault.aead import Aead
from ..vault.keys import Keys
from .digest import MARK_BYTES

PARTS: Final = ("index", "text")
_SUFFIX: Final = ".image"


class Images:
    """The images in the folder of one store."""

    def __init__(self, folder: Path, keys: Keys, entropy: Callable[[int], bytes], version: str) -> None:
        self._folder = folder
        self._aead = Aead(keys.of("cache"), entropy)
        self._label = b"doorstep image 1/" + keys.store_id + version.encode() + b"/"

    def read(self, part: str) -> tuple[bytes, bytes] | None:
        """(stamp, image) as they were written, None if there is nothing to use."""
        try:
            box = (self._folder / (part + _SUFFIX)).read_bytes()
            plain = self._aead.open(box, self._label + part.encode())
        except (FileNotFoundError, Tampered):
            return None
        return plain[:MARK_BYTES], plain[MARK_BYTES:]

    def write(self, part: str, stamp: bytes, image: bytes) -> None:
        """
        Keep an image; the stamp, 16 bytes, tells which state of the store it shows.

        One that the disk does not take is missed by nobody but the next unlock, which takes longer.
        """
        box = self._aead.seal(stamp + image, self._label + part.encode())
        with suppress(NoSpace):
            files.replace(self._folder / (part + _SUFFIX), box, durable=False)


def discard(folder: Path) -> None:
    """Remove the images."""
    for part in PARTS:
        files.remove(folder / (part + _SUFFIX))
