"""
Entries: what may be asked of a row without opening it. The caller declares them; the store knows no record
type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sync.ids import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of a row."""

    type: str
    id: str
    subject: str
    columns: Mapping[str, Json] = field(default_factory=dict)
    """Declared columns. Text, whole numbers and truth sort and compare as such; lists as canonical JSON."""


class Found(NamedTuple):
    """A row as the index knows it."""

    name: int
    kind: str
    key: str
    type: str | None
    id: str | None
    subject: str | None
    names: tuple[str, ...]
    """The columns that were asked for,"""
    cells: tuple[Json, ...]
    """and their values, None where there is none; truth comes back as 0 and 1."""

    @property
    def columns(self) -> dict[str, Json]:
        """{column: value}, without those that have none."""
        return {name: cell for name, cell in zip(self.names, self.cells, strict=True) if cell is not None}


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
