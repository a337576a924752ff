"""
Lookup: all that is known of rows without opening them, and its images on the disk.

The index follows each commit at once; the text index is brought up when someone searches, or in the
background.
"""

from threading import RLock
from typing import Final

from .entry import Indexing
from .follow import Followed
from .images import Images
from .index import Index
from .memory import CAN_IMAGE
from .rows import Rows
from .text import TextIndex, fts5_here
from .transaction import Transaction

IMAGE_AFTER_ROWS: Final = 1000
"""When an unlock had to open more rows than this, images are written at once and not only at the lock."""


class Lookup:
    """Index and text index of one open store."""

    def __init__(self, rows: Rows, turn: RLock, images: Images, indexing: Indexing, fts5: bool) -> None:
        self._rows = rows
        self._turn = turn
        self._images = images
        self._indexing = indexing
        self._fts5 = fts5
        self._index = Followed("index", rows, turn, images, lambda image: Index(indexing, image))
        self._text: Followed[TextIndex] | None = None

    def index(self) -> Index:
        """The index, once it shows every row."""
        return self._index.ready()

    def text(self) -> TextIndex:
        """The text index, once it shows every row."""
        return self._follow_text().ready()

    def key_of(self, name: int) -> tuple[str, str] | None:
        """(kind, key) of a row; opened where the index does not show it yet."""
        if name not in self._rows.versions:
            return None
        return self._index.now().key_of(name) or self._rows.key_of(name)

    def committed(self, tx: Transaction) -> None:
        """Show what was written."""
        self._index.show(tx.removed).put((row, entry) for row, _, entry in tx.rows.values())
        if self._text is not None:
            self._text.note(tx.rows, tx.removed)

    def warm(self) -> None:
        """Bring both up to the rows, so that nobody waits for them later."""
        self.index()
        self.text()
        lacked = self._index.lacked + self._follow_text().lacked
        if lacked > IMAGE_AFTER_ROWS:
            self.save()

    def save(self) -> None:
        """Keep images, where this machine's SQLite can make them."""
        if not CAN_IMAGE:
            return
        with self._turn:
            self._index.save()
            if self._text is not None:
                self._text.save()

    def close(self) -> None:
        """Forget everything."""
        self._index.close()
        if self._text is not None:
            self._text.close()

    def _follow_text(self) -> Followed[TextIndex]:
        with self._turn:
            if self._text is None:
                self._text = Followed(
                    "text",
                    self._rows,
                    self._turn,
                    self._images,
                    lambda image: TextIndex(self._indexing, fts5=self._fts5, image=image),
                )
            return self._text


def use_fts5(wanted: bool | None) -> bool:
    """Whether to search by FTS5: as wanted, else where the machine has it."""
    return fts5_here() if wanted is None else wanted
