"""
Disputes: one unit about which two people said different things, and what a person decides.

    queue(session, sealer, by)                          what waits, highest risk first
    read(session, sealer, by, key, unit)                the rivals, who said them when, over what, and what is shown
    settle(book, by, Settlement(...), providers)        take one, or say something else, with a reason

A *rival* is one value with everybody who said it. `Dispute.seen` goes into the form and comes back with the
decision: if anybody wrote in between, it is refused as `Overtaken`. A decision is undone by settling again: the
page of a settled unit shows what was decided before. Of a unit that is said once (answers, a signature) none of the
entries goes; the office chooses which one is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

import casework
from casework import retracting
from sync import CHOSEN, LIFE, Json, Life, Live, Needs, RecordView, Shown, Write, canonical, view
from sync.rules import is_office

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Refused
from ...settings import Providers
from ...tables.access import AccessRow
from ...tables.device import DeviceRow
from ...tables.fact import FactRow
from ..access import agencies, people, rights
from ..access.people import Person
from ..log import changesets
from ..log.book import Book
from ..log.changesets import Entry
from ..log.projections import CHECK, UNDECIDED
from ..log.records import Key, read_records
from . import listing, office, overtaking
from .listing import Page
from .office import Said

KINDS: Final = (UNDECIDED, CHECK)
ORDER: Final = (("rank", True), ("subject", False), ("type", False), ("id", False), ("key", False))

DECISIONS_READ: Final = 200
"""Acts of the office about a client among which earlier decisions are looked for, newest first."""

_fact = table_of(FactRow)
_device = table_of(DeviceRow)
_access = table_of(AccessRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    key: Key
    unit: str
    units: tuple[str, ...]
    """The units that contradict each other, where `unit` is the code of a check and no unit."""
    kind: str
    """`undecided`: a person must settle it; `check`: somebody looks."""
    client: str
    name: str
    risk: str
    """The client's highest open level; empty for none."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One write of a rival: who said it, where, when by which clock, and why."""

    name: str
    author: str
    device: str
    at_ms: int
    """What counts among rivals: its clock, capped at the time of receipt."""
    wall_ms: int
    """The clock of the device itself."""
    received_ms: int | None
    """By the server's clock; unknown for what only a restored copy has."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class Rival:
    """One value, and everybody who said it, the latest last."""

    value: Json
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A decision that was made about this unit before."""

    by: str
    at_ms: int
    value: Json
    reason: str | None
    instead: tuple[Json, ...]
    """The values that it decided between, where they can still be read."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One unit with all that a decision rests on."""

    record: RecordView
    unit: str
    shown: Shown
    rivals: tuple[Rival, ...]
    """The shown one first; one alone where nothing is disputed."""
    base: Json
    """What all of them replaced; None where there is no such value."""
    earlier: tuple[Earlier, ...]
    """Newest first."""
    names: Mapping[str, str]
    devices: Mapping[str, str]
    """{device: its worker's id}; of the office's own device nothing."""
    reached: tuple[str, ...]
    """The workers whose tablets have this client: a decision comes to them with their next sync."""
    seen: tuple[str, ...]
    refusal: str
    """Why this person may not decide; empty where they may."""

    @property
    def waits(self) -> bool:
        """Whether a person is asked."""
        edited = self.unit == LIFE and self.record.life is Life.RETRACTED_BUT_EDITED
        return edited or self.shown.needs in (Needs.PERSON, Needs.CHECK)

    @property
    def chooses(self) -> bool:
        """Whether every entry stays and one of them is chosen."""
        return _is_once(self.record, self.unit)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What somebody decides about one unit."""

    key: Key
    unit: str
    value: Json
    """Of `$life`: `active`, or the reason for which the record stays retracted."""
    reason: str
    seen: Sequence[str]
    name: str = ""
    """Of a unit that is said once: the name of the entry to show."""


def queue(
    session: Session, sealer: Sealer, by: Person, *, cursor: str | None = None, rows: int = listing.PAGE_ROWS
) -> Page[Waiting]:
    """
    What waits for this supervisor.

    Raises:
        NotAssigned: Only supervisors settle from the office.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.SETTLE)

    def make(found: Sequence[Row[Any]]) -> list[Waiting]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        return [
            Waiting(
                Key(row.type, row.id),
                row.key,
                tuple(row.code.split(",")) if row.code else (row.key,),
                row.kind,
                row.subject,
                names.get(row.subject, ""),
                listing.level_of_rank(row.rank),
            )
            for row in found
        ]

    return listing.page(session, waiting(by), ORDER, make, cursor=cursor, rows=rows)


