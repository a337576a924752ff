"""
The gist of a record: the few units that say in a line what it is about.
"""

from typing import Final

import casework
from casework import reviewing
from sync import Json, RecordView

GIST_UNITS: Final = 3
"""Units that say in a line what a record is about."""

GIST_CHARS: Final = 220
"""Characters of a text that stand in a line."""

SHORT: Final = ("choice", "line", "name", "date", "language", "several", "list")
SHORT_PARTS: Final = ("choice", "line", "name", "date")
LONG: Final = ("text", "narrative")

NOT_TOLD: Final = ("author", "worker", "visit", "episode", "note", "of", "digest", reviewing.UNIT)
"""Units that say whose a record is and what it belongs to, and nothing of what happened."""


def gist(shown: RecordView) -> list[tuple[str, Json]]:
    """(unit, value) of the few units that say what a record is about, in the order of its form."""
    kind = casework.record_types().get(shown.type)
    told: list[tuple[str, Json]] = []
    words: list[tuple[str, Json]] = []
    for unit, declared in () if kind is None else kind.fields.items():
        value = shown.value(unit)
        if value is None or unit in NOT_TOLD or declared.many:
            continue
        if declared.kind in LONG and isinstance(value, str):
            words.append((unit, value if len(value) <= GIST_CHARS else f"{value[:GIST_CHARS].rstrip()} …"))
        elif declared.kind in SHORT:
            told.append((unit, value))
        elif declared.kind == "group" and isinstance(value, dict):
            parts = {
                name: value[name] for name, part in declared.parts.items() if _is_told(part, value.get(name))
            }
            if parts:
                told.append((unit, parts))
    return [*told[:GIST_UNITS], *words[:1]]


def _is_told(part: casework.Field, value: Json) -> bool:
    return value is not None and part.kind in SHORT_PARTS
