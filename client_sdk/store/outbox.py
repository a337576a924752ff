"""
The outbox: every signed piece of work, sealed to the agency when it is saved.

An envelope can be listed and sent by whoever has the tablet, locked or not, and opened by nobody but the
agency. Its id is an HMAC of its name, so the file does not tell what it is about. Envelopes are part of the
store's digest.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeAlias

from ..errors import Tampered
from ..vault.envelope import ID_BYTES, Envelope, Session
from ..vault.keys import Keys
from ..vault.mac import Mac
from . import database
from .digest import Marks

Parts: TypeAlias = tuple[int, bytes, bytes, bytes, bytes]
"""A row of the file: sequence, id, session, sealed key, box."""
_SELECT: Final = "SELECT sequence, id, session, sealed_key, box FROM envelope "


class Saving(Protocol):
    """What the outbox needs of a transaction."""

    def add_envelope(self, id_: bytes, body: bytes) -> None:
        """Seal a body with the commit."""
        ...

    def drop_envelope(self, id_: bytes) -> None:
        """Remove an envelope with the commit."""
        ...


class Change(NamedTuple):
    """What a commit does to the outbox."""

    added: tuple[tuple[Envelope, int], ...]
    """(envelope, its mark)."""
    dropped: tuple[tuple[int, bytes], ...]
    """(sequence, id)."""
    digest: int
    """How the sum of marks moves."""

    @property
    def envelopes(self) -> int:
        """How their number moves."""
        return len(self.added) - len(self.dropped)


class Outbox:
    """The envelopes of one open store."""

    def __init__(
        self,
        keys: Keys,
        agency_key: bytes,
        entropy: Callable[[int], bytes],
        read: Callable[[str, tuple[int, int]], list[Parts]],
    ) -> None:
        """
        Read what is there and mark it.

        Args:
            keys: The keys of the store.
            agency_key: The agency's X25519 public key.
            entropy: So many random bytes.
            read: Reads from the store's file in its turn.
        """
        self._mac = Mac(keys.of("ids"))
        self._marks = Marks(keys)
        self._store_id = keys.store_id
        self._agency_key = agency_key
        self._entropy = entropy
        self._session: Session | None = None
        self._read = read
        self._kept = {each.id: (each.sequence, self._marks.envelope(each)) for each in self.list()}

    @property
    def digest(self) -> int:
        """The sum of all marks."""
        return sum(mark for _, mark in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, name: str) -> bool:
        return self._id(name) in self._kept

    def add(self, tx: Saving, name: str, body: bytes) -> None:
        """
        Seal a body to the agency, saved when `tx` is.

        Args:
            tx: A transaction of this store.
            name: By which `drop` finds it again: a changeset's name. One that is there stays as it is.
            body: What the agency shall get.
        """
        tx.add_envelope(self._id(name), body)

    def drop(self, tx: Saving, name: str) -> None:
        """Remove an envelope when `tx` is saved, if there is one of this name."""
        tx.drop_envelope(self._id(name))

    def get(self, name: str) -> Envelope | None:
        """The envelope of this name, if there is one."""
        kept = self._kept.get(self._id(name))
        return None if kept is None else self.list(kept[0] - 1, 1)[0]

    def list(self, after: int = 0, limit: int = -1) -> list[Envelope]:
        """Envelopes in the order of saving, those beyond sequence `after`, at most `limit`."""
        return _envelopes(self._store_id, self._read(_SELECT + _TAIL, (after, limit)))

    def change(self, wanted: Mapping[bytes, bytes | None], last: int) -> Change:
        """
        What a commit would do; nothing is done yet.

        Args:
            wanted: {id: body to add, or None to drop}.
            last: The sequence of the newest envelope.
        """
        added: list[tuple[Envelope, int]] = []
        dropped: list[tuple[int, bytes]] = []
        moved = 0
        for id_, body in wanted.items():
            if body is None and id_ in self._kept:
                sequence, mark = self._kept[id_]
                dropped.append((sequence, id_))
                moved -= mark
            if body is not None and id_ not in self._kept:
                envelope = self._seal(id_, last + len(added) + 1, body)
                added.append((envelope, self._marks.envelope(envelope)))
                moved += added[-1][1]
        return Change(tuple(added), tuple(dropped), moved)

    def write(self, db: sqlite3.Connection, change: Change) -> None:
        """Do a change in the file, inside the commit."""
        if change.dropped:
            gone = [(sequence,) for sequence, _ in change.dropped]
            db.executemany("DELETE FROM envelope WHERE sequence = ?", gone)
        db.executemany(
            "INSERT INTO envelope VALUES (?, ?, ?, ?, ?)",
            [
                (each.sequence, each.id, each.session_id, each.sealed_key, each.box)
                for each, _ in change.added
            ],
        )

    def done(self, change: Change) -> None:
        """A change was committed."""
        for _, id_ in change.dropped:
            del self._kept[id_]
        for each, mark in change.added:
            self._kept[each.id] = (each.sequence, mark)

    def _seal(self, id_: bytes, sequence: int, body: bytes) -> Envelope:
        if self._session is None:
            self._session = Session(self._agency_key, store_id=self._store_id, entropy=self._entropy)
        return self._session.seal(id_, sequence, body)

    def _id(self, name: str) -> bytes:
        return self._mac.of(b"envelope\0" + name.encode())[:ID_BYTES]


_TAIL: Final = "WHERE sequence > ? ORDER BY sequence LIMIT ?"


def list_locked(folder: Path, store_id: bytes, after: int = 0, limit: int = -1) -> list[Envelope]:
    """
    The envelopes of a store that nobody has open, without any key.

    Raises:
        InUse: Someone has it open: ask that one.
        Tampered: The file is missing or damaged.
    """
    db = database.hold(folder)
    try:
        return _envelopes(store_id, db.execute(_SELECT + _TAIL, (after, limit)).fetchall())
    except sqlite3.Error as error:
        raise database.meaning(error) from None
    finally:
        db.close()


def _envelopes(store_id: bytes, rows: Iterable[Parts]) -> list[Envelope]:
    return [_envelope(store_id, *row) for row in rows]


def _envelope(
    store_id: bytes, sequence: int, id_: bytes, session: bytes, sealed_key: bytes, box: bytes
) -> Envelope:
    if {type(part) for part in (id_, session, sealed_key, box)} != {bytes}:
        raise Tampered("an envelope of the store is damaged", sequence=sequence)
    return Envelope(store_id, session, id_, sequence, sealed_key, box)
