"""
The administrator: devices revoked, suspended and confirmed, codes made, backups taken and brought back.
"""

from __future__ import annotations

from random import Random
from typing import Final

from sqlalchemy import select

from server.db import table_of
from server.services.access import devices, enrolment
from server.services.access.people import person
from server.services.desk import registry
from server.services.keeping import backup
from server.tables.device import DeviceRow
from server.tables.person import PersonRow
from tests.simulation.actors.field import tablet_of
from tests.simulation.ground import emptied
from tests.simulation.plan import DAY_MS, Act
from tests.simulation.tablets import SimTablet
from tests.simulation.world import Doing, World

BACKUP_AGE_MS_MAX: Final = 60 * DAY_MS
"""No older backup is brought back: tablets keep their envelopes for ninety days."""

_device, _person = table_of(DeviceRow), table_of(PersonRow)


def revoke(world: World, act: Act, _random: Random) -> None:
    """A tablet revoked for good."""
    tablet = tablet_of(world, act)
    with world.house.database.writing() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
        devices.revoke(session, by, tablet.device)
    world.fault(f"{tablet.name} is revoked")


def suspend(world: World, act: Act, _random: Random) -> None:
    """A tablet that must wait."""
    tablet = tablet_of(world, act)
    with world.house.database.writing() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
        devices.suspend(session, by, tablet.device)
    world.fault(f"{tablet.name} is suspended")


def confirm(world: World, act: Act, _random: Random) -> None:
    """A tablet that need wait no longer."""
    confirm_device(world, tablet_of(world, act).device)
    world.tell("a device is confirmed")


def enrol_again(world: World, act: Act, _random: Random) -> None:
    """A tablet that goes on under a new key."""
    tablet = tablet_of(world, act)
    if tablet.needs_code and not tablet.syncing:
        take_code(world, tablet)


def back_up(world: World, act: Act, _random: Random) -> None:
    """The nightly backup."""
    house = world.house
    file = world.folder / f"backup-{act.number}"
    with house.database.reading() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
    done = backup.backup(house, by, file, _nobody)
    world.backups.append((file, world.now_ms))
    world.tell(f"a backup is made at {done.position}")


def restore(world: World, _act: Act, random: Random) -> None:
    """The server's disk is lost, and a backup brought back."""
    fresh = [file for file, made_ms in world.backups if world.now_ms - made_ms <= BACKUP_AGE_MS_MAX]
    if not fresh:
        return
    world.history()  # What is lost is remembered here.
    file = fresh[-1] if random.random() < 0.7 else random.choice(fresh)
    world.lost_times += 1
    world.house = emptied(world.house, world.databases)
    done = backup.restore(world.house, file, world.staff.administrator, _nobody)
    world.fault(f"the server is restored to {done.position}: epoch {done.epoch}")
    confirm_people(world)
    waiting = states(world)
    for tablet in world.tablets:
        if waiting.get(tablet.device) == devices.SUSPENDED and random.random() < 0.6:
            confirm_device(world, tablet.device)


def take_code(world: World, tablet: SimTablet) -> None:
    """Enrol a tablet again by a new code."""
    issued = tablet.tablet.enrol_again(invite(world, tablet.worker))
    tablet.needs_code = False
    world.tell(f"{tablet.name} is enrolled again and issues {issued} anew")


def invite(world: World, worker: str) -> str:
    """A code for a worker's tablet."""
    house = world.house
    with house.database.writing() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
        return enrolment.invite(session, house.sealer, house.providers, by, worker)


def confirm_device(world: World, device: str) -> None:
    """Let a suspended device work again."""
    with world.house.database.writing() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
        devices.confirm(session, by, device)


def confirm_people(world: World) -> None:
    """Let everybody act again after a restore."""
    with world.house.database.writing() as session:
        by = person(session, world.staff.agency, world.staff.administrator)
        waiting = session.scalars(select(_person.c.id).where(_person.c.state == "suspended")).all()
        for someone in sorted(waiting):
            registry.confirm_person(session, by, someone)


def states(world: World) -> dict[str, str]:
    """{device: state} as the server has it."""
    with world.house.database.reading() as session:
        return {row.id: row.state for row in session.execute(select(_device.c.id, _device.c.state))}


def _nobody(_done: int, _of: int) -> None:
    """Nobody watches the progress."""


DOINGS: Final[dict[str, Doing]] = {
    "revoke": revoke,
    "suspend": suspend,
    "confirm": confirm,
    "enrol_again": enrol_again,
    "back_up": back_up,
    "restore": restore,
}
