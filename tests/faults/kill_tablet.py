"""
`python -m tests.faults.kill_tablet`: kill -9 of a tablet at random moments, and nothing that it told is lost.

A tablet works in a process of its own: it unlocks, saves, drafts, syncs with a real server, takes pages, changes
its secret, locks, and begins anew; now and then it is enrolled, or enrolled again. It is killed at a drawn moment
after a drawn stage has begun, some microseconds or some milliseconds later. Then it is opened: it must open, with
every save that it told, in order, each with its envelope, and every digest right.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import select

from client_sdk import Tablet, WrongSecret
from client_sdk.vault import exists
from server.db import table_of
from server.services.access import agencies
from server.tables.log import LogRow

from . import campaign
from .agency import Agency, settings_of
from .ledger import Ledger, ending, settled
from .nursery import Child, Failed, Nursery, must
from .saver import MEMORY_KIB, enrol, unlock
from .served import Server

SECRETS: Final = (
    "seven quiet herons at dusk",
    "nine elms by the ferry landing",
    "482915",
    "kettle on, cat asleep, rain",
    "730264",
)
STAGES_MAX: Final = 24
"""A kill comes after one of so many stages: about two of the tablet's days."""

ENROLS: Final = 0.06
ENROLS_AGAIN: Final = 0.08
"""Of the kills, how many befall an enrolment."""

_log = table_of(LogRow)

Tell = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What was done."""

    kills: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    saves: int = 0
    untold: int = 0
    """Kills between the commit of a save and its telling."""
    unfinished: int = 0
    """Kills inside a save that left nothing of it."""

    def __str__(self) -> str:
        where = ", ".join(f"{count} in {stage}" for stage, count in sorted(self.stages.items()))
        return (
            f"{self.kills} kills of a tablet ({where}); {self.stages['save']} hit a save: {self.unfinished} left "
            f"nothing of it, {self.untold} came after its commit; "
            f"{self.saves} saves were told, 0 lost, 0 failures to open"
        )


class Campaign:
    """One tablet, killed again and again, beside its server and its office."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.tally = Tally()
        self._random = Random(seed)
        self._folder = folder
        self._secrets = folder / "secrets"
        self.ledger = Ledger()
        self._secret = SECRETS[0]
        self._again = False
        self._assigned = True

    def play(self, times: int, tell: Tell) -> Tally:
        """Kill it so often."""
        agency = Agency.found(settings_of(self._folder / "home"))
        with (
            Server(agency.house.settings, self._folder) as server,
            Nursery("tests.faults.saver", self._folder / "saver.log") as nursery,
        ):
            enrol(
                self._tablet, self._secrets, self._secret, server.address, agency.invite(agency.workers[0])
            ).lock()
            for number in range(1, times + 1):
                self._work_at_office(agency, number)
                if self._random.random() < ENROLS:
                    self._kill_enrolment(agency, server, nursery, number)
                else:
                    self._kill(agency, server, nursery, number)
                if number % 10 == 0:
                    tell(f"{number} of {times} kills, {len(self.ledger.saves)} saves told, 0 lost")
            self._end(agency, server)
        agency.close()
        self.tally.untold = self.ledger.untold
        self.tally.unfinished = self.tally.stages["save"] - self.ledger.untold
        self.tally.saves = len(self.ledger.saves)
        return self.tally

    @property
    def _tablet(self) -> Path:
        return self._folder / "tablet"

    def _kill(self, agency: Agency, server: Server, nursery: Nursery, number: int) -> None:
        code, latest = "", STAGES_MAX
        if self._again or self._random.random() < ENROLS_AGAIN:
            # It enrols again as its second stage, and little else is of interest then.
            code, latest = agency.invite(agency.workers[0]), 3
        child = nursery.start(self._job(number, self._tablet, server, code))
        self._strike(child, nursery, self._random.randint(1, latest))
        self.ledger.take(child)
        tablet = self._open(self._tablet, _possible(child, self._secret))
        try:
            with agency.house.database.reading() as session:
                sealer, id_ = agency.house.sealer, agency.id
                self.ledger.check(
                    tablet,
                    ending(child),
                    lambda envelope: agencies.open_envelope(session, sealer, id_, envelope),
                )
            _check_settled(agency, tablet)
            self._again = tablet._desk.replica.heard.value.enrol_again
        finally:
            tablet.lock()

    def _kill_enrolment(self, agency: Agency, server: Server, nursery: Nursery, number: int) -> None:
        """A new tablet is killed while it is made, or just after; what was made opens, what was not is made anew."""
        folder = self._folder / f"enrolled-{number}"
        worker = agency.workers[1]
        job = self._job(number, folder, server, agency.invite(worker)) | {"enrol": True}
        child = nursery.start(job)
        self._strike(child, nursery, 1)
        if exists(folder):
            self._open(folder, _possible(child, job["secret"]), keep=False).lock()
        elif any(word == "enrolled" for word, _ in child.said):
            raise Failed("a tablet that was told to be enrolled is none")
        else:
            enrol(folder, self._secrets, job["secret"], server.address, agency.invite(worker)).lock()
        shutil.rmtree(folder)

    def _job(self, number: int, folder: Path, server: Server, code: str) -> dict[str, Any]:
        return {
            "folder": str(folder),
            "secrets": str(self._secrets),
            "secret": self._secret,
            "choice": SECRETS,
            "server": server.address,
            "code": code,
            "enrol": False,
            "round": number,
            "seed": self._random.getrandbits(32),
            "memory_kib": MEMORY_KIB * (number + 1),
        }

    def _strike(self, child: Child, nursery: Nursery, stage: int) -> None:
        """Kill it, a drawn moment after the so-manieth stage began."""
        if child.wait_for("stage", stage, or_end=True) is None:
            raise Failed(f"the tablet ended by itself:\n{nursery.log}")
        campaign.wait_s(campaign.moment_s(self._random))
        child.kill()
        if child.status != -9:
            raise Failed(f"the tablet ended by itself:\n{nursery.log}")
        self.tally.kills += 1
        self.tally.stages[_struck(child)] += 1

    def _open(self, folder: Path, secrets: Sequence[str], *, keep: bool = True) -> Tablet:
        """It opens, by the secret that was told last or by the one that was about to be set."""
        for secret in secrets:
            try:
                tablet = unlock(folder, self._secrets, secret)
            except WrongSecret:
                continue
            self._secret = secret if keep else self._secret
            return tablet
        raise Failed("no secret that was set opens the tablet")

    def _work_at_office(self, agency: Agency, number: int) -> None:
        """So that pages come: needs that others write, a client who comes and goes, and new ones."""
        random, worker = self._random, agency.workers[0]
        if random.random() < 0.5:
            client = random.choice(agency.clients)
            agency.add_needs(client, [f"office {number}.{line}" for line in range(random.choice((1, 5, 60)))])
        if random.random() < 0.25:
            (agency.unassign if self._assigned else agency.assign)(worker, agency.clients[-1])
            self._assigned = not self._assigned
        if random.random() < 0.1:
            agency.register(f"Newcomer {number}", (worker,))

    def _end(self, agency: Agency, server: Server) -> None:
        """After all of it, one sync brings everything to the server, whose log says the same."""
        tablet = unlock(self._tablet, self._secrets, self._secret)
        done = tablet.sync()
        if done.enrol_again:
            tablet.enrol_again(agency.invite(agency.workers[0]))
            done = tablet.sync()
        if not done.complete or done.waiting:
            raise Failed("the last sync leaves work behind")
        _check_settled(agency, tablet)
        missing = set(self.ledger.names) - set(settled(tablet._desk.replica))
        tablet.lock()
        if missing:
            raise Failed(f"{len(missing)} saves have no outcome after all")


