"""
Fleet: 300 tablets come within ten seconds, each with 20 new records and 200 to take; another has nothing to say.

The tablets are wire-only and have their requests ready; the server is gunicorn with two processes on PostgreSQL, on
the same machine as all of them. A tablet's time runs from its arrival to the last byte of its page. Every answer
is read afterwards: each tablet must have its outcomes and all records. Warm-up: the one with nothing to say has
asked before.
"""

import random
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from client_sdk.answers import Raw
from client_sdk.errors import ClientError
from server.house import House
from sync import PageIn, Pending, SyncRequest

from . import work
from .figures import Figure, Scale, Wanted, at_most, medians, told
from .serving import PostgreSQL, Server, analysed, fresh
from .stage import Agency, found, invite, opened, register
from .wire import Beside, Connection, Unsettled, WireTablet, read

TABLETS: Final = 300
ARRIVALS_S: Final = 10
PULLED: Final = 200
PUSHED: Final = 20
CLIENTS_EACH: Final = 4
NOTHING_EVERY_S: Final = 0.1

WANTED: Final[Mapping[str, Wanted]] = {
    "300 tablets in 10 s: errors": at_most(0, ""),
    "300 tablets in 10 s: a whole sync, 95th percentile": at_most(3_000, "ms"),
    "300 tablets in 10 s: a whole sync, median": told("ms"),
    "300 tablets in 10 s: a no-op meanwhile, 95th percentile": at_most(300, "ms"),
    "300 tablets in 10 s: server and database CPU": told("ms"),
}


@dataclass
class Arrival:
    """One tablet: when it comes, what it brings, and what it is answered."""

    at_s: float
    tablet: WireTablet
    request: SyncRequest
    pulls: int
    """Assessments that come: the older ones, and its own, for they are of clients who enter whole."""
    answers: list[Raw] = field(default_factory=list)
    took_s: float = 0.0


def measure(scale: Scale) -> Sequence[Figure]:
    """How long tablets wait when all of them come."""
    with PostgreSQL() as postgresql:
        return medians(WANTED, [a_morning(postgresql, scale) for _ in range(1 if scale.quick else 3)])


def a_morning(postgresql: PostgreSQL, scale: Scale) -> dict[str, float]:
    """One run on a fresh database."""
    count = scale.of(TABLETS, 3)
    with ExitStack() as stack:
        place = stack.enter_context(fresh("postgresql", postgresql))
        chance = random.Random(work.SEED)
        with opened(place) as house:
            agency = found(house, workers=count + 1, clients=0)
            fleet = [_prepared(house, agency, worker, chance, scale) for worker in agency.workers]
        analysed(place)
        server = stack.enter_context(Server(place, {"SERVER": "gunicorn", "WORKERS": "2"}))
        arrivals = [_ready(*prepared, server, chance, stack, scale) for prepared in fleet]
        idle = arrivals.pop()
        _ask(idle)
        return _told(server, arrivals, idle)


def _prepared(
    house: House, agency: Agency, worker: str, chance: random.Random, scale: Scale
) -> tuple[WireTablet, tuple[str, ...]]:
    """A worker's clients with their records, written by an older tablet, and a new tablet that has nothing yet."""
    clients = register(house, agency, CLIENTS_EACH, (worker,))
    older = WireTablet(Beside(house, agency.id), chance)
    older.enrol("http://127.0.0.1", invite(house, agency, worker))
    older.send(older.request(_new(older, clients, scale.of(PULLED, 8)), page_bytes=0))
    newer = WireTablet(Beside(house, agency.id), chance)
    newer.enrol("http://127.0.0.1", invite(house, agency, worker))
    return newer, clients


def _ready(
    tablet: WireTablet,
    clients: Sequence[str],
    server: Server,
    chance: random.Random,
    stack: ExitStack,
    scale: Scale,
) -> Arrival:
    connection = Connection(server.address)
    stack.callback(connection.close)
    tablet.transport = connection
    new, at_s = _new(tablet, clients, scale.of(PUSHED, 2)), chance.uniform(0, scale.of(ARRIVALS_S))
    return Arrival(at_s, tablet, tablet.request(new), scale.of(PULLED, 8) + len(new))


def _new(tablet: WireTablet, clients: Sequence[str], count: int) -> list[Pending]:
    """So many new records, spread over these clients."""
    some = work.assessments(count, len(clients), seed=tablet.chance.getrandbits(32))
    return [
        tablet.save(clients[one.client], "assessment", work.a_uuid(tablet.chance), one.units) for one in some
    ]


def _told(server: Server, arrivals: Sequence[Arrival], idle: Arrival) -> dict[str, float]:
    """Let them all come, and see what they were answered."""
    cpu_s = server.cpu_s()
    waited_ms: list[float] = []
    over = threading.Event()
    prober = threading.Thread(target=_say_nothing, args=(idle, over, waited_ms))
    prober.start()
    began_s = time.perf_counter()
    with ThreadPoolExecutor(len(arrivals)) as pool:
        errors = sum(pool.map(lambda arrival: _arrive(arrival, began_s), arrivals))
    over.set()
    prober.join()
    spent_ms = (server.cpu_s() - cpu_s) * 1000
    errors += sum(not _is_served(arrival) for arrival in arrivals if arrival.answers)
    took_ms = [arrival.took_s * 1000 for arrival in arrivals]
    values = (
        float(errors),
        _percentile(took_ms, 95),
        statistics.median(took_ms),
        _percentile(waited_ms, 95),
        spent_ms,
    )
    return dict(zip(WANTED, values, strict=True))


def _arrive(arrival: Arrival, began_s: float) -> bool:
    """Come at one's time; whether that failed."""
    time.sleep(max(0.0, began_s + arrival.at_s - time.perf_counter()))
    try:
        _ask(arrival)
    except (ClientError, OSError):
        return True
    arrival.took_s = time.perf_counter() - began_s - arrival.at_s
    return False


def _ask(arrival: Arrival) -> None:
    tablet = arrival.tablet
    assert isinstance(tablet.transport, Connection), "it asks over HTTP"
    arrival.answers.append(tablet.transport.ask(tablet.key, arrival.request))


def _say_nothing(idle: Arrival, over: threading.Event, waited_ms: list[float]) -> None:
    """One more tablet asks again and again whether there is something new."""
    tablet = idle.tablet
    tablet.take(idle.request, read(idle.answers[0]))
    while not over.wait(NOTHING_EVERY_S):
        began_s = time.perf_counter()
        tablet.send(tablet.request())
        waited_ms.append((time.perf_counter() - began_s) * 1000)


def _is_served(arrival: Arrival) -> bool:
    """Whether everything was accepted, and everything came."""
    try:
        page = arrival.tablet.take(arrival.request, read(arrival.answers[0])).page
    except (ClientError, Unsettled):
        return False
    assert isinstance(page, PageIn), "a page was asked for"
    came = sum(isinstance(row, dict) and row["t"] == "assessment" for row in page.rows)
    return not page.more and came == arrival.pulls


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
