"""
The agency that is measured: five offices, two hundred workers, five thousand clients with twenty records each.

Everything went through the services, as people would have written it, six weeks ago. One supervisor leads all five
offices, so that every list of theirs is as long as it can be.
"""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from casework.risk import KINDS, flag_id
from server.db import table_of
from server.house import House
from server.services.access import people
from server.services.access.people import Person
from server.services.desk import office, registry
from server.services.desk.registry import Draft, DraftRecord, Founding, Newcomer
from server.services.log.book import Book, open_book
from server.settings import Providers
from server.tables.device import DeviceRow
from server.tables.person import PersonOfficeRow
from server.tables.read import ReadRow
from sync import Json, Write

from .. import stage, work
from ..wire import Beside, WireTablet

DAY_MS: Final = 24 * 60 * 60 * 1000
AGE_DAYS: Final = 42
"""How long ago everybody was registered: longer than a client may go without being spoken with."""

AT_ONCE: Final = 25
"""Clients in one transaction."""

VISITS: Final = 10
CONTACTS: Final = 4
NOTES: Final = 4
EACH_TENTH: Final = 10
"""Every tenth client has an assessment to review, and another tenth an open danger."""

EACH_HUNDREDTH: Final = 100
"""Every hundredth client has two statuses that a person must settle, and work of a stranger that is held."""

LEVELS: Final = ("moderate", "high", "imminent")
FAMILIES: Final = tuple("Adler Brandt Chen Dubois Eriksen Fuentes Greene Haddad Ito Jones Kim Lopez".split())
GIVEN: Final = tuple("Ana Ben Claire Dorothy Emil Fay Gus Hana Ines Jo Kurt Luz Mei Nils".split())

_FOUNDING: Final = Founding(
    "Harlow County Home Care",
    "America/New_York",
    "Office 1",
    "Theo Lindgren",
    "theo@harlow.example",
    "Miriam Stein",
    "miriam@harlow.example",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    offices: int = 5
    workers: int = 200
    clients: int = 5_000
    reads: int = 50_000

    @classmethod
    def quick(cls) -> "Size":
        """A hundredth, for whether everything runs."""
        return cls(2, 4, 50, 500)


@dataclass(frozen=True, slots=True)
class Agency:
    """Who is in it."""

    id: str
    administrator: Person
    supervisor: Person
    auditor: Person
    workers: tuple[Person, ...]
    clients: tuple[str, ...]
    records: int


@dataclass
class _Filling:
    """What is known while the agency is filled."""

    house: House
    then: Providers
    """The machine's, on the day of the registrations."""

    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(work.SEED))
    records: int = 0

    def at(self, days: float) -> str:
        """A moment so many days from now, as records keep it."""
        return (self.now + timedelta(days=days)).replace(microsecond=0).isoformat()

    def id(self) -> str:
        """An id that nobody has."""
        return work.a_uuid(self.chance)


def build(house: House, size: Size) -> Agency:
    """Found the agency and fill it."""
    now_ms = house.providers.now_ms()
    then = replace(house.providers, now_ms=lambda: now_ms - AGE_DAYS * DAY_MS)
    filling = _Filling(house, then, datetime.fromtimestamp(now_ms / 1000, UTC))
    with house.database.writing() as session:
        founded = registry.found(session, house.sealer, then, _FOUNDING)
    assert founded.supervisor is not None, "the founding names one"
    offices, workers, auditor = _staff(filling, founded, size)
    with house.database.reading() as session:
        persons = [
            people.person(session, founded.agency, id_)
            for id_ in (founded.administrator, founded.supervisor, auditor, *workers)
        ]
    administrator, supervisor, auditing, *visiting = persons
    clients = _clients(filling, supervisor, offices, visiting, size.clients)
    made = Agency(
        founded.agency, administrator, supervisor, auditing, tuple(visiting), tuple(clients), filling.records
    )
    _tablets_and_reads(filling, made, size.reads)
    _late_work(filling, made)
    return made


def _staff(filling: _Filling, founded: registry.Founded, size: Size) -> tuple[list[str], list[str], str]:
    """The offices, the ids of the workers, and of the auditor."""
    house, then = filling.house, filling.then
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, founded.agency, then) as book,
    ):
        by = people.person(session, founded.agency, founded.administrator)
        further = [registry.add_office(book, by, f"Office {n}", then) for n in range(2, size.offices + 1)]
        offices = [founded.office, *further]
        rows = [{"agency": book.agency, "person": founded.supervisor, "office": place} for place in further]
        session.execute(table_of(PersonOfficeRow).insert(), rows)
        workers = [
            registry.add_staff(
                book, by, Newcomer(f"Worker {n}", people.WORKER, offices[n % size.offices]), then
            )
            for n in range(size.workers)
        ]
        auditor = registry.add_staff(
            book, by, Newcomer("Ada Quist", people.AUDITOR, None, "ada@harlow.example"), then
        )
    return offices, workers, auditor


def _clients(
    filling: _Filling, by: Person, offices: Sequence[str], workers: Sequence[Person], count: int
) -> list[str]:
    house, made = filling.house, list[str]()
    for start in range(0, count, AT_ONCE):
        with (
            house.database.writing() as session,
            open_book(session, house.sealer, by.agency, filling.then) as book,
        ):
            for number in range(start, min(start + AT_ONCE, count)):
                worker = workers[number % len(workers)]
                assert worker.office in offices, "workers belong to the agency's offices"
                made.append(_client(filling, book, by, worker, number))
    return made


