"""
Faults of the database: PostgreSQL is killed under a server that goes on, or its disk is full, and it comes back.
"""

import os
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Final

from . import campaign, disks, postgresql, proving, pushing
from .agency import Agency, settings_of
from .nursery import Failed, Unplayable, must
from .served import COMMITTING, WRITING, Server

DISK_BYTES: Final = 192 * 1024 * 1024
"""What an empty PostgreSQL takes, three times: it keeps its log in files of 16 MiB."""

PATIENCE_S: Final = 60.0
"""Seconds in which tablets must be through again."""


def postgresql_killed_and_restarted_loses_nothing(folder: Path, database_url: str, *, times: int = 5) -> str:
    """Kill -9 of the database while tablets push; the server itself is never restarted."""
    random, hit = Random(23), 0
    agency = Agency.found(settings_of(folder / "home", database_url))
    with Server(agency.house.settings, folder) as server:
        pushers = pushing.enrol(agency, folder, [server.address], seed=23)
        for pusher in pushers:
            pusher.start()
        try:
            for _ in range(times):
                campaign.wait_s(random.uniform(0.0, 0.3))
                marks = server.marks
                postgresql.kill_and_restart(database_url)
                hit += WRITING in marks or COMMITTING in marks
                agency.house.database.engine.dispose()
                _wait_until_through(pushers)
        finally:
            for pusher in pushers:
                pusher.stop()
        pushing.converge(pushers)
        told = [pusher.told() for pusher in pushers]
        proving.check_all(agency, told)
        saves, offline = sum(pusher.saves for pusher in pushers), sum(pusher.offline for pusher in pushers)
        must(sum(map(len, told)) == saves, "every save has its outcome")
        for pusher in pushers:
            pusher.tablet.lock()
    agency.close()
    return (
        f"{times} kills, {hit} with a transaction of the log open; {offline} syncs failed meanwhile; "
        f"{saves} saves, {saves} outcomes, the server was not restarted"
    )


def a_postgresql_whose_disk_is_full_loses_nothing(folder: Path, database_url: str) -> str:
    """The server says what is the matter, acknowledges nothing that was not kept, and goes on when there is space."""
    must(bool(database_url), "it is a fault of PostgreSQL")
    with ExitStack() as stack:
        disk = stack.enter_context(disks.small_disk(folder / "disk", DISK_BYTES, os.getpid))
        if not isinstance(disk, disks.SmallDisk):
            raise Unplayable("no small file system can be mounted here; to run it: be root on Linux")
        running = stack.enter_context(postgresql.server(disk.path))
        url = postgresql.new_database(postgresql.url_of(running))
        agency = Agency.found(settings_of(folder / "home", url))
        stack.callback(agency.close)
        server = stack.enter_context(Server(agency.house.settings, folder))
        pushers = pushing.enrol(agency, folder, [server.address], seed=29)
        for pusher in pushers:
            stack.callback(pusher.tablet.lock)
            pusher.tablet.sync()
        disk.fill()
        said = disks.push_until_full(pushers)
        must(
            "no-space" in said or "unready" in said, f"the tablets are told what is the matter, not {said!r}"
        )
        disk.free()
        stopped = postgresql.start_where_stopped(url)
        agency.house.database.engine.dispose()
        pushing.converge(pushers)
        proving.check_all(agency, [pusher.told() for pusher in pushers])
        saves = sum(pusher.saves for pusher in pushers)
        must(sum(len(pusher.told()) for pusher in pushers) == saves, "every save has its outcome")
        return (
            f"{disk.kind}: tablets are told {said!r}; PostgreSQL {'was started again' if stopped else 'went on'}; "
            f"{saves} saves, {saves} outcomes when there was space"
        )


def _wait_until_through(pushers: list[pushing.Pusher]) -> None:
    """Until each tablet has synced again."""
    before = [pusher.syncs for pusher in pushers]
    end = time.monotonic() + PATIENCE_S
    while any(pusher.syncs == count for pusher, count in zip(pushers, before, strict=True)):
        if time.monotonic() > end or any(pusher.failure for pusher in pushers):
            raise Failed("the server does not find its database again")
        campaign.wait_s(0.01)
