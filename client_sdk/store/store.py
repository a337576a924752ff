"""
The store: sealed rows, found again by kind and key or through an index in memory.

A row is `(kind, key, value)`; what the kinds mean is the caller's affair, and so is what the index keeps of
a row. One thread writes at a time, any thread reads, and sees what was last committed. The keys are the
vault's: close the store before the vault is locked.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

from sync.ids import Json

from ..clock import Providers
from ..errors import ClientError
from ..vault import files
from ..vault.keys import Keys
from . import database, images
from .anchor import ANCHOR_FILE, Anchor, AnchorFile, Standing, stand
from .boxes import Row
from .entry import Found, Indexing
from .head import Head, Rollback
from .images import Images
from .lookup import Lookup, use_fts5
from .outbox import Outbox
from .rows import CHUNK_ROWS, Rows, lay
from .transaction import Transaction, Turn

VERSION_ENTROPY_BYTES: Final = 3
"""
Random bytes below the sequence in the version of a commit. Two copies of a store that went on apart then give their
rows different versions, so that their digests differ and no row of one passes for a row of the other.
"""


def in_thread(work: Callable[[], None]) -> None:
    """Do work in the background."""
    threading.Thread(target=work, name="doorstep-store", daemon=True).start()


class Store:
    """One open store. Made by `create` or `open`, ended by `close`."""

    def __init__(
        self,
        folder: Path,
        rows: Rows,
        keys: Keys,
        providers: Providers,
        indexing: Indexing,
        fts5: bool | None,
    ) -> None:
        self._rows = rows
        self._turn = threading.RLock()
        self._writing = False
        self._indexing = indexing
        self._entropy = providers.entropy
        self._anchor = AnchorFile(folder, keys, providers.entropy)
        self.standing: Standing = self._take_stand()
        """How the file stood to its anchor; a rollback is kept in `rollback` too, until the server knows."""
        with_fts5 = use_fts5(fts5)
        version = f"{indexing.version}/{'fts5' if with_fts5 else 'plain'}"
        self._lookup = Lookup(
            rows, self._turn, Images(folder, keys, providers.entropy, version), indexing, with_fts5
        )

    @classmethod
    def create(
        cls,
        folder: Path,
        keys: Keys,
        *,
        agency_key: bytes,
        providers: Providers,
        indexing: Indexing | None = None,
        fts5: bool | None = None,
    ) -> "Store":
        """
        Make an empty store; the arguments are those of `open`.

        Raises:
            InUse: The folder has a store already; `discard` removes one.
        """
        db = database.create(folder)
        lay(db, keys, providers.entropy)
        files.sync_folder(folder)
        rows = Rows(db, keys, agency_key, providers.entropy)
        return cls(folder, rows, keys, providers, indexing or Indexing(), fts5)

    @classmethod
    def open(
        cls,
        folder: Path,
        keys: Keys,
        *,
        agency_key: bytes,
        providers: Providers,
        indexing: Indexing | None = None,
        fts5: bool | None = None,
        background: Callable[[Callable[[], None]], None] = in_thread,
    ) -> "Store":
        """
        Open the store that is there.

        Args:
            folder: Where it lies.
            keys: The keys of its vault.
            agency_key: The agency's X25519 public key, for the outbox.
            providers: Randomness.
            indexing: How rows are found.
            fts5: Whether free text search uses FTS5; None for where the machine has it.
            background: Starts the work of `warm`, by default in a thread.

        Raises:
            Tampered: The file is missing, damaged, or not as its head says.
            InUse: Another program has it open.
        """
        rows = Rows(database.hold(folder), keys, agency_key, providers.entropy)
        store = cls(folder, rows, keys, providers, indexing or Indexing(), fts5)
        background(store._warm_quietly)
        return store

    def get(self, kind: str, key: str) -> Json:
        """The value of a row, None if there is none."""
        return self._rows.get(kind, key)

    def get_many(self, kind: str, keys: Sequence[str]) -> dict[str, Json]:
        """{key: value} of those rows that are there, in the order asked."""
        names = [self._rows.boxes.name(kind, key) for key in keys]
        return {row.key: row.value for row in self._rows.read(names) if row.kind == kind}

    def scan(self, kind: str, prefix: str = "") -> Iterator[tuple[str, Json]]:
        """(key, value) of a kind's rows whose key begins so, by key, opened as they are asked for."""
        for row in self._opened([name for name, _ in self._lookup.index().keys(kind, prefix)]):
            yield row.key, row.value

    def keys(self, kind: str, prefix: str = "") -> list[str]:
        """The keys of a kind that begin so, in order; nothing is opened."""
        return [key for _, key in self._lookup.index().keys(kind, prefix)]

    def find(
        self,
        *,
        kind: str | None = None,
        type: str | None = None,
        subject: str | None = None,
        where: Mapping[str, Json] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[Found]:
        """What the index keeps of rows, without opening them; see `Index.find`."""
        return self._lookup.index().find(
            kind=kind, type=type, subject=subject, where=where, order_by=order_by, limit=limit
        )

    def values(self, found: Sequence[Found]) -> Iterator[tuple[Found, Json]]:
        """What was found with its values, opened as they are asked for; what is gone by then is left out."""
        by_name = {each.name: each for each in found}
        for row in self._opened(list(by_name)):
            yield by_name[row.name], row.value

    def search(self, text: str, limit: int | None = None) -> list[Found]:
        """Rows that hold all of these words, the last one perhaps only begun; the newest first."""
        names = self._lookup.text().find(text)
        return self._lookup.index().named(names[:limit])

    def transaction(self) -> AbstractContextManager[Transaction]:
        """
        Gather writes and commit them together at the end, or none of them after an error.

        Raises:
            NoSpace: The disk did not take them; nothing was changed.
            Locked: The store was closed.
        """
        return Turn(self)

    def begin(self) -> Transaction:
        """Take the writer's turn; `transaction` does it, and gives the turn back."""
        self._turn.acquire()
        if self._writing:
            self._turn.release()
            raise AssertionError("a transaction does not hold another")
        self._writing = True
        return self._transaction(self._rows.head)

    def end(self, tx: Transaction, *, commit: bool) -> None:
        """Commit or forget a transaction, and give the turn back."""
        try:
            if commit and (tx.rows or tx.removed or tx.envelopes):
                self._rows.write(tx, self._rows.head)
                self._lookup.committed(tx)
                self._write_anchor(durable=False)
        finally:
            self._writing = False
            self._turn.release()

    @property
    def outbox(self) -> Outbox:
        """What is sealed to the agency."""
        return self._rows.outbox

    @property
    def rollback(self) -> Rollback | None:
        """A rollback that the server has not been told; kept until `forget_rollback`."""
        return self._rows.head.rollback

    def forget_rollback(self) -> None:
        """The server knows of the rollback."""
        with self._turn:
            self._write_head(self._rows.head._replace(rollback=None))

    def anchor(self) -> Anchor:
        """Make the anchor last, and give what the server is told: at unlock, lock and sync."""
        with self._turn:
            return self._write_anchor(durable=True)

    def warm(self) -> None:
        """Bring index and text up to the rows, so that nobody waits for them later."""
        self._lookup.warm()

    def save_images(self) -> None:
        """Keep sealed images of index and text, so that the next unlock is quick; `close` does it, too."""
        self._lookup.save()

    def close(self) -> None:
        """Write what the next unlock needs, and let go of files and index."""
        with self._turn:
            if self._rows.closed:
                return
            self._lookup.save()
            self._write_anchor(durable=True)
            self._rows.close()
            self._anchor.close()
            self._lookup.close()

    def key_of(self, name: int) -> tuple[str, str] | None:
        """(kind, key) of the row of this name, None if there is none."""
        return self._lookup.key_of(name)

    def _transaction(self, head: Head) -> Transaction:
        version = (head.sequence + 1 << 8 * VERSION_ENTROPY_BYTES) | int.from_bytes(
            self._entropy(VERSION_ENTROPY_BYTES), "big"
        )
        return Transaction(self, self._rows.boxes, self._indexing, version)

    def _write_head(self, head: Head) -> None:
        self._rows.write(self._transaction(head), head)

    def _write_anchor(self, *, durable: bool) -> Anchor:
        anchor = Anchor(self._rows.head.sequence, self._rows.seal())
        self._anchor.write(anchor, durable=durable)
        return anchor

    def _take_stand(self) -> Standing:
        """
        Compare with the anchor, and go on from the later of the two.

        After a rollback the sequence goes on beyond the anchor's, so that no version is used twice, and the
        rollback stands in the head before the anchor moves.
        """
        head, anchor = self._rows.head, self._anchor.read()
        standing = stand(head, self._rows.seal(), anchor)
        if standing.rolled_back and anchor is not None:
            rollback = Rollback(head.sequence, anchor.sequence)
            self._write_head(head._replace(sequence=anchor.sequence, rollback=rollback))
        self._write_anchor(durable=True)
        return standing

    def _opened(self, names: Sequence[int]) -> Iterator[Row]:
        for start in range(0, len(names), CHUNK_ROWS):
            yield from self._rows.read(names[start : start + CHUNK_ROWS])

    def _warm_quietly(self) -> None:
        """A store that was closed meanwhile, or a bad row, is met again by who asks next."""
        with suppress(ClientError):
            self.warm()


def discard(folder: Path) -> None:
    """Remove a store's files: what a broken-off enrolment left, or the end of a wipe."""
    for name in (ANCHOR_FILE, *(database.STORE_FILE + suffix for suffix in ("", "-wal", "-shm"))):
        files.remove(folder / name)
    images.discard(folder)
