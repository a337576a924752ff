"""
Wording: values as a person reads them, with the labels that casework declares.

A unit that a newer program wrote has no label here; it is shown as it is.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import casework
from casework import Field
from sync import LIFE, Json, Life, Live

from ..client import Tablet

YES_NO: Final = {True: casework.Label("Yes", "Sí"), False: casework.Label("No", "No")}
BELOW: Final = "\n- "
"""Before each entry of a list whose entries have parts."""
ANSWERS: Final = casework.Label("{} answered", "{} con respuesta")
LIFE_LABEL: Final = casework.Label("Counts", "Cuenta")
RETRACTED: Final = casework.Label("Retracted", "Retirado")
REVIVED: Final = casework.Label("Yes, again", "Sí, de nuevo")
SHORT_CHARS: Final = 8
"""Characters of an id that a list shows; a longer beginning is taken wherever an id is asked for."""


def words_of(type_: str, unit: str, value: Json, people: "People", language: str = "en") -> str:
    """A value of a unit in words; the label of the unit stands before it already."""
    if value is None:
        return "—"
    if unit == LIFE:
        return _life(value, language)
    declared = casework.field_of(type_, unit)
    return raw(value) if declared is None else _worded(declared, value, people, language)


def label_of(type_: str, unit: str, language: str) -> str:
    """What stands before a value."""
    return LIFE_LABEL.of(language) if unit == LIFE else casework.label(type_, unit, language=language)


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


def _worded(declared: Field, value: Any, people: People, language: str) -> str:
    if isinstance(value, Mapping) and declared.parts:
        return "; ".join(_parts(declared, value, people, language))
    if isinstance(value, list):
        of = declared.of if declared.kind == "list" and declared.of is not None else declared
        entries = [_worded(of, entry, people, language) for entry in value]
        return "".join(BELOW + entry for entry in entries) if of.parts else ", ".join(entries)
    if declared.kind == "answers" and isinstance(value, Mapping):
        return ANSWERS.of(language).format(len(value))
    if isinstance(value, bool):
        return YES_NO[value].of(language)
    if isinstance(value, str) and value in declared.codes:
        return casework.Label(*declared.codes[value]).of(language)
    if isinstance(value, str) and declared.kind == "reference":
        return people.reference(value)
    return _moment(value) if declared.kind == "instant" and isinstance(value, str) else raw(value)


def _parts(declared: Field, value: Mapping[str, Any], people: People, language: str) -> Iterator[str]:
    """Parts in the order of the form; one that is called as the whole is has no label of its own."""
    for name, part in declared.parts.items():
        if value.get(name) is not None:
            words = _worded(part, value[name], people, language)
            label = part.label.of(language)
            same = label == declared.label.of(language)
            yield words if same else f"{label}:{'' if words.startswith(BELOW) else ' '}{words}"
    yield from (f"{name}: {raw(part)}" for name, part in value.items() if name not in declared.parts)


def _moment(text: str) -> str:
    """To the minute, with the offset: `2026-11-24 09:30 -05:00`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}" if offset else f"{moment:%Y-%m-%d %H:%M}"


def _life(value: Json, language: str) -> str:
    """A retraction with its reason, or that a record counts again."""
    told = value if isinstance(value, dict) else {}
    if told.get("state") != Life.RETRACTED.value:
        return REVIVED.of(language)
    reason = casework.retracting.REASONS.get(str(told.get("reason")))
    why = "" if reason is None else f": {casework.Label(*reason).of(language)}"
    return f"{RETRACTED.of(language)}{why}"
