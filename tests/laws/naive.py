"""
The merging rules once more, slowly and from nothing: sets, loops, no cache, no code of `sync`.

It answers with plain values, so that what `sync` shows can be held against it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

LEVELS = ["low", "middle", "high"]


@dataclass(frozen=True)
class Entry:
    """One accepted write of one unit."""

    name: str
    device: str
    author: str
    at: tuple[int, int]
    over: tuple[str, ...]
    value: Any


def live_of(rule: str, writes: Sequence[Entry]) -> list[Entry]:
    """Writes that no other one names; a tablet cannot name away what the office decided."""
    alive = [one for one in writes if not any(_replaces(rule, other, one) for other in writes)]
    return sorted(alive, key=lambda one: (one.at, one.device, one.name))


def _replaces(rule: str, other: Entry, one: Entry) -> bool:
    if rule == "once" or other.name == one.name or one.name not in other.over:
        return False
    if rule != "decided":
        return True
    return other.device.startswith("web:") or not one.device.startswith("web:")


def shown_of(rule: str, alive: Sequence[Entry], writes: Sequence[Entry]) -> dict[str, Any]:
    """{value, by, needs, values}: what the unit shows, and its different values, the shown one first."""
    values = [json.dumps(one.value, sort_keys=True) for one in alive]
    distinct = [value for index, value in enumerate(values) if value not in values[index + 1 :]][::-1]
    last = {value: max(index for index, other in enumerate(values) if other == value) for value in distinct}
    if rule == "decided":
        return _decided(alive, distinct)
    if len(distinct) == 1:
        by = alive[0] if rule == "once" else alive[-1]
        return _answer(by.value, by.name, "NOTHING", [])
    if rule == "once":
        return _answer(alive[0].value, alive[0].name, "CHECK", _front(distinct, values[0]))
    if rule == "none":
        return _answer(None, None, "PERSON", distinct)
    if rule == "text" and (text := _clean_text(alive, writes)) is not None:
        return _answer(text, alive[-1].name, "LISTED", distinct)
    needs = {"ask": "PERSON", "text": "PERSON", "members": "NOTHING"}.get(rule, "LISTED")
    top = distinct[0]
    if rule == "safest":
        top = max(distinct, key=lambda value: (_rank(json.loads(value)), last[value]))
    if rule == "members":
        top = next(value for value in distinct if value != "null")
    return _answer(json.loads(top), alive[last[top]].name, needs, _front(distinct, top))


def _decided(alive: Sequence[Entry], distinct: list[str]) -> dict[str, Any]:
    decisions = [one for one in alive if one.device.startswith("web:")]
    if not decisions:
        return _answer(None, None, "LISTED", distinct)
    by = decisions[-1]
    rivals = _front(distinct, json.dumps(by.value, sort_keys=True)) if len(distinct) > 1 else []
    return _answer(by.value, by.name, "LISTED" if rivals else "NOTHING", rivals)


def _answer(value: Any, by: str | None, needs: str, values: list[str]) -> dict[str, Any]:
    return {"value": value, "by": by, "needs": needs, "values": values}


def _front(distinct: list[str], top: str) -> list[str]:
    return [top, *[value for value in distinct if value != top]]


def _rank(value: Any) -> int:
    if isinstance(value, dict) and "state" in value:
        return {"retracted": 0, "active": 1}.get(value["state"], 2)
    return LEVELS.index(value) if value in LEVELS else len(LEVELS)


# Texts of the laws: five sentences that may be edited, parted by four that never change.


def story(versions: Sequence[int]) -> str:
    """The text whose sentence n has been edited to version `versions[n]`."""
    parts = [f"Part {'abcde'[n]} reads {'zero one two'.split()[v]}. " for n, v in enumerate(versions)]
    fixed = [f"Fixed {n} stays here. " for n in "abcd"]
    return "".join(part for pair in zip(parts, [*fixed, ""], strict=True) for part in pair)


def versions_of(text: str) -> list[int]:
    """The versions that `story` made a text of."""
    sentences = text.split(". ")
    return ["zero one two".split().index(sentence.split()[-1]) for sentence in sentences[0:10:2] if sentence]


def _clean_text(alive: Sequence[Entry], writes: Sequence[Entry]) -> str | None:
    overs = [one.over for one in alive]
    same_over = all(before == after for before, after in pairwise(overs))
    if not same_over or len(overs[0]) != 1 or any(one.author != alive[0].author for one in alive):
        return None
    bases = [one.value for one in writes if one.name == overs[0][0]]
    if not bases or not all(isinstance(value, str) for value in [*bases, *[one.value for one in alive]]):
        return None
    base = versions_of(bases[0])
    texts = [versions_of(one.value) for one in alive]
    merged = []
    for n, old in enumerate(base):
        changed = {versions[n] for versions in texts} - {old}
        if len(changed) > 1:
            return None
        merged.append(changed.pop() if changed else old)
    return story(merged)


# Records


def life_of(units: dict[str, list[Entry]], retracted: bool) -> str:
    """Whether it is retracted, and whether anything was written that no retraction has seen."""
    if not retracted:
        return "active"
    seen = {one.name for one in units["$life"]}
    for one in units["$life"]:
        seen |= set(one.value.get("seen", []))
    others = {one.name for unit, alive in units.items() if unit != "$life" for one in alive}
    return "retracted" if others <= seen else "retracted_but_edited"
