"""
Faults of the disk: a tablet and a server whose disk is full, and takes again when there is space.

As root the disk is a small file system in memory, mounted for the purpose. Elsewhere files may not grow beyond a
size that the system is asked to hold the process to, which is less: it is told so.
"""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from client_sdk import ClientError, NoSpace, Offline, Tablet

from . import proving, pushing, saver
from .agency import Agency, settings_of
from .ledger import settled
from .nursery import Failed, Unplayable, must
from .served import Server

TABLET_BYTES: Final = 2 * 1024 * 1024
SERVER_BYTES: Final = 4 * 1024 * 1024
SAVES_MAX: Final = 500
"""Saves after which a small disk must be full."""

GROWS_BYTES: Final = 64 * 1024
"""How far files may grow beyond the largest of them, where the disk itself is not small."""


class Disk(Protocol):
    """A place for files that can be filled."""

    kind: str
    path: Path

    def fill(self) -> None:
        """From now on nothing more is taken."""
        ...

    def free(self) -> None:
        """There is space again."""
        ...


@dataclass
class SmallDisk:
    """A file system in memory, filled by ballast."""

    path: Path
    kind: str = "small file system"

    def fill(self) -> None:
        """Put ballast into every block that is left."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            for size in (65_536, 4_096, 512, 1):
                try:
                    while ballast.write(bytes(size)):
                        continue
                except OSError:
                    continue

    def free(self) -> None:
        """Take the ballast out."""
        (self.path / "ballast").unlink()


@dataclass
class LimitedFiles:
    """An ordinary folder, and a process whose files may not grow."""

    path: Path
    pid: Callable[[], int]
    kind: str = (
        "limit on the size of files (RLIMIT_FSIZE), for want of the right to mount a small file system"
    )

    def fill(self) -> None:
        """Hold the process to little more than its largest file has."""
        largest = max((file.stat().st_size for file in self.path.rglob("*") if file.is_file()), default=0)
        self._limit(largest + GROWS_BYTES if largest else 0)

    def free(self) -> None:
        """Let files grow again. The limit of a process that was killed has gone with it."""
        with suppress(ProcessLookupError):
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size_bytes: int) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        if self.pid() == os.getpid():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
        elif hasattr(resource, "prlimit"):
            resource.prlimit(self.pid(), resource.RLIMIT_FSIZE, (size_bytes, hard))
        else:
            raise Unplayable("another process cannot be held to a limit here; to run it: be root on Linux")


@contextmanager
def small_disk(folder: Path, size_bytes: int, pid: Callable[[], int]) -> Iterator[Disk]:
    """
    A disk that can be full.

    Args:
        folder: Where it is to be.
        size_bytes: How much it holds.
        pid: The process that is held to a limit, where no disk can be mounted.
    """
    folder.mkdir()
    mounted = os.name == "posix" and os.geteuid() == 0 and _mount(folder, size_bytes)
    try:
        yield SmallDisk(folder) if mounted else LimitedFiles(folder, pid)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)


def a_tablet_whose_disk_is_full_says_so_and_goes_on(folder: Path, database_url: str) -> str:
    """It says what is not taken, keeps everything, can be locked, opened and read, and saves when there is space."""
    with ExitStack() as stack:
        agency = Agency.found(settings_of(folder / "home", database_url), clients=1)
        stack.callback(agency.close)
        server = stack.enter_context(Server(agency.house.settings, folder))
        disk = stack.enter_context(small_disk(folder / "disk", TABLET_BYTES, os.getpid))
        code, secrets = agency.invite(agency.workers[0]), folder / "secrets"
        tablet = saver.enrol(disk.path / "tablet", secrets, pushing.SECRET, server.address, code)
        tablet.sync()
        told = [_save(tablet, agency, f"before {number}") for number in range(3)]
        disk.fill()
        more, error = _save_until_full(tablet, agency)
        told += more
        must("disk" in str(error), "the error names the disk")
        _holds(tablet, told)
        synced = _refused_or_done(tablet.sync)
        _holds(tablet, told)
        tablet.lock()
        tablet = saver.unlock(disk.path / "tablet", secrets, pushing.SECRET)
        _holds(tablet, told)
        must(tablet.get("client", agency.clients[0]).preferred_name is not None, "it can be read")
        disk.free()
        told.append(_save(tablet, agency, "after"))
        done = tablet.sync()
        must(done.complete and not done.waiting, "it syncs when there is space")
        received = settled(tablet._desk.replica)
        must(set(told) <= set(received), "every save that was told is received")
        proving.check_all(agency, [received])
        tablet.lock()
        return (
            f"{disk.kind}: {len(told)} saves told, 0 lost; refused: {error!s}; a sync on the full disk {synced}; "
            "locked, opened and read meanwhile"
        )


def an_enrolment_on_a_full_disk_leaves_nothing_and_is_done_again(folder: Path, database_url: str) -> str:
    """There is no tablet until it is whole; the next try, with space and another code, begins afresh."""
    with ExitStack() as stack:
        agency = Agency.found(settings_of(folder / "home", database_url), clients=1)
        stack.callback(agency.close)
        server = stack.enter_context(Server(agency.house.settings, folder))
        disk = stack.enter_context(small_disk(folder / "disk", TABLET_BYTES, os.getpid))
        secrets, place = folder / "secrets", disk.path / "tablet"
        codes = [agency.invite(agency.workers[0]) for _ in range(2)]
        disk.fill()
        try:
            saver.enrol(place, secrets, pushing.SECRET, server.address, codes[0]).lock()
        except NoSpace as error:
            said = str(error)
        else:
            raise Failed("an enrolment that writes on a full disk was said to be done")
        disk.free()
        saver.enrol(place, secrets, pushing.SECRET, server.address, codes[1]).lock()
        saver.unlock(place, secrets, pushing.SECRET).lock()
        return f"{disk.kind}: {said}; enrolled when there was space"


def a_server_whose_disk_is_full_says_so_and_goes_on(folder: Path, database_url: str) -> str:
    """It acknowledges nothing that it has not kept, goes on answering, and takes all of it when there is space."""
    must(not database_url, "PostgreSQL's disk is not ours to fill")
    with ExitStack() as stack:
        server: Server | None = None
        disk = stack.enter_context(small_disk(folder / "disk", SERVER_BYTES, lambda: _pid_of(server)))
        agency = Agency.found(settings_of(disk.path / "home"))
        stack.callback(agency.close)
        server = stack.enter_context(Server(agency.house.settings, folder))
        pushers = pushing.enrol(agency, folder, [server.address], seed=17)
        for pusher in pushers:
            stack.callback(pusher.tablet.lock)
            pusher.tablet.sync()
        disk.fill()
        said = push_until_full(pushers)
        book = proving.Book()
        proving.follow(agency, book)
        for pusher in pushers:
            proving.check_told(book, pusher.told())
        server.kill()
        disk.free()
        server.start()
        pushing.converge(pushers)
        proving.check_all(agency, [pusher.told() for pusher in pushers])
        saves = sum(pusher.saves for pusher in pushers)
        must(sum(len(pusher.told()) for pusher in pushers) == saves, "every save has its outcome")
        return f"{disk.kind}: tablets are told {said!r}; {saves} saves, {saves} outcomes when there was space"


def _pid_of(server: Server | None) -> int:
    assert server is not None, "the server is started before its disk is full"
    return server.pid


def _mount(folder: Path, size_bytes: int) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _save(tablet: Tablet, agency: Agency, name: str) -> str:
    client = agency.clients[0]
    with tablet.edit(client) as edit:
        edit.update(tablet.get("client", client), preferred_name=name)
        edit.create("need", domain="food", detail=f"{name} " + os.urandom(1_500).hex())
    assert edit.saved is not None, "something was changed"
    return edit.saved


def _save_until_full(tablet: Tablet, agency: Agency) -> tuple[list[str], NoSpace]:
    told: list[str] = []
    for number in range(SAVES_MAX):
        try:
            told.append(_save(tablet, agency, f"full {number}"))
        except NoSpace as error:
            return told, error
    raise Failed("a full disk takes everything")


def _holds(tablet: Tablet, told: list[str]) -> None:
    replica = tablet._desk.replica
    kept = {own.name for own in replica.own.values()} | {sent.name for sent in replica.sent.values()}
    must(kept == set(told), "each save that was told is here, and no half of another")


def _refused_or_done(sync: Callable[[], object]) -> str:
    try:
        sync()
    except (NoSpace, Offline) as error:
        return f"is refused ({error})"
    return "is done"


def push_until_full(pushers: list[pushing.Pusher]) -> str:
    """Save and push until the server takes no more; what the tablets are told then."""
    for _ in range(SAVES_MAX):
        for pusher in pushers:
            for _ in range(5):
                pusher.save()
            try:
                pusher.tablet.sync()
            except ClientError as error:
                if not isinstance(error, Offline):
                    raise
                return str(error)
    raise Failed("a full disk takes everything")
