"""
The library: every definition that can be asked here, shipped or imported.

Versions never mix: a version is asked and scored by itself, and a new one stands beside it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sync import Json

from ..errors import UnknownInstrument
from .model import Definition
from .reader import read_definition


@dataclass(frozen=True, slots=True)
class Library:
    """Definitions by id and version."""

    definitions: Mapping[tuple[str, str], Definition]

    def load(self, id_: str, version: str | None = None) -> Definition:
        """
        The definition of an id and version; without a version, the one that was added last.

        Raises:
            UnknownInstrument: It is not here.
        """
        if version is not None:
            found = self.definitions.get((id_, version))
        else:
            found = next((made for made in reversed(self.all()) if made.id == id_), None)
        if found is None:
            raise UnknownInstrument(id_, version)
        return found

    def adding(self, imported: Iterable[Definition]) -> "Library":
        """This library with imported definitions; what it has is never replaced."""
        added = {(made.id, made.version): made for made in imported}
        new = {key: made for key, made in added.items() if key not in self.definitions}
        return Library({**self.definitions, **new})

    def all(self) -> tuple[Definition, ...]:
        """Every definition, shipped ones first."""
        return tuple(self.definitions.values())


@cache
def shipped() -> Library:
    """The definitions that come with this package, in order of their ids."""
    folder = files(__package__).joinpath("data")
    texts = {
        entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".json")
    }
    definitions = [read_definition(json.loads(texts[name])) for name in sorted(texts)]
    return Library({(made.id, made.version): made for made in definitions})


def load(id_: str, version: str | None = None) -> Definition:
    """
    A shipped definition.

    Raises:
        UnknownInstrument: None of that id and version is shipped.
    """
    return shipped().load(id_, version)


def imported(whole: Json) -> Definition:
    """
    The definition that an `instrument` record carries in its unit `whole`.

    Raises:
        BadAnswer: It breaks the form of a definition.
    """
    return read_definition(whole.get("definition") if isinstance(whole, dict) else whole)
