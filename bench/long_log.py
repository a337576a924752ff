"""
Long log: what accepting and pulling cost when the database holds a hundred agencies with a million changesets.

Two databases of one PostgreSQL run side by side and take turns in rounds: the small one holds one agency, the large
one the same agency and ninety-nine more. The first agency is true, every changeset of it went through `accept`; the
others are copies of its rows under other agency ids, of the same size and in the same indexes, which no key opens.
Accepting is a push of a hundred new records, pulling is another tablet's sync that takes them. Warm-up: one round.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import create_engine, literal, select, text

from server.db import Base

from . import work
from .figures import Bar, Figure, Scale
from .flat import enrolled, fill
from .serving import Place, PostgreSQL, Server, analysed, fresh
from .stage import found, opened
from .wire import Connection, WireTablet

AGENCIES: Final = 100
ROUNDS: Final = 15
PUSHED: Final = 100
NEAR: Final = Bar(most=1.3)
COPIED: Final = ("head", "log", "record", "fact", "subject", "access", "access_grant", "holding")
"""Tables of which the other agencies have copies. A device belongs to one agency only."""

_MIB: Final = 1024 * 1024


@dataclass
class Side:
    """One of the two databases, its server, and what was measured."""

    server: Server
    writer: WireTablet
    reader: WireTablet
    clients: Sequence[str]
    took_ms: dict[str, list[float]] = field(default_factory=dict)
    cpu_ms: dict[str, list[float]] = field(default_factory=dict)


def measure(scale: Scale) -> Sequence[Figure]:
    """Accept and pull on the large database against the small one, and the sizes of its indexes."""
    with PostgreSQL() as postgresql:
        return compared(postgresql, scale)


def compared(postgresql: PostgreSQL, scale: Scale) -> Sequence[Figure]:
    """The same, on a PostgreSQL that runs."""
    agencies = scale.of(AGENCIES, 3)
    each = max(40, scale.log_size // AGENCIES // (100 if scale.quick else 1))
    with ExitStack() as stack:
        small = stack.enter_context(fresh("postgresql", postgresql))
        agency, writer, reader, clients = _one_agency(small, each)
        large = stack.enter_context(fresh("postgresql", postgresql, like=small))
        entries = _add_agencies(large, agency, agencies - 1)
        for place in (small, large):
            # What would start by itself in the middle of the measure.
            analysed(place)
        sides = [_side(place, writer, reader, clients, stack) for place in (small, large)]
        for number in range(scale.of(ROUNDS, 1) + 1):
            for side in sides:
                _round(side, scale.of(PUSHED, 5), warm_up=number == 0)
        sizes = _sizes(large)
    name = f"log of {entries:,} entries in {agencies} agencies"
    ratios = [figure for what in ("accept", "pull") for figure in _ratios(name, what, *sides)]
    return ratios + [Figure(f"{name}: {what}", size / _MIB, "MiB") for what, size in sizes.items()]


def _one_agency(place: Place, count: int) -> tuple[str, WireTablet, WireTablet, Sequence[str]]:
    """An agency with so many changesets, the tablet that wrote them, and one that has them all."""
    chance = random.Random(work.SEED)
    with opened(place) as house:
        agency = found(house, workers=1, clients=0)
        writer, reader = enrolled(house, agency, chance), enrolled(house, agency, chance)
        known = fill(house, agency, writer, count)
        writer.pull()
        reader.pull()
    return agency.id, writer, reader, sorted(known.records)


def _add_agencies(place: Place, agency: str, count: int) -> int:
    """Copies of one agency's rows under other ids; how many entries the logs have then."""
    engine = create_engine(place.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for number in range(count):
            other = literal(f"copy-{number:04}")
            for name in COPIED:
                table = Base.metadata.tables[name]
                columns = [column for column in table.columns if column.name != "agency"]
                rows = select(other, *columns).where(table.c.agency == agency)
                connection.execute(
                    table.insert().from_select(["agency", *[column.name for column in columns]], rows)
                )
        entries = connection.execute(text("SELECT count(*) FROM log")).scalar_one()
    engine.dispose()
    return int(entries)


def _side(
    place: Place, writer: WireTablet, reader: WireTablet, clients: Sequence[str], stack: ExitStack
) -> Side:
    """The server of one database, with a writer and a reader of its own."""
    server = stack.enter_context(Server(place))
    mine = Side(server, copy(writer), copy(reader), clients)
    for tablet in (mine.writer, mine.reader):
        connection = Connection(server.address)
        stack.callback(connection.close)
        tablet.transport = connection
    return mine


def _round(side: Side, count: int, *, warm_up: bool) -> None:
    """A push and a pull; of a warm-up nothing is written down."""
    chance, clients = side.writer.chance, side.clients
    pending = [
        side.writer.save(clients[one.client], "assessment", work.a_uuid(chance), one.units)
        for one in work.assessments(count, len(clients), seed=chance.getrandbits(32))
    ]
    request = side.writer.request(pending, page_bytes=0)
    acts: dict[str, Callable[[], object]] = {
        "accept": lambda: side.writer.send(request),
        "pull": side.reader.pull,
    }
    for what, act in acts.items():
        cpu_s, began_s = side.server.cpu_s(), time.perf_counter()
        act()
        took_ms, spent_ms = (time.perf_counter() - began_s) * 1000, (side.server.cpu_s() - cpu_s) * 1000
        if not warm_up:
            side.took_ms.setdefault(what, []).append(took_ms)
            side.cpu_ms.setdefault(what, []).append(spent_ms)


def _ratios(name: str, what: str, small: Side, large: Side) -> list[Figure]:
    """How much more one act costs on the large side, round by round, in time and in processor time."""
    figures = []
    for kind, of_small, of_large in (
        ("time", small.took_ms[what], large.took_ms[what]),
        ("server and database CPU", small.cpu_ms[what], large.cpu_ms[what]),
    ):
        ratio = statistics.median(b / a for a, b in zip(of_small, of_large, strict=True))
        figures += [
            Figure(f"{name}: {what}, {kind}", statistics.median(of_large), "ms"),
            Figure(f"{name}: {what}, {kind} against one agency alone", ratio, "×", NEAR),
        ]
    return figures


def _sizes(place: Place) -> dict[str, int]:
    """{table or index: bytes} of the largest; a table's values that lie outside its rows are counted with it."""
    engine = create_engine(place.database_url)
    asked = text(
        "SELECT relname, CASE relkind WHEN 'r' THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind IN ('r', 'i') ORDER BY 2 DESC LIMIT 14"
    )
    with engine.connect() as connection:
        found = {str(name): int(size) for name, size in connection.execute(asked)}
    engine.dispose()
    return found
