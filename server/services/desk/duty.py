"""
Duty: who is on duty for an office at a moment, and the hours that nobody covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...db import table_of
from ...tables.fact import FactRow
from ..access.people import Person
from . import days, listing

PLACES: Final = ("first", "deputy")

_begins = table_of(FactRow)
_ends = _begins.alias("ends")
_offices = _begins.alias("offices")


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody's hours on duty for an office."""

    office: str
    place: str
    """`first` or `deputy`."""
    worker: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours for which an office has nobody first, or as deputy."""

    office: str
    place: str
    since: str
    until: str
    hours: float


def spans(session: Session, agency: str, offices: Sequence[str], *, begin_ms: int, end_ms: int) -> list[Span]:
    """The hours on duty that touch a time, in order of their begin."""
    same_end = (_ends.c.agency == _begins.c.agency) & (_ends.c.id == _begins.c.id)
    same_end &= (_ends.c.key == _begins.c.key) & (_ends.c.kind == "duty_until")
    same = (_offices.c.agency == _begins.c.agency) & (_offices.c.id == _begins.c.id)
    same &= (_offices.c.key == _begins.c.key) & (_offices.c.kind == "duty_office")
    here = listing.facts(agency, "duty") & (_begins.c.at < days.utc_of(end_ms))
    columns = (_offices.c.code, _begins.c.code, _begins.c.worker, _begins.c.at, _ends.c.at)
    asked = select(*columns).join(_ends, same_end & (_ends.c.at > days.utc_of(begin_ms)))
    asked = asked.join(_offices, same & _offices.c.code.in_(offices)).where(here)
    return [Span(*row) for row in session.execute(asked.order_by(_begins.c.at, _begins.c.worker))]


def gaps(session: Session, by: Person, *, begin_ms: int, end_ms: int) -> list[Gap]:
    """The hours of a time for which an office that somebody leads has nobody on duty."""
    begin, end = days.utc_of(begin_ms), days.utc_of(end_ms)
    found = spans(session, by.agency, sorted(by.led), begin_ms=begin_ms, end_ms=end_ms)
    return [
        Gap(office, place, since, until, round(days.seconds_between(since, until) / 3600, 1))
        for office in sorted(by.led)
        for place in PLACES
        for since, until in uncovered(
            [(span.since, span.until) for span in found if (span.office, span.place) == (office, place)],
            begin,
            end,
        )
    ]


def uncovered(covered: Iterable[tuple[str, str]], begin: str, end: str) -> list[tuple[str, str]]:
    """What of a time no span covers; all are moments in UTC, as text that sorts by time."""
    found: list[tuple[str, str]] = []
    reached = begin
    for since, until in sorted(covered):
        if since > reached:
            found.append((reached, min(since, end)))
        reached = max(reached, until)
        if reached >= end:
            return found
    return [*found, (reached, end)]
