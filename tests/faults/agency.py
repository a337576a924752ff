"""
The agency that the faults befall: one office, a supervisor, three workers, a handful of clients they share.

It is founded by the server's own services, and its office goes on working beside the server while that is killed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from server.crypto.master import create_master_file
from server.house import House
from server.migrations import upgrade
from server.services.access import enrolment, people
from server.services.desk import office, registry
from server.services.desk.registry import Draft, DraftRecord, Founding, Newcomer
from server.services.log.book import Book, open_book
from server.settings import Providers, Settings
from sync import Write, random_id

WORKERS: Final = ("Ana Reyes", "Ben Okafor", "Cleo Martin")
CLIENTS: Final = 4
MANY: Final = "1000000 per minute"
"""No rate limit: a test enrols more tablets a minute than an agency does."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, its people by id, and the server's files opened beside the server."""

    house: House
    id: str
    supervisor: str
    administrator: str
    workers: tuple[str, ...]
    clients: tuple[str, ...]

    @classmethod
    def found(cls, settings: Settings, clients: int = CLIENTS) -> Self:
        """Found it in an empty database; each worker is assigned to each client."""
        house = open_house(settings)
        with house.database.writing() as session:
            founded = registry.found(session, house.sealer, house.providers, _FOUNDING)
        assert founded.supervisor is not None, "the founding names one"
        workers: list[str] = []
        made: list[str] = []
        with _opened(house, founded.agency) as book:
            administrator = people.person(book.session, founded.agency, founded.administrator)
            for name in WORKERS:
                newcomer = Newcomer(name, people.WORKER, founded.office)
                workers.append(registry.add_staff(book, administrator, newcomer, house.providers))
        agency = cls(house, founded.agency, founded.supervisor, founded.administrator, tuple(workers), ())
        for number in range(clients):
            made.append(agency.register(f"Client {number}", agency.workers))
        return cls(house, agency.id, agency.supervisor, agency.administrator, agency.workers, tuple(made))

    def close(self) -> None:
        """Give the database back."""
        self.house.close()

    def register(self, name: str, workers: tuple[str, ...]) -> str:
        """A new client, assigned to these workers; its id comes back."""
        record = DraftRecord("client", {"legal_name": {"family": name, "given": "Rosa"}, "language": "en"})
        with self.book() as book:
            by = people.person(book.session, self.id, self.supervisor)
            client = registry.register(book, by, Draft(record), self.house.providers)
            for worker in workers:
                office.assign(book, by, worker, client, self.house.providers)
        return client

    def assign(self, worker: str, client: str) -> None:
        """The supervisor assigns a worker to a client."""
        with self.book() as book:
            by = people.person(book.session, self.id, self.supervisor)
            office.assign(book, by, worker, client, self.house.providers)

    def unassign(self, worker: str, client: str) -> None:
        """The supervisor ends it."""
        with self.book() as book:
            by = people.person(book.session, self.id, self.supervisor)
            office.unassign(book, by, worker, client, self.house.providers)

    def add_needs(self, client: str, texts: list[str]) -> None:
        """The supervisor writes needs of a client, all in one save."""
        with self.book() as book:
            self.say_needs(book, client, texts)

    def say_needs(self, book: Book, client: str, texts: list[str]) -> None:
        """The same in a transaction of the caller's."""
        entropy = self.house.providers.entropy
        writes = [
            Write("need", id_, unit, (), value)
            for text in texts
            for id_ in [random_id(entropy(16))]
            for unit, value in (("domain", "food"), ("detail", text))
        ]
        by = people.person(book.session, self.id, self.supervisor)
        office.write(book, by, office.Said(client, writes), self.house.providers)

    def invite(self, worker: str) -> str:
        """A one-time code for a tablet of this worker."""
        house = self.house
        with house.database.writing() as session:
            by = people.person(session, self.id, self.administrator)
            return enrolment.invite(session, house.sealer, house.providers, by, worker)

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The open log."""
        with _opened(self.house, self.id) as book:
            yield book


def settings_of(home: Path, database_url: str = "") -> Settings:
    """Settings of a server in this folder, and with another database where one is named."""
    return Settings(home=home, database_url=database_url, enrolment_rate=MANY, port=0)


def open_house(settings: Settings) -> House:
    """The house of these settings, with its files made where there are none."""
    providers = Providers.of_machine(settings.home)
    settings.home.mkdir(parents=True, exist_ok=True)
    if not settings.master_file.exists():
        create_master_file(settings.master_file, providers.entropy)
    house = House.open(settings, providers)
    upgrade(house.database.engine)
    house.sealer.keys.create()
    return house


_FOUNDING: Final = Founding(
    name="Harlow County Home Care",
    time_zone="America/New_York",
    office="Harlow Fork",
    administrator="Theo Lindgren",
    supervisor="Miriam Stein",
)


@contextmanager
def _opened(house: House, agency: str) -> Iterator[Book]:
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, agency, house.providers) as book,
    ):
        yield book
