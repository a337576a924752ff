"""
The network between tablets and server: what becomes of each message is written in the plan.

A request is lost, late or sent twice; an answer is lost or cut at any byte; the server or the tablet stops. While a
message is on its way other acts happen, syncs of other tablets among them. What the server refuses reaches the tablet
as over HTTP, read by the tablet's own code.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction

from client_sdk.answers import Raw, object_of, raise_for, sync_reply
from client_sdk.errors import ClientError, Offline
from client_sdk.transport import Answer, DeviceKey, Unreached
from server.api.problems import face_of
from server.db import writing
from server.errors import ServerError
from server.services.access import devices, enrolment
from server.services.log.exchange import sync
from sync import Json, Reply, SyncRequest, encode_bytes
from sync.errors import SyncError
from sync.ids import decode_bytes
from tests.simulation import checks
from tests.simulation.databases import ServerStopped, Stoppable, failure
from tests.simulation.plan import Trip
from tests.simulation.tablets import TabletStopped

if TYPE_CHECKING:
    from tests.simulation.tablets import SimTablet
    from tests.simulation.world import World

LATE_MS_MAX: Final = 4 * 60_000
"""A request that comes later is refused by its age."""

TRIPS_MAX: Final = 400
"""Messages of one sync: more than that never ends."""

_HEALTHY: Final = Trip()


@dataclass
class Wire:
    """The way of one tablet to the server."""

    world: World
    index: int
    trips: list[Trip] = field(default_factory=list)
    """What befalls the next messages; those after them are spared."""
    count: int = 0
    """Messages of this sync."""
    handed: tuple[int, bytes] | None = None
    """What the tablet's disk had when it was given the last answer."""
    given: set[str] = field(default_factory=set)
    """Names that were ever given to the network."""
    failed: set[str] = field(default_factory=set)
    """Those of them whose message the tablet saw fail: it must say that they were sent."""
    whole: tuple[str, ...] = ()
    """Subjects that the last page called whole."""

    @property
    def tablet(self) -> SimTablet:
        """Whose way it is."""
        return self.world.tablets[self.index]

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """One message and its answer."""
        world, tablet = self.world, self.tablet
        self.count += 1
        if self.count > TRIPS_MAX:
            world.fail("ends", f"{tablet.name} has sent {TRIPS_MAX} messages in one sync")
        trip = self.trips.pop(0) if self.trips else _HEALTHY
        handed, self.handed = self.handed, None
        if trip.fault == "tablet stops" and trip.point % 2 and handed is not None:
            world.tell(f"{tablet.name} stops as it has stored an answer")
            raise Cut(handed, trip.point / 0xFFFF)
        if not tablet.has_signal:
            raise Unreached("no signal")
        whole, self.whole = self.whole, ()
        checks.between_pages(world, tablet, whole)
        if request.head.refetch and not tablet.forgot:
            world.fail("digest", f"{tablet.name} asks again for {world.call(request.head.refetch[0])}")
        self.given.update(request.names)
        try:
            answer = self._carried(device, request, trip)
        except ClientError:
            self.failed.update(request.names)
            raise
        self.handed = tablet.written()
        return answer

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """Register a device key."""
        world = self.world
        if not self.tablet.has_signal:
            raise Unreached("no signal")
        old = application.get("predecessor")
        asked = enrolment.Application(
            code=str(application["code"]),
            public_key=decode_bytes(str(application["public_key"])),
            signature=decode_bytes(str(application["signature"])),
            predecessor=None
            if not isinstance(old, dict)
            else enrolment.Predecessor(
                decode_bytes(str(old["public_key"])), decode_bytes(str(old["signature"]))
            ),
        )
        house = world.house
        try:
            with house.database.writing() as session:
                told = enrolment.enrol(session, house.sealer, house.providers, asked)
        except ServerError as error:
            raise_for(_problem(error), expected=(200,))
            raise
        return object_of(
            json.dumps(
                {
                    "agency": told.agency.id,
                    "agency_name": told.agency.name,
                    "agency_key": encode_bytes(told.agency.public_key),
                    "time_zone": told.agency.time_zone,
                    "device": told.device,
                    "worker": told.worker,
                    "role": told.role,
                    "fingerprint": told.fingerprint,
                    "epoch": told.epoch,
                    "clock_ms": world.now_ms,
                }
            ).encode()
        )

    def _carried(self, device: DeviceKey, request: SyncRequest, trip: Trip) -> Answer:
        world, fault = self.world, trip.fault
        said = _said(request)
        world.tell(f"{self.tablet.name} sends {said}{f' ({fault})' if fault else ''}")
        world.meanwhile(trip.before)
        if fault == "request lost":
            raise Offline("the request was lost")
        if fault == "request late":
            world.later(trip.point % LATE_MS_MAX, lambda: _arrive(world, device.id, request))
            raise Offline("the request seems lost")
        raw = self._served(device, request, trip)
        if fault == "twice":
            raw = self._served(device, request, _HEALTHY) if trip.point % 2 else raw
            world.tell("it arrives twice")
        if not _between(trip):
            world.meanwhile(trip.after)
        if fault == "tablet stops":
            raise TabletStopped
        if fault == "reply lost":
            raise Offline("the answer was lost")
        if fault == "reply cut":
            cut = len(raw.body) * trip.point // 0xFFFF
            raw = Raw(raw.status, raw.body[:cut], cut)
        reply = sync_reply(raw)
        world.count += 1
        if isinstance(reply, Reply) and reply.page is not None:
            self.whole = reply.page.whole
        return Answer(reply, len(request.body), raw.wire_bytes)

    def _served(self, device: DeviceKey, request: SyncRequest, trip: Trip) -> Raw:
        world = self.world
        database = world.house.database
        assert isinstance(database, Stoppable)
        if trip.fault.startswith("server stops"):
            database.stop_in = trip.point % 4
            database.stops_before = trip.fault.endswith("before")
        if trip.fault == "commit fails":
            # Mostly the second one, in which changesets are taken in.
            database.stop_in = min(trip.point % 4, 1)
            database.fails = failure(("53100", "53100", "40001")[trip.point // 4 % 3])
        try:
            raw = serve(world, device.id, request, _Between(world, trip))
        except ServerStopped:
            world.tell("the server stops and starts again")
            raise Offline("the connection broke") from None
        finally:
            database.stop_in = database.fails = None
        return raw


class Cut(TabletStopped):
    """A tablet stops as the commit of an answer is on its way to the disk."""

    def __init__(self, acknowledged: tuple[int, bytes], share: float) -> None:
        self.acknowledged = acknowledged
        self.share = share


@dataclass(eq=False)
class _Between:
    """Other requests, which get their turn between two transactions of this one."""

    world: World
    trip: Trip
    ended: int = 0
    """Transactions of this request that are over."""

    def __call__(self, _session: object, transaction: SessionTransaction) -> None:
        """A transaction of the request has ended."""
        if transaction.parent is not None:
            return
        self.ended += 1
        if self.ended == _between(self.trip):
            self.world.meanwhile(self.trip.after)


def _between(trip: Trip) -> int:
    """After which transaction of the server the acts of a trip happen; 0 for none of them: after the answer."""
    return 0 if trip.fault else trip.point % 5


def serve(world: World, device_id: str, request: SyncRequest, between: _Between | None = None) -> Raw:
    """What the server answers to a request of a device, as over HTTP."""
    house = world.house
    body = zlib.decompress(request.body) if request.compressed else request.body
    world.count += 1
    try:
        with house.database.session() as session:
            if between is not None:
                # One thread is no rival of itself: what happens between is not to wait for this turn.
                session.info.update(dict.fromkeys(session.info, nullcontext()))
                event.listen(session, "after_transaction_end", between)
            with writing(session, durable=False):
                device = devices.working(devices.known(session, device_id))
            answer = sync(session, device, body, house)
    except (ServerError, SyncError) as error:
        world.tell(f"the server refuses: {type(error).__name__}")
        if face_of(error).status in (400, 413, 500):
            world.fail("refused", f"a tablet's own request is refused: {error}")
        return _problem(error)
    return Raw(200, answer, len(answer))


def _arrive(world: World, device_id: str, request: SyncRequest) -> None:
    world.tell(f"a late request arrives with {_said(request)}")
    serve(world, device_id, request)


def _said(request: SyncRequest) -> str:
    head = request.head
    parts = [f"{len(request.names)} changesets"]
    parts += ["the cursors that it kept"] if head.kept else []
    parts += [f"what it holds ({len(head.holds)})"] if head.holds is not None else []
    parts += [f"what it lacks ({len(head.lacks)})"] if head.lacks else []
    parts += [f"refetch of {len(head.refetch)}"] if head.refetch else []
    return ", ".join(parts)


def _problem(error: Exception) -> Raw:
    face = face_of(error)
    shown = {name: getattr(error, name) for name in face.shows if getattr(error, name) not in (None, "")}
    body = json.dumps({"type": f"/problems/{face.code}", "title": face.title, **shown}).encode()
    return Raw(face.status, body, len(body))
