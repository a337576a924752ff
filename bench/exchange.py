"""
Exchange: what two tablets of one agency and their server say to each other, in bytes, requests and processor time.

One run is a day on fresh stores: a tablet pushes everything new, a second one takes it all for the first time, then
both go on with small things. Enrolling two tablets and one exchange of each is the warm-up: code is loaded, keys
are in memory, connections stand. The server is `doorstep serve` as it comes: one process, SQLite.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from client_sdk import Progress, Tablet
from sync import Json

from . import serving, truth, work
from .figures import Figure, Scale, Wanted, at_most, medians, told
from .stage import Enrolled, Stage, set_up

SMALL_REPEATS: Final = 200
"""Small exchanges in a row, whose mean is one run's figure."""

SCATTERED: Final = 100
"""Records of which one field is edited before a pull."""

WANTED: Final[Mapping[str, Wanted]] = {
    "push of 2,000 new records: bytes up": at_most(1_000_000, "B"),
    "push of 2,000 new records: requests": at_most(8, ""),
    "push of 2,000 new records: server CPU": at_most(900, "ms"),
    "push of 2,000 new records: whole": told("ms"),
    "echo of one's own push: rows that came back": at_most(0, ""),
    "echo of one's own push: bytes, asked once more": at_most(1_000, "B"),
    "first sync of 2,000 records: bytes down": at_most(750_000, "B"),
    "first sync of 2,000 records: requests": at_most(8, ""),
    "first sync of 2,000 records: server CPU": at_most(90, "ms"),
    "first sync of 2,000 records: first usable screen": told("ms"),
    "first sync of 2,000 records: pages before it": at_most(1, ""),
    "first sync of 2,000 records: whole": at_most(1_000, "ms"),
    "one-field edit: requests": at_most(1, ""),
    "one-field edit: bytes up": at_most(1_000, "B"),
    "one-field edit: bytes down": at_most(500, "B"),
    "one-field edit: server CPU": at_most(5, "ms"),
    "one-field edit: whole": told("ms"),
    "no-op: requests": at_most(1, ""),
    "no-op: bytes up": at_most(700, "B"),
    "no-op: bytes down": at_most(400, "B"),
    "no-op: server CPU": at_most(3, "ms"),
    "no-op: whole": told("ms"),
    "pull of 100 scattered edits: requests": at_most(2, ""),
    "pull of 100 scattered edits: bytes": at_most(12_000, "B"),
    "pull of 100 scattered edits: server CPU": told("ms"),
}


@dataclass
class Day:
    """One run: the stage, what has been written so far, and the figures so far."""

    stage: Stage
    chance: random.Random
    written: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    """{record: client}."""
    found: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measured(self, name: str, at: Enrolled) -> Iterator[dict[str, float]]:
        """What passes on a tablet's link and what the server's processor does meanwhile."""
        spent: dict[str, float] = {}
        traffic, cpu_s, began_s = at.traffic(), self.stage.server.cpu_s(), time.perf_counter()
        yield spent
        spent["whole"] = (time.perf_counter() - began_s) * 1000
        spent["server CPU"] = (self.stage.server.cpu_s() - cpu_s) * 1000
        passed = at.traffic().since(traffic)
        spent |= {"bytes up": passed.up, "bytes down": passed.down, "requests": passed.requests}
        spent["bytes"] = passed.up + passed.down
        self.found |= {f"{name}: {what}": value for what, value in spent.items()}

    def repeated(self, name: str, at: Enrolled, count: int, act: Callable[[], object]) -> None:
        """Many small exchanges in a row; the figures are those of one, on the mean."""
        for _ in range(max(1, count // 10)):
            act()
        with self.measured(name, at):
            for _ in range(count):
                act()
        mine = [what for what in self.found if what.startswith(f"{name}: ")]
        self.found |= {what: self.found[what] / count for what in mine}


def measure(scale: Scale) -> Sequence[Figure]:
    """All figures of the exchange."""
    return medians(WANTED, [a_day(scale) for _ in range(scale.runs)])


def a_day(scale: Scale) -> dict[str, float]:
    """One run on fresh stores."""
    with (
        serving.fresh("sqlite") as place,
        set_up(place, workers=2, clients=scale.of(work.CLIENTS, 3)) as stage,
    ):
        day = Day(stage, random.Random(work.SEED))
        ana, ben = [stage.enrol(worker) for worker in stage.agency.workers]
        ana.tablet.sync()
        _push(day, ana, scale)
        _first_sync(day, ben)
        truth.check(day.written, stage.house, stage.agency, ana.tablet, ben.tablet)
        _small(day, ana, scale.of(SMALL_REPEATS, 4))
        _scattered(day, ana, ben, scale.of(SCATTERED, 5))
        truth.check(day.written, stage.house, stage.agency, ana.tablet, ben.tablet)
        return day.found


def _push(day: Day, ana: Enrolled, scale: Scale) -> None:
    clients = day.stage.agency.clients
    for one in work.assessments(scale.of(work.RECORDS, 20), len(clients)):
        client = clients[one.client]
        with ana.tablet.edit(client) as edit:
            made = edit.create("assessment", one.units)
        day.written[made.type, made.id] = dict(one.units)
        day.subjects[made.id] = client
    with day.measured("push of 2,000 new records", ana):
        done = ana.tablet.sync()
    with day.measured("echo of one's own push", ana) as spent:
        again = ana.tablet.sync()
        spent["rows that came back"] = done.received + again.received
    day.found["echo of one's own push: bytes, asked once more"] = day.found["echo of one's own push: bytes"]


def _first_sync(day: Day, ben: Enrolled) -> None:
    began_s = time.perf_counter()
    usable: list[tuple[float, int]] = []

    def look(progress: Progress) -> None:
        if not usable and any(_has_whole_client(ben.tablet)):
            usable.append(((time.perf_counter() - began_s) * 1000, progress.round_trips))

    with day.measured("first sync of 2,000 records", ben) as spent:
        ben.tablet.sync(look)
        spent["first usable screen"], spent["pages before it"] = usable[0]


def _has_whole_client(tablet: Tablet) -> Iterator[bool]:
    """Whether a client can be opened with an assessment of theirs."""
    for client in tablet.records("client").limit(1):
        yield tablet.records("assessment").about(client.subject).first() is not None


def _small(day: Day, ana: Enrolled, repeats: int) -> None:
    def edit() -> None:
        _edit(day, ana.tablet)
        ana.tablet.sync()

    day.repeated("one-field edit", ana, repeats, edit)
    day.repeated("no-op", ana, repeats, ana.tablet.sync)


def _edit(day: Day, tablet: Tablet, id_: str | None = None) -> None:
    """Say of one record that it belongs to another visit: a random id, which nothing packs."""
    record = id_ or day.chance.choice(list(day.subjects))
    visit = work.a_uuid(day.chance)
    with tablet.edit(day.subjects[record]) as edit:
        edit.update(edit.handle("assessment", record), visit=visit)
    day.written["assessment", record]["visit"] = visit


def _scattered(day: Day, ana: Enrolled, ben: Enrolled, count: int) -> None:
    ben.tablet.sync()
    for record in day.chance.sample(list(day.subjects), count):
        _edit(day, ana.tablet, record)
    ana.tablet.sync()
    with day.measured("pull of 100 scattered edits", ben):
        ben.tablet.sync()