def waiting(by: Person) -> Select[Any]:
    """The rows of the queue, unsorted: for the queue itself, and for whoever counts it."""
    rank = listing.highest_risk(by.agency, _fact.c.subject).label("rank")
    columns = (_fact.c.subject, _fact.c.type, _fact.c.id, _fact.c.key, _fact.c.kind, _fact.c.code, rank)
    mine = rights.about_clients(by, rights.SETTLE, _fact.c.subject)
    return select(*columns).where(listing.facts(by.agency, *KINDS), mine)


def read(session: Session, sealer: Sealer, by: Person, key: Key, unit: str) -> Dispute:
    """
    One unit with its rivals.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record, or nothing was said of this unit.
    """
    record = _record(session, sealer, by, key)
    rights.check_about(session, by, rights.READ, record.subject)
    shown = _unit(record, unit)
    said = changesets.named(session, sealer, by.agency, [live.name for live in shown.live])
    rivals = tuple([Rival(group[0].value, _sayings(group, said)) for group in _groups(shown)])
    earlier = _earlier(session, sealer, by.agency, record, unit)
    devices = _workers(session, by.agency, [live.device for live in shown.live])
    reached = _reached(session, by.agency, record.subject)
    persons = {live.author for live in shown.live} | {each.by for each in earlier}
    persons |= {*devices.values(), *reached}
    return Dispute(
        record=record,
        unit=unit,
        shown=shown,
        rivals=rivals,
        base=_base(session, sealer, by.agency, record, unit, said),
        earlier=earlier,
        names=people.names_of(session, sealer, by.agency, persons),
        devices=devices,
        reached=reached,
        seen=tuple(sorted(live.name for live in _all(record, unit))),
        refusal=_refusal(by, record, unit, said),
    )


def settle(book: Book, by: Person, decision: Settlement, providers: Providers) -> None:
    """
    Decide between rivals, or decide again.

    Raises:
        NotAssigned: Not this person's client, not their right, or their own work.
        Overtaken: Somebody wrote to the unit since it was displayed.
        Refused: No such record or unit, or no reason.
        BadAnswer: The value breaks the rule of its field.
    """
    key, unit = decision.key, decision.unit
    record = _record(book.session, book.sealer, by, key)
    rights.check_about(book.session, by, rights.SETTLE, record.subject)
    shown = _unit(record, unit)
    said = changesets.named(book.session, book.sealer, by.agency, [live.name for live in shown.live])
    refusal = _refusal(by, record, unit, said)
    if refusal:
        raise NotAssigned(refusal, record.subject)
    overtaking.check([_only(record, unit)], decision.seen)
    if not decision.reason.strip():
        raise Refused("a settlement needs a reason")
    made = _choice(record, shown, decision) if _is_once(record, unit) else _value(record, decision)
    office.write(book, by, Said(record.subject, [made], decision.reason.strip(), settles=True), providers)


def _record(session: Session, sealer: Sealer, by: Person, key: Key) -> RecordView:
    found = read_records(session, sealer, by.agency, [key]).get(key)
    if found is None:
        raise Refused(f"there is no {key.type} {key.id}")
    return view(found, casework.rule_of)


def _unit(record: RecordView, unit: str) -> Shown:
    shown = record.units.get(unit)
    if shown is None or unit.startswith(CHOSEN):
        raise Refused(f"{record.type} {record.id} has no {unit}")
    return shown


def _is_once(record: RecordView, unit: str) -> bool:
    return unit != LIFE and casework.rule_of(record.type, unit).ignores_over


def _value(record: RecordView, decision: Settlement) -> Write:
    value = decision.value
    if decision.unit == LIFE:
        value = _life(record, value)
    else:
        casework.validate(record.type, decision.unit, value)
    return Write(record.type, record.id, decision.unit, record.over(decision.unit), value)


def _life(record: RecordView, value: Json) -> Json:
    """Whether a record counts, decided in view of every edit: `active`, or the reason of the retraction."""
    if value == Life.ACTIVE.value:
        return retracting.revive()
    return retracting.retract(record, str(value))


def _choice(record: RecordView, shown: Shown, decision: Settlement) -> Write:
    names = [live.name for live in shown.live]
    if decision.name not in names:
        raise Refused(f"{decision.unit} has no entry of this name")
    choice = CHOSEN + decision.unit
    value: Json = {"name": decision.name, "seen": list[Json](names)}
    return Write(record.type, record.id, choice, record.over(choice), value)


