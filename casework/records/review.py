"""
A review of somebody's work: returned with comments, approved, or co-signed.

Said once. A co-signature names the digest that was reviewed, so what was co-signed is never in doubt. Nobody
reviews work of their own.
"""

from collections.abc import Iterable

from sync import CheckFlag, Json, RecordView, flag, once

from ..codes import REVIEWS
from ..fields import choice, code, digest, group, instant, line, log_of, reference, text
from ..reading import code_at, utc_at
from ..record import Fact, Record


class Review(Record, title=("Review", "Revisión")):
    """What a supervisor said about one record of a worker."""

    of = group(
        "Of",
        "De",
        parts={"type": code("Type", "Tipo"), "id": reference("Record", "Registro")},
        needs=("type", "id"),
        rule=once(),
    )
    kind = choice("Decision", "Decisión", REVIEWS, rule=once())
    author = reference("Author", "Autor", rule=once())
    reviewer = reference("Reviewer", "Revisor", rule=once())
    signed_as = line("Signed as", "Firmado como", searched=False, rule=once())
    at = instant("At", "Fecha y hora", rule=once())
    digest = digest("Digest reviewed", "Resumen revisado", rule=once())
    reason = text("Reason", "Motivo", rule=once())
    comments = log_of(
        group(
            "Comment",
            "Comentario",
            parts={
                "unit": line("Field", "Campo", chars_max=200, searched=False),
                "text": text("Text", "Texto"),
            },
            needs=("text",),
        )
    )

    @classmethod
    def columns(cls, view: RecordView) -> dict[str, Json]:
        """Of which record, and what was decided."""
        return {
            "of": code_at(view, "of", "id"),
            "kind": code_at(view, "kind"),
            "author": code_at(view, "author"),
            "reviewer": code_at(view, "reviewer"),
            "at": utc_at(view, "at"),
        }

    @classmethod
    def facts(cls, view: RecordView) -> Iterable[Fact]:
        """The decision about a record, for whom it is a task."""
        of = code_at(view, "of", "id") or "unknown"
        yield Fact("review", of, code_at(view, "kind"), utc_at(view, "at"), code_at(view, "author"))

    @classmethod
    def checks(cls, view: RecordView) -> Iterable[CheckFlag]:
        """Nobody reviews own work, and a co-signature says what was signed."""
        author, reviewer = code_at(view, "author"), code_at(view, "reviewer")
        if author is not None and author == reviewer:
            yield flag("own_work", view, "author", "reviewer")
        if code_at(view, "kind") == "cosigned" and code_at(view, "digest") is None:
            yield flag("cosigned_without_digest", view, "kind", "digest")
