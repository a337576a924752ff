"""
Crowd: eight tablets of one agency push 250 new records each at the same moment.

The tablets are wire-only, and what they push is signed before the clock starts. It stops when the last one has its
outcomes. Each connects anew for it, as a tablet does when its worker syncs. The server runs as in production:
gunicorn, two processes; PostgreSQL has looked at its tables, as it does by itself within a minute. Warm-up: each
tablet has pulled, and pushed ten records. A run in which the server does not show every record as it was written
does not count at all.
"""

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

from client_sdk.answers import Raw
from sync import Json, SyncRequest

from . import truth, work
from .figures import Figure, Scale, Wanted, at_least, medians, told
from .serving import KINDS, Kind, PostgreSQL, analysed, fresh
from .stage import Stage, invite, set_up
from .wire import Connection, WireTablet, read

TABLETS: Final = 8
EACH: Final = 250
WARM_UP: Final = 10

_NAMES: Final[Mapping[Kind, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_WANTED: Final[Mapping[str, Wanted]] = {
    "records accepted": at_least(3_000, "/s"),
    "server and database CPU": told("ms"),
}


def measure(scale: Scale) -> Sequence[Figure]:
    """Records accepted in a second, on both databases."""
    figures: list[Figure] = []
    with PostgreSQL() as postgresql:
        for kind in KINDS:
            name = f"eight tablets pushing 250 each, {_NAMES[kind]}"
            wanted = {f"{name}: {what}": one for what, one in _WANTED.items()}
            runs = [a_rush(kind, postgresql, scale, name) for _ in range(scale.runs)]
            figures += medians(wanted, runs)
    return figures


def a_rush(kind: Kind, postgresql: PostgreSQL | None, scale: Scale, name: str) -> dict[str, float]:
    """One run on fresh stores."""
    settings = {"SERVER": "gunicorn", "WORKERS": "2"}
    with (
        fresh(kind, postgresql) as place,
        set_up(place, workers=TABLETS, clients=scale.of(work.CLIENTS, 3), **settings) as stage,
        ExitStack() as stack,
    ):
        chance = random.Random(work.SEED)
        tablets = [_enrolled(stage, worker, chance, stack) for worker in stage.agency.workers]
        written: dict[tuple[str, str], Mapping[str, Json]] = {}
        _together(tablets, [_request(tablet, stage, WARM_UP, written) for tablet in tablets])
        analysed(place)
        each = scale.of(EACH, 5)
        requests = [_request(tablet, stage, each, written) for tablet in tablets]
        for tablet in tablets:
            tablet.transport = _connection(stage, stack)
        cpu_s = stage.server.cpu_s()
        took_s = _together(tablets, requests)
        spent_ms = (stage.server.cpu_s() - cpu_s) * 1000
        truth.check(written, stage.house, stage.agency)
    return {
        f"{name}: records accepted": TABLETS * each / took_s,
        f"{name}: server and database CPU": spent_ms,
    }


def _enrolled(stage: Stage, worker: str, chance: random.Random, stack: ExitStack) -> WireTablet:
    tablet = WireTablet(_connection(stage, stack), chance)
    tablet.enrol(stage.server.address, invite(stage.house, stage.agency, worker))
    tablet.pull()
    return tablet


def _connection(stage: Stage, stack: ExitStack) -> Connection:
    connection = Connection(stage.server.address)
    stack.callback(connection.close)
    return connection


def _request(
    tablet: WireTablet, stage: Stage, count: int, written: dict[tuple[str, str], Mapping[str, Json]]
) -> SyncRequest:
    """A message with so many new records, and no page asked for."""
    clients, chance, pending = stage.agency.clients, tablet.chance, []
    for one in work.assessments(count, len(clients), seed=chance.getrandbits(32)):
        record = work.a_uuid(chance)
        written["assessment", record] = one.units
        pending.append(tablet.save(clients[one.client], "assessment", record, one.units))
    return tablet.request(pending, page_bytes=0)


def _together(tablets: Sequence[WireTablet], requests: Sequence[SyncRequest]) -> float:
    """Send everything at once; seconds until the last answer is there. Answers are read behind it."""
    with ThreadPoolExecutor(len(tablets)) as pool:
        began_s = time.perf_counter()
        answers = list(pool.map(_ask, tablets, requests))
        took_s = time.perf_counter() - began_s
    for tablet, request, answer in zip(tablets, requests, answers, strict=True):
        tablet.take(request, read(answer))
    return took_s


def _ask(tablet: WireTablet, request: SyncRequest) -> Raw:
    assert isinstance(tablet.transport, Connection), "it asks over HTTP"
    return tablet.transport.ask(tablet.key, request)
