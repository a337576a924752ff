"""
A store in a folder of its own, with its keys, to be opened, copied and spoilt.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import Providers
from client_sdk.store import Entry, Indexing, Store
from client_sdk.vault import Keys
from sync.ids import Json


def entry(kind: str, key: str, value: Json) -> Entry | None:
    """Index what says of which type it is."""
    if kind != "row" or not isinstance(value, dict) or "type" not in value:
        return None
    columns = value.get("columns", {})
    assert isinstance(columns, dict)
    return Entry(str(value["type"]), key, str(value["subject"]), columns)


def text(_kind: str, _key: str, value: Json) -> str:
    """Search what is called text."""
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def record(subject: str = "c1", type_: str = "note", words: str = "", **columns: Json) -> dict[str, Json]:
    """A value that the index knows how to read."""
    return {"type": type_, "subject": subject, "text": words, "columns": columns}


@dataclass
class Shelf:
    """One store's folder, and all that opens it."""

    folder: Path
    entropy: Callable[[int], bytes]
    keys: Keys = field(default_factory=lambda: Keys(bytes(range(32)), bytes(range(16))))
    agency: X25519PrivateKey = field(
        default_factory=lambda: X25519PrivateKey.from_private_bytes(bytes(range(32)))
    )
    indexing: Indexing = field(default_factory=lambda: Indexing("1", entry, text))
    fts5: bool | None = None
    background: Callable[[Callable[[], None]], None] = lambda _work: None
    opened: list[Store] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The store's SQLite file."""
        return self.folder / "store.db"

    def create(self) -> Store:
        """Make the store."""
        return self._keep(Store.create(self.folder, self.keys, **self._more()))

    def open(self) -> Store:
        """Open the store."""
        return self._keep(Store.open(self.folder, self.keys, background=self.background, **self._more()))

    def copy(self, name: str) -> "Shelf":
        """The files as they are now, as a thief or a kill -9 leaves them."""
        folder = self.folder.with_name(name)
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    def close_all(self) -> None:
        """Give all files back."""
        for store in self.opened:
            store.close()

    def _more(self) -> dict[str, object]:
        return {
            "agency_key": self.agency.public_key().public_bytes_raw(),
            "providers": Providers(entropy=self.entropy),
            "indexing": self.indexing,
            "fts5": self.fts5,
        }

    def _keep(self, store: Store) -> Store:
        self.opened.append(store)
        return store


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """An empty folder for a store."""
    folder = tmp_path / "store"
    folder.mkdir()
    made = Shelf(folder, Random(7).randbytes)
    yield made
    made.close_all()


@pytest.fixture
def store(shelf: Shelf) -> Store:
    """An empty store."""
    return shelf.create()


@pytest.fixture
def make_record() -> Callable[..., dict[str, Json]]:
    """Makes values that the index knows how to read."""
    return record
