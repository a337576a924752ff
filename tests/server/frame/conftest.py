"""An agency with its people, and a tablet's side of enrolment and signing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.api.signatures import COVERED, LABEL, TAG
from server.app import create_app
from server.house import House
from server.migrations import upgrade
from server.services.access.agencies import Agency, found
from server.services.access.devices import Device
from server.services.access.enrolment import Application, Predecessor, enrol, invite
from server.services.access.people import Person, add_person
from server.settings import Providers, Settings
from server.tables.device import DeviceRow
from sync.ids import digest_id, encode_bytes

from ..conftest import MASTER_KEY, Clock

NORTH, SOUTH = "office-north", "office-south"
_nonces = count()


@dataclass(frozen=True)
class Staff:
    """The people of the agency."""

    admin: Person
    lead: Person
    ana: Person
    ben: Person


@pytest.fixture
def agency(at: House) -> Agency:
    """An agency of its own keys."""
    with at.database.writing() as session:
        return found(
            session, at.sealer, at.providers, agency="a1", name="Harbor", time_zone="America/New_York"
        )


@pytest.fixture
def staff(at: House, agency: Agency) -> Staff:
    """An administrator, a supervisor of the north, a worker there and one in the south."""
    people = Staff(
        admin=Person(agency.id, "admin", "administrator", None),
        lead=Person(agency.id, "lead", "supervisor", NORTH),
        ana=Person(agency.id, "ana", "worker", NORTH),
        ben=Person(agency.id, "ben", "worker", SOUTH),
    )
    with at.database.writing() as session:
        for someone in (people.admin, people.lead, people.ana, people.ben):
            add_person(session, at.sealer, someone, name=someone.id.title(), now_ms=at.providers.now_ms())
    return people


@dataclass
class FakeTablet:
    """A tablet's key, and what it signs with it."""

    seed: int = 1
    key: Ed25519PrivateKey = field(init=False)
    device: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)
        self.device = digest_id(self.public_key)

    @property
    def public_key(self) -> bytes:
        """Its 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def application(
        self, code: str, *, old: FakeTablet | None = None, label: str | None = None
    ) -> Application:
        """What it asks for at enrolment, signed."""
        bare = Predecessor(old.public_key, b"") if old else None
        message = Application(code, self.public_key, b"", label, bare).message()
        predecessor = Predecessor(old.public_key, old.key.sign(message)) if old else None
        return Application(code, self.public_key, self.key.sign(message), label, predecessor)

    def enrolment_body(self, code: str, *, old: FakeTablet | None = None) -> dict[str, Any]:
        """The same as the JSON of the request."""
        asked = self.application(code, old=old)
        body: dict[str, Any] = {
            "code": code,
            "public_key": encode_bytes(asked.public_key),
            "signature": encode_bytes(asked.signature),
        }
        if asked.predecessor:
            body["predecessor"] = {
                "public_key": encode_bytes(asked.predecessor.public_key),
                "signature": encode_bytes(asked.predecessor.signature),
            }
        return body

    def signed(
        self,
        body: bytes,
        created_s: float,
        *,
        method: str = "POST",
        target: str = "/api/v1/sync",
        nonce: str | None = None,
        tag: str = TAG,
        covered: tuple[str, ...] = COVERED,
        headers: dict[str, str] | None = None,
        expires: datetime | None = None,
    ) -> dict[str, str]:
        """The headers of a request signed by it."""
        message = SimpleNamespace(
            method=method, url="http://unused.invalid/", request_target=target, headers=dict(headers or {})
        )
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.device: self.key}),
        )
        signer.sign(
            message,
            key_id=self.device,
            created=datetime.fromtimestamp(created_s, UTC),
            expires=expires,
            nonce=nonce or f"nonce-number-{next(_nonces):06d}",
            label=LABEL,
            tag=tag,
            include_alg=False,
            covered_component_ids=covered,
            body=body,
        )
        signed: dict[str, str] = message.headers
        return signed


def enrolled(at: House, by: Person, worker: Person, tablet: FakeTablet, **options: Any) -> FakeTablet:
    """The tablet, enrolled for a worker."""
    with at.database.writing() as session:
        code = invite(session, at.sealer, at.providers, by, worker.id)
        enrol(session, at.sealer, at.providers, tablet.application(code, **options))
    return tablet


def code_for(at: House, by: Person, worker: Person, label: str | None = None) -> str:
    """A code, made."""
    with at.database.writing() as session:
        return invite(session, at.sealer, at.providers, by, worker.id, label)


def apply(at: House, application: Application) -> str:
    """Enrol, and tell the device's id."""
    with at.database.writing() as session:
        return enrol(session, at.sealer, at.providers, application).device


def states(at: House) -> dict[str, str]:
    """The tablets and their states."""
    with at.database.reading() as session:
        rows = session.execute(select(DeviceRow.id, DeviceRow.state).where(DeviceRow.kind == "tablet")).all()
    return {row.id: row.state for row in rows}


@pytest.fixture
def tablet(at: House, staff: Staff) -> FakeTablet:
    """Ana's tablet."""
    return enrolled(at, staff.admin, staff.ana, FakeTablet())


@dataclass
class EchoExchange:
    """A service that answers who asked and what; a session put to no use."""

    heard: list[tuple[Device, bytes]] = field(default_factory=list)

    def __call__(self, session: Session, device: Device, body: bytes, at: House) -> bytes:
        """The device's id and the body's size."""
        self.heard.append((device, body))
        return json.dumps(
            {"device": device.id, "size": len(body), "padding": "x" * min(len(body), 500)}
        ).encode()


@pytest.fixture
def exchange() -> EchoExchange:
    """The service behind the tablets' door."""
    return EchoExchange()


@pytest.fixture
def web(at: House, exchange: EchoExchange) -> Iterator[FlaskClient]:
    """A client of the application, on the same database."""
    app = create_app(at.settings, at.providers, exchange=exchange)
    with app.test_client() as client:
        yield client
    app.extensions["doorstep"].close()


@pytest.fixture
def on_disk(tmp_path: Path, providers: Providers) -> Iterator[Flask]:
    """An application on a migrated SQLite database."""
    settings = Settings(home=tmp_path, master_key=MASTER_KEY, metrics_token="let me see")
    house = House.open(settings, providers)
    upgrade(house.database.engine)
    house.sealer.keys.create()
    house.close()
    app = create_app(settings, providers, exchange=EchoExchange())
    yield app
    app.extensions["doorstep"].close()


def push(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, body: bytes = b"{}", **options: Any
) -> TestResponse:
    """A signed request of the tablet, as the server's clock stands."""
    headers = tablet.signed(body, clock.now_s(), **options)
    return web.post("/api/v1/sync", data=body, headers=headers)
