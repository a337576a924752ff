"""
A transport into the model, with everything that a network can do to a message.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from client_sdk.errors import Offline, Refused
from client_sdk.transport import Answer, DeviceKey, Unreached
from sync import (
    HistoryChanged,
    Json,
    Page,
    SyncRequest,
    decode_bytes,
    digest_id,
    encode_bytes,
    read_reply,
    read_request,
    write_reply,
)

from .model import AGENCY, Model


@dataclass
class Wire:
    """A transport into the model, with everything that a network can do to a message."""

    model: Model
    lose_requests: int = 0
    lose_replies: int = 0
    unreached: bool = False
    during: Callable[[], None] | None = None
    """Called once, after the request has left and before the reply is there."""
    most: int = 10_000
    """Requests, for a test of what might go on for ever."""
    forge_epoch: str = ""
    spoil_rows: bool = False
    takes_s: Callable[[int], None] | None = None
    requests: list[SyncRequest] = field(default_factory=list)
    enrolments: list[Mapping[str, Json]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    agency_key: bytes = b""
    tells: dict[str, Any] = field(default_factory=dict)
    """What the enrolment tells otherwise."""

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """Carry a message and its answer, or lose them."""
        if self.unreached:
            raise Unreached("the server is not reached")
        self.requests.append(request)
        assert len(self.requests) <= self.most, "a conversation that does not end"
        during, self.during = self.during, None
        if self.lose_requests:
            self.lose_requests -= 1
            raise Offline("the connection broke before an answer came")
        plain = zlib.decompress(request.body) if request.compressed else request.body
        head, lines = read_request(plain)
        reply = self.model.exchange(device.id, head, lines)
        if during is not None:
            during()
        if self.lose_replies:
            self.lose_replies -= 1
            raise Offline("the answer was cut")
        if isinstance(reply, HistoryChanged):
            return Answer(reply, len(request.body), 0)
        if self.forge_epoch:
            reply = replace(reply, epoch=self.forge_epoch)
        if self.spoil_rows and isinstance(reply.page, Page):
            reply = replace(reply, page=replace(reply.page, rows=(b'{"c":[]}',)))
        data = write_reply(reply)
        if self.takes_s is not None:
            self.takes_s(len(data))
        return Answer(read_reply(data), len(request.body), len(data))

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """What the real door does, as far as a tablet can tell."""
        if self.unreached:
            raise Unreached("the server is not reached")
        worker = self.codes.pop(str(application["code"]), None)
        if worker is None:
            raise Refused("the server refuses the request: code-refused")
        self.enrolments.append(application)
        key = decode_bytes(str(application["public_key"]))
        device = digest_id(key)
        self.model.know(device, worker)
        return {
            "agency": AGENCY,
            "agency_name": "Mercy Bend",
            "agency_key": encode_bytes(self.agency_key),
            "device": device,
            "worker": worker,
            "role": "worker",
            "fingerprint": "123456",
            "time_zone": "America/New_York",
            "epoch": self.model.state.epoch,
            "clock_ms": self.model.clock,
            **self.tells,
        }
