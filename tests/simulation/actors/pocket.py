"""
What befalls a tablet: it stops, is restarted, copied and put back, its clock jumps, its signal goes and comes.
"""

from __future__ import annotations

from random import Random
from typing import Final

from tests.simulation import checks
from tests.simulation.actors.field import edit, tablet_of
from tests.simulation.plan import DAY_MS, HOUR_MS, Act
from tests.simulation.tablets import SimTablet
from tests.simulation.world import Doing, World

YEAR_MS: Final = 365 * DAY_MS


def save_and_stop(world: World, act: Act, random: Random) -> None:
    """A save in the middle of which the tablet stops: nobody was told of it, and it is whole or not there."""
    tablet = tablet_of(world, act)
    if tablet.syncing:
        return
    saved = set(world.saves)
    if random.random() < 0.5:
        with tablet.stopping(random.randrange(24)):
            edit(world, act, random)
    else:
        before = tablet.written()
        edit(world, act, random)
        for name in set(world.saves) - saved:
            del world.saves[name]
            tablet.known.discard(name)
        tablet.come_back(before, random.random())
    _come_back(world, tablet)
    world.fault(f"{tablet.name} stopped in a save, and comes back")


def restart(world: World, act: Act, _random: Random) -> None:
    """Locked and unlocked."""
    tablet = tablet_of(world, act)
    if not tablet.syncing:
        tablet.restart()
        world.tell(f"{tablet.name} is locked and unlocked")


def copy(world: World, act: Act, _random: Random) -> None:
    """Somebody copies the tablet's files."""
    tablet = tablet_of(world, act)
    tablet.copy()
    world.tell(f"{tablet.name} is copied")


def put_back(world: World, act: Act, random: Random) -> None:
    """A copy is put in the place of the files."""
    tablet = tablet_of(world, act)
    if tablet.copies and not tablet.syncing:
        with_anchor = random.random() < 0.5
        tablet.put_back(random.choice(tablet.copies), with_anchor=with_anchor)
        world.fault(f"{tablet.name} gets an old copy back{'' if with_anchor else ', its anchor stays'}")


def set_clock(world: World, act: Act, random: Random) -> None:
    """The tablet's clock jumps."""
    tablet = tablet_of(world, act)
    jump_ms = random.choice((-YEAR_MS, YEAR_MS, 2 * YEAR_MS, -HOUR_MS, HOUR_MS, 10 * DAY_MS, 0))
    tablet.skew_ms = jump_ms
    tablet.was_askew = True
    world.fault(f"{tablet.name}'s clock is {jump_ms / HOUR_MS:.0f} hours off")


def signal(world: World, act: Act, _random: Random) -> None:
    """The signal goes or comes."""
    tablet = tablet_of(world, act)
    tablet.has_signal = not tablet.has_signal
    world.tell(f"{tablet.name} has {'signal' if tablet.has_signal else 'no signal'}")


def glance(world: World, act: Act, random: Random) -> None:
    """Somebody looks whether all is as promised."""
    tablet = tablet_of(world, act)
    checks.at_any_time(world, tablet)
    if random.random() < 0.15:
        checks.of_server(world)


def _come_back(world: World, tablet: SimTablet) -> None:
    """What a stopped tablet still has was saved, whether or not anybody was told."""
    for own in tablet.replica.own.values():
        if own.name not in world.saves:
            world.keep(tablet, own.name)


DOINGS: Final[dict[str, Doing]] = {
    "save_and_crash": save_and_stop,
    "restart": restart,
    "copy": copy,
    "put_back": put_back,
    "set_clock": set_clock,
    "signal": signal,
    "glance": glance,
}
