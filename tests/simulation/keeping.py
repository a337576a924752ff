"""
Keeping: what the server has of everybody's work, and that its caches are those of its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from server.db import table_of
from server.services.access.devices import ACTIVE
from server.services.keeping import rebuild
from server.tables.device import DeviceRow
from server.tables.held import WaitingRow
from server.tables.log import LogRow
from tests.simulation.history import History
from tests.simulation.oracle import Entry

if TYPE_CHECKING:
    from tests.simulation.world import Save, World

_device, _waiting, _log = table_of(DeviceRow), table_of(WaitingRow), table_of(LogRow)


def server_is_its_log(world: World) -> None:
    """Records, digests, totals and projections are those of a rebuild, and the chain verifies."""
    house = world.house
    with house.database.reading() as session:
        replayed, found = rebuild.rebuild(session, house.sealer, world.staff.agency, _nobody, store=False)
    if replayed.broken:
        world.fail("chain", f"the chain is broken at {replayed.broken[0]}")
    if found:
        world.fail("rebuild", f"{found[0].cache} {found[0].key} is not what the log says")


def forks_are_noticed(world: World) -> None:
    """A key under which two branches were accepted is a copied tablet's: it works no more."""
    twice = (
        select(_log.c.device)
        .where(_log.c.kind == "changeset")
        .group_by(_log.c.device, _log.c.seq)
        .having(func.count() > 1)
    )
    working = select(_device.c.id).where(_device.c.state == ACTIVE, _device.c.id.in_(twice))
    with world.house.database.reading() as session:
        for device in session.scalars(working):
            world.fail("fork", f"device {device[:6]} has two branches and goes on")


def saves_are_conserved(world: World, history: History) -> None:
    """Each acknowledged save is in the log, or waits, with author and value readable."""
    with world.house.database.reading() as session:
        waiting = set(session.scalars(select(_waiting.c.name)))
        devices = set(session.scalars(select(_device.c.id)))
    known = {name for tablet in world.tablets for name in tablet.known}
    for save in world.saves.values():
        line = history.lines.get(save.name)
        if line is None and save.device not in devices:
            line = _under_its_hash(history, save)
        if line is None:
            if save.name not in waiting and save.name in known:
                world.fail("conservation", f"{save.name[:6]} is nowhere")
            continue
        if line.author != save.author:
            world.fail("conservation", f"{save.name[:6]} has lost its author")
        for type_, id_, unit, value in save.writes:
            if line.units[type_, id_, unit].value != value:
                world.fail("conservation", f"{save.name[:6]} has lost its value of {unit}")


def _under_its_hash(history: History, save: Save) -> Entry | None:
    """Work by a key that the server never met is held under its hash: a person can read it all the same."""
    writes = {write[:3]: write[3] for write in save.writes}
    for name in history.held:
        line = history.lines.get(name)
        if line is not None and {key: write.value for key, write in line.units.items()} == writes:
            return line
    return None


def _nobody(_done: int, _of: int) -> None:
    """Nobody watches the progress."""
