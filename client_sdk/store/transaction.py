"""
A transaction: what one commit writes, gathered in memory and written in one go, or not at all.
"""

from types import TracebackType
from typing import Protocol

from sync.ids import Json

from ..errors import Refused
from .boxes import Row, RowBoxes
from .entry import Entry, Indexing


class Kept(Protocol):
    """The rows that are there already."""

    def get(self, kind: str, key: str) -> Json:
        """The value of a row, None if there is none."""
        ...

    def key_of(self, name: int) -> tuple[str, str] | None:
        """(kind, key) of the row of this name, None if there is none."""
        ...


class Transaction:
    """Reads see its own writes. Used by the one thread that began it."""

    def __init__(self, kept: Kept, boxes: RowBoxes, indexing: Indexing, version: int) -> None:
        self._kept = kept
        self._boxes = boxes
        self._indexing = indexing
        self._version = version
        self.rows: dict[int, tuple[Row, bytes, Entry | None]] = {}
        """{name: (row, box, entry)} to write."""
        self.removed: set[int] = set()
        """Names to delete."""
        self.envelopes: dict[bytes, bytes | None] = {}
        """{id: body to seal, or None to drop}."""

    def put(self, kind: str, key: str, value: Json) -> None:
        """
        Write a row in the place of what is there. A value is any JSON but null.

        Raises:
            Refused: Another row has the name already: two keys in 2⁶⁴ may meet.
        """
        assert value is not None, "null means no row"
        name = self._own(kind, key)
        row = Row(name, self._version, kind, key, value)
        self.rows[name] = (row, self._boxes.seal(row), self._indexing.entry(kind, key, value))
        self.removed.discard(name)

    def delete(self, kind: str, key: str) -> None:
        """Remove a row, if it is there."""
        name = self._own(kind, key)
        self.rows.pop(name, None)
        if self._kept.key_of(name) is not None:
            self.removed.add(name)

    def get(self, kind: str, key: str) -> Json:
        """The value of a row as this transaction would leave it, None if there is none."""
        name = self._own(kind, key)
        if name in self.removed:
            return None
        if name in self.rows:
            row, box, _ = self.rows[name]
            return self._boxes.open(name, row.version, box).value
        return self._kept.get(kind, key)

    def add_envelope(self, id_: bytes, body: bytes) -> None:
        """Seal a body to the agency; see `Outbox.add`."""
        self.envelopes[id_] = body

    def drop_envelope(self, id_: bytes) -> None:
        """Remove an envelope; see `Outbox.drop`."""
        self.envelopes[id_] = None

    def _own(self, kind: str, key: str) -> int:
        """The name of a row, if no other row has it."""
        name = self._boxes.name(kind, key)
        owner = self.rows[name][0][2:4] if name in self.rows else self._kept.key_of(name)
        if owner is not None and owner != (kind, key):
            raise Refused("two keys of this store have the same name; choose another key")
        return name


class Writer(Protocol):
    """Who gives one transaction its turn after the other."""

    def begin(self) -> Transaction:
        """Wait for the turn, and take it."""
        ...

    def end(self, tx: Transaction, *, commit: bool) -> None:
        """Commit or forget a transaction, and give the turn back."""
        ...


class Turn:
    """One transaction as a `with` block."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __enter__(self) -> Transaction:
        self._tx = self._writer.begin()
        return self._tx

    def __exit__(
        self, error: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._writer.end(self._tx, commit=error is None)
