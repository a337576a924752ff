"""What the office reads of a tablet is how it stood at the end of its last sync, not before it."""

from __future__ import annotations

from server.services.access.devices import REVOKED
from server.services.desk import register

from .conftest import World
from .tablet import Scripted
from .test_merging import Pair


def unsent(world: World, tablet: Scripted) -> int:
    """How many saves the register says are unsent on a tablet."""
    with world.session() as session, session.begin():
        lines = register.tablets(
            session, world.house.sealer, world.people["lead"], now_ms=world.clock.ms
        ).rows
        return next(line.pending for line in lines if line.id == tablet.device)


def test_after_a_sync_that_sent_everything_nothing_is_unsent(world: World, pair: Pair) -> None:
    """A supervisor who reads of unsent work rings up a worker who has none."""
    ana, _ = pair
    ana.set("c1", "language", "es")
    ana.set("c1", "language", "fr")

    ana.ask()

    assert unsent(world, ana) == 0


def test_what_has_no_outcome_yet_is_unsent(world: World, pair: Pair) -> None:
    """It waits for what comes before it, and its tablet keeps it."""
    ana, _ = pair
    lost = ana.set("c1", "language", "es")
    ana.ask([ana.set("c1", "language", "fr")])
    assert unsent(world, ana) == 2

    ana.ask([lost])
    assert (unsent(world, ana), ana.pending) == (0, []), "what waited behind it was taken with it"


def test_a_repeat_is_counted_as_sent(world: World, pair: Pair) -> None:
    """The reply to the first push was lost: the tablet still had it, and now has its outcome."""
    ana, _ = pair
    ana.set("c1", "language", "es")
    ana.send(ana.request())

    ana.ask()

    assert unsent(world, ana) == 0


def test_held_work_is_not_unsent(world: World, pair: Pair) -> None:
    """It has arrived, and waits for a person."""
    ana, _ = pair
    world.put_device(ana, REVOKED)
    ana.set("c1", "language", "es")

    ana.ask()

    assert unsent(world, ana) == 0
