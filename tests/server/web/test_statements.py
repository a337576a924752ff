"""A page of many rows asks the database no more often than a page of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event

from casework.risk import KINDS, flag_id
from server.db import table_of
from server.house import House
from server.services.access import people
from server.services.desk import days, office, registry
from server.services.desk.registry import Draft, DraftRecord, Newcomer
from server.services.log.book import Book, open_book
from server.services.log.records import Key
from server.tables.device import DeviceRow
from server.tables.held import HeldRow
from server.web import sections
from sync import Json, Write
from sync.ids import random_id
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
        _more(scene, number)
    pages = _pages(scene)
    # Asked once before: the audit lists reads, and the first one makes it something to list.
    _asked(scene, as_, pages)
    one = _asked(scene, as_, pages)

    for number in range(2, 2 + MANY):
        _more(scene, number)

    assert _asked(scene, as_, pages) == one


def test_every_page_of_the_measure_has_rows_to_show(scene: Scene, as_: AsRole) -> None:
    """Pages that stay empty would cost the same however badly they ask."""
    for number in range(1 + MANY):
        _more(scene, number)

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


def _more(scene: Scene, number: int) -> None:
    """One more of everything that is listed."""
    providers, by = scene.house.providers, scene.person("supervisor")
    with (
        scene.house.database.writing() as session,
        open_book(session, scene.house.sealer, scene.agency, providers) as book,
    ):
        administrator, place = scene.person("administrator"), scene.offices[0]
        registry.add_office(book, administrator, f"Office {number}", providers)
        worker = registry.add_staff(
            book, administrator, Newcomer(f"Many {number}", people.WORKER, place), providers
        )
        name: Json = {"family": f"Many {number}", "given": "Rosa"}
        episode: dict[str, Json] = {"status": "referred", "received_at": days.utc_of(book.now_ms - HOUR_MS)}
        draft = Draft(DraftRecord("client", {"legal_name": name}), (DraftRecord("episode", episode),))
        unassigned = registry.register(book, by, draft, providers)
        client = registry.register(book, by, Draft(DraftRecord("client", {"legal_name": name})), providers)
        for who in (worker, scene.person("worker").id):
            office.assign(book, by, who, client, providers)
        for subject in (client, unassigned, scene.clients[0]):
            _write_about(book, scene, subject, worker, number)
    with scene.house.database.writing() as session:
        for row, values in _beside_the_log(scene, worker, client, number):
            session.execute(table_of(row).insert().values(agency=scene.agency, **values))


def _write_about(book: Book, scene: Scene, client: str, worker: str, number: int) -> None:
    """A visit today, two refused ones whose outcome is disputed, work to review, and a danger."""
    providers, by = scene.house.providers, scene.person("supervisor")
    today = days.utc_of(book.now_ms)
    answers: dict[str, Json] = {"item_01": "never"}
    instrument: Json = {"id": "home-safety-review", "version": "2026-01"}
    level: Json = {"level": "high", "reasons": [{"text": "said so", "at": today}]}
    kind = tuple(KINDS)[number % len(KINDS)]
    flag = flag_id(client, kind)
    assessed, visits = _id(providers), [_id(providers), _id(providers)]
    begun: Json = {"device_at": today, "method": "manual"}
    refused: Json = {"outcome": "refused"}
    writes = [
        Write("assessment", assessed, "instrument", (), instrument),
        Write("assessment", assessed, "answers", (), answers),
        Write("assessment", assessed, "worker", (), worker),
        Write("assessment", assessed, "finished_at", (), today),
    ]
    for visit in visits:
        writes += [
            Write("visit", visit, "worker", (), worker),
            Write("visit", visit, "planned", (), {"start": today}),
            Write("visit", visit, "begin", (), begun),
            Write("visit", visit, "outcome", (), refused),
        ]
    if book.record(Key("risk_flag", flag)) is None:
        writes += [
            Write("risk_flag", flag, "kind", (), kind),
            Write("risk_flag", flag, "level", (), level),
        ]
    office.write(book, by, office.Said(client, writes), providers)
    rival = Write("visit", visits[0], "outcome", (), {"outcome": "not_home"})
    office.write(book, by, office.Said(client, [rival]), providers)


def _beside_the_log(scene: Scene, worker: str, client: str, number: int) -> list[tuple[Any, dict[str, Any]]]:
    """A tablet and a held changeset, as rows."""
    held = {
        "name": f"held-{number}",
        "position": 1,
        "worker": worker,
        "device": f"tablet-{number}",
        "subject": client,
        "code": "not_assigned",
        "sentence": "",
        "decided": 0,
        "decision": "",
    }
    tablet = {
        "id": f"tablet-{number}",
        "kind": "tablet",
        "worker": worker,
        "public_key": bytes(32),
        "state": "active",
        "created_ms": 1,
    }
    return [(HeldRow, held), (DeviceRow, tablet)]


def _id(providers: Any) -> str:
    return random_id(providers.entropy(16))
