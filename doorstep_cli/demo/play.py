"""
Playing the story on a stage: the acts in their order, and what was seen after each.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from . import checks, story
from .checks import Check
from .process import command
from .proxy import Traffic
from .stage import Stage, Tell
from .story import Day, Name, Worker

REASON: Final = "birth certificate seen at the office"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a worker's tablet had to send and receive, with all headers."""

    worker: str
    act: str
    requests: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Played:
    """What was seen."""

    client: str
    checks: tuple[Check, ...]
    costs: tuple[Cost, ...]


def play(stage: Stage, first: Name, tell: Tell) -> Played:
    """
    Play the whole day.

    Args:
        stage: Freshly set up.
        first: Who comes back into signal first.
        tell: Told each act as it begins.
    """
    ana, ben = stage.ana, stage.ben
    client = stage.agency.clients[0]
    seen: list[Check] = []
    costs: list[Cost] = []

    tell("Both tablets pull their clients")
    costs += [_paid(worker, "first pull", worker.sync) for worker in (ana, ben)]
    seen += checks.pulled(ana, ben)

    tell("Both work offline with the same client")
    newcomer = story.work_offline(ana, ben, client)
    saves: dict[Name, tuple[str, ...]] = {worker.name: story.pending(worker.tablet) for worker in (ana, ben)}

    order = (ana, ben) if first == "ana" else (ben, ana)
    tell(f"Both sync, {order[0].name.capitalize()} first, and lose the connection in the middle")
    before = {worker.name: worker.link.traffic for worker in order}
    lost, waiting = story.sync_in_order(*order)
    costs += [_since(worker, "the day, with a lost connection", before[worker.name]) for worker in (ana, ben)]
    day = Day(client, newcomer, saves, lost, waiting)
    seen += checks.after_sync(ana, ben, day, stage.house, stage.agency)

    tell("The supervisor settles the date of birth by command")
    settle(stage, client)
    costs += [_paid(worker, "the settlement", worker.sync) for worker in (ana, ben)]
    seen += checks.after_settling(ana, ben, client)
    return Played(client, tuple(seen), tuple(costs))


def settle(stage: Stage, client: str) -> None:
    """What somebody at the office types."""
    value = json.dumps(story.SETTLED)
    words = ("settle", client, "client", client, "date_of_birth", "--value", value, "--reason", REASON)
    command(stage.home, *words, "--as", stage.agency.supervisor)


def _paid(worker: Worker, act: str, do: Callable[[], None]) -> Cost:
    before = worker.link.traffic
    do()
    return _since(worker, act, before)


def _since(worker: Worker, act: str, before: Traffic) -> Cost:
    used = worker.link.traffic.since(before)
    return Cost(worker.name, act, used.requests, used.up, used.down)
