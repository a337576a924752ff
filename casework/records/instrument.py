"""
An imported instrument: one definition, decided as a whole and immutable once used.

The engine's own model validates it, so what syncs to a tablet is what the tablet can ask.
"""

from typing import Any, Final

from sync import Json, RecordView, decided

from ..errors import BadAnswer
from ..fields import BY_OFFICE, content, group, instant, reference
from ..instruments.library import imported
from ..reading import code_at, words_at
from ..record import Record

DEFINITION_BYTES_MAX: Final = 200 * 1024
"""Bytes of a definition: with its frame it fits in one changeset; a form of 150 items takes a third."""


def _can_be_asked(value: dict[str, Any]) -> str | None:
    try:
        imported(value)
    except BadAnswer as error:
        return f"must be a definition that can be asked ({error.part}: {error.rule})"
    return None


class Instrument(Record, title=("Instrument", "Instrumento"), subject="agency"):
    """One version of one questionnaire that the agency imported."""

    whole = group(
        "Instrument",
        "Instrumento",
        parts={
            "definition": content("Definition", "Definición", bytes_max=DEFINITION_BYTES_MAX),
            "imported_at": instant("Imported at", "Importado el"),
            "imported_by": reference("Imported by", "Importado por"),
        },
        needs=("definition",),
        check=_can_be_asked,
        rule=decided(),
        settled_by=BY_OFFICE,
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Which instrument, in which version."""
        return {
            "instrument": code_at(view, "whole", "definition", "id"),
            "version": words_at(view, "whole", "definition", "version"),
        }
