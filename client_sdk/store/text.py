"""
The text index: in which rows all of these words occur, in memory.

Words are cut here, without accents and case, so that FTS5 and the fallback for machines without it (Android's
SQLite has none) find the same. FTS5 keeps no text, and forgets no row: a changed row gets a new document, and
documents that stand for no row are passed over.
"""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .boxes import Row
from .entry import Indexing
from .memory import from_image, in_memory

_DOCUMENTS: Final = """
CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name INTEGER NOT NULL UNIQUE, version INTEGER NOT NULL
);
"""
_FTS5: Final = "CREATE VIRTUAL TABLE words USING fts5 (text, content='', columnsize=0, detail=none);"
_FALLBACK: Final = """
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE place (word INTEGER, document INTEGER, PRIMARY KEY (word, document)) WITHOUT ROWID;
"""
_WORD: Final = re.compile(r"[^\W_]+")


def fts5_here() -> bool:
    """Whether this machine's SQLite has FTS5."""
    db = in_memory()
    try:
        db.execute(_FTS5)
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()
    return True


def words_of(text: str) -> list[str]:
    """The words of a text, each once, without accents and case."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return list(dict.fromkeys(_WORD.findall(plain)))


class TextIndex:
    """Words of one store's rows. Safe for many threads."""

    def __init__(self, indexing: Indexing, *, fts5: bool, image: bytes | None = None) -> None:
        self._indexing = indexing
        self._turn = threading.Lock()
        self._fts5 = fts5
        self._db = in_memory() if image is None else from_image(image)
        if image is None:
            self._db.executescript(_DOCUMENTS + (_FTS5 if fts5 else _FALLBACK))

    def put_rows(self, rows: Iterable[Row]) -> None:
        """Take the words of rows in the place of what is there."""
        with self._turn:
            self._db.execute("BEGIN")
            for row in rows:
                words = words_of(self._indexing.text(row.kind, row.key, row.value))
                self._forget(row.name)
                made = self._db.execute(
                    "INSERT INTO document (name, version) VALUES (?, ?) RETURNING id", (row.name, row.version)
                )
                self._keep(made.fetchone()[0], words)
            self._db.execute("COMMIT")

    def remove(self, names: Iterable[int]) -> None:
        """Forget rows."""
        with self._turn:
            for name in names:
                self._forget(name)

    def versions(self) -> dict[int, int]:
        """{name: version} of all that is kept."""
        with self._turn:
            return dict(self._db.execute("SELECT name, version FROM document"))

    def find(self, text: str) -> list[int]:
        """Names of the rows that hold every word, the last one perhaps only begun; the newest row first."""
        words = words_of(text)
        if not words:
            return []
        with self._turn:
            documents = set(self._matching(words))
            rows = self._db.execute("SELECT id, name FROM document ORDER BY version DESC, name").fetchall()
        return [name for id_, name in rows if id_ in documents]

    def image(self) -> bytes:
        """The whole as bytes, to be sealed."""
        with self._turn:
            return self._db.serialize()

    def close(self) -> None:
        """Forget everything."""
        with self._turn:
            self._db.close()

    def _forget(self, name: int) -> None:
        gone = self._db.execute("DELETE FROM document WHERE name = ? RETURNING id", (name,)).fetchall()
        if not self._fts5:
            self._db.executemany("DELETE FROM place WHERE document = ?", gone)

    def _keep(self, document: int, words: Sequence[str]) -> None:
        if self._fts5:
            if words:
                self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (document, " ".join(words)))
            return
        self._db.executemany("INSERT OR IGNORE INTO word (text) VALUES (?)", [(word,) for word in words])
        self._db.executemany(
            "INSERT INTO place SELECT id, ? FROM word WHERE text = ?", [(document, word) for word in words]
        )

    def _matching(self, words: Sequence[str]) -> Iterator[int]:
        if self._fts5:
            query = " ".join(f'"{word}"' for word in words) + "*"
            yield from (
                id_ for (id_,) in self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", (query,))
            )
            return
        *whole, begun = words
        found = [self._places("text = ?", (word,)) for word in whole]
        found.append(self._places("text >= ? AND text < ?", (begun, begun + "\U0010ffff")))
        yield from set.intersection(*found)

    def _places(self, condition: str, values: tuple[str, ...]) -> set[int]:
        sql = f"SELECT document FROM place JOIN word ON word.id = place.word WHERE {condition}"  # noqa: S608
        return {id_ for (id_,) in self._db.execute(sql, values)}
