"""
Faults of the database: PostgreSQL is killed under a server that goes on, and comes back.
"""

import time
from pathlib import Path
from random import Random
from typing import Final

from . import campaign, postgresql, proving, pushing
from .agency import Agency, settings_of
from .nursery import Failed, must
from .served import COMMITTING, WRITING, Server

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


def _wait_until_through(pushers: list[pushing.Pusher]) -> None:
    """Until each tablet has synced again."""
    before = [pusher.syncs for pusher in pushers]
    end = time.monotonic() + PATIENCE_S
    while any(pusher.syncs == count for pusher, count in zip(pushers, before, strict=True)):
        if time.monotonic() > end or any(pusher.failure for pusher in pushers):
            raise Failed("the server does not find its database again")
        campaign.wait_s(0.01)
