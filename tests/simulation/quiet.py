"""
Quiet: the network heals, everybody is confirmed, and every tablet syncs until nobody has anything more to say.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from server.services.access.devices import REVOKED, SUSPENDED
from tests.simulation import checks
from tests.simulation.actors import power
from tests.simulation.network import LATE_MS_MAX
from tests.simulation.world import REFUSALS, World, sync_of

ROUNDS_MAX: Final = 12
"""Rounds of everybody's sync: each may tell another one something new, but not for ever."""

STEP_MS: Final = 1000


def fall_quiet(world: World) -> None:
    """Let everything be said and heard, and look."""
    world.number = 0
    world.tell("everything falls quiet")
    world.pass_(LATE_MS_MAX)
    power.confirm_people(world)
    for tablet in world.tablets:
        tablet.has_signal = True
        if world.plan.seed % 3:
            for draft in tablet.tablet.drafts():
                draft.discard()
            tablet.drafts.clear()
    for _ in range(ROUNDS_MAX):
        if _round(world):
            checks.when_quiet(world)
            return
    world.fail("ends", f"{ROUNDS_MAX} rounds of syncs bring no quiet")


def _round(world: World) -> bool:
    """Everybody syncs once; whether nobody had anything to say."""
    before = world.history().head
    states = power.states(world)
    quiet = True
    for tablet in world.tablets:
        world.pass_(STEP_MS)
        if states.get(tablet.device) == SUSPENDED:
            power.confirm_device(world, tablet.device)
        unknown = tablet.device not in states
        if unknown or tablet.needs_code:
            with suppress(*REFUSALS):
                power.take_code(world, tablet)
            quiet = False
        complete = sync_of(world, tablet)
        tablet.is_served = power.states(world).get(tablet.device) != REVOKED
        quiet = quiet and (complete or not tablet.is_served)
    return quiet and world.history().head == before and not world.late
