"""
Raising and lowering a risk flag.

A rule only raises: it writes the greater of its level and the shown one, with its reason added. Only a person
lowers, and whoever lowers names all that they saw: what they had not seen stands beside the lower level.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sync import Json, RecordView, Shown, canonical, derived_id

from ..errors import NotAllowedYet
from .levels import LEVELS, rank

REASONS_MAX: Final = 50
"""Reasons that one level carries; older ones stay in the history."""


REASON_PARTS: Final[tuple[str, ...]] = ("text", "rule", "instrument", "assessment", "level", "at", "by")
"""What a reason consists of."""

_GREATEST: Final = tuple(LEVELS)[-1]


@dataclass(frozen=True, slots=True)
class Lowering:
    """A person's lower level, and the writes that it replaces: all that were seen, and those only."""

    value: Json
    over: tuple[str, ...]


def flag_id(subject: str, kind: str) -> str:
    """The id of the one flag of a client and kind, the same on every tablet."""
    return derived_id("risk_flag", subject, kind)


def reason(
    text: str | None = None,
    *,
    rule: str | None = None,
    instrument: str | None = None,
    assessment: str | None = None,
    level: str | None = None,
    at: str | None = None,
    by: str | None = None,
) -> dict[str, Json]:
    """
    Why a level was given: words of a person, or a rule with the assessment that it spoke about.

    `instrument` carries id and version; `at` is a moment as text.
    """
    assert text or rule, "a reason says why"
    parts: dict[str, Json] = {
        "text": text,
        "rule": rule,
        "instrument": instrument,
        "assessment": assessment,
        "level": level,
        "at": at,
        "by": by,
    }
    return {name: part for name, part in parts.items() if part is not None}


def raise_level(shown: Shown | None, level: str, why: dict[str, Json]) -> Json | None:
    """
    The value of `level` that a rule writes, or None where there is nothing to add.

    The write goes over every live one, so it keeps the reasons of them all and the greatest of their levels.
    """
    live = [write.value for write in shown.live] if shown is not None else []
    levels = [level, *(_level(value) for value in live)]
    greatest = max(levels, key=rank)
    known = _reasons(live)
    settled = len({canonical(value) for value in live}) == 1
    if settled and greatest == _level(live[0]) and _speaks_already(known, why):
        return None
    added = known if _speaks_already(known, why) else [*known, why]
    return {"level": greatest, "reasons": list[Json](_newest(added))}


def lower(view: RecordView, level: str, why: dict[str, Json]) -> Lowering:
    """
    A person's judgement that the risk is lower, or none.

    Raises:
        NotAllowedYet: It is not lower, the reason is not in words, or nobody is named as having judged.
    """
    shown = view.units.get("level")
    if shown is None or rank(level) >= max(rank(_level(write.value)) for write in shown.live):
        raise NotAllowedYet("lowering a risk", "there must be a higher level to lower", ("level",))
    if not why.get("text") or not why.get("by"):
        raise NotAllowedYet("lowering a risk", "a person must say why in words", ("level",))
    return Lowering({"level": level, "reasons": [why]}, view.over("level"))


def _level(value: Json) -> str:
    """The level in a value; what cannot be read counts as the most protective that we can write."""
    level = value.get("level") if isinstance(value, dict) else None
    return level if isinstance(level, str) and level in LEVELS else _GREATEST


def _reasons(live: Iterable[Json]) -> list[dict[str, Json]]:
    """The reasons of all live writes, each once, in order."""
    found: dict[bytes, dict[str, Json]] = {}
    for value in live:
        listed = value.get("reasons") if isinstance(value, dict) else None
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict) and (entry.get("text") or entry.get("rule")):
                # A part that a newer schema added would make the whole alarm unwritable here.
                known = {name: entry[name] for name in REASON_PARTS if name in entry}
                found[canonical(known)] = known
    return list(found.values())


def _speaks_already(known: list[dict[str, Json]], why: dict[str, Json]) -> bool:
    """A rule speaks once about one assessment; a person's words are always new."""
    said: tuple[Any, Any] = (why.get("rule"), why.get("assessment"))
    return why.get("rule") is not None and said in [
        (entry.get("rule"), entry.get("assessment")) for entry in known
    ]


def _newest(reasons: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return reasons[-REASONS_MAX:]
