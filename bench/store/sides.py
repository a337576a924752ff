"""
The two sides: a tablet without secrets, and ours. Both do the same things with the same records.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import Providers
from client_sdk.store import Entry, Indexing, Store
from client_sdk.vault import Keys

INDEXING = Indexing(
    "bench",
    lambda kind, _key, value: _entry(value) if kind == "row" else None,
    lambda kind, _key, value: _text(value) if kind == "row" else "",
)


def _entry(record: object) -> Entry:
    assert isinstance(record, dict)
    units = record["units"]
    columns = {name: units[name]["value"] for name in ("planned_start", "state", "author")}
    return Entry(record["type"], record["id"], record["subject"], columns)


def _text(record: object) -> str:
    assert isinstance(record, dict)
    return str(record["units"]["text"]["value"])


class Plain:
    """A tablet without secrets."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "plain.db", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self.db.execute(f"PRAGMA {pragma}")

    def fill(self, records: Iterable[dict]) -> None:  # type: ignore[type-arg]
        """Keep all records."""
        self.db.executescript(
            "CREATE TABLE record (type TEXT, id TEXT, subject TEXT, planned_start TEXT, state TEXT, author TEXT,"
            " body TEXT, PRIMARY KEY (type, id));"
            "CREATE INDEX by_subject ON record (subject, planned_start);"
            "CREATE TABLE pending (sequence INTEGER PRIMARY KEY, name TEXT, body TEXT);"
        )
        self.db.execute("BEGIN")
        for record in records:
            self._put(record)
        self.db.execute("COMMIT")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _put(self, record: dict) -> None:  # type: ignore[type-arg]
        units = record["units"]
        self.db.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record["type"],
                record["id"],
                record["subject"],
                *(units[name]["value"] for name in ("planned_start", "state", "author")),
                json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            ),
        )

    def save(self, record: dict, name: str, body: str) -> None:  # type: ignore[type-arg]
        """One save: the record and its changeset."""
        self.db.execute("BEGIN IMMEDIATE")
        self._put(record)
        self.db.execute("INSERT INTO pending (name, body) VALUES (?, ?)", (name, body))
        self.db.execute("COMMIT")

    def read(self, record: dict) -> object:  # type: ignore[type-arg]
        """One record, whole."""
        found = self.db.execute(
            "SELECT body FROM record WHERE type = ? AND id = ?", (record["type"], record["id"])
        ).fetchone()
        return json.loads(found[0])

    def list(self, client: str) -> object:
        """What a screen lists of one client."""
        return self.db.execute(
            "SELECT type, id, planned_start, state, author FROM record WHERE subject = ? ORDER BY planned_start",
            (client,),
        ).fetchall()

    def whole(self, client: str) -> object:
        """All records of one client, whole."""
        found = self.db.execute("SELECT body FROM record WHERE subject = ? ORDER BY planned_start", (client,))
        return [json.loads(body) for (body,) in found]


class Ours:
    """The sealed store."""

    def __init__(self, folder: Path, *, new: bool = False) -> None:
        private = X25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.folder = folder
        self.keys = Keys(bytes(range(32)), bytes(range(16)))
        self.agency_key = private.public_key().public_bytes_raw()
        if new:
            Store.create(folder, self.keys, agency_key=self.agency_key, providers=Providers()).close()
        self.store = self.open()

    def open(self) -> Store:
        """Open the store; the text index waits for the first search."""
        return Store.open(
            self.folder,
            self.keys,
            agency_key=self.agency_key,
            providers=Providers(),
            indexing=INDEXING,
            background=lambda _work: None,
        )

    def fill(self, records: Iterable[dict]) -> None:  # type: ignore[type-arg]
        """Keep all records."""
        with self.store.transaction() as tx:
            for record in records:
                tx.put("row", _key(record), record)
        self.reopen()

    def reopen(self) -> None:
        """Lock and unlock."""
        self.store.close()
        self.store = self.open()

    def save(self, record: dict, name: str, body: str) -> None:  # type: ignore[type-arg]
        """One save: the record, its changeset, and the envelope to the agency."""
        with self.store.transaction() as tx:
            tx.put("row", _key(record), record)
            tx.put("pending", name, body)
            self.store.outbox.add(tx, name, body.encode())

    def read(self, record: dict) -> object:  # type: ignore[type-arg]
        """One record, whole."""
        return self.store.get("row", _key(record))

    def list(self, client: str) -> object:
        """What a screen lists of one client."""
        return self.store.find(subject=client, order_by=("planned_start",))

    def whole(self, client: str) -> object:
        """All records of one client, whole."""
        return list(self.store.values(self.store.find(subject=client, order_by=("planned_start",))))


def _key(record: dict) -> str:  # type: ignore[type-arg]
    return f"{record['type']}/{record['id']}"
