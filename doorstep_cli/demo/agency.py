"""
The demo's agency: founded by the server's own services, before the server starts.

One office, a supervisor, an administrator, two workers, and forty invented clients of whom a few are
assigned to both workers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.app import create_app
from server.crypto.master import create_master_file
from server.house import House
from server.migrations import upgrade
from server.services.access import enrolment, people
from server.services.access.people import WORKER
from server.services.desk import office, registry
from server.services.desk.registry import Draft, DraftRecord, Founded, Founding, Newcomer
from server.services.log.book import Book, open_book
from server.settings import Providers, Settings
from server.web.ready import make_ready
from sync import Json

from .people import Invented, invented

CLIENTS: Final = 40
SHARED: Final = 4
"""Clients who are assigned to both workers: they took over from each other, or visit together."""

ANAS: Final = 24
"""The first so many clients are Ana's; the shared ones and the rest are Ben's."""

ANA: Final = "Ana Reyes"
BEN: Final = "Ben Okafor"
SUPERVISOR: Final = "Miriam Stein"
ADMINISTRATOR: Final = "Theo Lindgren"
SUPERVISOR_E_MAIL: Final = "miriam@harlow.example"
ADMINISTRATOR_E_MAIL: Final = "theo@harlow.example"
PASSWORD: Final = "lantern gravel orchid tuesday"  # noqa: S105  # of invented people
"""Of both: invented people have no secrets. Their second factors are drawn anew in each demo."""

FOUNDING: Final = Founding(
    name="Harlow County Home Care",
    time_zone="America/New_York",
    office="Harlow Fork",
    administrator=ADMINISTRATOR,
    administrator_e_mail=ADMINISTRATOR_E_MAIL,
    supervisor=SUPERVISOR,
    supervisor_e_mail=SUPERVISOR_E_MAIL,
)


@dataclass(frozen=True, slots=True)
class Agency:
    """The ids of everybody who plays."""

    id: str
    supervisor: str
    administrator: str
    ana: str
    ben: str
    clients: tuple[str, ...]
    """In the order in which they were invented; the first ones are assigned to both workers."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the office signs in on the web."""

    name: str
    role: str
    e_mail: str
    password: str
    key: str
    """The authenticator's secret, to be entered by hand."""

    uri: str
    """The same as an authenticator app reads it from a QR code."""


def open_house(folder: Path) -> House:
    """The house of the server whose files lie in this folder; made where there is none."""
    settings, providers = Settings(home=folder), Providers.of_machine(folder)
    if not settings.master_file.exists():
        create_master_file(settings.master_file, providers.entropy)
    house = House.open(settings, providers)
    upgrade(house.database.engine)
    house.sealer.keys.create()
    return house


def found(house: House, progress: Callable[[int, int], None]) -> Agency:
    """
    Found the agency with its staff and clients.

    Args:
        house: An open house without an agency.
        progress: Told how many clients of how many are registered.
    """
    with house.database.writing() as session:
        founded = registry.found(session, house.sealer, house.providers, FOUNDING)
    assert founded.supervisor is not None, "the founding names one"
    with _opened(house, founded.agency) as book:
        ana, ben = [_add_worker(house, book, founded, name) for name in (ANA, BEN)]
    clients: list[str] = []
    for number, person in enumerate(invented(CLIENTS)):
        with _opened(house, founded.agency) as book:
            workers = _workers_of(number, ana, ben)
            clients.append(_register(house, book, founded.supervisor, person, workers))
        progress(number + 1, CLIENTS)
    return Agency(founded.agency, founded.supervisor, founded.administrator, ana, ben, tuple(clients))


def invite(house: House, agency: Agency, worker: str) -> str:
    """A one-time code for a tablet of this worker."""
    with house.database.writing() as session:
        by = people.person(session, agency.id, agency.administrator)
        return enrolment.invite(session, house.sealer, house.providers, by, worker)


def sign_ins(house: House, agency: Agency) -> list[SignIn]:
    """Let the supervisor and the administrator sign in on the web, with a password and an authenticator."""
    app = create_app(house.settings, house.providers)
    found = []
    try:
        for id_, e_mail in (
            (agency.supervisor, SUPERVISOR_E_MAIL),
            (agency.administrator, ADMINISTRATOR_E_MAIL),
        ):
            with house.database.reading() as session:
                someone = people.person(session, agency.id, id_)
                name = people.name_of(session, house.sealer, agency.id, id_)
            ready = make_ready(app, house, someone, PASSWORD)
            found.append(SignIn(name, someone.role, e_mail, ready.password, ready.totp, ready.uri))
    finally:
        app.extensions["doorstep"].close()
    return found


def draft_of(person: Invented) -> Draft:
    """What the office writes down about an invented person."""
    client: dict[str, Json] = {
        "legal_name": {"family": person.family, "given": person.given},
        "date_of_birth": person.born.isoformat(),
        "language": person.language,
    }
    place: dict[str, Json] = {
        "kind": "home",
        "lines": [person.street],
        "city": person.town,
        "postal_code": person.postal_code,
    }
    phone: dict[str, Json] = {"kind": "phone", "phone": person.phone, "phone_use": "mobile"}
    return Draft(
        DraftRecord("client", client),
        (
            DraftRecord("address", {"place": place, "state": "current"}),
            DraftRecord("contact_person", phone),
            DraftRecord("episode", {"referral_source": "hospital", "status": "active"}),
        ),
    )


@contextmanager
def _opened(house: House, agency: str) -> Iterator[Book]:
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, agency, house.providers) as book,
    ):
        yield book


def _add_worker(house: House, book: Book, founded: Founded, name: str) -> str:
    by = people.person(book.session, founded.agency, founded.administrator)
    return registry.add_staff(book, by, Newcomer(name, WORKER, founded.office), house.providers)


def _register(house: House, book: Book, supervisor: str, person: Invented, workers: list[str]) -> str:
    by = people.person(book.session, book.agency, supervisor)
    client = registry.register(book, by, draft_of(person), house.providers)
    for worker in workers:
        office.assign(book, by, worker, client, house.providers)
    return client


def _workers_of(number: int, ana: str, ben: str) -> list[str]:
    if number < SHARED:
        return [ana, ben]
    return [ana] if number < ANAS else [ben]
