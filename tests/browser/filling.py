"""
A scene with something in every list: work to review, a dispute, a danger, held work, a tablet, a referral.

It is written by the office and into the tables, without a tablet: for tests of pages, not of flows.
"""

from __future__ import annotations

from typing import Any

from casework.risk import KINDS, flag_id
from server.db import table_of
from server.services.access import people
from server.services.desk import days, office, registry
from server.services.desk.registry import Draft, DraftRecord, Newcomer
from server.services.log.book import Book, open_book
from server.services.log.records import Key
from server.tables.device import DeviceRow
from server.tables.held import HeldRow
from sync import Json, Write
from sync.ids import random_id

from .scene import Scene

HOUR_MS = 60 * 60 * 1000


def more(scene: Scene, number: int) -> None:
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