def _client(filling: _Filling, book: Book, by: Person, worker: Person, number: int) -> str:
    """One client, with everything about them."""
    chance, then = filling.chance, filling.then
    name: Json = {"family": f"{chance.choice(FAMILIES)} {number}", "given": chance.choice(GIVEN)}
    units: dict[str, Json] = {"legal_name": name, "date_of_birth": "1941-03-14", "language": "en"}
    episode: dict[str, Json] = {
        "referral_source": "hospital",
        "status": "active",
        "received_at": filling.at(-AGE_DAYS),
    }
    draft = Draft(DraftRecord("client", units), (DraftRecord("episode", episode),))
    client = registry.register(book, by, draft, then, place=worker.office)
    if number % EACH_HUNDREDTH != 1:
        office.assign(book, by, worker.id, client, then)
    records = list(_records(filling, worker.id, client, number))
    writes = [
        Write(type_, id_, unit, (), value) for type_, id_, said in records for unit, value in said.items()
    ]
    office.write(book, by, office.Said(client, writes), then)
    filling.records += 2 + len(records)
    if number % EACH_HUNDREDTH == 2:
        _disagree(filling, book, by, client, records)
    return client


def _records(
    filling: _Filling, worker: str, client: str, number: int
) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """(type, id, units): visits, contacts and drafts of notes; for some an assessment, or a danger."""
    ago = 2 * AGE_DAYS if number % EACH_TENTH == 3 else 0
    for visit in range(VISITS):
        days = (visit - 6) * 4 - (ago if visit < 7 else 0) + filling.chance.random()
        units: dict[str, Json] = {"worker": worker, "planned": {"start": filling.at(days)}}
        if days < 0:
            units["begin"] = {"device_at": filling.at(days), "method": "gps"}
            units["outcome"] = {"outcome": "refused" if number % 50 == 4 else "made"}
        yield "visit", filling.id(), units
    for contact in range(CONTACTS):
        at = filling.at(-3 - 7 * contact - ago)
        yield "contact", filling.id(), {"kind": "call", "at": at, "worker": worker, "outcome": "reached"}
    for note in range(NOTES):
        words = work.assessments(1, 1, filling.chance.getrandbits(32))[0].units["answers"]
        assert isinstance(words, dict), "answers are by item"
        said: dict[str, Json] = {"author": worker, "event_at": filling.at(-note), "narrative": words["plan"]}
        yield "note", filling.id(), {"kind": "progress", **said}
    if number % EACH_TENTH == 5:
        [assessed] = work.assessments(1, 1, filling.chance.getrandbits(32))
        yield "assessment", filling.id(), {**assessed.units, "worker": worker}
    if number % EACH_TENTH == 6:
        kind, level = filling.chance.choice(tuple(KINDS)), filling.chance.choice(LEVELS)
        reasons: list[Json] = [{"text": "said so", "at": filling.at(-number % 40)}]
        value: dict[str, Json] = {"level": level, "reasons": reasons}
        yield "risk_flag", flag_id(client, kind), {"kind": kind, "level": value}


def _disagree(
    filling: _Filling,
    book: Book,
    by: Person,
    client: str,
    records: Sequence[tuple[str, str, dict[str, Json]]],
) -> None:
    """Another outcome of a visit, by somebody who has not seen the first."""
    visit = next(id_ for type_, id_, units in records if type_ == "visit" and "outcome" in units)
    rival = Write("visit", visit, "outcome", (), {"outcome": "not_home"})
    office.write(book, by, office.Said(client, [rival]), filling.then)


def _tablets_and_reads(filling: _Filling, agency: Agency, reads: int) -> None:
    """A tablet for each worker, and the reads of some weeks."""
    now_ms, chance = filling.house.providers.now_ms(), filling.chance
    tablets = [
        {
            "agency": agency.id,
            "id": filling.id(),
            "kind": "tablet",
            "worker": worker.id,
            "public_key": os.urandom(32),
            "state": "active",
            "last_contact_ms": now_ms - number % 7 * DAY_MS,
            "created_ms": now_ms - AGE_DAYS * DAY_MS,
        }
        for number, worker in enumerate(agency.workers)
    ]
    rows = [
        {
            "agency": agency.id,
            "at_ms": now_ms - chance.randrange(AGE_DAYS * DAY_MS),
            "id": filling.id(),
            "person": agency.supervisor.id,
            "subject": chance.choice(agency.clients),
            "what": "all",
            "record": "",
            "rows": 20,
            "via": "web",
            "purpose": "",
        }
        for _ in range(reads)
    ]
    with filling.house.database.writing() as session:
        session.execute(table_of(DeviceRow).insert(), tablets)
        session.execute(table_of(ReadRow).insert(), rows)


def _late_work(filling: _Filling, agency: Agency) -> None:
    """Changesets of a worker about clients who are somebody else's: they are held."""
    house, author = filling.house, agency.workers[0]
    tablet = WireTablet(Beside(house, agency.id), filling.chance)
    known = stage.Agency(agency.id, agency.administrator.id, agency.supervisor.id, (author.id,), ())
    tablet.enrol("http://127.0.0.1", stage.invite(house, known, author.id))
    others = [client for number, client in enumerate(agency.clients) if number % EACH_HUNDREDTH == 7]
    units: dict[str, Json] = {"author": author.id, "narrative": "Seen on the stairs."}
    pending = [tablet.save(client, "note", filling.id(), units) for client in others]
    tablet.transport.sync(tablet.key, tablet.request(pending, page_bytes=0))
