"""
The account that a tablet gives of its work: what waits, what came back, what a person must look at, and what
happened to a record as far as this tablet knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sync import Json, Live, Needs, Shown

from .custody import Custody, custody_of
from .desk import Desk
from .items import Item
from .query import Records
from .replica import Notice, Own, RecordKey

RETURNED: Final = "returned"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A save that no outcome has settled, or that a person decides about."""

    name: str
    subject: str
    records: frozenset[RecordKey]
    wall_ms: int
    """When it was saved, by this machine's clock."""
    reason: str | None
    custody: Custody


@dataclass(frozen=True, slots=True)
class Returned:
    """Work that came back to its author."""

    kind: str
    """`held`: a person decides. `not_applied`: a person decided against it. `review`: asked for changes."""
    subject: str
    records: frozenset[RecordKey]
    code: str
    """The reason as a word, where there is one."""
    sentence: str
    name: str
    """Of the changeset; of a review, its id."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A unit of a record that somebody must look at."""

    record: Item
    unit: str
    shown: Shown
    """With all rivals, the shown one first."""


@dataclass(frozen=True, slots=True)
class Event:
    """One write of a unit, as far as this tablet has it."""

    unit: str
    value: Json
    author: str
    device: str
    at_ms: int
    """Of the hybrid clock, capped at the time of receipt."""
    wall_ms: int
    """By the clock of the device that made it."""
    name: str
    state: str
    """`shown`, `rival`, `replaced`, `held` or `not_applied`."""


@dataclass(frozen=True, slots=True)
class History:
    """
    What happened to a record, oldest first: the live writes, and this tablet's own that are still here.

    What was replaced at the server is not on this tablet; the server's history has it.
    """

    events: tuple[Event, ...]
    complete: bool = False


def pending(desk: Desk) -> list[Waiting]:
    """Every save that waits, in order of making."""
    with desk.turn():
        own = [
            own for own in desk.replica.own.values() if own.position == 0 or (own.held and not own.decision)
        ]
        given = {*desk.in_flight, *desk.replica.given.value.names}
    return [_waiting(each, custody_of([each], given)) for each in sorted(own, key=_order)]


def returned(desk: Desk) -> list[Returned]:
    """Work that came back: held, not applied, or returned by a reviewer."""
    with desk.turn():
        own = sorted(desk.replica.own.values(), key=_order)
    reviews = Records(desk, "review", {"kind": RETURNED, "author": desk.identity.worker})
    return [each for made in own for each in _came_back(made)] + [_review(review) for review in reviews]


def conflicts(desk: Desk, least: Needs = Needs.CHECK) -> list[Conflict]:
    """Units that somebody must look at, the most urgent first; `Needs.LISTED` gives all differences."""
    found: list[Conflict] = []
    with desk.turn():
        rows = [
            row for needs in Needs if needs >= least for row in desk.store.find(where={"needs": int(needs)})
        ]
    for row in rows:
        record = next(iter(Records(desk, str(row.type), {"id": str(row.id), "subject": row.subject})), None)
        if record is not None:
            units = record.view.units.items()
            found += [Conflict(record, unit, shown) for unit, shown in units if shown.needs >= least]
    return sorted(found, key=lambda conflict: -conflict.shown.needs)


def history(desk: Desk, record: Item) -> History:
    """What happened to a record."""
    key = (record.type, record.id)
    with desk.turn():
        own = [own for own in desk.replica.own.group(record.subject) if key in own.records]
    events = {
        (unit, live.name): _event(unit, live, "shown" if live is shown.by else "rival")
        for unit, shown in record.view.units.items()
        for live in shown.live
    }
    for made in own:
        state = made.decision or ("held" if made.held else "replaced")
        for write in made.made.writes:
            if (write.type, write.id) == key and (made.decision or (write.unit, made.name) not in events):
                events[(write.unit, made.name)] = _event(write.unit, made.live(write.value), state)
    return History(tuple(sorted(events.values(), key=lambda event: (event.at_ms, event.unit, event.name))))


def notices(desk: Desk) -> dict[str, Notice]:
    """{key: notice} of what the tablet or the office did on its own, oldest first."""
    with desk.turn():
        return dict(sorted(desk.replica.notices.items(), key=lambda item: item[1].at_ms))


def dismiss(desk: Desk, key: str) -> None:
    """A notice was read. Work that was not applied goes from this tablet with it."""
    with desk.change():
        notice = desk.replica.notices.get(key)
        own = None if notice is None else desk.replica.own.get(notice.name)
        if own is not None and own.decision:
            desk.replica.own.delete(own.name)
        desk.replica.notices.delete(key)


def _waiting(own: Own, custody: Custody) -> Waiting:
    made = own.made
    return Waiting(own.name, made.subject, own.records, made.wall, made.reason, custody)


def _came_back(own: Own) -> Iterable[Returned]:
    if own.decision:
        yield Returned(own.decision, own.made.subject, own.records, own.held, own.reason, own.name)
    elif own.held:
        yield Returned("held", own.made.subject, own.records, own.held, own.sentence, own.name)


def _review(review: Item) -> Returned:
    of = review.value("of")
    named = frozenset([(str(of["type"]), str(of["id"]))]) if isinstance(of, dict) else frozenset()
    return Returned("review", review.subject, named, RETURNED, str(review.value("reason") or ""), review.id)


def _event(unit: str, live: Live, state: str) -> Event:
    return Event(unit, live.value, live.author, live.device, live.at.ms, live.wall, live.name, state)


def _order(own: Own) -> int:
    return own.order
