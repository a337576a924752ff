"""
The merging rules once more, slowly and from nothing: sets, loops, no cache, no code of `sync`.

It reads a changeset out of plain JSON and answers with plain values, so that what the rooms show can be held against
it. A rule is told to it by name, with the order and the member that it ranks by. Of texts it knows those that `story`
makes: sentences that may be edited, parted by sentences that never change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

LEVELS = ("low", "middle", "high")
DIGEST_BITS = 128


@dataclass(frozen=True)
class Rule:
    """A rule as it was declared."""

    name: str
    order: tuple[Any, ...] = LEVELS
    by: str | None = None


LIFE = Rule("safest", ("retracted", "active"), "state")


@dataclass(frozen=True)
class Write:
    """One accepted write of one unit."""

    name: str
    device: str
    author: str
    at: tuple[int, int]
    over: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class Entry:
    """One changeset in the log."""

    name: str
    device: str
    author: str
    subject: str
    position: int
    at: tuple[int, int]
    """Capped at the time of receipt."""
    units: Mapping[tuple[str, str, str], Write] = field(default_factory=dict)
    """{(type, id, unit): write}"""

    @classmethod
    def of_line(
        cls, body: dict[str, Any], name: str, device: str, author: str, position: int, received_ms: int
    ) -> Entry:
        """A changeset's JSON as it was received."""
        at = min((body["at"][0], body["at"][1]), (received_ms, 0))
        units = {
            (write["type"], write["id"], write["unit"]): Write(
                name, device, author, at, tuple(write["over"]), write["value"]
            )
            for write in body["writes"]
        }
        return cls(name, device, author, body["subject"], position, at, units)

    def at_position(self, position: int) -> Entry:
        """The same, released later."""
        return replace(self, position=position)


def units_of(entries: Sequence[Entry], subject: str) -> dict[tuple[str, str], dict[str, list[Write]]]:
    """{record: {unit: its writes}} of a subject."""
    found: dict[tuple[str, str], dict[str, list[Write]]] = {}
    for entry in entries:
        if entry.subject == subject:
            for (type_, id_, unit), write in entry.units.items():
                found.setdefault((type_, id_), {}).setdefault(unit, []).append(write)
    return found


def live_of(rule: str, writes: Sequence[Write]) -> list[Write]:
    """Writes that no other one names; a tablet cannot name away what the office decided."""
    alive = [one for one in writes if not any(_replaces(rule, other, one) for other in writes)]
    return sorted(alive, key=lambda one: (one.at, one.device, one.name))


