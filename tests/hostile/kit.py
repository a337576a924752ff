"""
The fortress and those who stand before it: a whole application on a database, and callers with keys of their own.

Nothing is faked: requests go through the application as a server hands them in, signed as a tablet signs them.
`essence` is a digest of everything in the database that counts: what a hostile request must leave as it was.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from casework import rule_of
from server.api.signatures import COVERED, LABEL, TAG
from server.app import create_app
from server.db import Base, table_of
from server.services.access import devices
from server.services.log.records import Key, read_records
from server.tables.device import DeviceRow
from sync import (
    At,
    Json,
    Prefix,
    Write,
    compose,
    digest_id,
    encode,
    encode_bytes,
    signed_bytes,
    view,
    write_line,
)
from sync.ids import canonical
from tests.faults.agency import Agency, settings_of

SYNC: Final = "/api/v1/sync"
ENROL: Final = "/api/v1/enrol"
TABLET: Final[dict[str, Json]] = {"schema": 1, "app": "0.1.0", "clock": 0}

SECONDS_MAX: Final = 10.0
"""Processor seconds of one request: far more than any takes, far less than a hang."""

PASSING: Final = {"nonce"}
"""Tables whose rows are gone in ten minutes."""

TOLD: Final = frozenset(
    {
        "clock_offset_ms",
        "last_contact_ms",
        "told_pending",
        "app",
        "schema",
        "anchor_store",
        "anchor_seq",
        "anchor_digest",
        "tip_seq",
        "tip_name",
    }
)
"""Columns in which the server notes what a tablet says of itself, and how far its chain has come."""

LATE: Final = {"log", "head", "held", "waiting"}
"""Tables in which work of a known device is kept until a person decides, whatever it says."""

_device = table_of(DeviceRow)


@dataclass
class Caller:
    """Somebody with a key."""

    agency: str
    author: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seq: int = 0
    prev: str = ""

    @property
    def device(self) -> str:
        """The id of the device that this key is."""
        return digest_id(self.key.public_key().public_bytes_raw())

    def signed(
        self, body: bytes, *, method: str = "POST", target: str = SYNC, **other: Any
    ) -> dict[str, str]:
        """The headers of a request signed by this key, now; `other` gives other values than the right ones."""
        message = SimpleNamespace(
            method=method, url="http://unused.invalid/", request_target=target, headers={}
        )
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.device: self.key}),
        )
        signer.sign(
            message,
            key_id=self.device,
            created=other.get("created", datetime.now(UTC)),
            nonce=other.get("nonce", encode_bytes(os.urandom(12))),
            label=LABEL,
            tag=TAG,
            include_alg=False,
            covered_component_ids=COVERED,
            body=body,
        )
        return dict(message.headers)

    def changeset(
        self, subject: str, writes: Sequence[Write], *, author: str = "", device: str = "", **more: Any
    ) -> bytes:
        """The line of its next changeset, signed; perhaps in somebody else's name."""
        prefix = Prefix(self.agency, device or self.device, author or self.author)
        now_ms = time.time_ns() // 1_000_000
        made = compose(
            prefix,
            subject=subject,
            seq=self.seq + 1,
            prev=self.prev,
            at=At(now_ms, 0),
            wall=now_ms,
            schema=1,
            salt=os.urandom(16),
            writes=writes,
            **more,
        )
        self.seq, self.prev = made.seq, made.id
        return self.sealed(made.body, prefix)

    def sealed(self, body: bytes, prefix: Prefix | None = None) -> bytes:
        """Any bytes as a line that this key has signed."""
        prefix = prefix or Prefix(self.agency, self.device, self.author)
        return write_line(self.key.sign(signed_bytes(prefix, body)), body)


