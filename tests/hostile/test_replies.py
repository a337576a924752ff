"""A tablet under replies that no server of ours gives: it refuses in its own words, and keeps what was saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from client_sdk import ClientError, Refused, Tablet
from client_sdk.answers import Raw, sync_reply
from client_sdk.transport import Answer, DeviceKey
from sync import Page, PageIn, Reply, SyncRequest, encode, write_reply
from tests.client_sdk.facade.kit import CLIENT, Setting, setting
from tests.client_sdk.replica.wire import Wire

from .spoiling import spoil

ROUNDS = 60
STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**53 - 1,
    "",
    "x",
    "\0",
    [],
    {},
    [[]],
    {"a": []},
    [1, 2, 3, 4],
)


@dataclass
class Spoilt(Wire):
    """The model's wire, whose replies are spoilt before the tablet reads them."""

    random: Random = field(default_factory=Random)
    honest: bool = True

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """Carry a message, and something else than its answer."""
        try:
            answer = super().sync(device, request)
        except (ValueError, LookupError, TypeError):
            raise Refused("the model knows no such cursor: a spoilt reply told it") from None
        if self.honest or not isinstance(answer.reply, Reply):
            return answer
        data = _spoilt(_written(answer.reply), self.random)
        return Answer(sync_reply(Raw(200, data, len(data))), answer.bytes_up, len(data))


@pytest.mark.parametrize("seed", range(2))
def test_no_reply_stops_a_tablet_or_loses_a_save(tmp_path: Path, seed: int) -> None:
    """A proxy in between, a defect in the server, a stranger who answers in its place."""
    place = setting(tmp_path)
    wire = Spoilt(place.model, agency_key=place.wire.agency_key, random=Random(seed))
    place.wire = wire
    place.has_client(legal_name={"family": "Okafor", "given": "Rosa"}, language="en")
    tablet = place.enrol()
    tablet.sync()
    saved: set[str] = set()
    refused = 0
    for number in range(ROUNDS):
        saved |= _save(tablet, number)
        _office(place, number)
        wire.honest = False
        try:
            tablet.sync()
        except ClientError:
            refused += 1
        wire.honest = True
        if number % 10 == 9:
            tablet.lock()
            tablet = place.unlock()
        assert saved <= _kept(tablet), f"seed {seed}, round {number}: a save is lost"

    assert refused, "nothing was spoilt"
    tablet.lock()


def _save(tablet: Tablet, number: int) -> set[str]:
    """One save about a client that is here; a reply may have said that the first one left."""
    here = [item.id for item in tablet.records("client")]
    if CLIENT not in here:
        with tablet.registration() as edit:
            edit.create("client", preferred_name=f"name {number}")
    else:
        with tablet.edit(CLIENT) as edit:
            edit.create("need", domain="food", detail=f"need {number}")
    assert edit.saved is not None
    return {edit.saved}


def _office(place: Setting, number: int) -> None:
    """Something for the next page to bring."""
    place.has_client(f"c{number:07}-1111-4111-8111-111111111111", preferred_name=f"client {number}")


def _kept(tablet: Tablet) -> set[str]:
    replica = tablet._desk.replica
    return {own.name for own in replica.own.values()} | {sent.name for sent in replica.sent.values()}


def _written(reply: Reply) -> bytes:
    """A reply that was read, as it came."""
    read = reply.page
    if not isinstance(read, PageIn):
        return write_reply(reply)
    rows = tuple(encode(row) for row in read.rows)
    page = Page(
        read.cursor, read.more, rows, read.enter, read.whole, read.leave, read.digests, read.total, read.head
    )
    return write_reply(replace(reply, page=page))


def _spoilt(data: bytes, random: Random) -> bytes:
    """Bytes that are damaged, or a reply of the right form that says something strange in one place."""
    if random.random() < 0.3:
        return spoil(data, random, (data,))
    value = json.loads(data)
    for _ in range(random.randint(1, 3)):
        _estrange(value, random)
    return json.dumps(value).encode()


def _estrange(value: Any, random: Random) -> None:
    places = list(_places(value))
    inside, key = random.choice(places)
    kind = random.randint(0, 3)
    if kind == 0 and isinstance(inside, dict):
        del inside[key]
    elif kind == 1:
        inside[key] = random.choice(STRANGE)
    elif kind == 2:
        other, other_key = random.choice(places)
        try:
            inside[key], other[other_key] = other[other_key], inside[key]
        except (KeyError, IndexError):
            return
    else:
        inside[key] = [inside[key]]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(where, key) of every part of a value, but of what only sends the next request astray."""
    found: list[tuple[Any, Any]] = []
    keys = value.keys() - {"cursor", "epoch"} if isinstance(value, Mapping) else range(len(value))
    for key in sorted(keys):
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found
