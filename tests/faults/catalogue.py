"""
The catalogue: every fault that `python -m tests.faults` plays, and which of them run in every `make test`, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from . import databases, disks, kill_server, kill_tablet, links, servers

SQLITE: Final = "SQLite"
POSTGRESQL: Final = "PostgreSQL"

Play = Callable[[Path, str], str]
"""Given an empty folder and the URL of an empty database (empty for SQLite): what came of it, in a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, a sentence that says what must hold under it."""

    play: Play
    on: tuple[str, ...] = (SQLITE, POSTGRESQL)
    quick: Play | None = None
    """The same in a few seconds, for every run of the tests; None for what only `make faults` plays."""
    quick_on: tuple[str, ...] = (SQLITE, POSTGRESQL)
    """Where that runs: what happens to a link is the same whatever lies behind it."""

    @property
    def name(self) -> str:
        """Its sentence."""
        name: str = _function(self.play).__name__
        return name.replace("_", " ")


def _function(play: Any) -> Any:
    return play.func if isinstance(play, partial) else play


FAULTS: Final = (
    Fault(
        links.a_push_cut_at_every_byte_ends_the_same,
        quick=partial(links.a_push_cut_at_every_byte_ends_the_same, step=61),
        quick_on=(SQLITE,),
    ),
    Fault(
        links.a_reply_cut_at_every_byte_ends_the_same,
        quick=partial(links.a_reply_cut_at_every_byte_ends_the_same, step=61),
        quick_on=(SQLITE,),
    ),
    Fault(
        links.three_of_ten_messages_lost_only_delay,
        quick=partial(links.three_of_ten_messages_lost_only_delay, rounds=2),
        quick_on=(SQLITE,),
    ),
    Fault(links.two_seconds_of_latency_cost_one_round_trip_each, on=(SQLITE,)),
    Fault(links.a_link_of_9600_bits_a_second_carries_a_days_work, on=(SQLITE,)),
    Fault(
        servers.a_server_killed_inside_its_transactions_loses_nothing,
        quick=partial(servers.a_server_killed_inside_its_transactions_loses_nothing, times=3),
    ),
    Fault(
        servers.two_servers_on_one_database_keep_one_log,
        quick=partial(servers.two_servers_on_one_database_keep_one_log, seconds=0.5),
    ),
    Fault(servers.a_server_that_stands_still_hides_no_commit_of_another),
    Fault(
        servers.a_pull_between_two_commits_skips_neither,
        quick=servers.a_pull_between_two_commits_skips_neither,
    ),
    Fault(
        disks.a_tablet_whose_disk_is_full_says_so_and_goes_on,
        on=(SQLITE,),
        quick=disks.a_tablet_whose_disk_is_full_says_so_and_goes_on,
    ),
    Fault(
        disks.an_enrolment_on_a_full_disk_leaves_nothing_and_is_done_again,
        on=(SQLITE,),
        quick=disks.an_enrolment_on_a_full_disk_leaves_nothing_and_is_done_again,
    ),
    Fault(
        disks.a_server_whose_disk_is_full_says_so_and_goes_on,
        on=(SQLITE,),
        quick=disks.a_server_whose_disk_is_full_says_so_and_goes_on,
    ),
    Fault(databases.postgresql_killed_and_restarted_loses_nothing, on=(POSTGRESQL,)),
    Fault(databases.a_postgresql_whose_disk_is_full_loses_nothing, on=(POSTGRESQL,)),
    Fault(kill_tablet.a_tablet_killed_at_any_moment_loses_nothing_that_it_told, on=(SQLITE,)),
    Fault(kill_server.a_server_killed_at_any_moment_loses_nothing_that_it_told),
)
