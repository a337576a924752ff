"""
Entries: what may be asked of a row without opening it. The caller declares them; the store knows no record
type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sync.ids import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of a row."""

    type: str
    id: str
    subject: str
    columns: Mapping[str, Json] = field(default_factory=dict)
    """Declared columns. Text, whole numbers and truth sort and compare as such; lists as canonical JSON."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row as the index knows it. Columns without a value are left out; truth comes back as 0 and 1."""

    name: int
    kind: str
    key: str
    type: str | None
    id: str | None
    subject: str | None
    columns: Mapping[str, Json]


def no_entry(_kind: str, _key: str, _value: Json) -> Entry | None:
    """Index kind and key only."""
    return None


def no_text(_kind: str, _key: str, _value: Json) -> str:
    """Nothing to search."""
    return ""


@dataclass(frozen=True, slots=True)
class Indexing:
    """How the caller wants its rows found."""

    version: str = "0"
    """Changes whenever the two functions may answer otherwise: images of another version are dropped."""
    entry: Callable[[str, str, Json], Entry | None] = no_entry
    """(kind, key, value) -> what to index, None for kind and key only."""
    text: Callable[[str, str, Json], str] = no_text
    """(kind, key, value) -> what free text search looks at."""
