"""
Items: records as an app reads them. Frozen: a later save makes another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import casework
from sync import CheckFlag, Json, Life, RecordView, Shown, Signed

from .custody import Custody


@dataclass(frozen=True, slots=True)
class Item:
    """A record as this tablet shows it. Its units are its attributes; lists add their columns."""

    view: RecordView
    columns: Mapping[str, Json]
    """What lists sort and filter by, such as `name` and `risk` of a client."""
    custody: Custody

    @property
    def type(self) -> str:
        """The record type."""
        return self.view.type

    @property
    def id(self) -> str:
        """Its id."""
        return self.view.id

    @property
    def subject(self) -> str:
        """The client, worker or agency that it belongs to."""
        return self.view.subject

    @property
    def life(self) -> Life:
        """Whether it counts, or was retracted."""
        return self.view.life

    @property
    def signed(self) -> Signed | None:
        """What was signed, and what came after."""
        return self.view.signed

    @property
    def undecided(self) -> dict[str, Shown]:
        """{unit: rivals} that a person must settle."""
        return self.view.undecided()

    @property
    def flags(self) -> tuple[CheckFlag, ...]:
        """What its fields say together that cannot be right."""
        return casework.checks(self.view)

    def value(self, unit: str, default: Json = None) -> Json:
        """The shown value of a unit."""
        return self.view.value(unit, default)

    def members(self, name: str) -> dict[str, Json]:
        """{member id: value} of a set."""
        return self.view.members(name)

    def __getattr__(self, name: str) -> Any:
        """The shown value of a unit, else a column."""
        if casework.field_of(self.view.type, name) is not None or name in self.view.units:
            return self.view.value(name)
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(f"{self.view.type} has no unit or column {name}") from None


@dataclass(frozen=True, slots=True)
class Handle:
    """A record by its id, such as one that an edit has just created."""

    type: str
    id: str
    subject: str
