"""
Tablets: real ones, with what a pocket does to them.

A tablet's files lie in a folder in memory. It *stops* when an exception comes out of a provider or the network:
its files are copied as they lie, the write-ahead log cut somewhere after the last acknowledged commit, and it goes
on from the copy. Whoever puts a copy of a folder back has a tablet that forgot what came after.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from client_sdk import KdfCost, Providers, Tablet, TabletSettings, enrolment, opening
from client_sdk.desk import Desk
from client_sdk.errors import ClientError
from client_sdk.query import indexing
from client_sdk.replica import Replica
from client_sdk.store import Store
from client_sdk.store.anchor import ANCHOR_FILE
from client_sdk.store.database import STORE_FILE
from client_sdk.vault import Vault
from client_sdk.watch import Watchers
from sync import Link

if TYPE_CHECKING:
    from tests.simulation.network import Wire
    from tests.simulation.world import World

PIN: Final = "480317"
WAL_FILE: Final = f"{STORE_FILE}-wal"
NEVER_IDLE_S: Final = 1e12
CHEAP: Final = KdfCost(memory_kib=8, passes=1, lanes=1)


class TabletStopped(BaseException):
    """The battery fell out."""


@dataclass
class Secrets:
    """Device secrets in memory."""

    kept: dict[str, str] = field(default_factory=dict)

    def read(self, store: str) -> str | None:
        """What is kept."""
        return self.kept.get(store)

    def write(self, store: str, text: str) -> None:
        """Keep it."""
        self.kept[store] = text

    def outside(self, _folder: Path) -> bool:
        """It is in no folder."""
        return True


@dataclass
class Copy:
    """A copy of a tablet's folder, and what the tablet knew then."""

    folder: Path
    known: frozenset[str]
    failed: frozenset[str]
    """Names whose message it saw fail."""
    drafts: frozenset[str]


