"""
The world: the true time, the agency, its tablets, and the history of what happened, in words.

It lives through a plan act by act. Randomness is drawn for each act anew, so that an act that is taken out of a plan
changes no byte of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final

import casework
from client_sdk.errors import ClientError
from server.errors import ServerError
from server.house import House
from server.settings import KdfCost, Providers
from sync import Link
from sync.errors import SyncError
from tests.simulation import scope
from tests.simulation.databases import Databases
from tests.simulation.ground import BEGIN_MS, Ground, Staff
from tests.simulation.history import History
from tests.simulation.network import Cut, Wire
from tests.simulation.plan import WORKERS, Act, Plan
from tests.simulation.tablets import Secrets, SimTablet, TabletStopped

REFUSALS: Final = (ClientError, ServerError, casework.CaseworkError, SyncError)
"""What an act may be refused with: it then did not happen."""

Doing = Callable[["World", Act, Random], None]


class Broken(AssertionError):
    """A promise was not kept."""

    def __init__(self, check: str, what: str) -> None:
        super().__init__(f"{check}: {what}")
        self.check = check


@dataclass(frozen=True, slots=True)
class Save:
    """A save that a tablet acknowledged."""

    name: str
    author: str
    device: str
    tablet: int
    subject: str
    writes: tuple[tuple[str, str, str, Any], ...]
    """(type, id, unit, value)"""
    saved_ms: int
    """The true time."""


@dataclass
class Nature:
    """Time and chance, for the server and for every tablet."""

    now_ms: int = BEGIN_MS
    random: Random = field(default_factory=lambda: Random(0))

    def providers(self, folder: Path) -> Providers:
        """As the server is given them."""
        return Providers(
            now_ms=lambda: self.now_ms,
            entropy=lambda size: self.random.randbytes(size),
            sleep_s=self._sleep_s,
            monotonic_s=lambda: self.now_ms / 1000,
            file_root=folder,
            kdf_cost=KdfCost(8, 1, 1),
        )

    def _sleep_s(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)


@dataclass
class World:
    """One agency in one history."""

    plan: Plan
    nature: Nature
    house: House
    databases: Databases
    staff: Staff
    folder: Path
    doings: Mapping[str, Doing]
    count: int = 0
    """Events: acts that were done, messages that arrived, faults."""
    faults: int = 0
    words: list[str] = field(default_factory=list)
    tablets: list[SimTablet] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    saves: dict[str, Save] = field(default_factory=dict)
    backups: list[tuple[Path, int]] = field(default_factory=list)
    """(file, when)"""
    secrets: Secrets = field(default_factory=Secrets)
    number: int = 0
    """Of the act that is being done: what it writes is told by it."""
    about: int | None = None
    """Of the act that is being done: the client that it must be about, if any."""
    depth: int = 0
    histories: dict[str, History] = field(default_factory=dict)
    """{epoch: log}; what was lost in a restore is remembered."""
    late: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    lost_times: int = 0
    """How often the server was restored."""

    @classmethod
    def begin(
        cls, plan: Plan, ground: Ground, databases: Databases, folder: Path, doings: Mapping[str, Doing]
    ) -> World:
        """An agency whose tablets have yet to be enrolled."""
        nature = Nature(random=Random(f"world {plan.seed}"))
        house = ground.house(nature.providers(folder), databases)
        world = cls(plan, nature, house, databases, ground.staff, folder, doings)
        workers = (*world.staff.workers, world.staff.supervisors[0])
        assert len(workers) == WORKERS + 1, "hands are drawn from so many"
        for index, hand in enumerate(plan.hands):
            wire = Wire(world, index)
            link = Link(plan.push_bytes, plan.page_bytes)
            world.tablets.append(SimTablet(world, index, workers[hand], link, wire))
        return world

    @property
    def now_ms(self) -> int:
        """The true time."""
        return self.nature.now_ms

    def entropy(self, size: int) -> bytes:
        """Bytes that follow from the seed and the act."""
        return self.nature.random.randbytes(size)

    def pass_(self, ms: int) -> None:
        """Let time go by; what was late arrives."""
        until_ms = self.now_ms + ms
        while due := min(
            (each for each in self.late if each[0] <= until_ms), key=lambda each: each[0], default=None
        ):
            self.late.remove(due)
            at_ms, arrive = due
            self.nature.now_ms = max(self.now_ms, at_ms)
            arrive()
        self.nature.now_ms = max(self.now_ms, until_ms)

    def later(self, wait_ms: int, arrive: Callable[[], None]) -> None:
        """Let something arrive when its time has come."""
        self.late.append((self.now_ms + wait_ms, arrive))

    def tell(self, what: str) -> None:
        """Write down what happened."""
        self.words.append(f"{'    ' * self.depth}{self.number}. {what}")

    def fail(self, check: str, what: str) -> None:
        """A promise was not kept."""
        self.tell(f"BROKEN {check}: {what}")
        raise Broken(check, what)

    def fault(self, what: str) -> None:
        """Something befell somebody."""
        self.faults += 1
        self.tell(what)

    def live(self) -> None:
        """Go through the plan."""
        for act in self.plan.acts:
            self.pass_(act.wait_ms)
            self.do(act)

    def meanwhile(self, acts: Iterable[Act]) -> None:
        """What happens while a message is on its way."""
        self.depth += 1
        number, about = self.number, self.about
        outer = self.nature.random
        for act in acts:
            self.pass_(act.wait_ms)
            self.do(act)
        self.nature.random, self.number, self.about = outer, number, about
        self.depth -= 1

    def do(self, act: Act) -> None:
        """Do one act; what it may not do does not happen."""
        self.number, self.about = act.number, act.about
        self.nature.random = Random(act.seed)
        try:
            self.doings[act.kind](self, act, Random(act.seed + 1))
            self.count += 1
        except REFUSALS as error:
            self.tell(f"{act.kind} is refused: {type(error).__name__}: {error}")

    @property
    def focus(self) -> str | None:
        """The client that the act must be about."""
        return None if self.about is None else self.clients[self.about % self.plan.clients]

    def call(self, id_: str) -> str:
        """What the history calls a subject, a worker, a device."""
        known = {client: f"client {n}" for n, client in enumerate(self.clients)}
        known |= {tablet.worker: f"worker of {tablet.name}" for tablet in self.tablets}
        return known.get(id_, id_[:8])

    def history(self) -> History:
        """The log as it is now."""
        return History.read(self.house, self.staff.agency, self.histories)

    def keep(self, tablet: SimTablet, name: str | None) -> None:
        """A tablet has acknowledged a save, or came back with it."""
        if name is None:
            return
        own = tablet.replica.own.get(name)
        if own is None:
            self.fail("conservation", f"{tablet.name} has acknowledged {name} and does not hold it")
            return
        writes = tuple((write.type, write.id, write.unit, write.value) for write in own.made.writes)
        by = own.made.prefix
        self.saves[name] = Save(
            name, by.author, by.device, tablet.index, own.made.subject, writes, self.now_ms
        )
        tablet.known.add(name)

    def hash(self) -> str:
        """What two runs of a seed share."""
        return sha256("\n".join(self.words).encode()).hexdigest()


def sync_of(world: World, tablet: SimTablet) -> bool:
    """One sync of a tablet, whatever becomes of it; whether it was complete."""
    if tablet.syncing:
        return False
    tablet.syncing, tablet.wire.count, tablet.wire.handed = True, 0, None
    complete, began_ms = False, world.now_ms
    try:
        done = tablet.tablet.sync()
        complete = done.complete
        if complete:
            tablet.note_history()
            scope.is_that_of_the_log(world, tablet, began_ms)
        tablet.needs_code = done.enrol_again
        world.tell(f"{tablet.name} has {'synced' if complete else 'no more to say'}: {done.waiting} wait")
    except Cut as stop:
        tablet.come_back(stop.acknowledged, stop.share)
        world.fault(f"{tablet.name} comes back")
    except TabletStopped:
        tablet.come_back()
        world.fault(f"{tablet.name} comes back")
    except ClientError as error:
        world.tell(f"{tablet.name} breaks off: {type(error).__name__}: {error}")
    finally:
        tablet.syncing = False
        tablet.wire.trips = []
    return complete
