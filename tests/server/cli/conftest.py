"""
An installation at the command line: its own home, a clock that stands, two offices and their people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.cli import cli
from server.house import House
from server.services.access import enrolment
from server.services.access.enrolment import Application
from server.services.access.people import Person, person
from server.services.desk import registry
from server.services.log.accept import Sender, accept
from server.services.log.book import Book, open_book
from server.services.log.incoming import Incoming
from server.services.log.judgement import Author
from server.settings import Providers, Settings
from sync import At, Prefix, Write, compose, signed_bytes, write_line

from ..conftest import NOON_MS


@dataclass
class Installation:
    """Where commands run, and the ids of whom they name."""

    home: Path
    providers: Providers
    ids: dict[str, str]

    def run(self, *words: str, by: str | None = None) -> Result:
        """Run a command, as `by` where it takes a person."""
        named = [*words] if by is None else [*words, "--as", self.ids.get(by, by)]
        env = {"DOORSTEP_HOME": str(self.home)}
        return CliRunner().invoke(cli, named, env=env, obj=self.providers)

    def told(self, *words: str, by: str | None = None) -> Any:
        """What a command that succeeds answers to a program."""
        result = self.run(*words, "--json", by=by)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    @contextmanager
    def house(self) -> Iterator[House]:
        """The open house, for what no command does."""
        house = House.open(Settings(home=self.home), self.providers)
        yield house
        house.close()

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The open log, for what only tablets do."""
        with (
            self.house() as house,
            house.database.writing() as session,
            open_book(session, house.sealer, self.ids["agency"], self.providers) as book,
        ):
            yield book

    def client(self, by: str = "sue", family: str = "Rivers", given: str = "Rosa", **more: str) -> str:
        """Register a client."""
        fields = [part for name, value in more.items() for part in ("--field", f"{name}={value}")]
        return str(self.told("client", "add", "--family", family, "--given", given, *fields, by=by)["client"])


@pytest.fixture
def bare(tmp_path: Path, providers: Providers) -> Installation:
    """A home with nothing in it."""
    return Installation(tmp_path / "home", providers, {})


@pytest.fixture(scope="session")
def founded_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What `at_work` is a copy of. Its randomness is real, so that no id is drawn again in a test."""
    home = tmp_path_factory.mktemp("founded") / "home"
    providers = replace(Providers.of_machine(home), now_ms=lambda: NOON_MS)
    made = Installation(home, providers, {})
    founded = made.told(
        *("init", "Hill County Care", "--administrator", "Ida Main", "--office", "Hill"),
        *("--supervisor", "Sue Visor", "--e-mail", "sue@example.org"),
    )
    made.ids.update(
        agency=founded["agency"],
        hill=founded["office"],
        ida=founded["administrator"],
        sue=founded["supervisor"],
    )
    made.ids["dale"] = made.told("office", "add", "Dale", by="ida")["office"]
    for name, role, office in (
        ("uma", "supervisor", "Hill"),
        ("ana", "worker", "Hill"),
        ("dan", "supervisor", "Dale"),
    ):
        words = ("staff", "add", f"{name.title()} Test", "--role", role, "--office", office)
        made.ids[name] = made.told(*words, by="ida")["person"]
    made.ids["aud"] = made.told("staff", "add", "Aud Itor", "--role", "auditor", by="ida")["person"]
    return made


@pytest.fixture
def at_work(founded_once: Installation, bare: Installation) -> Installation:
    """Hill office with Sue and Uma as supervisors and Ana as worker; Dale office with Dan; Ida administers."""
    copytree(founded_once.home, bare.home)
    return replace(bare, ids=dict(founded_once.ids))


@pytest.fixture
def written_by_tablet(at_work: Installation) -> Callable[[str, Write], str]:
    """Ana's tablet, which writes about a client: answers with the name of the changeset."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    code = at_work.told("invite", "Ana Test", by="ida")["code"]
    unsigned = Application(code, key.public_key().public_bytes_raw(), bytes(64))
    with at_work.house() as house, house.database.writing() as session:
        asked = Application(code, unsigned.public_key, key.sign(unsigned.message()))
        device = enrolment.enrol(session, house.sealer, at_work.providers, asked).device
    sent: list[str] = []

    def write(client: str, said: Write) -> str:
        ana, now_ms = at_work.ids["ana"], at_work.providers.now_ms()
        prefix = Prefix(at_work.ids["agency"], device, ana)
        made = compose(
            prefix,
            subject=client,
            seq=len(sent) + 1,
            prev=sent[-1] if sent else "",
            at=At(now_ms, len(sent)),
            wall=now_ms,
            schema=1,
            salt=bytes(16),
            writes=[said],
        )
        line = write_line(key.sign(signed_bytes(prefix, made.body)), made.body)
        author = Author(ana, "worker", at_work.ids["hill"], 0)
        sender = Sender(
            prefix.agency, device, "active", author, unsigned.public_key, len(sent), (sent or [""])[-1]
        )
        with at_work.book() as book:
            accept(book, sender, [Incoming(prefix, made.id, line, made)])
        sent.append(made.id)
        return made.name

    return write


def someone(house: House, agency: str, id_: str) -> Person:
    """A person as services take them."""
    with house.database.reading() as session:
        return person(session, agency, id_)


def founding() -> registry.Founding:
    """A small agency."""
    return registry.Founding("Hill County Care", "America/New_York", "Hill", "Ida Main", None, "Sue Visor")
