"""
Measuring: one page, asked for again and again by somebody who is signed in.

Processor time is that of this process, in which the application answers, and of the database's own processes
where it has any. The counts of the navigation are kept for half a minute, as people have them; a page is asked for
without them where it says so.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from server.house import House
from server.web.ready import Ready, make_ready

from .. import machine
from ..serving import Place
from .agency import Agency
from .pages import Page

ASKED: Final = 40
"""How often each page is asked for, after it was asked for some times without a clock."""

WARM_UP: Final = 3
PASSWORD: Final = "lantern gravel orchid tuesday"  # noqa: S105  # of invented people
_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Took:
    """What one page took."""

    page: str
    cpu_ms: tuple[float, ...]
    wall_ms: tuple[float, ...]
    statements: int
    bytes: int
    bare_ms: float
    """Processor time of the bare statement, its median."""

    def of(self, which: str, percent: int) -> float:
        """A percentile of `cpu` or `wall`, in milliseconds."""
        values = sorted(self.cpu_ms if which == "cpu" else self.wall_ms)
        return values[min(len(values) - 1, len(values) * percent // 100)]

    @property
    def ratio(self) -> float:
        """How much the page takes against the bare statement, in processor time."""
        return statistics.median(self.cpu_ms) / self.bare_ms


@dataclass(frozen=True, slots=True)
class Site:
    """The application over one database."""

    app: Flask
    house: House
    place: Place
    agency: Agency

    def sign_in(self, role: str) -> FlaskClient:
        """A browser of somebody who has signed in with both factors."""
        person = getattr(self.agency, role)
        ready = make_ready(self.app, self.house, person, PASSWORD)
        mail = {"administrator": "theo", "supervisor": "miriam", "auditor": "ada"}[role] + "@harlow.example"
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        asked = client.get("/sign-in").text
        answer = client.post(
            "/sign-in", data={"csrf_token": _token(asked), "email": mail, "password": PASSWORD}
        )
        return self._second(client, answer.location, ready)

    def _second(self, client: FlaskClient, address: str, ready: Ready) -> FlaskClient:
        fields = {"csrf_token": _token(client.get(address).text), "code": pyotp.TOTP(ready.totp).now()}
        assert client.post(address, data=fields).status_code == 302, "both factors open"
        return client

    def took(self, client: FlaskClient, page: Page, times: int = ASKED) -> Took:
        """Ask for a page again and again."""
        address = page.of(self.agency)

        def ask() -> int:
            answer = client.get(address)
            assert answer.status_code == 200, f"{address} answers {answer.status_code}"
            return len(answer.data)

        for _ in range(WARM_UP):
            ask()
        with counted(self.house_of_app) as statements:
            size = ask()
        clocked = [self._clocked(ask) for _ in range(times)]
        bare = [cpu for cpu, _ in (self._clocked(lambda: self._bare(page)) for _ in range(times))]
        return Took(
            page.name,
            tuple([cpu for cpu, _ in clocked]),
            tuple([wall for _, wall in clocked]),
            len(statements),
            size,
            max(statistics.median(bare), 0.001),
        )

    @property
    def house_of_app(self) -> House:
        """The house in which the application answers: its engine is another than that of `house`."""
        found = self.app.extensions["doorstep"]
        assert isinstance(found, House), "the application has installed it"
        return found

    def _bare(self, page: Page) -> None:
        given = {"agency": self.agency.id, "client": self.agency.clients[0], "kind": page.kind}
        asked = text(page.bare)
        wanted = {name: value for name, value in given.items() if f":{name}" in page.bare}
        with self.house.database.reading() as session:
            session.execute(asked, wanted).all()

    def _clocked(self, act: Callable[[], object]) -> tuple[float, float]:
        """(processor, wall) milliseconds of an act."""
        database = [one for root in self.place.database_processes for one in machine.tree(root)]
        beside, began, wall = machine.cpu_s(database), time.process_time(), time.perf_counter()
        act()
        wall_ms, cpu_s = (time.perf_counter() - wall) * 1000, time.process_time() - began
        return (cpu_s + machine.cpu_s(database) - beside) * 1000, wall_ms


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield told
    event.remove(house.database.engine, "before_cursor_execute", note)


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found is not None, "the page has a form"
    return found[1]
