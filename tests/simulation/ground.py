"""
The ground that every history begins on: one founded agency, copied, so that a seed pays no founding.

The key store is another database, and outlives a restore.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import shake_256
from itertools import count
from pathlib import Path
from typing import Final

from server import tables
from server.crypto import KeyStore, Sealer, master_of
from server.db import Base, Database
from server.house import House
from server.services.access.people import person
from server.services.desk import registry
from server.services.log.book import open_book
from server.settings import KdfCost, Providers, Settings
from sync.ids import encode_bytes
from tests.simulation.databases import MEMORY, Databases, copy
from tests.simulation.plan import WORKERS

assert tables.__path__, "importing the tables completes the metadata"

MASTER_KEY: Final = encode_bytes(bytes(range(32)))
BEGIN_MS: Final = 1_764_000_000_000
ZONE: Final = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at the agency, by id."""

    agency: str
    administrator: str
    supervisors: tuple[str, str]
    workers: tuple[str, ...]
    """Three of the first office, the others of the second."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A founded agency, to be copied."""

    staff: Staff
    database: Database
    keys: Database
    settings: Settings

    def house(self, providers: Providers, databases: Databases) -> House:
        """A server of this agency on databases of its own."""
        database = databases.empty(providers)
        databases.fill(database.engine, self.database.engine)
        keys = Database(MEMORY, providers)
        copy(self.keys.engine, keys.engine)
        store = KeyStore(keys, master_of(self.settings, providers.entropy), providers.entropy)
        return House(self.settings, providers, database, keys, Sealer(store, providers.entropy))


def emptied(house: House, databases: Databases) -> House:
    """The same server with its keys, its database lost."""
    house.database.close()
    return replace(house, database=databases.empty(house.providers))


def found(file_root: Path) -> Ground:
    """Found the agency, the same in every process."""
    draws = count()
    providers = Providers(
        now_ms=lambda: BEGIN_MS,
        entropy=lambda size: shake_256(b"ground %d" % next(draws)).digest(size),
        sleep_s=_no_sleep,
        monotonic_s=lambda: 0.0,
        file_root=file_root,
        kdf_cost=KdfCost(8, 1, 1),
    )
    settings = Settings(home=file_root, database_url=MEMORY, keys_url=MEMORY, master_key=MASTER_KEY)
    house = House.open(settings, providers)
    Base.metadata.create_all(house.database.engine)
    house.sealer.keys.create()
    founding = registry.Founding("Simulated", ZONE, "North", "Administrator", None, "Supervisor 1")
    with house.database.writing() as session:
        founded = registry.found(session, house.sealer, providers, founding)
    assert founded.supervisor is not None
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, founded.agency, providers) as book,
    ):
        by = person(session, founded.agency, founded.administrator)
        south = registry.add_office(book, by, "South", providers)
        second = registry.add_staff(
            book, by, registry.Newcomer("Supervisor 2", "supervisor", south), providers
        )
        workers = [
            registry.add_staff(
                book,
                by,
                registry.Newcomer(f"Worker {n}", "worker", founded.office if n < 3 else south),
                providers,
            )
            for n in range(WORKERS)
        ]
    staff = Staff(founded.agency, founded.administrator, (founded.supervisor, second), tuple(workers))
    return Ground(staff, house.database, house.keys_database, settings)


def _no_sleep(_seconds: float) -> None:
    """Nobody waits while the agency is founded."""
