"""
Signing: what somebody puts their name to, and what a co-signature reviews.

The value of the unit `signature` carries the content itself, its digest, and `seen`: the live writes that the
content rests on. A rival that the content does not show is not among them, so it stays visible beside the
signed record as a late change.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sync import SIGNATURE, Json, Live, RecordView, Shown, canonical, digest_id

from .catalogue import rule_of
from .errors import NotAllowedYet

NARRATIVES: Final = "text"
"""The rule whose rivals must be one text before they are signed."""


def sign(view: RecordView, *, by: str, at: str, title: str | None = None) -> Json:
    """
    The value of the unit `signature` for what the view shows.

    Args:
        view: The record, not signed yet.
        by: The worker's id.
        at: The moment, as text with its offset.
        title: What the signer signs as, licence included: `LMSW`.

    Raises:
        NotAllowedYet: The record is signed, is empty, or holds narratives that are not one text yet.
    """
    if view.signed is not None:
        raise NotAllowedYet("signing", "the record is signed already: write an addendum", (SIGNATURE,))
    units = {unit: shown for unit, shown in view.units.items() if _is_signed(view, unit)}
    torn = tuple(unit for unit, shown in units.items() if shown.undecided and _rule(view, unit) == NARRATIVES)
    if torn:
        raise NotAllowedYet("signing", "two narratives must become one text", torn)
    content: dict[str, Json] = {unit: shown.value for unit, shown in sorted(units.items()) if shown.winner}
    if not content:
        raise NotAllowedYet("signing", "there must be something to sign")
    value: dict[str, Json] = {
        "content": content,
        "digest": digest(content),
        "seen": list[Json](_seen(units)),
        "by": by,
        "at": at,
    }
    return value if title is None else {**value, "title": title}


def digest(content: Mapping[str, Json]) -> str:
    """The digest of signed content: 22 characters over its canonical form."""
    return digest_id(canonical(dict(content)))


def is_whole(view: RecordView) -> bool:
    """Whether a signed record's digest is that of its content."""
    return view.signed is not None and view.signed.digest == digest(view.signed.content)


def cosign(view: RecordView, *, by: str, at: str, title: str | None = None) -> dict[str, Json]:
    """
    The fields of the `review` record that co-signs what the view shows as signed.

    Raises:
        NotAllowedYet: The record is not signed, does not match its digest, or is the co-signer's own work.
    """
    if view.signed is None:
        raise NotAllowedYet("co-signing", "the author must sign first", (SIGNATURE,))
    if not is_whole(view):
        raise NotAllowedYet("co-signing", "the content must match its digest", (SIGNATURE,))
    author = view.signed.by.author
    if by in (author, signed_by(view)):
        raise NotAllowedYet("co-signing", "nobody co-signs own work", (SIGNATURE,))
    fields: dict[str, Json] = {
        "of": {"type": view.type, "id": view.id},
        "kind": "cosigned",
        "author": author,
        "reviewer": by,
        "at": at,
        "digest": view.signed.digest,
    }
    return fields if title is None else {**fields, "signed_as": title}


def signed_by(view: RecordView) -> str | None:
    """Who signed, as the signature says."""
    value = view.units[SIGNATURE].value if SIGNATURE in view.units else None
    by = value.get("by") if isinstance(value, dict) else None
    return by if isinstance(by, str) else None


def is_cosigned(view: RecordView, reviews: Iterable[RecordView], addenda: Iterable[RecordView] = ()) -> bool:
    """
    Whether what the view shows as signed, and every addendum to it, is co-signed.

    An addendum that came after the co-signature reopens the review until it is co-signed itself.
    """
    digests = {review.value("digest") for review in reviews if review.value("kind") == "cosigned"}
    signed = [view, *(addendum for addendum in addenda if addendum.value("note") == view.id)]
    return all(record.signed is not None and record.signed.digest in digests for record in signed)


def _is_signed(view: RecordView, unit: str) -> bool:
    """Not the signature itself, not what `sync` keeps for itself, not what the office decides."""
    return unit != SIGNATURE and not unit.startswith("$") and not rule_of(view.type, unit).guards_office


def _rule(view: RecordView, unit: str) -> str:
    return rule_of(view.type, unit).name


def _seen(units: Mapping[str, Shown]) -> list[str]:
    """
    The names that the content rests on.

    A changeset that lost as a rival in any unit is left out whole: its other writes do not differ from the
    content, so leaving it out hides nothing and shows what lost.
    """
    rests = {live.name for shown in units.values() for live in shown.live}
    lost = {live.name for shown in units.values() if not shown.merged for live in _losers(shown)}
    return sorted(rests - lost)


def _losers(shown: Shown) -> Iterable[Live]:
    groups = shown.rivals[1:] if shown.winner else shown.rivals
    return (live for group in groups for live in group)
