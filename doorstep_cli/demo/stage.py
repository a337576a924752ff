"""
The stage: agency, server, two links and two tablets, set up in one folder and taken down again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from client_sdk import Tablet
from server.house import House

from . import agency as agencies
from .agency import Agency
from .process import ServerProcess
from .proxy import CountingProxy
from .story import Name, Worker

Tell = Callable[[str], None]
"""Told each step as it begins."""

SECRETS: Final[dict[Name, str]] = {
    "ana": "kettle on, cat asleep, rain",
    "ben": "nine elms by the ferry landing",
}
"""Passphrases: this machine may keep no device secret, which a PIN would need."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that plays."""

    house: House
    """The server's files, opened beside the running server."""
    agency: Agency
    server: ServerProcess
    ana: Worker
    ben: Worker

    @property
    def home(self) -> Path:
        """The server's folder."""
        return self.server.home


@contextmanager
def set_up(folder: Path, port: int, tell: Tell, registered: Callable[[int, int], None]) -> Iterator[Stage]:
    """
    Found the agency, start its server, and enrol both tablets over HTTP.

    Args:
        folder: Empty, or not there yet.
        port: Where the server listens; 0 for a free one.
        tell: Told each step.
        registered: Told how many clients of how many are registered.
    """
    with ExitStack() as stack:
        tell("Founding the agency and registering its clients")
        house = agencies.open_house(folder / "server")
        stack.callback(house.close)
        agency = agencies.found(house, registered)
        tell("Starting the server")
        server = stack.enter_context(ServerProcess(folder / "server", port))
        workers: dict[Name, Worker] = {}
        people: dict[Name, str] = {"ana": agency.ana, "ben": agency.ben}
        for name, person in people.items():
            tell(f"Enrolling {name.capitalize()}'s tablet")
            link = stack.enter_context(CountingProxy(*server.place))
            code = agencies.invite(house, agency, person)
            tablet = _enrol(folder / name, name, link, code)
            stack.callback(tablet.lock)
            workers[name] = Worker(name, tablet, link)
        yield Stage(house, agency, server, workers["ana"], workers["ben"])


def _enrol(folder: Path, name: Name, link: CountingProxy, code: str) -> Tablet:
    return Tablet.enrol(
        folder,
        server=link.address,
        code=code,
        secret=SECRETS[name],
        label=f"{name.capitalize()}'s tablet",
        plain_http=True,
    )