def _refusal(by: Person, record: RecordView, unit: str, said: Mapping[str, Entry]) -> str:
    """Why somebody may not decide; what they settled themselves they may settle again."""
    if not rights.allows(by, rights.SETTLE):
        return "settling is for supervisors of the client's office"
    if by.role not in casework.settled_by(record.type, unit):
        return f"{unit} is settled by others"
    own = [live for live in record.units[unit].live if live.author == by.id]
    if any(live.name not in said or not said[live.name].made.settles for live in own):
        return "nobody settles own work"
    return ""


def _all(record: RecordView, unit: str) -> list[Live]:
    """The writes that a decision rests on: of the unit, and of the office's choice among its entries."""
    return [
        live for name in (unit, CHOSEN + unit) if name in record.units for live in record.units[name].live
    ]


def _only(record: RecordView, unit: str) -> RecordView:
    units = {name: record.units[name] for name in (unit, CHOSEN + unit) if name in record.units}
    return RecordView(record.type, record.id, record.subject, units)


def _groups(shown: Shown) -> tuple[tuple[Live, ...], ...]:
    return shown.rivals or (shown.live,)


def _sayings(group: Iterable[Live], said: Mapping[str, Entry]) -> tuple[Saying, ...]:
    return tuple([_saying(live, said.get(live.name)) for live in group])


def _saying(live: Live, entry: Entry | None) -> Saying:
    received = None if entry is None else entry.received_ms
    reason = None if entry is None else entry.made.reason
    return Saying(live.name, live.author, live.device, live.at.ms, live.wall, received, reason)


def _base(
    session: Session, sealer: Sealer, agency: str, record: RecordView, unit: str, said: Mapping[str, Entry]
) -> Json:
    """The value that every rival replaced, where there is exactly one."""
    overs = [set(entry.over(record.type, record.id, unit)) for entry in said.values()]
    common = set.intersection(*overs) if overs else set()
    values = {
        canonical(value): value
        for entry in changesets.named(session, sealer, agency, common).values()
        if (value := entry.value(record.type, record.id, unit)) is not None
    }
    return next(iter(values.values())) if len(values) == 1 else None


def _earlier(
    session: Session, sealer: Sealer, agency: str, record: RecordView, unit: str
) -> tuple[Earlier, ...]:
    web, _ = agencies.web_device(session, sealer, agency)
    acts = changesets.about(session, sealer, agency, record.subject, web, DECISIONS_READ)
    key, wanted = (record.type, record.id), (unit, CHOSEN + unit)
    decided = [
        (entry, write)
        for entry in acts
        if entry.made.settles
        for write in entry.made.writes
        if (write.type, write.id) == key and write.unit in wanted
    ]
    names = {name for entry, write in decided for name in _between(write)}
    said = changesets.named(session, sealer, agency, names)
    return tuple([_decision(entry, write, record, unit, said) for entry, write in decided])


def _between(write: Write) -> tuple[str, ...]:
    """The names of what a decision decided between."""
    if not write.unit.startswith(CHOSEN):
        return write.over
    seen = write.value.get("seen") if isinstance(write.value, dict) else None
    return tuple([name for name in seen if isinstance(name, str)]) if isinstance(seen, list) else ()


def _decision(
    entry: Entry, write: Write, record: RecordView, unit: str, said: Mapping[str, Entry]
) -> Earlier:
    values = {name: found.value(record.type, record.id, unit) for name, found in said.items()}
    value = write.value
    if write.unit != unit and isinstance(value, dict):
        value = values.get(str(value.get("name")))
    between = {canonical(values[name]): values[name] for name in _between(write) if name in values}
    return Earlier(
        entry.made.prefix.author, entry.received_ms, value, entry.made.reason, tuple(between.values())
    )


def _workers(session: Session, agency: str, devices: Iterable[str]) -> dict[str, str]:
    ids = sorted({device for device in devices if not is_office(device)})
    here = (_device.c.agency == agency) & _device.c.id.in_(ids) & _device.c.worker.is_not(None)
    return {row.id: row.worker for row in session.execute(select(_device.c.id, _device.c.worker).where(here))}


def _reached(session: Session, agency: str, subject: str) -> tuple[str, ...]:
    here = (_access.c.agency == agency) & (_access.c.subject == subject) & (_access.c.open > 0)
    tablets = (_device.c.agency == agency) & (_device.c.worker == _access.c.worker)
    live = tablets & (_device.c.kind == "tablet") & (_device.c.state == "active")
    asked = select(_access.c.worker).join(_device, live).where(here).distinct().order_by(_access.c.worker)
    return tuple(session.scalars(asked))
