"""
What a supervisor decides about a work: return, approve, co-sign.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import casework
from casework import reviewing, signing
from sync import Json, RecordView, Write, random_id

from ....errors import Refused
from ....settings import Providers
from ...access import rights
from ...access.people import Person
from ...log.book import Book
from ...log.records import Key
from .. import office, overtaking
from ..office import Said
from .work import authors_of, load

ID_BYTES: Final = 16

COMMENTS_MAX: Final = 50
"""Comments of one decision: more fields than any form of ours has."""

KINDS: Final = ("returned", "approved", "cosigned")


@dataclass(frozen=True, slots=True)
class Comment:
    """Words about the work, or about one field of it."""

    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor says about one work."""

    work: Key
    kind: str
    """`returned`, `approved` or `cosigned`."""
    seen: Sequence[str]
    comments: Sequence[Comment] = ()
    reason: str = ""
    title: str = ""
    """What the reviewer signs as, licence included."""


def decide(book: Book, by: Person, decision: Decision, providers: Providers) -> str:
    """
    Return, approve or co-sign a work; answers with the id of the review of its first part.

    Raises:
        NotAssigned: Not this supervisor's client, or own work.
        Overtaken: Somebody acted on it since it was displayed.
        Refused: A return that says nothing, or nothing to decide about.
        NotAllowedYet: A co-signature of what is not signed.
        BadAnswer: A value breaks the rule of its field.
    """
    _check_form(decision)
    loaded = load(book.session, book.sealer, book.agency, decision.work)
    rights.check_about(book.session, by, rights.REVIEW, loaded.work.subject)
    parts = [loaded.view(record) for record in (loaded.work, *loaded.addenda)]
    rights.check_not_own(by, authors_of(parts), "nobody reviews own work")
    overtaking.check([loaded.view(record) for record in loaded.all], decision.seen)
    covered = _covered(parts, decision.kind)
    if not covered:
        raise Refused("nothing of it is signed, or all of it was decided so already")
    at = datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
    writes: list[Write] = []
    first = ""
    for part in covered:
        review = random_id(providers.entropy(ID_BYTES))
        writes += _review(part, by, decision, review, at, comments=() if first else decision.comments)
        first = first or review
    office.write(book, by, Said(loaded.work.subject, writes), providers)
    return first


def _check_form(decision: Decision) -> None:
    if decision.kind not in KINDS:
        raise Refused(f"a review is one of: {', '.join(KINDS)}")
    if decision.kind == "returned" and not decision.reason.strip() and not decision.comments:
        raise Refused("a return says what is missing")
    if len(decision.comments) > COMMENTS_MAX:
        raise Refused(f"a review has at most {COMMENTS_MAX} comments")


def _covered(parts: Sequence[RecordView], kind: str) -> list[RecordView]:
    """The parts that a decision is about: what waits; what is not co-signed, for a co-signature."""
    made = [part for part in parts if reviewing.digest_of(part) is not None]
    if kind == "cosigned":
        return [part for part in made if reviewing.reviewed_as(part) != "cosigned"]
    open_ = [part for part in made if reviewing.waits(part)]
    return open_ or [part for part in made if reviewing.reviewed_as(part) not in (kind, "cosigned")]


def _review(
    part: RecordView, by: Person, decision: Decision, review: str, at: str, *, comments: Iterable[Comment]
) -> list[Write]:
    """The writes that review one part: a record of its own, and the mark on what it reviews."""
    digest = reviewing.digest_of(part)
    if decision.kind == "cosigned":
        units = signing.cosign(part, by=by.id, at=at, title=decision.title or None)
    else:
        author = next(iter(sorted(authors_of([part]))), by.id)
        said: dict[str, Json] = {"kind": decision.kind, "author": author, "reviewer": by.id, "at": at}
        about: dict[str, Json] = {"type": part.type, "id": part.id}
        units = {"of": about, "digest": digest, **said}
    if decision.reason.strip():
        units["reason"] = decision.reason
    for number, comment in enumerate(comments):
        told: dict[str, Json] = {"text": comment.text}
        if comment.unit:
            told["unit"] = comment.unit
        units[f"comments/c{number + 1}"] = told
    for unit, value in units.items():
        casework.validate("review", unit, value)
    mark: Json = {"kind": decision.kind, "digest": digest, "by": by.id, "at": at, "review": review}
    return [
        *(Write("review", review, unit, (), value) for unit, value in units.items()),
        Write(part.type, part.id, reviewing.UNIT, part.over(reviewing.UNIT), mark),
    ]
