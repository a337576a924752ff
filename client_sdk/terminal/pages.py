"""
Pages: whole records for a person, a line a unit; what is undecided stands with every rival and who said it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import casework
from sync import Life, Needs, Shown

from ..client import Tablet
from ..items import Item
from .assessed import assessed
from .wording import BELOW, People, words_of

MARKS: Final = {
    Needs.PERSON: "undecided: somebody must settle it",
    Needs.CHECK: "two entries: check",
    Needs.LISTED: "entered differently",
}
Events: TypeAlias = Mapping[tuple[str, str], Iterable[Mapping[str, Any]]]
"""{(type, id): rows of a history}."""

NO_EVENTS: Final[Events] = {}
SAID_OTHERWISE: Final = frozenset(("signature", "answers", "partial_answers"))
"""Units that a page tells in lines of their own, as long as there are no rivals."""


def pages(
    tablet: Tablet,
    items: Iterable[Item],
    language: str,
    events: Events = NO_EVENTS,
) -> Iterator[str]:
    """Records one below the other, each with what happened to it, where that is given."""
    people = People(tablet)
    for number, item in enumerate(items):
        if number:
            yield ""
        yield f"{casework.label(item.type, language=language)}  {item.type} {item.id}  [{item.custody.value}]"
        yield from (f"  {line}" for line in _standing(item, people))
        for unit, shown in sorted(item.view.units.items(), key=_place(item.type)):
            if _is_told(unit, shown):
                yield from unit_lines(item.type, unit, shown, people, language)
        if item.type == "assessment":
            yield from (f"  {line}" for line in assessed(tablet, item, language))
        for flag in item.flags:
            units = ", ".join(casework.label(item.type, unit, language=language) for unit in flag.units)
            yield f"  Check: {flag.code.replace('_', ' ')} ({units})"
        yield from (_event(event) for event in events.get((item.type, item.id), ()))


def unit_lines(type_: str, unit: str, shown: Shown, people: People, language: str) -> Iterator[str]:
    """A unit with its mark, and its rivals where there are any."""
    label = casework.label(type_, unit, language=language)
    mark = f"  ({MARKS[shown.needs]})" if shown.needs in MARKS else ""
    value = words_of(type_, unit, shown.value, people, language) if shown.winner else "—"
    member = f" {people.name(unit.partition('/')[2])}" if "/" in unit else ""
    yield f"  {label}{member}:{'' if value.startswith(BELOW) else ' '}{_indented(value)}{mark}"
    if shown.needs is not Needs.NOTHING:
        for group in shown.rivals:
            by = "; ".join(people.signature(live) for live in group)
            yield f"    · {_indented(words_of(type_, unit, group[0].value, people, language))}  — {by}"


def _place(type_: str) -> Callable[[tuple[str, Shown]], tuple[int, str]]:
    """Where a unit stands on its form; what is not on it stands last."""
    kind = casework.record_types().get(type_)
    names = () if kind is None else tuple(kind.fields)
    places = {name: place for place, name in enumerate(names)}
    return lambda told: (places.get(told[0].partition("/")[0], len(places)), told[0])


def _standing(item: Item, people: People) -> Iterator[str]:
    if item.life is not Life.ACTIVE:
        yield item.life.value.replace("_", " ")
    if item.signed is not None:
        yield f"Signed by {people.signature(item.signed.by)}"
        if item.signed.late:
            yield f"Changed after it was signed: {', '.join(sorted(item.signed.late))}"


def _event(event: Mapping[str, Any]) -> str:
    told = f"{event['what']}: {_indented(event['words'])}  — {event['who']}"
    return f"  {event['when']}  {told}" + ("" if event["state"] == "shown" else f" ({event['state']})")


def _is_told(unit: str, shown: Shown) -> bool:
    if unit.startswith("$") or (unit in SAID_OTHERWISE and not shown.rivals):
        return False
    return shown.value is not None or bool(shown.rivals)


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")
