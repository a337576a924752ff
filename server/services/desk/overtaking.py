"""
Overtaking: two people act on one thing at once, and the second is told what the first did.

A page carries the names of the writes that it displayed. An act compares them with what is alive now: whatever
came since is a *deed*, with who did it. An act on what was overtaken is refused as a whole, so nothing that
nobody has seen is overwritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sync import Live, RecordView

from ...errors import Overtaken


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to what was displayed."""

    by: str
    type: str
    id: str
    unit: str
    at_ms: int
    what: str = ""
    """The code of the act, where it has one: `approved`, `acknowledged`; never words."""


def names(views: Iterable[RecordView]) -> tuple[str, ...]:
    """The names that a page carries of the records that it displays, sorted."""
    return tuple(
        sorted({live.name for shown in views for unit in shown.units.values() for live in unit.live})
    )


def deeds(views: Iterable[RecordView], seen: Iterable[str]) -> list[Deed]:
    """What was done to these records by writes that are not among the names seen, oldest first."""
    known = frozenset(seen)
    found = [
        _deed(shown, unit, live)
        for shown in views
        for unit, unit_shown in shown.units.items()
        for live in unit_shown.live
        if live.name not in known
    ]
    return sorted(found, key=lambda deed: (deed.at_ms, deed.type, deed.id, deed.unit))


def check(views: Iterable[RecordView], seen: Iterable[str]) -> None:
    """
    Whether these records still show what was displayed.

    Raises:
        Overtaken: They do not.
    """
    found = deeds(views, seen)
    if found:
        raise Overtaken(found)


def _deed(shown: RecordView, unit: str, live: Live) -> Deed:
    inside = live.value if isinstance(live.value, dict) else {"kind": live.value}
    codes = [inside.get(part) for part in ("act", "kind", "level", "answer", "how", "state")]
    told = unit.partition("/")[0] in _TELLING
    what = next((code for code in codes if told and isinstance(code, str)), "")
    return Deed(live.author, shown.type, shown.id, unit, live.at.ms, what)


_TELLING = frozenset(("reviewed", "kind", "acts", "level", "answer", "ended", "state", "status"))
"""Units whose value is a code or holds one."""