def a_tablet_killed_at_any_moment_loses_nothing_that_it_told(
    folder: Path, database_url: str, *, times: int = 200, seed: int = 1
) -> str:
    """The campaign as one of the faults; its server has SQLite."""
    must(not database_url, "the tablet's server has SQLite")
    return str(Campaign(folder, seed).play(times, lambda _: None))


def _possible(child: Child, secret: str) -> list[str]:
    """Secrets by which the tablet may open now, the surest first."""
    tried: list[str] = []
    for word, more in child.said:
        if word == "try secret":
            tried = [more["secret"]]
        elif word == "secret":
            secret, tried = more["secret"], []
    return [secret, *tried]


def _struck(child: Child) -> str:
    """The stage that a kill hit; after what was told the tablet was between two stages."""
    word, more = child.said[-1]
    if word == "stage":
        return str(more["name"])
    return {"try secret": "secret", "try end": "draft", "synced": "sync"}.get(word, "between")


def _check_settled(agency: Agency, tablet: Tablet) -> None:
    """What the tablet believes to be received is in the server's log, where the tablet believes it to be."""
    believed = settled(tablet._desk.replica)
    here = (_log.c.agency == agency.id) & _log.c.kind.in_(("changeset", "held"))
    with agency.house.database.reading() as session:
        rows = session.execute(select(_log.c.name, _log.c.position).where(here)).all()
    logged = {row.name: row.position for row in rows}
    wrong = [name for name, position in believed.items() if logged.get(name) != position]
    if wrong:
        raise Failed(f"{len(wrong)} saves are said to be received and are not in the log")


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill a tablet so often."""
    module = "tests.faults.kill_tablet"
    asked = campaign.options(module, __doc__, arguments)

    def play() -> str:
        with TemporaryDirectory(prefix="doorstep-kills-") as folder:
            return str(
                Campaign(Path(folder), asked.seed).play(asked.times, lambda line: print(line, flush=True))
            )

    return campaign.report(module, asked, play)


if __name__ == "__main__":
    sys.exit(main())
