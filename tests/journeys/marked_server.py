"""
A server whose office marks everything that it can write, its process beside it, its output kept.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import casework
from server.house import House
from server.services.access import people
from server.services.desk import office, registry
from server.services.desk.registry import Draft, DraftRecord
from server.services.log.book import AGENCY, Book, open_book
from server.settings import Providers, Settings
from sync import Write

from .commands import Agency
from .marking import Marker


@dataclass(frozen=True)
class Office:
    """An agency's house, written to beside its running server."""

    agency: Agency

    @contextmanager
    def house(self) -> Iterator[House]:
        """The open house."""
        settings = Settings.of_environment(self.agency.environment)
        house = House.open(settings, Providers.of_machine(settings.home))
        yield house
        house.close()

    def register(self, marker: Marker) -> str:
        """A client with every field of a client that an office registers; the id."""
        units = marker.units("client", but=frozenset(("decided",)))
        draft = Draft(DraftRecord("client", units))
        with self._acting("supervisor") as (book, by, providers):
            return registry.register(book, by, draft, providers)

    def write_all(self, client: str, marker: Marker) -> None:
        """A record of every type: about the client, the worker, and the agency."""
        for type_, kind in casework.record_types().items():
            subject = {"client": client, "worker": self.agency.ids["worker"], "agency": AGENCY}[kind.subject]
            by = "supervisor" if kind.subject == "client" else "administrator"
            units = marker.units(type_)
            if type_ == "client":
                units = {unit: value for unit, value in units.items() if _is_decided(type_, unit)}
            id_ = casework.new_id(type_, subject, units, os.urandom(16))
            self.write(by, subject, marker, [Write(type_, id_, *said) for said in _over_nothing(units)])

    def contradict(self, client: str, marker: Marker) -> str:
        """A rival for a legal name, which somebody must settle; the unit."""
        value = {"family": marker.mark("client.legal_name.family")}
        self.write("supervisor", client, marker, [Write("client", client, "legal_name", (), value)])
        return "legal_name"

    def write(self, by: str, subject: str, marker: Marker, writes: list[Write]) -> None:
        """One save of somebody at the office."""
        with self._acting(by) as (book, who, providers):
            office.write(book, who, office.Said(subject, writes, marker.mark("reason")), providers)

    @contextmanager
    def _acting(self, by: str) -> Iterator[tuple[Book, people.Person, Providers]]:
        agency = self.agency.ids["agency"]
        with (
            self.house() as house,
            house.database.writing() as session,
            open_book(session, house.sealer, agency, house.providers) as book,
        ):
            yield book, people.person(session, agency, self.agency.ids[by]), house.providers


def _is_decided(type_: str, unit: str) -> bool:
    return casework.rule_of(type_, unit).name == "decided"


def _over_nothing(units: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    for unit, value in units.items():
        yield unit, (), value


@contextmanager
def serving(environment: Mapping[str, str], folder: Path, log: Path) -> Iterator[str]:
    """`doorstep serve` in a folder, at the finest level of its log; the address. It crashes at the end."""
    with log.open("ab") as kept:
        process = subprocess.Popen(
            [sys.executable, "-m", "doorstep_cli", "serve", "--port", "0"],
            env={**os.environ, **environment, "DOORSTEP_LOG_LEVEL": "debug"},
            preexec_fn=allow_core_files,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=kept,
            text=True,
        )
    assert process.stdout is not None, "it is piped"
    try:
        yield next(line.split()[-1] for line in process.stdout if "http://" in line)
    finally:
        process.send_signal(signal.SIGABRT)
        process.wait()
        process.stdout.close()


def allow_core_files() -> None:
    """As a machine is set up on which somebody looks for bugs."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
