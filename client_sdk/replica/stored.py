"""
The shelf as the tablet's sealed store gives it.
"""

from collections.abc import Collection, Iterable, Mapping
from hmac import digest
from typing import Final

from sync import Json

from ..store import Store
from ..vault.keys import Keys
from .shelf import Changes

_ID_BYTES: Final = 16


class StoreShelf:
    """Rows and envelopes of one open store."""

    def __init__(self, store: Store, keys: Keys) -> None:
        """
        Stand on a store.

        Args:
            store: It stays its owner's, who closes it.
            keys: The keys that it was opened with, by which envelopes are told apart.
        """
        self._store = store
        self._ids = keys.of("ids")

    def all(self, kind: str) -> Iterable[tuple[str, Json]]:
        """(key, value) of all rows of a kind."""
        return self._store.scan(kind)

    def of_subject(self, kind: str, subject: str) -> Iterable[str]:
        """The keys of the rows of a kind that are about a subject."""
        return [found.key for found in self._store.find(kind=kind, subject=subject)]

    def read(self, kind: str, key: str) -> Json:
        """One row; null where there is none."""
        return self._store.get(kind, key)

    def write(self, changes: Changes) -> None:
        """All of it, and durable, or nothing."""
        with self._store.transaction() as tx:
            for (kind, key), value in changes.rows.items():
                if value is None:
                    tx.delete(kind, key)
                else:
                    tx.put(kind, key, value)
            for name in changes.drop:
                self._store.outbox.drop(tx, name)
            for sealing in changes.seal:
                self._store.outbox.add(tx, sealing.name, sealing.body)

    def envelopes(self, names: Collection[str]) -> Mapping[str, bytes]:
        """{name: sealed envelope} of those that are kept."""
        wanted = {
            digest(self._ids, b"envelope\0" + name.encode(), "sha256")[:_ID_BYTES]: name for name in names
        }
        return {
            wanted[envelope.id]: envelope.to_bytes()
            for envelope in self._store.outbox.list()
            if envelope.id in wanted
        }