def digest_of(alive: Mapping[tuple[str, str, str], Sequence[str]]) -> int:
    """The digest of a subject, out of {(type, id, unit): names alive}."""
    total = 0
    for (type_, id_, unit), names in alive.items():
        for name in names:
            text = f"{type_}\n{id_}\n{unit}\n{name}"
            total += int.from_bytes(hashlib.sha256(text.encode()).digest()[: DIGEST_BITS // 8], "big")
    return total % (1 << DIGEST_BITS)


def _replaces(rule: str, other: Write, one: Write) -> bool:
    if rule == "once" or other.name == one.name or one.name not in other.over:
        return False
    if rule != "decided":
        return True
    return other.device.startswith("web:") or not one.device.startswith("web:")


def shown_of(rule: Rule, alive: Sequence[Write], writes: Sequence[Write]) -> dict[str, Any]:
    """{value, by, needs, values}: what the unit shows, and its different values, the shown one first."""
    values = [_text(one.value) for one in alive]
    distinct = [value for index, value in enumerate(values) if value not in values[index + 1 :]][::-1]
    last = {value: max(index for index, other in enumerate(values) if other == value) for value in distinct}
    if rule.name == "decided":
        return _decided(alive, distinct)
    if len(distinct) == 1:
        by = alive[0] if rule.name == "once" else alive[-1]
        return _answer(by.value, by.name, "NOTHING", [])
    if rule.name == "once":
        return _answer(alive[0].value, alive[0].name, "CHECK", _front(distinct, values[0]))
    if rule.name == "none":
        return _answer(None, None, "PERSON", distinct)
    if rule.name == "text" and (text := _clean_text(alive, writes)) is not None:
        return _answer(text, alive[-1].name, "LISTED", distinct)
    needs = {"ask": "PERSON", "text": "PERSON", "members": "NOTHING"}.get(rule.name, "LISTED")
    top = distinct[0]
    if rule.name == "safest":
        top = max(distinct, key=lambda value: (_rank(rule, json.loads(value)), last[value]))
    if rule.name == "members":
        top = next(value for value in distinct if value != "null")
    return _answer(json.loads(top), alive[last[top]].name, needs, _front(distinct, top))


def chosen_of(shown: dict[str, Any], choice: Any, alive: Sequence[Write]) -> dict[str, Any]:
    """What a `once` unit shows after the office has chosen among its entries."""
    by = next((one for one in alive if isinstance(choice, dict) and one.name == choice.get("name")), None)
    if by is None or not isinstance(choice.get("seen"), list):
        return shown
    values = shown["values"] and _front(shown["values"], _text(by.value))
    unseen = any(one.name not in choice["seen"] for one in alive)
    needs = "NOTHING" if not values else "CHECK" if unseen else "LISTED"
    return _answer(by.value, by.name, needs, values)


def life_of(units: Mapping[str, Sequence[Write]], retracted: bool) -> str:
    """Whether it is retracted, and whether anything was written that no retraction has seen."""
    if not retracted:
        return "active"
    seen = {one.name for one in units["$life"]}
    for one in units["$life"]:
        seen |= set(one.value.get("seen", []))
    others = {one.name for unit, alive in units.items() if unit != "$life" for one in alive}
    return "retracted" if others <= seen else "retracted_but_edited"


def late_of(signature: Any, by: str, units: Mapping[str, Sequence[Write]]) -> dict[str, list[str]]:
    """{unit: names} of what differs from what was signed and was not seen by the signer."""
    seen = {by, *signature.get("seen", [])}
    found = {
        unit: [
            one.name
            for one in alive
            if one.name not in seen and _text(one.value) != _text(signature["content"].get(unit))
        ]
        for unit, alive in units.items()
    }
    return {unit: names for unit, names in found.items() if names}


def _decided(alive: Sequence[Write], distinct: list[str]) -> dict[str, Any]:
    decisions = [one for one in alive if one.device.startswith("web:")]
    if not decisions:
        return _answer(None, None, "LISTED", distinct)
    by = decisions[-1]
    rivals = _front(distinct, _text(by.value)) if len(distinct) > 1 else []
    return _answer(by.value, by.name, "LISTED" if rivals else "NOTHING", rivals)


def _answer(value: Any, by: str | None, needs: str, values: list[str]) -> dict[str, Any]:
    return {"value": value, "by": by, "needs": needs, "values": values}


def _front(distinct: list[str], top: str) -> list[str]:
    return [top, *[value for value in distinct if value != top]]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _rank(rule: Rule, value: Any) -> int:
    if rule.by is not None:
        value = value.get(rule.by) if isinstance(value, dict) else None
    order = [_text(known) for known in rule.order]
    return order.index(_text(value)) if _text(value) in order else len(order)


def story(versions: Sequence[str]) -> str:
    """A text of sentences that may be edited: the n-th reads `versions[n]`, a word."""
    parts = [f"Part {'abcde'[n]} reads {version}. " for n, version in enumerate(versions)]
    fixed = [f"Fixed {n} stays here. " for n in "abcd"]
    return "".join(part for pair in zip(parts, [*fixed, ""], strict=True) for part in pair)


def versions_of(text: str) -> list[str]:
    """The words that `story` made a text of."""
    return [sentence.split()[-1] for sentence in text.split(". ")[0:10:2] if sentence]


def _clean_text(alive: Sequence[Write], writes: Sequence[Write]) -> str | None:
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
