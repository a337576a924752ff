"""
Tables: rows of one kind in memory, with the changes of the transaction that is open.

Small families are held whole: a table reads its own pending changes, and forgets them when the transaction
fails.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from sync import Json

from .shelf import Shelf


class Storable(Protocol):
    """A value with a JSON form."""

    def to_json(self) -> Json:
        """As it is stored."""
        ...


R = TypeVar("R", bound=Storable)

_ONLY: Final = "-"


class Table(Generic[R]):
    """{key: row} of one kind."""

    def __init__(
        self, kind: str, read: Callable[[Any], R], group_of: Callable[[R], str] | None = None
    ) -> None:
        self.kind = kind
        self._read = read
        self._group_of = group_of
        self._rows: dict[str, R] = {}
        self._groups: dict[str, dict[str, None]] = {}
        self._pending: dict[str, R | None] = {}

    def load(self, shelf: Shelf) -> None:
        """Take in what is stored."""
        for key, value in shelf.all(self.kind):
            self._keep(key, self._read(value))

    def get(self, key: str) -> R | None:
        """One row, as the open transaction has it."""
        return self._pending[key] if key in self._pending else self._rows.get(key)

    def put(self, key: str, row: R) -> None:
        """Change or add a row; one that is the same costs nothing."""
        if self.get(key) != row:
            self._pending[key] = row

    def delete(self, key: str) -> None:
        """Remove a row."""
        if self.get(key) is not None:
            self._pending[key] = None

    def items(self) -> Iterator[tuple[str, R]]:
        """All rows, oldest key first as they came."""
        for key in [*self._rows, *(key for key in self._pending if key not in self._rows)]:
            row = self.get(key)
            if row is not None:
                yield key, row

    def values(self) -> Iterator[R]:
        """All rows without their keys."""
        return (row for _, row in self.items())

    def group(self, group: str) -> list[R]:
        """The rows of one group."""
        assert self._group_of is not None, "this table has no groups"
        keys = dict(self._groups.get(group, ()))
        keys |= dict.fromkeys(self._pending)
        rows = [self.get(key) for key in keys]
        return [row for row in rows if row is not None and self._group_of(row) == group]

    def changes(self) -> dict[tuple[str, str], Json]:
        """What the open transaction changes, for the store."""
        return {
            (self.kind, key): None if row is None else row.to_json() for key, row in self._pending.items()
        }

    def commit(self) -> None:
        """Take the pending changes as what is stored."""
        for key, row in self._pending.items():
            self._forget(key)
            if row is not None:
                self._keep(key, row)
        self._pending.clear()

    def rollback(self) -> None:
        """Forget the pending changes."""
        self._pending.clear()

    def _keep(self, key: str, row: R) -> None:
        self._rows[key] = row
        if self._group_of is not None:
            self._groups.setdefault(self._group_of(row), {})[key] = None

    def _forget(self, key: str) -> None:
        row = self._rows.pop(key, None)
        if row is None or self._group_of is None:
            return
        group = self._group_of(row)
        self._groups[group].pop(key)
        if not self._groups[group]:
            del self._groups[group]


class Cell(Generic[R]):
    """A table of one row, which is never missing."""

    def __init__(self, kind: str, read: Callable[[Any], R], first: R) -> None:
        self.table = Table(kind, read)
        self._first = first

    @property
    def value(self) -> R:
        """The row, as the open transaction has it."""
        return self.table.get(_ONLY) or self._first

    @value.setter
    def value(self, row: R) -> None:
        self.table.put(_ONLY, row)
