"""
Real tablets and the real server of one agency, and whether all of them say the same in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import shake_256
from itertools import count
from pathlib import Path

from flask import Flask
from sqlalchemy import select

import casework
from client_sdk import Item, KdfCost, Progress, Providers, Tablet, TabletSettings
from client_sdk.replica import Proposal, Replica, save
from server.db import table_of
from server.services.access import devices, enrolment
from server.services.desk import late, registry
from server.services.desk.registry import Draft, DraftRecord
from server.tables.access import AccessRow
from sync import Json, Link, Record, RecordView, Write, view
from tests.server.exchange.audit import stored_of
from tests.server.exchange.conftest import World

from .road import ADDRESS, Road, Trouble

SECRET = "seven quiet herons at dusk"
CHEAP = KdfCost(memory_kib=8, passes=1, lanes=1)
WATCHFUL = TabletSettings(idle_s=float("inf"))
"""The clocks of these tests jump by weeks, and nobody wants to unlock every tablet after each."""

_access = table_of(AccessRow)


def drawn(seed: str) -> Callable[[int], bytes]:
    """Bytes that differ at every draw and for every seed, and are the same in every run."""
    draws = count()
    return lambda size: shake_256(f"{seed} {next(draws)}".encode()).digest(size)


@dataclass(repr=False)
class Agency(World):
    """The server of the tests of the exchange, behind its real door."""

    app: Flask = field(default_factory=lambda: Flask("nobody"))
    folder: Path = Path()
    carried: list[Carried] = field(default_factory=list)

    def carry(self, worker: str, *, skew_ms: int = 0, page_bytes: int | None = None) -> Carried:
        """A worker takes a new tablet into the field: it is enrolled by a code of the office."""
        number = len(self.carried)
        made = Carried(self, worker, self.folder / f"{worker}-{number}", Road(self.app), skew_ms)
        made.enrol()
        if page_bytes is not None:
            made.take_pages_of(page_bytes)
        self.carried.append(made)
        return made

    def code(self, worker: str) -> str:
        """The office makes a one-time code."""
        providers = self.house.providers
        with self.house.database.writing() as session:
            return enrolment.invite(session, self.house.sealer, providers, self.people["admin"], worker)

    def register(self, *workers: str, **units: Json) -> str:
        """The office registers a client and assigns these workers."""
        draft = Draft(DraftRecord("client", {"language": "en", **units}))
        with self.book() as book:
            client = registry.register(book, self.people["lead"], draft, self.house.providers)
        for worker in workers:
            self.assign(worker, client)
        return client

    def says(self, client: str, type_: str = "client", id_: str = "", **units: Json) -> str:
        """The supervisor writes units of one record on the web, over what it shows there."""
        key = (type_, id_ or client)
        record = stored_of(self.house).get(key)
        shown = None if record is None else view(record, casework.rule_of)
        over = {unit: () if shown is None else shown.over(unit) for unit in units}
        writes = [Write(*key, unit, over[unit], value) for unit, value in units.items()]
        return self.say(client, *writes).name

    def inbox(self) -> list[str]:
        """The names of what awaits the supervisor's decision, oldest first."""
        with self.house.database.reading() as session:
            found = late.inbox(session, self.house.sealer, self.people["lead"])
        return [entry.name for entry in found]

    def release_to_office(self, name: str) -> int:
        """The supervisor writes held work into its records, quoting it."""
        with self.book() as book:
            return late.release_to_office(
                book, self.people["lead"], name, "It is right.", self.house.providers
            )

    def put(self, carried: Carried, state: Callable[..., object]) -> None:
        """The administrator suspends, confirms or revokes a tablet."""
        device = carried.tablet.identity.device
        with self.house.database.writing() as session:
            state(session, self.people["admin"], device)

    def suspend(self, carried: Carried) -> None:
        """The tablet waits to be confirmed."""
        self.put(carried, devices.suspend)

    def confirm(self, carried: Carried) -> None:
        """The tablet works again."""
        self.put(carried, devices.confirm)

    def revoke(self, carried: Carried) -> None:
        """The tablet is lost."""
        self.put(carried, devices.revoke)

    def record(self, type_: str, id_: str) -> RecordView:
        """What the server shows of a record."""
        return view(stored_of(self.house)[type_, id_], casework.rule_of)

    def seen_by(self, worker: str) -> dict[tuple[str, str], Record]:
        """Every record that a worker may see now."""
        with self.house.database.reading() as session:
            here = (_access.c.open > 0) & _access.c.worker.in_((worker, "*"))
            open_ = set(session.scalars(select(_access.c.subject).where(here)))
        return {key: record for key, record in stored_of(self.house).items() if record.subject in open_}


