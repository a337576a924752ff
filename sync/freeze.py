"""
What stands still: a retracted record, and a signed one.

A retraction or a signature names what its author had *seen*. What came besides is neither lost nor silently
taken in: it is shown beside, until a person acts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .ids import Json, canonical
from .rivals import Live, Shown


class Life(Enum):
    """Whether a record counts."""

    ACTIVE = "active"
    RETRACTED = "retracted"
    RETRACTED_BUT_EDITED = "retracted_but_edited"
    """Retracted by somebody who had not seen every edit: a person looks at it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed record: what was signed stays shown."""

    by: Live
    content: Mapping[str, Json]
    """{unit: value} as it was signed."""
    digest: str
    late: Mapping[str, tuple[Live, ...]]
    """{unit: live writes} that the signature has not seen and that differ from it."""


def life_of(life: Shown | None, units: Mapping[str, Shown]) -> Life:
    """The life of a record, out of its `$life` unit and all its units."""
    if life is None or _state(life.value) != "retracted":
        return Life.ACTIVE
    seen = {name for write in life.live for name in (write.name, *_names(write.value))}
    edits = {write.name for shown in units.values() for write in shown.live}
    return Life.RETRACTED_BUT_EDITED if edits - seen else Life.RETRACTED


def signed_of(signature: Shown, units: Mapping[str, Shown]) -> Signed | None:
    """What a signature froze; none where its value has not the form of one."""
    value, by = signature.value, signature.by
    if not isinstance(value, dict) or by is None:
        return None
    content, digest = value.get("content"), value.get("digest")
    if not isinstance(content, dict) or not isinstance(digest, str):
        return None
    seen = {*_names(value), by.name}
    late = {unit: _late(shown, content.get(unit), seen) for unit, shown in units.items()}
    return Signed(by, content, digest, {unit: writes for unit, writes in late.items() if writes})


def _late(shown: Shown, signed: Json, seen: set[str]) -> tuple[Live, ...]:
    same = canonical(signed)
    return tuple([live for live in shown.live if live.name not in seen and canonical(live.value) != same])


def _state(value: Json) -> Json:
    return value.get("state") if isinstance(value, dict) else None


def _names(value: Json) -> list[str]:
    seen = value.get("seen") if isinstance(value, dict) else None
    return [name for name in seen if isinstance(name, str)] if isinstance(seen, list) else []
