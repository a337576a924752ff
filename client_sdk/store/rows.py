"""
Rows: the sealed file, verified when it is opened, read a row at a time, written a commit at a time.

Opening compares every (name, version) and every envelope with the sealed head, and opens no box; a box is
bound to its name and version, so a row that was deleted, swapped or put back is found at once, and a
changed box when it is read. Knows nothing of indexes.

Rows lie in the order in which they were first written. By their names they would lie at random, and each
new one would tear open a full page: a save took a fifth longer.
"""

import sqlite3
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from threading import Lock
from typing import Any, Final

from sync.ids import Json

from ..errors import Locked, Tampered
from ..vault.keys import Keys
from . import database
from .boxes import Row, RowBoxes
from .digest import MODULUS, Marks
from .head import Head, HeadBoxes
from .outbox import Change, Outbox, Parts
from .transaction import Transaction

CHUNK_ROWS: Final = 64
"""Rows read by one statement: few enough to hold nobody up, and one statement fits all."""
_ONE: Final = "SELECT box FROM row WHERE place = ?"
_SOME: Final = f"SELECT place, box FROM row WHERE place IN ({', '.join('?' * CHUNK_ROWS)})"  # noqa: S608
_WRITE_HEAD: Final = "INSERT OR REPLACE INTO head VALUES (1, ?)"


