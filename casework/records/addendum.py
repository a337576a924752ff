"""
An addendum to a signed note: a late entry, an addition, a correction or a clarification.

It names the digest of the note that its author had read, keeps event and entry times apart, and is signed
itself.
"""

from collections.abc import Iterable
from typing import Final

from sync import CheckFlag, Json, RecordView, flag, once

from ..fields import Codes, choice, digest, instant, line, narrative, reference, signature
from ..reading import code_at, moment_at, utc_at
from ..record import Fact, Record
from ..reviewing import due, mark

KINDS: Final[Codes] = {
    "late_entry": ("Late entry", "Entrada tardía"),
    "addendum": ("Addendum", "Adenda"),
    "correction": ("Correction", "Corrección"),
    "clarification": ("Clarification", "Aclaración"),
}

REASONS: Final[Codes] = {
    "forgotten": ("Forgotten", "Olvidado"),
    "new_information": ("New information", "Información nueva"),
    "mistake": ("Mistake", "Error"),
    "returned": ("Asked for in review", "Pedido en la revisión"),
    "late_change": ("Change that came late", "Cambio que llegó tarde"),
    "device_lost": ("Tablet lost", "Tableta perdida"),
    "other": ("Other", "Otro"),
}


class Addendum(Record, title=("Addendum", "Adenda")):
    """What is added to one signed note."""

    note = reference("Note", "Nota", rule=once())
    note_digest = digest("Digest of the note", "Resumen de la nota", rule=once())
    kind = choice("Kind", "Tipo", KINDS, rule=once())
    author = reference("Author", "Autor", rule=once())
    event_at = instant("Event", "Suceso", rule=once())
    entry_at = instant("Entered", "Registrada", rule=once())
    reason = choice("Reason", "Motivo", REASONS, rule=once())
    detail = line("Detail", "Detalle", rule=once())
    narrative = narrative("Narrative", "Narrativa")
    signature = signature()
    reviewed = mark()

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Of which note, what kind, and whether it is signed."""
        return {
            "note": code_at(view, "note"),
            "kind": code_at(view, "kind"),
            "author": code_at(view, "author"),
            "entry_at": utc_at(view, "entry_at"),
            "signed": view.signed is not None,
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """A later addendum reopens the review of its note."""
        note = code_at(view, "note") or "unknown"
        author, entered = code_at(view, "author"), utc_at(view, "entry_at")
        yield Fact("addendum", note, code_at(view, "kind"), entered, author)
        yield from due(view, note, author, utc_at(view, "signature", "at") or entered)

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nothing is entered before it happens."""
        event, entry = moment_at(view, "event_at"), moment_at(view, "entry_at")
        if event is not None and entry is not None and entry < event:
            yield flag("entered_before_event", view, "event_at", "entry_at")
