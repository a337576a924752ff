"""
Flat: what a no-op and a sync of ten edits cost a worker who holds little, ten times as much, a hundred times.

Three servers run side by side, each with its own database, and take turns in rounds, so that whatever else the
machine does slows all three. The databases are made in this run, one out of the other, by `accept` itself without
HTTP. The tablet is wire-only: what a real one does with a reply is not the server's. Warm-up: one round.
"""

import random
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from doorstep_cli.demo.proxy import CountingProxy
from server.house import House
from sync import Pending

from . import work
from .figures import Bar, Figure, Scale
from .serving import Place, Server, fresh
from .stage import Agency, found, invite, opened, register
from .wire import Beside, Connection, WireTablet

SIZES: Final = (1_000, 10_000, 100_000)
"""Records that the worker holds; a twentieth as many clients."""

QUICK_SIZES: Final = (200, 400)
RECORDS_PER_CLIENT: Final = 20
REPEATS: Final = 2_000
ROUNDS: Final = 20
EDITS: Final = 10
WHAT: Final = ("no-op", "ten edits")
FLAT: Final = Bar(most=1.10)
TARGETS: Final = 500
"""Records among which edits are spread."""

CLIENTS_AT_ONCE: Final = 100
SENT_AT_ONCE: Final = 400


@dataclass
class Known:
    """What a tablet knows of the records that it edits: {client: {record: name of the live write}}."""

    tablet: WireTablet
    records: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class World:
    """One of the three servers, and the tablet that asks it."""

    size: int
    server: Server
    link: CountingProxy
    known: Known
    cpu_ms: dict[str, list[float]] = field(default_factory=dict)
    bytes: dict[str, list[float]] = field(default_factory=dict)


def measure(scale: Scale) -> Sequence[Figure]:
    """What both cost at each size, and the ratios of the sizes."""
    with ExitStack() as stack:
        made = _made(QUICK_SIZES if scale.quick else SIZES, stack)
        worlds = [_opened(*one, stack) for one in made]
        rounds = scale.of(ROUNDS, 2)
        for number in range(rounds + 1):
            for world in worlds:
                for what in WHAT:
                    _round(world, what, max(1, scale.of(REPEATS, rounds) // rounds), warm_up=number == 0)
    return [figure for what in WHAT for figure in _figures(what, worlds)]


def enrolled(house: House, agency: Agency, chance: random.Random) -> WireTablet:
    """A tablet of the agency's first worker that asks the services themselves."""
    tablet = WireTablet(Beside(house, agency.id), chance)
    tablet.enrol("http://127.0.0.1", invite(house, agency, agency.workers[0]))
    return tablet


def fill(house: House, agency: Agency, writer: WireTablet, count: int) -> Known:
    """So many more records, of so many more clients; some of them are known, spread over all."""
    known, chance = Known(writer), writer.chance
    clients: list[str] = []
    while len(clients) * RECORDS_PER_CLIENT < count:
        some = min(CLIENTS_AT_ONCE, -(-count // RECORDS_PER_CLIENT) - len(clients))
        clients += register(house, agency, some, agency.workers)
    every = max(1, count // TARGETS)
    pending: list[Pending] = []
    for number, one in enumerate(work.assessments(count, len(clients), seed=chance.getrandbits(32))):
        record, client = work.a_uuid(chance), clients[one.client]
        pending.append(writer.save(client, "assessment", record, one.units))
        if number % every == 0:
            known.records.setdefault(client, {})[record] = pending[-1].name
        if len(pending) == SENT_AT_ONCE or number == count - 1:
            writer.send(writer.request(pending, page_bytes=0))
            pending = []
    return known


def _made(sizes: Sequence[int], stack: ExitStack) -> list[tuple[int, Place, Known]]:
    """The databases, each grown out of the one before."""
    made: list[tuple[int, Place, Known]] = []
    chance = random.Random(work.SEED)
    agency: Agency | None = None
    for size in sizes:
        held, before = (made[-1][0], made[-1][1]) if made else (0, None)
        place = stack.enter_context(fresh("sqlite", like=before))
        with opened(place) as house:
            agency = agency or found(house, workers=1, clients=0)
            known = fill(house, agency, enrolled(house, agency, chance), size - held)
            known.tablet.pull()
        made.append((size, place, known))
    return made


def _opened(size: int, place: Place, known: Known, stack: ExitStack) -> World:
    """The server of one database, with its tablet now on HTTP."""
    server = stack.enter_context(Server(place))
    link = stack.enter_context(CountingProxy(*server.host_and_port))
    connection = Connection(link.address)
    stack.callback(connection.close)
    known.tablet.transport = connection
    return World(size, server, link, known)


def _round(world: World, what: str, count: int, *, warm_up: bool) -> None:
    """A round of one kind; of a warm-up nothing is written down."""
    tablet = world.known.tablet
    cpu_s, traffic = world.server.cpu_s(), world.link.traffic
    for _ in range(count):
        tablet.send(tablet.request(_edits(world.known) if what == WHAT[1] else ()))
    if not warm_up:
        passed = world.link.traffic.since(traffic)
        world.cpu_ms.setdefault(what, []).append((world.server.cpu_s() - cpu_s) * 1000 / count)
        world.bytes.setdefault(what, []).append((passed.up + passed.down) / count)


def _edits(known: Known) -> list[Pending]:
    """One field of one record of each of ten clients, over what was there."""
    tablet, chance = known.tablet, known.tablet.chance
    pending: list[Pending] = []
    for client in chance.sample(list(known.records), EDITS):
        record, name = chance.choice(list(known.records[client].items()))
        pending.append(tablet.save(client, "assessment", record, {"visit": work.a_uuid(chance)}, over=name))
        known.records[client][record] = pending[-1].name
    return pending


def _figures(what: str, worlds: Sequence[World]) -> list[Figure]:
    """What one kind costs at each size, and how much more the larger ones cost than the smallest, round by round."""
    figures: list[Figure] = []
    first = worlds[0]
    for world in worlds:
        name = f"{what}, {world.size:,} records held"
        figures += [
            Figure(f"{name}: server CPU", statistics.median(world.cpu_ms[what]), "ms"),
            Figure(f"{name}: bytes", statistics.median(world.bytes[what]), "B"),
        ]
        if world is not first:
            for kind, mine, firsts in (
                ("server CPU", world.cpu_ms, first.cpu_ms),
                ("bytes", world.bytes, first.bytes),
            ):
                ratio = statistics.median(a / b for a, b in zip(mine[what], firsts[what], strict=True))
                figures.append(
                    Figure(f"{name}: {kind} against {first.size:,} records held", ratio, "×", FLAT)
                )
    return figures
