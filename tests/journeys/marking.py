"""
Marks: values for every field of every record type, each with a word in it that nothing else says.

Made from what casework declares, so a new type or field is marked by itself. A *place* is where a mark was
put, `type.field.part`; a mark has a number of its own, by which the place is found again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import casework
from casework import Field

WORD: Final = "zqj7xk4w"
"""Eight letters that no code, no label and no random id is likely to hold."""
DIGITS: Final = "7390517"
DAY: Final = "1907-03-19"
"""A day and a run of digits for what takes no letters."""
BORN: Final = "1906-08-27"
"""A day that points at a person: read models have its year, and never the day."""

STEMS: Final = (WORD, DIGITS, DAY, BORN)

WORDED: Final = frozenset(
    ("line", "name", "text", "narrative", "code", "reference", "digest", "email", "url")
) | {"answers", "object"}
NUMBERED: Final = frozenset(("language", "phone", "decimal"))
BOUND: Final = frozenset(("choice", "several", "flag", "number"))
"""Kinds that offer a list, or true and false, or a number within bounds: no mark can stand there."""

OFFICE, TABLET, DRAFT, WRONG, PLANTED, TYPED = 0, 2000, 4000, 6000, 7000, 8000
"""Where the numbers of one writer begin."""


@dataclass
class Marker:
    """One writer of marks."""

    next: int
    places: dict[str, str] = field(default_factory=dict)
    """{mark as it is spelled: place}."""
    searched: set[str] = field(default_factory=set)
    """Marks that free text search must find."""

    def units(self, type_: str, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
        """{unit: marked value} of every field of a type but those of some rules; a set gets one member."""
        kind = casework.record_types()[type_]
        found: dict[str, Any] = {}
        for name, declared in kind.fields.items():
            if declared.rule.name in but or name == "signature":
                continue
            unit = f"{name}/{self.mark(f'{type_}.{name}/')}" if declared.many else name
            found[unit] = self.value(declared, f"{type_}.{name}")
        return found

    def value(self, declared: Field, place: str) -> Any:
        """A value that obeys its field, with marks wherever one can stand."""
        kind = declared.kind
        if kind == "group":
            return {name: self.value(part, f"{place}.{name}") for name, part in declared.parts.items()}
        if kind == "list":
            assert declared.of is not None, "a list is a list of something"
            return [self.value(declared.of, place)]
        if kind in BOUND:
            return _bound(declared)
        if kind in ("date", "instant"):
            day = BORN if place == "client.date_of_birth" else DAY
            return day if kind == "date" else f"{day}T04:05:06+00:00"
        if kind in NUMBERED:
            return self._numbered(kind, place)
        mark = self.mark(place)
        if declared.searched:
            self.searched.add(mark)
        return _definition(mark) if place == "instrument.whole.definition" else _worded(kind, mark)

    def wrong(self, place: str) -> list[Any]:
        """Marked values of which every field refuses at least one."""
        mark = self.mark(place)
        return [{mark: mark}, f"{mark}\x00", mark * 6_000, [mark], mark]

    def mark(self, place: str) -> str:
        """A word of its own for a place."""
        return self._taken(f"{WORD}{self.next:04d}", place)

    def _numbered(self, kind: str, place: str) -> str:
        """A value whose form leaves room for a stem and a number, and for no word."""
        number = f"{self.next:04d}"
        if kind == "language":
            return "en-" + self._taken(f"{WORD}-{number}", place)
        if kind == "phone":
            return "+1 " + self._taken(f"{DIGITS}{number}", place)
        return self._taken(f"1{number}.{DIGITS}", place)

    def _taken(self, mark: str, place: str) -> str:
        self.places[mark] = place
        self.next += 1
        return mark


def _worded(kind: str, mark: str) -> Any:
    """A value of a kind that takes any word."""
    assert kind in WORDED, f"say how to mark a field of the kind {kind}"
    made: Mapping[str, Any] = {
        "text": f"{mark} was said.\nAnd more.",
        "narrative": f"{mark} was said. And more was said.",
        "digest": mark.ljust(22, "A"),
        "email": f"{mark}@example.org",
        "url": f"https://example.org/{mark}",
        "answers": {mark: f"{mark} was said", f"{mark}.1": [mark], f"{mark}.2": {"absent": "refused"}},
        "object": {mark: [mark, {"inside": mark}]},
    }
    return made.get(kind, mark)


def _definition(mark: str) -> dict[str, Any]:
    """An instrument with marks for ids, codes and words."""
    words = {"en": f"{mark} words"}
    return {
        "id": mark,
        "version": mark,
        "titles": words,
        "notice": mark,
        "options": {mark: [{"code": mark, "labels": words}]},
        "items": [{"id": f"{mark}_1", "labels": words, "options": mark, "link_id": mark}],
    }


def _bound(declared: Field) -> Any:
    if declared.kind == "flag":
        return True
    if declared.kind == "number":
        return 1
    first = next(iter(declared.codes))
    return [first] if declared.kind == "several" else first
