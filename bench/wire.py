"""
Wire-only tablets: they sign, send and count what comes, and keep no store.

They stand for many tablets on one machine: what a real one does after a reply is done on its own processor, and
would only slow the server here.
"""

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import casework
from client_sdk.answers import Raw, sync_reply
from client_sdk.clock import Providers
from client_sdk.enrolment import Place, Signing, enrol
from client_sdk.transport import Answer, DeviceKey, HttpTransport, Transport
from server.house import House
from server.services.access import enrolment
from server.services.access.devices import device_of
from server.services.log import exchange
from sync import (
    At,
    Head,
    HistoryChanged,
    Json,
    Outcome,
    PageIn,
    Pending,
    Prefix,
    Reply,
    SyncRequest,
    Tablet,
    Write,
    compose,
    decode_bytes,
    encode_bytes,
    read_reply,
    signed_bytes,
    tick,
    write_line,
)
from sync.limits import PAGE_BYTES_MAX
from sync.packing import packed

APP = "bench"


class Unsettled(Exception):
    """The server answered with something else than it should: no figure of this run counts."""


@dataclass
class WireTablet:
    """One enrolled device, and where it stands."""

    transport: Transport
    chance: random.Random
    providers: Providers = field(default_factory=Providers)
    prefix: Prefix = field(init=False)
    epoch: str = ""
    cursor: str = ""
    seq: int = 0
    prev: str = ""
    at: At = field(default_factory=lambda: At(0, 0))

    def __post_init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(self.chance.randbytes(32))

    def enrol(self, server: str, code: str) -> None:
        """Become a device."""
        signing = Signing(self._key.public_key().public_bytes_raw(), self._key.sign)
        enrolled = enrol(self.transport, Place(server, plain_http=True), code, signing)
        self.prefix, self.epoch = enrolled.identity.prefix, enrolled.epoch

    def save(
        self, subject: str, type_: str, id_: str, units: Mapping[str, Json], over: str | None = None
    ) -> Pending:
        """One changeset that writes these units of one record; `over` names the write that each replaces."""
        wall = self.providers.now_ms()
        self.at = tick(self.at, wall)
        named = () if over is None else (over,)
        made = compose(
            self.prefix,
            subject=subject,
            seq=self.seq + 1,
            prev=self.prev,
            at=self.at,
            wall=wall,
            schema=casework.SCHEMA,
            salt=self.chance.randbytes(16),
            writes=[Write(type_, id_, unit, named, value) for unit, value in units.items()],
        )
        self.seq, self.prev = made.seq, made.id
        signature = self._key.sign(signed_bytes(self.prefix, made.body))
        return Pending(made.name, write_line(signature, made.body))

    def request(self, pending: Sequence[Pending] = (), *, page_bytes: int = PAGE_BYTES_MAX) -> SyncRequest:
        """A message with these changesets; without a page where `page_bytes` is 0."""
        about = Tablet(casework.SCHEMA, APP, self.providers.now_ms(), len(pending), "")
        return packed(Head(self.epoch, self.cursor, page_bytes, about), pending)

    def send(self, request: SyncRequest) -> Reply:
        """
        One round trip.

        Raises:
            Unsettled: A changeset was not accepted.
        """
        reply = self.transport.sync(self.key, request).reply
        return self.take(request, reply)

    @property
    def key(self) -> DeviceKey:
        """Who signs."""
        return DeviceKey(self.prefix.device, self._key.sign)

    def take(self, request: SyncRequest, reply: object) -> Reply:
        """
        Go on from what a message was answered with.

        Raises:
            Unsettled: A changeset was not accepted.
        """
        if not isinstance(reply, Reply) or not _settles(reply.outcomes, request.names):
            raise Unsettled
        if isinstance(reply.page, PageIn):
            self.cursor = reply.page.cursor
        return reply

    def pull(self) -> int:
        """Ask until there is no more; how many rows came."""
        rows = 0
        while True:
            page = self.send(self.request()).page
            assert isinstance(page, PageIn), "a page was asked for"
            rows += len(page.rows)
            if not page.more:
                return rows


class Connection(HttpTransport):
    """A connection of one wire-only tablet, which can also ask now and read later."""

    def __init__(self, server: str) -> None:
        super().__init__(server, Providers(), plain_http=True)

    def ask(self, device: DeviceKey, request: SyncRequest) -> Raw:
        """One round trip, its answer unread."""
        return self._signed(device, request)


def read(raw: Raw) -> Reply | HistoryChanged:
    """The reply of an answer that was left unread."""
    return sync_reply(raw)


@dataclass(frozen=True, slots=True)
class Beside:
    """The way to the services of a house without HTTP: to put much into a server before it is measured."""

    house: House
    agency: str

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """Register a device key."""
        asked = {name: str(value) for name, value in application.items()}
        at = self.house
        with at.database.writing() as session:
            enrolled = enrolment.enrol(
                session,
                at.sealer,
                at.providers,
                enrolment.Application(
                    asked["code"], decode_bytes(asked["public_key"]), decode_bytes(asked["signature"])
                ),
            )
        agency = enrolled.agency
        return {
            "agency": agency.id,
            "agency_name": agency.name,
            "agency_key": encode_bytes(agency.public_key),
            "device": enrolled.device,
            "worker": enrolled.worker,
            "fingerprint": enrolled.fingerprint,
            "epoch": enrolled.epoch,
            "clock_ms": at.providers.now_ms(),
        }

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """One message, accepted as any other."""
        body = zlib.decompress(request.body) if request.compressed else request.body
        with self.house.database.session() as session:
            with session.begin():
                found = device_of(session, self.agency, device.id)
            return Answer(read_reply(exchange.sync(session, found, body, self.house)), 0, 0)


def _settles(outcomes: Sequence[Outcome], names: Sequence[str]) -> bool:
    accepted = {outcome.name for outcome in outcomes if outcome.settled and not outcome.held}
    return accepted == set(names)
