"""
Running: seeds, one after another or over several processes, and what to say when a promise is broken.
"""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from server.services.desk import office as desk
from tests.simulation.actors import office, power
from tests.simulation.actors.doings import DOINGS
from tests.simulation.databases import InMemory, OnPostgreSQL
from tests.simulation.ground import Ground, found
from tests.simulation.plan import Act, Plan, plan
from tests.simulation.quiet import fall_quiet
from tests.simulation.world import Broken, World, sync_of

IN_MEMORY: Final = Path("/dev/shm")  # used where it is there
"""A folder that lies in memory on Linux: tablets wait for no disk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one history."""

    seed: int
    events: int
    tablets: int
    faults: int
    spent_s: float
    """Seconds of a processor."""
    hash: str
    words: tuple[str, ...] = field(repr=False)
    broken: str = ""
    """The check that failed; empty where every promise was kept."""
    what: str = ""


def run(seed: int, postgresql: str = "") -> Outcome:
    """Live through the history of a seed; where the URL of a PostgreSQL server is given, on that."""
    return live(plan(seed), postgresql)


def live(history: Plan, postgresql: str = "") -> Outcome:
    """Live through a plan, and look at the end whether all is as promised."""
    began_s = time.process_time()
    databases = OnPostgreSQL(postgresql) if postgresql else InMemory()
    with TemporaryDirectory(prefix="simulation-", dir=memory_folder()) as folder:
        world = World.begin(history, ground(), databases, Path(folder), DOINGS)
        broken, what = "", ""
        try:
            _begin(world)
            world.live()
            fall_quiet(world)
        except Broken as error:
            broken, what = error.check, str(error)
        except Exception as error:  # noqa: BLE001  # whatever comes out of the rooms is a finding
            broken, what = f"error {type(error).__name__}", "".join(traceback.format_exception(error)[-6:])
        finally:
            _end(world)
    return Outcome(
        history.seed,
        world.count,
        len(world.tablets),
        world.faults,
        time.process_time() - began_s,
        world.hash(),
        tuple(world.words),
        broken,
        what,
    )


@cache
def ground() -> Ground:
    """The founded agency of this process."""
    return found(Path(memory_folder()))


def memory_folder() -> str:
    """Where the files of tablets lie."""
    return str(IN_MEMORY) if IN_MEMORY.is_dir() else gettempdir()


def _begin(world: World) -> None:
    """Enrol the tablets, register and assign the first clients, and let some sync once."""
    random = Random(f"begin {world.plan.seed}")
    for tablet in world.tablets:
        tablet.enrol(power.invite(world, tablet.worker))
    for number in range(world.plan.clients):
        act = Act(0, "", 0, 0, random.getrandbits(48))
        office.office_registers(world, act, random)
        for tablet in {tablet.worker: tablet for tablet in world.tablets}.values():
            if random.random() < 0.7:
                with office.at_desk(world, world.staff.administrator) as (book, by):
                    desk.assign(book, by, tablet.worker, world.clients[number], world.house.providers)
                world.tell(f"{world.call(world.clients[number])} is assigned to the worker of {tablet.name}")
    for tablet in world.tablets:
        if random.random() < 0.8:
            sync_of(world, tablet)


def _end(world: World) -> None:
    for tablet in world.tablets:
        if hasattr(tablet, "tablet"):
            tablet.close()
    world.house.close()
