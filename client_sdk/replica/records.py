"""
Records as the tablet keeps them: the server's shown state, and beside it what its own work makes of that.

A row holds both, so that a reader opens one row and a save changes one: the *server* state, the *overlaid*
one (only where own work counts and the server state does not show it yet), and what a subject's row says
because of the subject's other records. *Staged* rows are what came and may not be shown yet.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

from sync import Json, Record, read_json, read_row, write_row

from .shelf import Shelf

RecordKey: TypeAlias = tuple[str, str]
"""(record type, record id)"""

RECORD: Final = "record"
STAGED: Final = "staged"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record on this tablet."""

    subject: str
    server: Record | None = None
    overlaid: Record | None = None
    about: Mapping[str, Json] = field(default_factory=dict)
    """{column: value} that the row of a subject shows because of its other records."""

    @property
    def shown(self) -> Record | None:
        """What is read."""
        return self.server if self.overlaid is None else self.overlaid

    def to_json(self) -> Json:
        """As it is stored."""
        return {
            "subject": self.subject,
            "server": None if self.server is None else read_json(write_row(self.server)),
            "overlaid": None if self.overlaid is None else read_json(write_row(self.overlaid)),
            "about": dict(self.about),
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        server, overlaid = value["server"], value["overlaid"]
        return cls(
            value["subject"],
            None if server is None else read_row(server),
            None if overlaid is None else read_row(overlaid),
            value["about"],
        )


@dataclass(frozen=True, slots=True)
class StagedRow:
    """Units of a record that came with pages, the newest of each."""

    record: Record

    @property
    def subject(self) -> str:
        """The subject that it is about."""
        return self.record.subject

    def to_json(self) -> Json:
        """As it is stored: the form of the wire."""
        return read_json(write_row(self.record))

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(read_row(value))


def row_key(key: RecordKey) -> str:
    """The key of a record's row in the store."""
    return f"{key[0]}/{key[1]}"


def record_key(key: str) -> RecordKey:
    """The record that a row is of."""
    type_, _, id_ = key.partition("/")
    return type_, id_


R = TypeVar("R", RecordRow, StagedRow)


class Rows(Generic[R]):
    """Rows of a kind that is too large for memory, with the changes of the transaction that is open."""

    def __init__(self, kind: str, read: Callable[[Any], R], shelf: Shelf) -> None:
        self._kind = kind
        self._read: Callable[[Any], R] = read
        self._shelf = shelf
        self._pending: dict[RecordKey, R | None] = {}
        self._by_subject: dict[str, dict[RecordKey, None]] = {}
        """The pending keys of each subject: a page has many subjects, and each is asked for."""

    def get(self, key: RecordKey) -> R | None:
        """One row, as the open transaction has it."""
        if key in self._pending:
            return self._pending[key]
        value = self._shelf.read(self._kind, row_key(key))
        return None if value is None else self._read(value)

    def put(self, key: RecordKey, row: R) -> None:
        """Change or add a row."""
        self._keep(key, row.subject, row)

    def delete(self, key: RecordKey, subject: str) -> None:
        """Remove a row."""
        self._keep(key, subject, None)

    def of_subject(self, subject: str) -> list[RecordKey]:
        """The records of a subject."""
        keys = dict.fromkeys(map(record_key, self._shelf.of_subject(self._kind, subject)))
        keys |= self._by_subject.get(subject, {})
        return [key for key in keys if key not in self._pending or self._pending[key] is not None]

    def changes(self) -> dict[tuple[str, str], Json]:
        """What the open transaction changes, for the store."""
        return {
            (self._kind, row_key(key)): None if row is None else row.to_json()
            for key, row in self._pending.items()
        }

    def close(self) -> None:
        """Forget the pending changes: they are stored, or void."""
        self._pending.clear()
        self._by_subject.clear()

    def _keep(self, key: RecordKey, subject: str, row: R | None) -> None:
        self._pending[key] = row
        self._by_subject.setdefault(subject, {})[key] = None