@dataclass(repr=False)
class Carried:
    """One tablet in somebody's hands."""

    agency: Agency
    worker: str
    folder: Path
    road: Road
    skew_ms: int = 0
    tablet: Tablet = field(init=False)

    def __post_init__(self) -> None:
        self.providers = Providers(
            now_ms=lambda: self.agency.clock.ms + self.skew_ms,
            monotonic_s=lambda: 0.0,
            entropy=drawn(self.folder.name),
            kdf_cost=CHEAP,
        )

    @property
    def replica(self) -> Replica:
        """What the tablet has stored."""
        return self.tablet._desk.replica

    def enrol(self) -> None:
        """Enrol with a fresh code."""
        self.tablet = Tablet.enrol(
            self.folder,
            server=ADDRESS,
            code=self.agency.code(self.worker),
            secret=SECRET,
            settings=WATCHFUL,
            providers=self.providers,
            transport=self.road.transport(self.providers),
        )

    def lock(self) -> None:
        """Switch it off."""
        self.tablet.lock()

    def unlock(self) -> None:
        """Switch it on."""
        self.tablet = Tablet.unlock(
            self.folder,
            secret=SECRET,
            settings=WATCHFUL,
            providers=self.providers,
            transport=self.road.transport(self.providers),
        )

    def enrol_again(self) -> int:
        """Go on under a new key, by another code."""
        return self.tablet.enrol_again(self.agency.code(self.worker))

    def take_pages_of(self, page_bytes: int) -> None:
        """A link that carries no more than this in one page."""
        self.tablet._syncing.link = Link(page_bytes=page_bytes)

    def sync(self, *troubles: Trouble) -> Progress:
        """Exchange to the end, or until a trouble ends it."""
        self.road.troubles.extend(troubles)
        return self.tablet.sync()

    def one_page(self) -> None:
        """One message and its answer, then the app closes the sync."""
        with suppress(_Stop):
            self.tablet.sync(_Once())

    # Saving.

    def update(
        self, subject: str, type_: str = "client", id_: str = "", reason: str | None = None, **units: Json
    ) -> str:
        """One save that changes a record; its name."""
        with self.tablet.edit(subject, reason) as edit:
            edit.update(edit.handle(type_, id_ or subject), units)
        assert edit.saved is not None, "something was changed"
        return edit.saved

    def note(self, subject: str, **units: Json) -> str:
        """A new note; its id."""
        with self.tablet.edit(subject) as edit:
            made = edit.create("note", units)
        return made.id

    def settle(self, subject: str, unit: str, value: Json) -> str:
        """Settle a unit of the client here, with a reason."""
        with self.tablet.edit(subject) as edit:
            edit.settle(edit.handle("client", subject), unit, value, reason="I asked her.")
        assert edit.saved is not None, "something was settled"
        return edit.saved

    def unchecked(self, subject: str, *writes: Write, schema: int = casework.SCHEMA) -> str:
        """One save by a program that checks nothing; its name."""
        with self.tablet._desk.change():
            return self.save(subject, *writes, schema=schema)

    def save(self, subject: str, *writes: Write, schema: int = casework.SCHEMA) -> str:
        """The same in a transaction of the caller's."""
        hand = replace(self.tablet._desk.hand(), schema=schema)
        return save(self.replica, hand, Proposal(subject, writes)).name

    # Reading.

    def item(self, type_: str, id_: str) -> Item:
        """A record as the app gets it."""
        return self.tablet.get(type_, id_)

    def value(self, subject: str, unit: str, type_: str = "client", id_: str = "") -> Json:
        """What is shown of a unit."""
        return self.item(type_, id_ or subject).value(unit)

    def values(self, subject: str, unit: str, type_: str = "client", id_: str = "") -> list[Json]:
        """Every value alive of a unit, the oldest first."""
        shown = self.item(type_, id_ or subject).view.units[unit]
        return [live.value for live in shown.live]

    def has(self, type_: str, id_: str) -> bool:
        """Whether the record is on this tablet."""
        return self.tablet.record(type_, id_) is not None

    def held(self) -> list[str]:
        """The codes for which work of this tablet is held."""
        return [came.code for came in self.tablet.returned() if came.kind == "held"]

    def subjects(self) -> set[str]:
        """The clients that are whole here."""
        return {about.id for about in self.replica.subjects.values() if about.shown} - {"agency"}


class _Stop(Exception):
    """The app has seen enough."""


class _Once:
    """Lets one message pass."""

    def __call__(self, progress: Progress) -> None:
        raise _Stop
