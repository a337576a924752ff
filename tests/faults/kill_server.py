"""
`python -m tests.faults.kill_server`: kill -9 of the server at random moments, under tablets that push.

Three tablets save and sync without pause. Their server is killed at a drawn moment, which often is in the middle
of a transaction that writes the log, and started again. Every outcome that a tablet was told must be in the log,
the chain must hold, a rebuild must equal what is stored, and in the end all tablets show the same. A part of the
kills befalls a server on PostgreSQL.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from . import campaign, postgresql, proving, pushing
from .agency import Agency, settings_of
from .served import COMMITTING, WRITING, Server

LONGEST_S: Final = 0.4
"""Seconds for which a server lives at most."""

REBUILD_EVERY: Final = 25
"""Kills between two rebuilds, which read the whole log."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What was done."""

    kills: int = 0
    writing: int = 0
    """Kills while a transaction that writes the log was open."""
    committing: int = 0
    """Kills in the middle of its commit."""
    told: int = 0
    saves: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.writing} inside a transaction of the log, {self.committing} in its commit); "
            f"{self.told} outcomes of {self.saves} saves were told, 0 lost, 0 failures to start"
        )


def play(folder: Path, database_url: str, times: int, seed: int, tell: Tell) -> Tally:
    """
    Kill a server so often.

    Args:
        folder: Empty.
        database_url: Of an empty database; empty for SQLite in the folder.
        times: How often.
        seed: What is drawn.
        tell: Told every ten kills.
    """
    random, tally, book = Random(seed), Tally(), proving.Book()
    agency = Agency.found(settings_of(folder / "home", database_url))
    with Server(agency.house.settings, folder) as server:
        pushers = pushing.enrol(agency, folder, [server.address], seed)
        for pusher in pushers:
            pusher.start()
        try:
            for number in range(1, times + 1):
                campaign.wait_s(random.uniform(0.0, LONGEST_S))
                marks = server.kill()
                tally.kills += 1
                tally.writing += WRITING in marks
                tally.committing += COMMITTING in marks
                _check(agency, pushers, book)
                server.start()
                if number % REBUILD_EVERY == 0:
                    proving.check_rebuild(agency)
                if number % 10 == 0:
                    tell(f"{number} of {times} kills, {len(book.places)} changesets in the log, 0 lost")
        finally:
            for pusher in pushers:
                pusher.stop()
        pushing.converge(pushers)
        _check(agency, pushers, book)
        proving.check_rebuild(agency)
        tally.told = sum(len(pusher.told()) for pusher in pushers)
        tally.saves = sum(pusher.saves for pusher in pushers)
        assert tally.told == tally.saves, "each save has an outcome in the end"
        for pusher in pushers:
            pusher.tablet.lock()
    agency.close()
    return tally


def a_server_killed_at_any_moment_loses_nothing_that_it_told(
    folder: Path, database_url: str, *, times: int = 100, seed: int = 1
) -> str:
    """The campaign as one of the faults."""
    return str(play(folder, database_url, times, seed, lambda _: None))


def _check(agency: Agency, pushers: list[pushing.Pusher], book: proving.Book) -> None:
    told = [pusher.told() for pusher in pushers]
    proving.follow(agency, book)
    for each in told:
        proving.check_told(book, each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill a server so often, a quarter of it on PostgreSQL."""
    module = "tests.faults.kill_server"
    asked = campaign.options(module, __doc__, arguments)

    def both() -> str:
        return "; ".join(_sides(asked))

    return campaign.report(module, asked, both)


def _sides(asked: argparse.Namespace) -> list[str]:
    share = asked.times // 4
    done: list[str] = []
    try:
        with postgresql.server() as running:
            url = postgresql.new_database(postgresql.url_of(running))
            done.append(f"PostgreSQL: {_side(url, share, asked.seed)}")
    except ModuleNotFoundError:
        assert not postgresql.IN_CI, postgresql.MISSING
        print(f"skipped on PostgreSQL: {postgresql.MISSING}")
        share = 0
    return [f"SQLite: {_side('', asked.times - share, asked.seed)}", *done]


def _side(url: str, times: int, seed: int) -> Tally:
    where = "PostgreSQL" if url else "SQLite"
    with TemporaryDirectory(prefix="doorstep-kills-") as folder:
        return play(Path(folder), url, times, seed, lambda line: print(f"{where}: {line}", flush=True))


if __name__ == "__main__":
    sys.exit(main())
