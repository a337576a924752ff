"""
Tablets that push without pause, each in a thread of its own, whatever befalls their server.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from client_sdk import Offline, Refused, Tablet

from . import saver
from .agency import Agency
from .ledger import settled
from .nursery import Failed

SECRET = "seven quiet herons at dusk"
REST_S = 0.05
"""Seconds until a tablet that found nobody asks again."""

WAITING_MAX = 12
"""Saves that may wait: a push that takes longer than its server lives is never answered."""


@dataclass(slots=True)
class Pusher:
    """One tablet and what it does."""

    tablet: Tablet
    random: Random
    number: int
    syncs: int = 0
    offline: int = 0
    saves: int = 0
    failure: BaseException | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self.stopping.clear()
        self.thread = threading.Thread(target=self._loop, name=f"tablet {self.number}", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """
        End after what is under way.

        Raises:
            Failed: It met what no fault may bring about.
        """
        self.stopping.set()
        if self.thread is not None:
            self.thread.join()
            self.thread = None
        if self.failure is not None:
            raise Failed(f"a tablet met {type(self.failure).__name__}: {self.failure}") from self.failure

    def save(self) -> None:
        """One save: an edit that others make too, a new record, or a new client."""
        tablet, mark = self.tablet, f"{self.number}.{self.saves}"
        clients = [item.id for item in tablet.records("client")]
        kind = self.random.choice(("edit", "edit", "need", "need", "need", "register"))
        if kind == "register" or not clients:
            with tablet.registration() as edit:
                edit.create("client", preferred_name=mark)
        elif kind == "edit":
            client = self.random.choice(clients)
            with tablet.edit(client) as edit:
                edit.update(tablet.get("client", client), preferred_name=mark)
        else:
            with tablet.edit(self.random.choice(clients)) as edit:
                edit.create("need", domain=self.random.choice(saver.DOMAINS), detail=mark)
        self.saves += 1

    def told(self) -> dict[str, int]:
        """{name: position} of every outcome that this tablet was told."""
        with self.tablet._desk.turn():
            return settled(self.tablet._desk.replica)

    def _loop(self) -> None:
        try:
            while not self.stopping.is_set():
                if len(self.tablet.pending()) < WAITING_MAX:
                    for _ in range(self.random.randint(1, 4)):
                        self.save()
                self._sync()
        except BaseException as error:  # noqa: BLE001  # it is told by `stop`, in the thread that waits
            self.failure = error

    def _sync(self) -> None:
        try:
            self.tablet.sync()
            self.syncs += 1
        except (Offline, Refused) as error:
            if isinstance(error, Refused) and not getattr(error, "retry", True):
                raise
            self.offline += 1
            self.stopping.wait(REST_S)


def enrol(agency: Agency, folder: Path, addresses: Sequence[str], seed: int) -> list[Pusher]:
    """A tablet of each worker; each finds the server at an address of its own, in turn."""
    made: list[Pusher] = []
    for number, worker in enumerate(agency.workers):
        code, address = agency.invite(worker), addresses[number % len(addresses)]
        tablet = saver.enrol(folder / f"tablet-{number}", folder / "secrets", SECRET, address, code)
        made.append(Pusher(tablet, Random(f"{seed}/{number}"), number))
    return made


def converge(pushers: list[Pusher]) -> None:
    """
    Sync all of them until nothing more comes.

    Raises:
        Failed: Work is left behind, or two of them show a record differently.
    """
    for _ in range(2):
        for pusher in pushers:
            done = pusher.tablet.sync()
            if not done.complete or done.waiting:
                raise Failed("a sync at the end leaves work behind")
    shown = [_shown(pusher.tablet) for pusher in pushers]
    for other in shown[1:]:
        for key in shown[0].keys() & other.keys():
            if shown[0][key] != other[key]:
                raise Failed(f"two tablets show a {key[0]} differently")


def _shown(tablet: Tablet) -> dict[tuple[str, str], object]:
    replica = tablet._desk.replica
    if replica.place.value.total_differs or any(about.differs for about in replica.subjects.values()):
        raise Failed("a tablet's digest is not the server's")
    found: dict[tuple[str, str], object] = {}
    for about in replica.subjects.values():
        for key in replica.records.of_subject(about.id):
            record = replica.record(key)
            if record is not None:
                found[key] = {
                    unit: sorted(live.name for live in state.live) for unit, state in record.units.items()
                }
    return found