class Rows:
    """The rows and envelopes of one open store. Reads from any thread; `write` from one at a time."""

    def __init__(
        self, db: sqlite3.Connection, keys: Keys, agency_key: bytes, entropy: Callable[[int], bytes]
    ) -> None:
        """
        Verify a file.

        Raises:
            Tampered: It is not as its head says.
        """
        self.boxes = RowBoxes(keys, entropy)
        self.marks = Marks(keys)
        self._heads = HeadBoxes(keys, entropy)
        self._turn = Lock()
        self._db = db
        self._closed = False
        self._places: dict[int, int] = {}
        self._last_place = 0
        self.versions: dict[int, int] = {}
        """{name: version} of all rows."""
        try:
            self.head = self._read_head()
            rows = self._read_places()
            self.outbox = Outbox(keys, agency_key, entropy, self._select)
            self._verify(rows)
        except (sqlite3.Error, Tampered) as error:
            db.close()
            raise database.meaning(error) from None

    def get(self, kind: str, key: str) -> Json:
        """
        The value of a row, None if there is none.

        Raises:
            Tampered: The row is not what was written.
            Locked: The store was closed.
        """
        name = self.boxes.name(kind, key)
        with self._turn:
            version = self.versions.get(name)
            if version is None and not self._closed:
                return None
            found = self._fetch(_ONE, (self._places.get(name),))
        row = self._open(name, version, found[0][0] if found else None)
        return row.value if row.kind == kind and row.key == key else None

    def read(self, names: Sequence[int]) -> list[Row]:
        """
        Open rows, in the order asked; those that are gone are left out.

        Raises:
            Tampered, Locked: As in `get`.
        """
        opened: list[Row] = []
        for start in range(0, len(names), CHUNK_ROWS):
            opened += self._read(names[start : start + CHUNK_ROWS])
        return opened

    def key_of(self, name: int) -> tuple[str, str] | None:
        """(kind, key) of a row, by opening it."""
        rows = self.read([name])
        return (rows[0].kind, rows[0].key) if rows else None

    def write(self, tx: Transaction, head: Head) -> None:
        """
        Commit a transaction.

        Args:
            tx: What to write.
            head: The head to go on from, as it is or with another sequence or rollback.

        Raises:
            NoSpace: The disk did not take it; everything is as before.
        """
        change = self.outbox.change(tx.envelopes, head.last_envelope)
        new = self._moved(head, tx, change)
        places, box_of_head = self._places_for(tx), self._heads.seal(new)
        with self._turn:
            self._open_or_locked()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                if tx.removed:
                    gone = [(self._places[name],) for name in tx.removed]
                    self._db.executemany("DELETE FROM row WHERE place = ?", gone)
                self._db.executemany(
                    "INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)",
                    [(places[name], name, row.version, box) for name, (row, box, _) in tx.rows.items()],
                )
                self.outbox.write(self._db, change)
                self._db.execute(_WRITE_HEAD, (box_of_head,))
                self._db.execute("COMMIT")
            except BaseException as error:
                # Also what has nothing to do with the file must not leave a transaction open behind it.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise database.meaning(error) from None
                raise
            self._committed(tx, new, places)
            self.outbox.done(change)

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with self._turn:
            if not self._closed:
                self._closed = True
                # What a full disk keeps from being folded in stays in the log, where the next open finds it.
                with suppress(sqlite3.Error):
                    self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._db.close()
                self.versions.clear()
                self._places.clear()

    @property
    def closed(self) -> bool:
        """Whether the file was let go of."""
        return self._closed

    def seal(self) -> bytes:
        """What may be told of the digest."""
        return self.marks.seal(self.head.sequence, self.head.digest)

    def _read_head(self) -> Head:
        found = self._db.execute("SELECT box FROM head WHERE id = 1").fetchone()
        if found is None:
            raise Tampered("the store has no head")
        return self._heads.open(found[0])

    def _read_places(self) -> int:
        """Note where each row lies and of which version it is; how many there are, doubles included."""
        places, versions, rows, place = self._places, self.versions, 0, 0
        for place, name, version in self._db.execute("SELECT place, name, version FROM row"):
            places[name] = place
            versions[name] = version
            rows += 1
        self._last_place = place
        return rows

    def _verify(self, rows: int) -> None:
        try:
            digest = (self.marks.rows(self.versions.items()) + self.outbox.digest) % MODULUS
        except (struct.error, TypeError, OverflowError):
            raise Tampered("a row of the store is damaged") from None
        found = (rows, len(self.outbox), digest)
        if found != (self.head.rows, self.head.envelopes, self.head.digest):
            raise Tampered(
                "the rows of the store are not those of its last commit",
                sequence=self.head.sequence,
                rows=rows,
                rows_expected=self.head.rows,
                envelopes=len(self.outbox),
                envelopes_expected=self.head.envelopes,
            )

    def _read(self, names: Sequence[int]) -> list[Row]:
        with self._turn:
            self._open_or_locked()
            wanted = [(name, self.versions[name]) for name in names if name in self.versions]
            places = [self._places[name] for name, _ in wanted]
            values = places + [None] * (CHUNK_ROWS - len(wanted))
            boxes = dict(self._fetch(_SOME, values))
        return [
            self._open(name, version, boxes.get(place))
            for (name, version), place in zip(wanted, places, strict=True)
        ]

    def _open(self, name: int, version: int | None, box: bytes | None) -> Row:
        if box is None or version is None:
            raise Tampered("a row of the store is missing", name=name)
        return self.boxes.open(name, version, box)

    def _select(self, sql: str, values: tuple[int, int]) -> list[Parts]:
        with self._turn:
            found: list[Parts] = self._fetch(sql, values)
        return found

    def _fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        self._open_or_locked()
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise database.meaning(error) from None

    def _open_or_locked(self) -> None:
        if self._closed:
            raise Locked("the store is closed")

    def _moved(self, head: Head, tx: Transaction, change: Change) -> Head:
        """The head after a commit."""
        mark, versions = self.marks.row, self.versions
        digest, fresh = head.digest + change.digest, 0
        for name, (row, _, _) in tx.rows.items():
            digest += mark(name, row.version)
            if name in versions:
                digest -= mark(name, versions[name])
            else:
                fresh += 1
        for name in tx.removed:
            digest -= mark(name, versions[name])
        return Head(
            sequence=head.sequence + 1,
            rows=head.rows + fresh - len(tx.removed),
            envelopes=head.envelopes + change.envelopes,
            last_envelope=head.last_envelope + len(change.added),
            digest=digest % MODULUS,
            rollback=head.rollback,
        )

    def _places_for(self, tx: Transaction) -> dict[int, int]:
        """{name: place} of what is to be written; what is new comes last."""
        fresh = count(self._last_place + 1)
        return {name: self._places.get(name) or next(fresh) for name in tx.rows}

    def _committed(self, tx: Transaction, head: Head, places: dict[int, int]) -> None:
        self.head = head
        self._places |= places
        self._last_place = max(self._last_place, *places.values(), 0)
        for name in tx.removed:
            del self.versions[name], self._places[name]
        for name, (row, _, _) in tx.rows.items():
            self.versions[name] = row.version


def lay(db: sqlite3.Connection, keys: Keys, entropy: Callable[[int], bytes]) -> None:
    """Write the first head of an empty file."""
    db.execute(_WRITE_HEAD, (HeadBoxes(keys, entropy).seal(Head()),))
