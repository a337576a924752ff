"""A page of many rows asks the database no more often than a page of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event

from server.house import House
from server.web import sections
from tests.browser.filling import more
from tests.browser.scene import Scene

MANY = 12
HOUR_MS = 60 * 60 * 1000
AsRole = Callable[[str], FlaskClient]

FURTHER = (
    "/clients/{client}",
    "/clients/{client}/scores",
    "/clients/{client}/access",
    "/caseload/forgotten",
    "/caseload/{worker}",
    "/waiting/visits",
    "/waiting/unassigned",
    "/register?show=silent",
    "/clients?q=many",
)
"""Lists that are not the first page of a section."""


def test_a_list_costs_the_same_statements_for_one_row_and_for_many(scene: Scene, as_: AsRole) -> None:
    """One statement more for each row is nothing with eight clients, and minutes with five thousand."""
    for number in range(2):
        more(scene, number)
    pages = _pages(scene)
    # Asked once before: the audit lists reads, and the first one makes it something to list.
    _asked(scene, as_, pages)
    one = _asked(scene, as_, pages)

    for number in range(2, 2 + MANY):
        more(scene, number)

    assert _asked(scene, as_, pages) == one


def test_every_page_of_the_measure_has_rows_to_show(scene: Scene, as_: AsRole) -> None:
    """Pages that stay empty would cost the same however badly they ask."""
    for number in range(1 + MANY):
        more(scene, number)

    for address, least in (
        ("/review", MANY),
        ("/conflicts", MANY),
        ("/late", MANY),
        ("/risk", MANY),
        ("/intake", MANY),
        ("/waiting/visits", MANY),
        ("/caseload/forgotten", 1),
        ("/register", MANY),
        ("/devices", MANY),
        ("/clients?q=many", MANY),
    ):
        page = as_("supervisor").get(address).text
        assert page.count("<tr") + page.count("<li") >= least, address


def _pages(scene: Scene) -> list[tuple[str, str]]:
    """(role, address) of the first page of every section, for whoever may open it, and of further lists."""
    with scene.app.test_request_context():
        found = [
            (role, url_for(section.entry))
            for role in ("supervisor", "administrator", "auditor")
            for _, section in sections.seen_by(scene.app, _sections(scene.app), scene.person(role))
        ]
    given = {"client": scene.clients[0], "worker": scene.person("worker").id}
    return found + [("supervisor", address.format(**given)) for address in FURTHER]


def _sections(app: Flask) -> list[tuple[str, sections.Section]]:
    """Every section with an entry in the navigation, as the application has hung them."""
    from importlib import import_module

    modules = [(name, import_module(f"server.web.views.{name}")) for name in sections.ORDER]
    return [(name, module.section) for name, module in modules if hasattr(module, "section")]


def _asked(scene: Scene, as_: AsRole, pages: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """{page: how many statements it takes}, once what is kept for half a minute is known."""
    browsers = {role: as_(role) for role in sorted({role for role, _ in pages})}
    found: dict[tuple[str, str], int] = {}
    browsers["supervisor"].get(f"/clients/{scene.clients[0]}")  # A read for the audit to list.
    for role, address in pages:
        assert browsers[role].get(address).status_code == 200, address
        with _counted(scene.app) as told:
            browsers[role].get(address)
        found[role, address] = len(told)
    return found


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    told: list[str] = []
    house = app.extensions["doorstep"]
    assert isinstance(house, House)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield told
    event.remove(house.database.engine, "before_cursor_execute", note)
