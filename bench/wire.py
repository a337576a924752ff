"""
Wire-only tablets: they sign, send and count what comes, and keep no store.

They stand for many tablets on one machine: what a real one does after a reply is done on its own processor, and
would only slow the server here.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import casework
from client_sdk.clock import Providers
from client_sdk.enrolment import Place, Signing, enrol
from client_sdk.transport import DeviceKey, HttpTransport, Transport
from sync import (
    At,
    Head,
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

    def save(self, subject: str, type_: str, id_: str, units: Mapping[str, Json]) -> Pending:
        """One changeset that writes these units of one new record."""
        wall = self.providers.now_ms()
        self.at = tick(self.at, wall)
        made = compose(
            self.prefix,
            subject=subject,
            seq=self.seq + 1,
            prev=self.prev,
            at=self.at,
            wall=wall,
            schema=casework.SCHEMA,
            salt=self.chance.randbytes(16),
            writes=[Write(type_, id_, unit, (), value) for unit, value in units.items()],
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
        reply = self.transport.sync(DeviceKey(self.prefix.device, self._key.sign), request).reply
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


def connect(server: str) -> HttpTransport:
    """A connection of one wire-only tablet."""
    return HttpTransport(server, Providers(), plain_http=True)


def _settles(outcomes: Sequence[Outcome], names: Sequence[str]) -> bool:
    accepted = {outcome.name for outcome in outcomes if outcome.settled and not outcome.held}
    return accepted == set(names)