@dataclass
class SimTablet:
    """One tablet and its worker."""

    world: World
    index: int
    worker: str
    link: Link
    wire: Wire
    skew_ms: int = 0
    """Its clock less the true one."""
    was_askew: bool = False
    """Whether its clock was ever wrong."""
    has_signal: bool = True
    needs_code: bool = False
    """The server takes no more from its key."""
    is_served: bool = True
    """Whether the server gives it pages."""
    forgot: bool = False
    """Whether it lost what the server may have taken in: only its digest tells."""
    syncing: bool = False
    known: set[str] = field(default_factory=set)
    """Names of the saves that its store holds, sealed at least."""
    drafts: set[str] = field(default_factory=set)
    """Keys of the drafts that it keeps."""
    copies: list[Copy] = field(default_factory=list)
    epoch_checked: str = ""
    """The history in which its last complete sync was."""
    remnants: set[str] = field(default_factory=set)
    """Subjects that left as the history changed and wait here: what is shown of them is of a lost one."""
    stop_in: int | None = None
    """How many draws of randomness still succeed before it stops."""
    folders: int = 0
    tablet: Tablet = field(init=False)

    @property
    def name(self) -> str:
        """What the history calls it."""
        return f"tablet {self.index}"

    @property
    def desk(self) -> Desk:
        """What lies open on it."""
        return self.tablet._desk

    @property
    def replica(self) -> Replica:
        """Its records."""
        return self.desk.replica

    @property
    def device(self) -> str:
        """The id of its device key now."""
        return self.desk.identity.device

    @property
    def folder(self) -> Path:
        """Where its files lie now."""
        return self.world.folder / f"tablet-{self.index}-{self.folders}"

    def providers(self) -> Providers:
        """The world's time, askew, and the world's randomness, which may end the tablet."""
        return Providers(
            now_ms=lambda: max(0, self.world.now_ms + self.skew_ms),
            monotonic_s=lambda: self.world.now_ms / 1000 if not self.syncing else 0.0,
            entropy=self._entropy,
            kdf_cost=CHEAP,
            file_root=self.world.folder,
        )

    def enrol(self, code: str) -> None:
        """Become a device of the worker."""
        on = opening.Machine(self.providers(), self.world.secrets)
        place = enrolment.Place("https://doorstep.example")
        opening.make(self.folder, PIN, code, place, self.wire, on, None)
        self.open()

    def open(self) -> None:
        """Unlock what lies in the folder; nothing of it runs in a thread of its own."""
        providers = self.providers()
        vault = Vault.unlock(self.folder, PIN, providers=providers, device_secrets=self.world.secrets)
        store = Store.open(
            self.folder,
            vault.keys,
            agency_key=vault.agency_key,
            providers=providers,
            indexing=indexing(),
            background=_not_now,
        )
        opening.finish_take_over(store, vault)
        watchers = Watchers()
        desk = Desk(store, vault, providers, watchers)
        self.tablet = Tablet(desk, watchers, TabletSettings(idle_s=NEVER_IDLE_S), self.wire)
        self.tablet._syncing.link = self.link

    def restart(self) -> None:
        """Lock and unlock."""
        self.tablet.lock()
        self.open()

    @contextmanager
    def stopping(self, stop_in: int) -> Iterator[None]:
        """Let it stop after so many draws of randomness, and come back from what the disk has."""
        self.stop_in = stop_in
        try:
            yield
        except TabletStopped:
            self.come_back()
        finally:
            self.stop_in = None

    def written(self) -> tuple[int, bytes]:
        """How long the log is at an acknowledged commit, and the anchor that belongs to it."""
        wal, anchor = self.folder / WAL_FILE, self.folder / ANCHOR_FILE
        return wal.stat().st_size if wal.exists() else 0, anchor.read_bytes()

    def come_back(self, acknowledged: tuple[int, bytes] | None = None, cut: float = 0.0) -> None:
        """
        Go on from the files as they lie.

        Args:
            acknowledged: What `written` said before the one commit that nobody was told of; None for no such commit.
            cut: How much of that commit did not reach the disk, 0..1.
        """
        old = self.folder
        self.folders += 1
        shutil.copytree(old, self.folder)
        wal = self.folder / WAL_FILE
        if acknowledged is not None and wal.exists():
            size, anchor = acknowledged
            lost = int((wal.stat().st_size - size) * cut)
            if lost > 0:
                with wal.open("r+b") as file:
                    file.truncate(wal.stat().st_size - lost)
                (self.folder / ANCHOR_FILE).write_bytes(anchor)
        self.stop_in = None
        with suppress(ClientError, AssertionError):
            self.tablet.lock()
        shutil.rmtree(old)
        self.open()

    def copy(self) -> None:
        """Keep a copy of the folder as it lies."""
        folder = self.world.folder / f"copy-{self.index}-{len(self.copies)}"
        shutil.copytree(self.folder, folder)
        self.copies.append(
            Copy(folder, frozenset(self.known), frozenset(self.wire.failed), frozenset(self.drafts))
        )

    def put_back(self, copy: Copy, *, with_anchor: bool) -> None:
        """Replace the files by those of a copy; the anchor is kept where only the store came from it."""
        self.tablet.lock()
        anchor, old = (self.folder / ANCHOR_FILE).read_bytes(), self.folder
        self.folders += 1
        shutil.copytree(copy.folder, self.folder)
        if not with_anchor:
            (self.folder / ANCHOR_FILE).write_bytes(anchor)
        shutil.rmtree(old)
        self.known, self.wire.failed = set(copy.known), set(copy.failed)
        self.drafts, self.epoch_checked, self.forgot = set(copy.drafts), "", True
        self.open()

    def note_history(self) -> None:
        """A sync was complete; note what the first one of a history found leaving."""
        epoch, subjects = self.replica.place.value.epoch, self.replica.subjects.values()
        if epoch != self.epoch_checked:
            self.remnants = {about.id for about in subjects if about.leaving}
        self.epoch_checked = epoch

    def close(self) -> None:
        """Let go of the files."""
        self.tablet.lock()

    def _entropy(self, size: int) -> bytes:
        if self.stop_in is not None:
            self.stop_in -= 1
            if self.stop_in < 0:
                self.stop_in = None
                raise TabletStopped
        return self.world.entropy(size)


def _not_now(_work: object) -> None:
    """Nothing is prepared in the background: who asks first waits."""
