"""
The navigation as one person sees it, with how much waits behind each entry.
"""

from dataclasses import dataclass
from threading import Lock
from typing import Final

from flask import Flask, request, url_for

from . import sections
from .desk import Desk

KEPT_MS: Final = 30_000
"""Milliseconds for which a count is shown without counting again."""

PEOPLE_MAX: Final = 2000
"""People whose counts a process remembers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is drawn."""

    name: str
    title: str
    address: str
    icon: str
    group: str
    count: int
    current: bool


class Counts:
    """What was counted lately, by person."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        self._lock = Lock()

    def of(self, seat: Desk, asked: dict[str, sections.Count]) -> dict[str, int]:
        """{section: how much waits} for a person."""
        key, now_ms = (seat.by.agency, seat.by.id), seat.now_ms
        with self._lock:
            at_ms, found = self._kept.get(key, (0, {}))
        if at_ms + KEPT_MS > now_ms >= at_ms:
            return found
        found = seat.read(lambda session: {name: count(session, seat.by) for name, count in asked.items()})
        with self._lock:
            if len(self._kept) >= PEOPLE_MAX:
                self._kept.clear()
            self._kept[key] = (now_ms, found)
        return found

    def forget(self, seat: Desk) -> None:
        """Count again at the next page of somebody who has just done something."""
        with self._lock:
            self._kept.pop((seat.by.agency, seat.by.id), None)


def shown(app: Flask, found: list[tuple[str, sections.Section]], seat: Desk, counts: Counts) -> list[Entry]:
    """The entries that a person sees, in order."""
    mine = sections.seen_by(app, found, seat.by)
    asked = {name: section.count for name, section in mine if section.count is not None}
    waiting = counts.of(seat, asked) if asked else {}
    open_ = sections.PART_OF.get(request.blueprint or "", request.blueprint)
    return [
        Entry(
            name,
            str(section.title),
            url_for(section.entry),
            section.icon,
            section.group,
            waiting.get(name, 0),
            open_ == name,
        )
        for name, section in mine
    ]
