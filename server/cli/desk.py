"""
The desk: where somebody of the office acts, with the house open and their name told.

A command declares itself `@at_desk` and gets a `Desk` first. What the server refuses leaves as one line.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Final, TypeVar

import click
from sqlalchemy.orm import Session

from casework import CaseworkError
from sync import SyncError

from ..crypto import create_master_file
from ..errors import ServerError, Unready
from ..house import House
from ..migrations import at_head, upgrade
from ..services.access import directory, grants
from ..services.access.people import Person
from ..services.desk import reads
from ..services.log.book import Book, open_book
from ..settings import Providers, Settings

Answer = TypeVar("Answer")

NAMED: Final = {"ignore_unknown_options": True}
"""Settings of a command that takes the name of work or of a device: one in 64 begins with a hyphen."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, in which house, and whether a program reads the answer."""

    house: House
    by: Person
    as_json: bool

    @property
    def agency(self) -> str:
        """The agency of the person who acts."""
        return self.by.agency

    def act(self, act: Callable[[Book], Answer]) -> Answer:
        """Do something in one transaction of the log, after what time alone has begun and ended."""

        def once() -> Answer:
            house = self.house
            with (
                house.database.writing() as session,
                open_book(session, house.sealer, self.agency, house.providers) as book,
            ):
                grants.write_due(book)
                return act(book)

        return self.house.database.retrying(once)

    def write(self, act: Callable[[Session], Answer]) -> Answer:
        """Do something in one transaction that does not touch the log."""

        def once() -> Answer:
            with self.house.database.writing() as session:
                return act(session)

        return self.house.database.retrying(once)

    def read(self, question: Callable[[Session], Answer]) -> Answer:
        """Ask something of one snapshot."""
        with self.house.database.reading() as session:
            return question(session)

    def note_read(self, subject: str, what: str, *, rows: int = 1, via: str = reads.CLI) -> None:
        """Note that this person reads a client's records, or a list: before anything of it is shown."""
        providers = self.house.providers
        self.write(
            lambda session: reads.note_read(session, providers, self.by, subject, what, via=via, rows=rows)
        )

    def person(self, typed: str) -> str:
        """The id of the person whom somebody typed."""
        sealer = self.house.sealer
        return self.read(lambda session: directory.someone(session, sealer, self.agency, typed)).id

    def client(self, typed: str) -> str:
        """The id of the client whom somebody typed, among those that this person may know of."""
        return self.read(lambda session: directory.client_id(session, self.by, typed))


def at_desk(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its desk, and the options that say who sits there."""

    @click.option(
        "--as",
        "as_",
        required=True,
        envvar="DOORSTEP_AS",
        metavar="PERSON",
        help="Who acts: an id, e-mail or name.",
    )
    @click.option(
        "--agency", envvar="DOORSTEP_AGENCY", metavar="ID", help="Which agency, where there are several."
    )
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
    @wraps(command)
    def run(as_: str, agency: str | None, as_json: bool, **rest: object) -> None:
        with opened(click.get_current_context()) as house:
            with house.database.reading() as session:
                place = directory.agency_id(session, agency)
                by = directory.someone(session, house.sealer, place, as_)
            command(Desk(house, by, as_json), **rest)

    return run


@contextmanager
def opened(context: click.Context) -> Iterator[House]:
    """The house of this installation, ready; refusals become one line."""
    with refusals():
        settings, providers = surroundings(context)
        house = House.open(settings, providers)
        try:
            check_ready(house)
            yield house
        finally:
            house.close()


def surroundings(context: click.Context) -> tuple[Settings, Providers]:
    """Settings of the environment, and the machine's providers unless a test gave its own."""
    settings = Settings.of_environment()
    given = context.find_object(Providers)
    return settings, given or Providers.of_machine(settings.home)


def prepared(settings: Settings, providers: Providers) -> House:
    """An open house with keys and tables, made where they are missing."""
    if not (settings.kms or settings.master_key or settings.master_file.exists()):
        create_master_file(settings.master_file, providers.entropy)
    house = House.open(settings, providers)
    house.sealer.keys.create()
    upgrade(house.database.engine)
    return house


def check_ready(house: House) -> None:
    """
    Whether the database has the shape that this program knows.

    Raises:
        Unready: It has not.
    """
    with house.database.engine.connect() as connection:
        if not at_head(connection):
            raise Unready("database: `doorstep init` brings it up to date; it")


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is refused, and what settings get wrong, into one line and exit code 1."""
    try:
        yield
    except (ServerError, CaseworkError, SyncError) as error:
        raise click.ClickException(str(error)) from error
