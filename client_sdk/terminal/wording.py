"""
Wording: values as a person reads them, with the labels that casework declares.

A unit that a newer program wrote has no label here; it is shown as it is.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import casework
from casework import Field
from sync import Json, Live

from ..client import Tablet

YES_NO: Final = {True: "Yes", False: "No"}
SHORT_CHARS: Final = 8
"""Characters of an id that a list shows; a longer beginning is taken wherever an id is asked for."""


def words_of(type_: str, unit: str, value: Json, language: str = "en") -> str:
    """A value of a unit in words."""
    declared = casework.field_of(type_, unit)
    if value is None:
        return "—"
    return raw(value) if declared is None else _worded(declared, value, language)


def raw(value: Json) -> str:
    """A value as it is: text, or JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def short(id_: str) -> str:
    """The beginning of an id."""
    return id_[:SHORT_CHARS]


def when(ms: int) -> str:
    """A moment in UTC, to the minute."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC") if ms else "never"


class People:
    """Names of workers, as far as their staff records are on this tablet."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._known: dict[str, str] = {}

    def name(self, worker: str) -> str:
        """A worker's name, else the beginning of their id."""
        if worker not in self._known:
            staff = self._tablet.record("staff", worker)
            name = None if staff is None else staff.columns.get("name")
            self._known[worker] = name if isinstance(name, str) else short(worker)
        return self._known[worker]

    def reference(self, id_: str) -> str:
        """The name of the worker whose id it is; any other id as it is."""
        name = self.name(id_)
        return id_ if name == short(id_) else name

    def signature(self, live: Live) -> str:
        """Who wrote a value, and when."""
        return f"{self.name(live.author)}, {when(live.at.ms)}"


def _worded(declared: Field, value: Any, language: str) -> str:
    if isinstance(value, Mapping) and declared.parts:
        return "; ".join(
            f"{declared.parts[name].label.of(language)}: {_worded(declared.parts[name], part, language)}"
            if name in declared.parts
            else f"{name}: {raw(part)}"
            for name, part in value.items()
        )
    if isinstance(value, list):
        of = declared.of if declared.kind == "list" and declared.of is not None else declared
        return ", ".join(_worded(of, entry, language) for entry in value)
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, str) and value in declared.codes:
        return casework.Label(*declared.codes[value]).of(language)
    return raw(value)
