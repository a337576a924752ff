"""
Faults of servers: killed in the middle of a commit, two at once, one that stands still while the other goes on.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from client_sdk import Tablet

from . import campaign, proving, pushing
from .agency import Agency, settings_of
from .nursery import Failed, must
from .pushing import Pusher
from .served import COMMITTING, READING, WRITING, Server

PATIENCE_S: Final = 60.0
"""Seconds in which pushing tablets must bring a server into a state that is waited for."""

PAUSE_S: Final = 0.08
"""Seconds for which a server stands still: many transactions of the other one."""


def a_server_killed_inside_its_transactions_loses_nothing(
    folder: Path, database_url: str, *, times: int = 20
) -> str:
    """Each kill comes when a thread has written to the log and has not committed, or is just committing."""
    with _agency(folder, database_url) as agency, Server(agency.house.settings, folder) as server:
        with _pushing(agency, folder, [server.address]) as pushers:
            inside = committing = 0
            while inside + committing < times:
                _wait_for(lambda: WRITING in server.marks or COMMITTING in server.marks)
                marks = server.kill()
                inside += WRITING in marks
                committing += WRITING not in marks and COMMITTING in marks
                server.start()
        return f"{inside} kills inside a transaction and {committing} in a commit; {_proved(agency, pushers)}"


def two_servers_on_one_database_keep_one_log(folder: Path, database_url: str, *, seconds: float = 4.0) -> str:
    """Tablets push to two processes at once, which know nothing of each other but the database."""
    with _agency(folder, database_url) as agency, _two(agency, folder) as (one, other):
        with _pushing(agency, folder, [one.address, other.address]) as pushers:
            time.sleep(seconds)
        told = [len(pusher.told()) for pusher in pushers]
        must(min(told) > 0, "both servers gave outcomes")
        return _proved(agency, pushers)


def a_server_that_stands_still_hides_no_commit_of_another(
    folder: Path, database_url: str, *, times: int = 60
) -> str:
    """
    One of two servers is stopped at any point, in a snapshot or before a commit, while the other goes on.

    So commits come late, and pulls stand between two commits. Whatever a pull missed would show at the end: no
    later pull would bring it, and the digests would differ.
    """
    random = Random(3)
    stood = {READING: 0, WRITING: 0, COMMITTING: 0}
    with _agency(folder, database_url) as agency, _two(agency, folder) as (one, other):
        with _pushing(agency, folder, [one.address, other.address]) as pushers:
            for number in range(times):
                campaign.wait_s(random.uniform(0.0, 0.02))
                if number % 2:
                    _wait_for(lambda: READING in one.marks)
                marks = one.pause()
                campaign.wait_s(random.uniform(0.0, PAUSE_S))
                one.go_on()
                for state in stood:
                    stood[state] += state in marks
        must(stood[READING] > 0, "some pulls stood in the middle of their snapshot")
        must(stood[WRITING] + stood[COMMITTING] > 0, "some commits came late")
        return (
            f"stopped {times} times: {stood[READING]} in a snapshot, {stood[WRITING]} inside a transaction, "
            f"{stood[COMMITTING]} in a commit; {_proved(agency, pushers)}"
        )


def a_pull_between_two_commits_skips_neither(folder: Path, database_url: str) -> str:
    """
    A first commit is late, a second one waits behind it, and a tablet pulls in between.

    On SQLite the pull waits with them, for its own nonce is written; on PostgreSQL it is answered meanwhile.
    """
    with _agency(folder, database_url) as agency, Server(agency.house.settings, folder) as server:
        with _pushing(agency, folder, [server.address], start=False) as pushers:
            writer, reader = pushers[0], pushers[1]
            for pusher in pushers:
                pusher.tablet.sync()
            writer.save()
            between: list[int] = []
            with agency.book() as book:
                agency.say_needs(book, agency.clients[0], ["first"])
                second = _in_thread(writer.tablet.sync)
                pull = _in_thread(lambda: between.append(reader.tablet.sync().received))
                if database_url:
                    pull()
                    must(len(_needs(reader.tablet)) == 0, "what is not committed is not shown")
            second()
            pull()
            reader.tablet.sync()
            must(_needs(reader.tablet) == ["first"], "the late commit is not skipped")
        return f"{'answered' if database_url else 'waited'} between the commits; {_proved(agency, pushers)}"


@contextmanager
def _agency(folder: Path, database_url: str) -> Iterator[Agency]:
    agency = Agency.found(settings_of(folder / "home", database_url))
    try:
        yield agency
    finally:
        agency.close()


@contextmanager
def _two(agency: Agency, folder: Path) -> Iterator[tuple[Server, Server]]:
    settings = agency.house.settings
    with Server(settings, folder, "one") as one, Server(replace(settings), folder, "other") as other:
        yield one, other


@contextmanager
def _pushing(
    agency: Agency, folder: Path, addresses: list[str], *, start: bool = True
) -> Iterator[list[Pusher]]:
    """Tablets that push until the block ends; then they sync to the end."""
    with ExitStack() as stack:
        pushers = pushing.enrol(agency, folder, addresses, seed=11)
        for pusher in pushers:
            stack.callback(pusher.tablet.lock)
        try:
            for pusher in pushers:
                if start:
                    pusher.start()
            yield pushers
        finally:
            for pusher in pushers:
                pusher.stop()
        pushing.converge(pushers)
        stack.pop_all()


def _proved(agency: Agency, pushers: list[Pusher]) -> str:
    told = [pusher.told() for pusher in pushers]
    proving.check_all(agency, told)
    saves = sum(pusher.saves for pusher in pushers)
    for pusher in pushers:
        pusher.tablet.lock()
    must(sum(map(len, told)) == saves, "every save has one outcome")
    return f"{saves} saves, {saves} outcomes, rebuild and tablets equal"


def _wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise Failed("the tablets do not bring the server there")


def _in_thread(act: Callable[[], object]) -> Callable[[], None]:
    """Begin it; the result waits for its end and passes on what went wrong."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # it is raised by whoever waits
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def wait() -> None:
        thread.join()
        if errors:
            raise errors[0]

    return wait


def _needs(tablet: Tablet) -> list[str]:
    return sorted(
        str(need.value("detail")) for need in tablet.records("need") if need.value("detail") == "first"
    )
