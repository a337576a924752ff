"""An agency with its people and their scripted tablets; at the end of each test the server's books are audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from server.db import table_of
from server.house import House
from server.services.access import grants
from server.services.access.agencies import found
from server.services.access.people import Person, add_person
from server.services.desk import conflicts, late, office
from server.services.desk.office import Said
from server.services.log.book import Book, epoch_of, open_book
from server.tables.device import DeviceRow
from sync import Changeset, Write

from ..conftest import Clock
from .audit import audit
from .tablet import Scripted

NORTH, SOUTH = "office-north", "office-south"
HOUR_MS = 3_600_000
PEOPLE = {
    "admin": ("administrator", None),
    "lead": ("supervisor", NORTH),
    "ana": ("worker", NORTH),
    "ben": ("worker", NORTH),
    "cleo": ("worker", SOUTH),
}
_device = table_of(DeviceRow)


@dataclass
class World:
    """The server under test, its people, and what they do at the office."""

    house: House
    clock: Clock
    people: dict[str, Person]
    tablets: int = 0

    def tablet(self, worker: str, *, skew_ms: int = 0) -> Scripted:
        """A new tablet of this worker, enrolled."""
        self.tablets += 1
        made = Scripted(self.house, worker, self.tablets, self.clock.now_ms, skew_ms=skew_ms)
        with self.house.database.writing() as session:
            session.execute(
                _device.insert().values(
                    agency="a1",
                    id=made.device,
                    kind="tablet",
                    worker=worker,
                    public_key=made.public_key,
                    state="active",
                    created_ms=self.clock.ms,
                )
            )
            made.epoch = epoch_of(session, "a1")
        return made

    def put_device(self, tablet: Scripted, state: str) -> None:
        """Put a device into a state."""
        with self.house.database.writing() as session:
            session.execute(update(_device).where(_device.c.id == tablet.device).values(state=state))

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The open log."""
        providers = self.house.providers
        with (
            self.house.database.writing() as session,
            open_book(session, self.house.sealer, "a1", providers) as book,
        ):
            grants.write_due(book)
            yield book

    def assign(self, worker: str, subject: str, **terms: Any) -> str:
        """The supervisor assigns a worker to a client."""
        with self.book() as book:
            return office.assign(book, self.people["lead"], worker, subject, self.house.providers, **terms)

    def unassign(self, worker: str, subject: str) -> None:
        """The supervisor ends a worker's grants to a client."""
        with self.book() as book:
            office.unassign(book, self.people["lead"], worker, subject, self.house.providers)

    def end_grant(self, grant: str) -> None:
        """One grant ends, others may stand."""
        with self.book() as book:
            grants.end(book, grant, by="lead")

    def say(self, subject: str, *writes: Write, **options: Any) -> Changeset:
        """The supervisor writes on the web."""
        with self.book() as book:
            said = Said(subject, writes, **options)
            return office.write(book, self.people["lead"], said, self.house.providers)

    def settle(
        self, subject: str, unit: str, value: Any, *, type_: str = "client", id_: str = ""
    ) -> Changeset:
        """The supervisor settles a unit."""
        key, providers = office.Key(type_, id_ or subject), self.house.providers
        with self.book() as book:
            lead = self.people["lead"]
            return conflicts.settle(book, lead, subject, key, unit, value, "I asked her.", providers)

    def release(self, name: str) -> int:
        """The supervisor releases held work."""
        with self.book() as book:
            return late.release(book, self.people["lead"], name, "It is right.")

    def refuse(self, name: str) -> int:
        """The supervisor does not apply held work."""
        with self.book() as book:
            return late.refuse(book, self.people["lead"], name, "It is a mistake.")

    def session(self) -> Session:
        """A session of one's own."""
        return self.house.database.session()

    def client(self, tablet: Scripted, subject: str = "c1", **units: Any) -> str:
        """A client registered in the field, and sent."""
        values = {"language": "en", **units}
        tablet.write(subject, *(Write("client", subject, unit, (), value) for unit, value in values.items()))
        tablet.sync()
        return subject


@pytest.fixture
def world(at: House, clock: Clock) -> Iterator[World]:
    """An agency of five people; its log, records, digests and totals are recomputed at the end."""
    people = {name: Person("a1", name, role, where) for name, (role, where) in PEOPLE.items()}
    with at.database.writing() as session:
        found(session, at.sealer, at.providers, agency="a1", name="Harbor", time_zone="America/New_York")
        for someone in people.values():
            add_person(session, at.sealer, someone, name=someone.id.title(), now_ms=at.providers.now_ms())
    made = World(at, clock, people)
    yield made
    audit(at)


@pytest.fixture
def pair(world: World) -> tuple[Scripted, Scripted]:
    """Tablets of Ana and Ben, who both see the client c1, as it stands."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    world.client(ana)
    world.assign("ben", "c1")
    ana.sync()
    ben.sync()
    return ana, ben
