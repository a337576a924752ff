"""
A scene for browser tests: an agency with its people and clients, served on loopback from files of its own.

A *template* is built once, by the services; each test gets a copy of its files. The clock is the machine's plus
what a test moves it by, so that nobody waits for a code to change or a session to grow idle.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyotp
from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all

from server.app import create_app
from server.db import table_of
from server.house import House
from server.migrations import upgrade
from server.services.access import people
from server.services.access.people import ADMINISTRATOR, AUDITOR, SUPERVISOR, WORKER, Person
from server.services.desk import handover, office, registry
from server.services.desk.registry import Draft, DraftRecord, Founding, Newcomer
from server.services.log.book import open_book
from server.settings import KdfCost, Providers, Settings
from server.tables.person import PersonOfficeRow
from server.web.ready import Ready, make_ready
from sync import Json
from sync.ids import encode_bytes

PASSWORD: Final = "lantern gravel orchid tuesday"
MASTER: Final = encode_bytes(bytes(range(32)))
STEP_S: Final = 30

NAMES: Final = (
    ("Alvarez", "Rosa", "1941-03-14", "es"),
    ("Brandt", "Otto", "1938-11-02", "en"),
    ("Chen", "Mei", "1949-07-21", "en"),
    ("Dubois", "Claire", "1955-01-30", "en"),
    ("Eriksen", "Lars", "1944-09-09", "en"),
    ("Fuentes", "Ignacio", "1951-12-24", "es"),
    ("Greene", "Dorothy", "1936-05-17", "en"),
    ("Haddad", "Samira", "1960-02-08", "en"),
)


@dataclass
class Clock:
    """The machine's clock, moved."""

    ahead_ms: int = 0

    def now_ms(self) -> int:
        """The time of this scene."""
        return time.time_ns() // 1_000_000 + self.ahead_ms


@dataclass
class Seat:
    """Somebody who can sign in."""

    person: Person
    e_mail: str
    totp: str
    used: int = 0
    """The last half minute whose code was used."""

    def code(self, clock: Clock) -> str:
        """A code that was not used yet; the clock moves on where there is none."""
        now = clock.now_ms() // 1000 // STEP_S
        if self.used >= now + 1:
            clock.ahead_ms += STEP_S * 1000
            now += 1
        self.used = max(now, self.used + 1)
        return pyotp.TOTP(self.totp).at(self.used * STEP_S)


@dataclass
class Scene:
    """What a test finds."""

    house: House
    app: Flask
    address: str
    clock: Clock
    seats: dict[str, Seat]
    """By role; `other supervisor` leads the other office, `stranger` supervises in another agency."""

    clients: tuple[str, ...]
    """The clients of the supervisor's office, in the order of `NAMES`."""

    foreign_client: str
    """A client of the other office of the same agency."""

    stranger_client: str
    """A client of another agency."""

    offices: tuple[str, str]
    errors: list[str] = field(default_factory=list)

    @property
    def agency(self) -> str:
        """The id of the agency."""
        return self.seats["supervisor"].person.agency

    def person(self, role: str) -> Person:
        """Who has this seat."""
        return self.seats[role].person

    def assign(self, role: str, client: str) -> None:
        """The supervisor assigns somebody to a client."""
        by, providers = self.person("supervisor"), self.house.providers
        with (
            self.house.database.writing() as session,
            open_book(session, self.house.sealer, self.agency, providers) as book,
        ):
            office.assign(book, by, self.person(role).id, client, providers)

    def lead(self, role: str) -> None:
        """Somebody leads the supervisor's office, too."""
        row = {"agency": self.agency, "person": self.person(role).id, "office": self.offices[0]}
        with self.house.database.writing() as session:
            session.execute(table_of(PersonOfficeRow).insert().values(row))

    def pass_time(self) -> None:
        """What the jobs do each minute: accepted hand-overs pass."""
        providers = self.house.providers
        with (
            self.house.database.writing() as session,
            open_book(session, self.house.sealer, self.agency, providers) as book,
        ):
            handover.pass_accepted(book, providers)

    def cookies(self, role: str) -> list[dict[str, str]]:
        """The cookies of somebody who has just signed in, by the same pages, without a browser."""
        seat = self.seats[role]
        client = self.app.test_client()
        asked = {"Accept": "text/html"}
        token = _token(client.get("/sign-in", headers=asked).text)
        fields = {"csrf_token": token, "email": seat.e_mail, "password": PASSWORD}
        answer = client.post("/sign-in", data=fields, headers=asked)
        assert answer.status_code == 302, answer.text
        token = _token(client.get(answer.location, headers=asked).text)
        answer = client.post(
            answer.location, data={"csrf_token": token, "code": seat.code(self.clock)}, headers=asked
        )
        assert answer.status_code == 302, answer.text
        cookie = client.get_cookie("doorstep")
        assert cookie is not None
        return [{"name": "doorstep", "value": cookie.value, "url": self.address}]


def build(folder: Path, database: str = "") -> None:
    """Build the template's files; its rows lie among them, or in an empty database that is told."""
    clock = Clock()
    house = _open(folder, clock, database)
    house.sealer.keys.create()
    upgrade(house.database.engine)
    app = create_app(house.settings, house.providers)
    mine = _found(house, "Harlow County Home Care", "harlow.example", two_offices=True)
    other = _found(house, "Pine Ridge Hospice", "pine.example", two_offices=False)
    lines = [f"offices {mine.offices[0]} {mine.offices[1]}", "clients " + " ".join(mine.clients)]
    lines += [f"foreign {mine.foreign}", f"stranger_client {other.clients[0]}"]
    roles = {**mine.people, "stranger": other.people["supervisor"]}
    for role, (someone, e_mail) in roles.items():
        ready: Ready = make_ready(app, house, someone, PASSWORD)
        lines.append(f"seat {role.replace(' ', '_')} {someone.agency} {someone.id} {e_mail} {ready.totp}")
    (folder / "scene.txt").write_text("\n".join(lines), encoding="utf-8")
    app.extensions["doorstep"].close()
    house.close()


