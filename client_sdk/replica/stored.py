"""
The shelf as the tablet's sealed store gives it.
"""

from collections.abc import Collection, Iterable, Mapping

from sync import Json

from ..store import Store
from .shelf import Changes


class StoreShelf:
    """Rows and envelopes of one open store."""

    def __init__(self, store: Store) -> None:
        """Stand on a store; it stays its owner's, who closes it."""
        self._store = store

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
        kept = {name: self._store.outbox.get(name) for name in names}
        return {name: envelope.to_bytes() for name, envelope in kept.items() if envelope is not None}
