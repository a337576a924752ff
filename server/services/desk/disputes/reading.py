"""
One dispute to read: the rivals, who said them when, what they replaced, whom a decision reaches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync import LIFE, Json, Life, Live, Needs, RecordView, Shown, canonical
from sync.rules import is_office

from ....crypto import Sealer
from ....db import table_of
from ....tables.access import AccessRow
from ....tables.device import DeviceRow
from ...access import people, rights
from ...access.people import Person
from ...log import changesets
from ...log.changesets import Entry
from ...log.records import Key
from .earlier import Earlier, earlier_of
from .unit import is_once, live_of, record_at, refusal_for, unit_of

_device = table_of(DeviceRow)
_access = table_of(AccessRow)


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
        return is_once(self.record, self.unit)


def read(session: Session, sealer: Sealer, by: Person, key: Key, unit: str) -> Dispute:
    """
    One unit with its rivals.

    Raises:
        NotAssigned: Not this person's client.
        Refused: There is no such record, or nothing was said of this unit.
    """
    record = record_at(session, sealer, by, key)
    rights.check_about(session, by, rights.READ, record.subject)
    shown = unit_of(record, unit)
    said = changesets.named(session, sealer, by.agency, [live.name for live in shown.live])
    rivals = tuple([Rival(group[0].value, _sayings(group, said)) for group in _groups(shown)])
    earlier = earlier_of(session, sealer, by.agency, record, unit)
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
        seen=tuple(sorted(live.name for live in live_of(record, unit))),
        refusal=refusal_for(by, record, unit, said),
    )


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