@contextmanager
def opened(template: Path, folder: Path, database: str = "") -> Iterator[Scene]:
    """A copy of the template, not served: for tests that need no browser. A database that is told is no copy."""
    shutil.copytree(template, folder)
    clock = Clock()
    house = _open(folder, clock, database)
    app = create_app(house.settings, house.providers)
    try:
        yield _scene(folder, house, app, "http://localhost", clock)
    finally:
        app.extensions["doorstep"].close()
        house.close()


@contextmanager
def served(template: Path, folder: Path) -> Iterator[Scene]:
    """A copy of the template, served on loopback."""
    with opened(template, folder) as scene:
        server = create_server(scene.app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, name="scene", daemon=True)
        thread.start()
        scene.address = f"http://localhost:{server.effective_port}"
        try:
            yield scene
        finally:
            # In its own thread: one that waits on a socket is not told that another thread closed it.
            server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
            thread.join(timeout=5)
            server.task_dispatcher.shutdown()


@dataclass
class _Founded:
    people: dict[str, tuple[Person, str]]
    offices: tuple[str, str]
    clients: tuple[str, ...]
    foreign: str


def _found(house: House, name: str, domain: str, *, two_offices: bool) -> _Founded:
    founding = Founding(
        name,
        "America/New_York",
        "Harlow Fork",
        "Theo Lindgren",
        f"theo@{domain}",
        "Miriam Stein",
        f"miriam@{domain}",
    )
    with house.database.writing() as session:
        made = registry.found(session, house.sealer, house.providers, founding)
        administrator = people.person(session, made.agency, made.administrator)
    assert made.supervisor is not None
    found = {"administrator": made.administrator, "supervisor": made.supervisor}
    mails = {"administrator": f"theo@{domain}", "supervisor": f"miriam@{domain}"}
    staff = [
        ("worker", "Ana Reyes", WORKER),
        ("second worker", "Ben Okafor", WORKER),
        ("auditor", "Ada Quist", AUDITOR),
    ]
    far = made.office
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, made.agency, house.providers) as book,
    ):
        if two_offices:
            far = registry.add_office(book, administrator, "Lower Bend", house.providers)
            staff.append(("other supervisor", "Jonah Pike", SUPERVISOR))
        for role, called, kind in staff:
            mails[role] = f"{called.split()[0].lower()}@{domain}"
            place = None if kind == AUDITOR else far if role == "other supervisor" else made.office
            newcomer = Newcomer(called, kind, place, mails[role])
            found[role] = registry.add_staff(book, administrator, newcomer, house.providers)
    with house.database.reading() as session:
        persons = {role: people.person(session, made.agency, id_) for role, id_ in found.items()}
    clients = _clients(house, persons, NAMES if two_offices else NAMES[:1], "supervisor")
    foreign = (
        _clients(house, persons, (("Novak", "Petra", "1947-04-04", "en"),), "other supervisor")
        if two_offices
        else [""]
    )
    assert {ADMINISTRATOR, SUPERVISOR} <= {someone.role for someone in persons.values()}
    seats = {role: (someone, mails[role]) for role, someone in persons.items()}
    return _Founded(seats, (made.office, far), tuple(clients), foreign[0])


def _clients(
    house: House, persons: dict[str, Person], names: tuple[tuple[str, str, str, str], ...], role: str
) -> list[str]:
    by, made = persons[role], []
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, by.agency, house.providers) as book,
    ):
        for number, (family, given, born, language) in enumerate(names):
            units: dict[str, Json] = {
                "legal_name": {"family": family, "given": given},
                "date_of_birth": born,
                "language": language,
            }
            episode = DraftRecord("episode", {"referral_source": "hospital", "status": "active"})
            client = registry.register(
                book, by, Draft(DraftRecord("client", units), (episode,)), house.providers
            )
            if role == "supervisor":
                worker = persons["worker" if number % 2 == 0 else "second worker"]
                office.assign(book, by, worker.id, client, house.providers)
            made.append(client)
    return made


def _open(folder: Path, clock: Clock, database: str) -> House:
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=folder, master_key=MASTER, plain_http=True)
    if database:
        settings = replace(settings, database_url=database)
    providers = Providers(
        now_ms=clock.now_ms,
        entropy=os.urandom,
        sleep_s=time.sleep,
        monotonic_s=time.monotonic,
        file_root=folder,
        kdf_cost=KdfCost(memory_kib=8, passes=1, lanes=1),
    )
    return House.open(settings, providers)


def _scene(folder: Path, house: House, app: Flask, address: str, clock: Clock) -> Scene:
    told: dict[str, list[str]] = {}
    seats: dict[str, Seat] = {}
    for line in (folder / "scene.txt").read_text("utf-8").splitlines():
        word, *rest = line.split()
        if word == "seat":
            role, agency, id_, e_mail, totp = rest
            with house.database.reading() as session:
                someone = people.person(session, agency, id_)
            seats[role.replace("_", " ")] = Seat(someone, e_mail, totp)
        else:
            told[word] = rest
    return Scene(
        house,
        app,
        address,
        clock,
        seats,
        tuple(told["clients"]),
        told["foreign"][0],
        told["stranger_client"][0],
        (told["offices"][0], told["offices"][1]),
    )


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
