"""
A note: one author's narrative, a draft until it is signed.

Another worker writes a note of their own. What must be said after signing is an `addendum`.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView, once

from ..fields import Codes, choice, instant, line, narrative, reference, signature
from ..reading import code_at, utc_at, words_at
from ..record import Fact, Record
from ..reviewing import due, mark

KINDS: Final[Codes] = {
    "progress": ("Progress note", "Nota de progreso"),
    "assessment": ("Assessment note", "Nota de evaluación"),
    "contact": ("Contact note", "Nota de contacto"),
    "discharge": ("Discharge note", "Nota de alta"),
    "bereavement": ("Bereavement note", "Nota de duelo"),
    "other": ("Other", "Otra"),
}


class Note(Record, title=("Note", "Nota")):
    """What one author has to say about one visit or event."""

    kind = choice("Kind", "Tipo", KINDS)
    author = reference("Author", "Autor", rule=once())
    visit = reference("Visit", "Visita")
    episode = reference("Episode", "Episodio")
    event_at = instant("About", "Sobre")
    heading = line("Title", "Título")
    narrative = narrative("Narrative", "Narrativa")
    signature = signature()
    reviewed = mark()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Whose note, about when, and whether it is signed."""
        return {
            "kind": code_at(view, "kind"),
            "author": code_at(view, "author"),
            "visit": code_at(view, "visit"),
            "event_at": utc_at(view, "event_at"),
            "heading": words_at(view, "heading"),
            "signed": view.signed is not None,
            "late": 0 if view.signed is None else len(view.signed.late),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """Draft or signed, with the time that note lag is counted to."""
        signed_at = utc_at(view, "signature", "at")
        state = "draft" if view.signed is None else "signed"
        author = code_at(view, "author")
        yield Fact("note", view.id, state, signed_at or utc_at(view, "event_at"), author)
        yield from due(view, view.id, author, signed_at)
