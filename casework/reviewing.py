"""
Reviewing: whether somebody's work waits for its supervisor.

What was reviewed is known by its digest. The decision itself, with its comments, is a `review` record; beside it
the office marks the reviewed record, in the same changeset, so that every replica tells from one record alone
whether it still waits. Work that is signed anew, or an addendum, has another digest and waits again.
"""

from collections.abc import Iterable
from typing import Final

from sync import Json, RecordView, canonical, decided, digest_id

from .codes import REVIEWS
from .fields import BY_SUPERVISOR, Field, choice, digest, group, instant, reference
from .reading import code_at
from .record import Fact

UNIT: Final = "reviewed"
"""The unit of the office's mark."""

_CLOSED_BY: Final = ("instrument", "answers")
"""What of an assessment that nobody signs is reviewed: which form, and what was answered."""


def mark() -> Field:
    """The office's mark on what was reviewed."""
    return group(
        "Reviewed",
        "Revisado",
        parts={
            "kind": choice("Decision", "Decisión", REVIEWS),
            "digest": digest("Digest reviewed", "Resumen revisado"),
            "by": reference("Reviewer", "Revisor"),
            "at": instant("At", "Fecha y hora"),
            "review": reference("Review", "Revisión"),
        },
        needs=("kind", "digest", "by", "at"),
        rule=decided(),
        settled_by=BY_SUPERVISOR,
    )


def digest_of(view: RecordView) -> str | None:
    """The digest of what there is to review: what was signed, else a completed form; none before that."""
    if not _is_reviewable(view):
        return None
    if view.signed is not None:
        return view.signed.digest
    content: dict[str, Json] = {unit: view.value(unit) for unit in _CLOSED_BY}
    return digest_id(canonical(content))


def reviewed_as(view: RecordView) -> str | None:
    """`returned`, `approved` or `cosigned` where what the view shows was reviewed; none where it waits."""
    marked = code_at(view, UNIT, "digest")
    if marked is None or marked != digest_of(view):
        return None
    return code_at(view, UNIT, "kind")


def waits(view: RecordView) -> bool:
    """Whether there is something to review that nobody has reviewed."""
    return _is_reviewable(view) and reviewed_as(view) is None


def due(view: RecordView, work: str, author: str | None, at: str | None) -> Iterable[Fact]:
    """
    The rows by which a supervisor finds what waits, and an author what came back.

    Args:
        view: The record.
        work: The record that is read as a whole with it: of an addendum its note, else the record itself.
        author: Whose work it is.
        at: Since when it waits.
    """
    if waits(view):
        yield Fact("review_due", work, view.type, at, author)
    elif reviewed_as(view) == "returned":
        yield Fact("review_returned", work, view.type, at, author)


def _is_reviewable(view: RecordView) -> bool:
    return view.signed is not None or (view.type == "assessment" and view.value("answers") is not None)
