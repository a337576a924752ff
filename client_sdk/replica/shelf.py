"""
The shelf: what the replica needs of the tablet's store, and no more.

Rows have a kind, a key and a JSON value. The store seals all three; it knows nothing of what they mean.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sync import Json


@dataclass(frozen=True, slots=True)
class Sealing:
    """A changeset to be sealed to the agency in the transaction of its save."""

    name: str
    body: bytes
    """The canonical prefix, a newline, and the line as it is sent."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one transaction does."""

    rows: Mapping[tuple[str, str], Json] = field(default_factory=dict)
    """{(kind, key): value}; null removes."""
    seal: Sequence[Sealing] = ()
    drop: Sequence[str] = ()
    """Envelopes that are no longer kept, by name."""


class Shelf(Protocol):
    """A store with one writer."""

    def all(self, kind: str) -> Iterable[tuple[str, Json]]:
        """(key, value) of all rows of a kind."""
        ...

    def of_subject(self, kind: str, subject: str) -> Iterable[str]:
        """The keys of the rows of a kind that are about a subject."""
        ...

    def read(self, kind: str, key: str) -> Json:
        """One row; null where there is none."""
        ...

    def write(self, changes: Changes) -> None:
        """All of it, and durable, or nothing."""
        ...

    def envelopes(self, names: Collection[str]) -> Mapping[str, bytes]:
        """{name: sealed envelope} of those that are kept; nobody here can open them."""
        ...
