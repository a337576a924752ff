"""
The stage: an agency with clients and workers, founded by the server's own services before the server starts,
and tablets enrolled over HTTP through a counting proxy.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from client_sdk import Tablet
from doorstep_cli.demo.proxy import CountingProxy, Traffic
from server.crypto.master import create_master_file
from server.house import House
from server.migrations import upgrade
from server.services.access import enrolment, people
from server.services.desk import office, registry
from server.services.desk.registry import Draft, DraftRecord, Founding, Newcomer
from server.services.log.book import open_book
from server.settings import Providers, Settings
from sync import Json

from .serving import Place, Server

SECRET: Final = "kettle on, cat asleep, rain"  # noqa: S105  # of invented tablets
"""The passphrase of every tablet: this machine may keep no device secret, which a PIN would need."""

_FOUNDING: Final = Founding(
    name="Harlow County Home Care",
    time_zone="America/New_York",
    office="Harlow Fork",
    administrator="Theo Lindgren",
    supervisor="Miriam Stein",
)


@dataclass(frozen=True, slots=True)
class Agency:
    """The ids of an agency and of whoever is in it."""

    id: str
    administrator: str
    supervisor: str
    workers: tuple[str, ...]
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One tablet and the link that it has to itself."""

    tablet: Tablet
    link: CountingProxy

    def traffic(self) -> Traffic:
        """What passed on the link so far."""
        return self.link.traffic


@dataclass
class Stage:
    """One server that runs, its agency, and the house that looks into its database from beside."""

    house: House
    agency: Agency
    server: Server
    folder: Path
    tablets: list[Enrolled] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def enrol(self, worker: str) -> Enrolled:
        """A new tablet of a worker."""
        link = self._stack.enter_context(CountingProxy(*self.server.host_and_port))
        tablet = Tablet.enrol(
            self.folder / f"tablet-{len(self.tablets)}",
            server=link.address,
            code=invite(self.house, self.agency, worker),
            secret=SECRET,
            plain_http=True,
        )
        self._stack.callback(tablet.lock)
        self.tablets.append(Enrolled(tablet, link))
        return self.tablets[-1]


@contextmanager
def opened(place: Place) -> Iterator[House]:
    """The house of a server, with everything that it needs in place."""
    settings = Settings(home=place.home, database_url=place.database_url)
    providers = Providers.of_machine(place.home)
    if not settings.master_file.exists():
        create_master_file(settings.master_file, providers.entropy)
    house = House.open(settings, providers)
    try:
        upgrade(house.database.engine)
        house.sealer.keys.create()
        yield house
    finally:
        house.close()


@contextmanager
def set_up(place: Place, *, workers: int, clients: int, **settings: str) -> Iterator[Stage]:
    """Found an agency whose workers all have all its clients, and start its server."""
    with opened(place) as house:
        agency = found(house, workers, clients)
        with Server(place, settings) as server, ExitStack() as stack:
            yield Stage(house, agency, server, place.home, _stack=stack)


def found(house: House, workers: int, clients: int) -> Agency:
    """An agency with so many workers and clients, each client assigned to every worker."""
    with house.database.writing() as session:
        founded = registry.found(session, house.sealer, house.providers, _FOUNDING)
    assert founded.supervisor is not None, "the founding names one"
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, founded.agency, house.providers) as book,
    ):
        by = people.person(session, founded.agency, founded.administrator)
        staff = tuple(
            registry.add_staff(
                book, by, Newcomer(f"Worker {number}", people.WORKER, founded.office), house.providers
            )
            for number in range(workers)
        )
    agency = Agency(founded.agency, founded.administrator, founded.supervisor, staff, ())
    known = register(house, agency, clients, staff)
    return Agency(founded.agency, founded.administrator, founded.supervisor, staff, known)


def register(house: House, agency: Agency, clients: int, workers: Sequence[str]) -> tuple[str, ...]:
    """So many clients, assigned to these workers; answers with their ids."""
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, agency.id, house.providers) as book,
    ):
        by = people.person(session, agency.id, agency.supervisor)
        known: list[str] = []
        for number in range(clients):
            name: Json = {"family": f"Client {number}", "given": "Rosa"}
            draft = Draft(DraftRecord("client", {"legal_name": name}))
            known.append(registry.register(book, by, draft, house.providers))
            for worker in workers:
                office.assign(book, by, worker, known[-1], house.providers)
    return tuple(known)


def invite(house: House, agency: Agency, worker: str) -> str:
    """A one-time code for a tablet of this worker."""
    with house.database.writing() as session:
        by = people.person(session, agency.id, agency.administrator)
        return enrolment.invite(session, house.sealer, house.providers, by, worker)