@dataclass
class Fortress:
    """An application, two agencies in its database, and who stands before it."""

    app: Flask
    agency: Agency
    other: Agency
    worker: Caller
    revoked: Caller
    foreigner: Caller
    stranger: Caller

    @property
    def client(self) -> str:
        """A client of the worker's."""
        return self.agency.clients[0]

    @property
    def epoch(self) -> str:
        """The agency's epoch."""
        return self._epoch(self.agency)

    def send(
        self,
        caller: Caller | None,
        body: bytes,
        *,
        path: str = SYNC,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        **signing: Any,
    ) -> TestResponse:
        """One request, signed where somebody calls; never a defect of the server, and never long."""
        given = dict(headers or {})
        signed = {} if caller is None else caller.signed(body, method=method, target=path, **signing)
        began_s = time.process_time()
        answer = self.app.test_client().open(path, method=method, data=body, headers={**signed, **given})
        took_s = time.process_time() - began_s
        assert answer.status_code < 500, f"a defect: {answer.status_code}"
        assert took_s < SECONDS_MAX, f"a hang: {took_s:.1f} s"
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
        return answer

    def sync(
        self, caller: Caller, *lines: bytes, epoch: str | None = None, head: Mapping[str, Json] | None = None
    ) -> TestResponse:
        """One exchange of a tablet, with a head as it should be but for what is given."""
        return self.send(caller, self.request(*lines, epoch=epoch, head=head))

    def request(
        self, *lines: bytes, epoch: str | None = None, head: Mapping[str, Json] | None = None
    ) -> bytes:
        """The bytes of such an exchange."""
        about: dict[str, Json] = {"epoch": self.epoch if epoch is None else epoch, "tablet": TABLET}
        return b"\n".join((encode({**about, **(head or {})}), *lines))

    def outcomes(self, answer: TestResponse) -> list[str]:
        """What became of each line: `accepted`, or the code for which it is held, or `waiting`."""
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told = json.loads(answer.data).get("outcomes", [])
        return ["waiting" if not part[1] else part[2] if len(part) == 4 else "accepted" for part in told]

    def essence(self, *, but: set[str] = PASSING) -> dict[str, str]:
        """{table: digest of everything in it that counts}, without these tables."""
        found: dict[str, str] = {}
        with self.agency.house.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                columns = [c for c in table.columns if table.name != "device" or c.name not in TOLD]
                rows = session.execute(select(*columns).order_by(*table.primary_key.columns)).all()
                if table.name not in but:
                    found[table.name] = sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
        return found

    def shown(self, type_: str, id_: str) -> dict[str, Json]:
        """{unit: value} of what a record shows."""
        house = self.agency.house
        with house.database.reading() as session:
            record = read_records(session, house.sealer, self.agency.id, [Key(type_, id_)])[Key(type_, id_)]
        return {unit: shown.value for unit, shown in view(record, rule_of).units.items()}

    def _epoch(self, agency: Agency) -> str:
        with agency.house.database.reading() as session:
            head = Base.metadata.tables["head"]
            return str(session.scalar(select(head.c.epoch).where(head.c.agency == agency.id)))


@contextmanager
def fortress(folder: Path, database_url: str = "") -> Iterator[Fortress]:
    """Build it, on SQLite in the folder or on a database of its own."""
    settings = settings_of(folder / "home", database_url)
    agency = Agency.found(settings, clients=2)
    other = Agency.found(settings, clients=1)
    app = create_app(agency.house.settings, agency.house.providers)
    made = Fortress(
        app,
        agency,
        other,
        worker=Caller(agency.id, agency.workers[0]),
        revoked=Caller(agency.id, agency.workers[1]),
        foreigner=Caller(other.id, other.workers[0]),
        stranger=Caller(agency.id, agency.workers[0]),
    )
    for caller, of in ((made.worker, agency), (made.revoked, agency), (made.foreigner, other)):
        post(made, application(caller, of.invite(caller.author)), 201)
    with agency.house.database.writing() as session:
        here = _device.c.id == made.revoked.device
        session.execute(update(_device).where(here).values(state=devices.REVOKED))
    try:
        yield made
    finally:
        app.extensions["doorstep"].close()
        agency.close()
        other.close()


def application(caller: Caller, code: str) -> dict[str, Json]:
    """What a tablet posts to become a device."""
    public = encode_bytes(caller.key.public_key().public_bytes_raw())
    message = canonical(["doorstep enrol", code, public, None])
    return {"code": code, "public_key": public, "signature": encode_bytes(caller.key.sign(message))}


def name_of(client: str, value: str = "Rosa", *over: str) -> list[Write]:
    """A write that the worker may make."""
    return [Write("client", client, "preferred_name", over, value)]


def post(made: Fortress, body: Mapping[str, Json], wanted: int | None = None) -> int:
    """Ask to be a device; the status."""
    answer = made.send(None, encode(dict(body)), path=ENROL, headers={"Content-Type": "application/json"})
    assert wanted in (None, answer.status_code), answer.get_data(as_text=True)
    return answer.status_code


def enrolled(made: Fortress) -> Caller:
    """Another tablet of the same worker, whose chain begins afresh."""
    caller = Caller(made.agency.id, made.worker.author)
    post(made, application(caller, made.agency.invite(caller.author)), 201)
    return caller
