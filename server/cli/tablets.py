"""`invite`, `devices`, `revoke`, `suspend`, `confirm`: whose tablets may sync."""

from dataclasses import asdict

import click

from ..services.access import devices as keeping
from ..services.access import directory, enrolment
from . import show
from .desk import NAMED, Desk, at_desk


@click.command()
@click.argument("worker")
@click.option("--label", metavar="TEXT", help="What people call the tablet.")
@at_desk
def invite(desk: Desk, worker: str, label: str | None) -> None:
    """Make a code with which WORKER enrols one tablet, once, within 24 hours. It is shown once."""
    house, id_ = desk.house, desk.person(worker)
    code = desk.write(
        lambda session: enrolment.invite(session, house.sealer, house.providers, desk.by, id_, label)
    )
    show.facts(desk.as_json, {"code": code, "worker": id_})


@click.command()
@at_desk
def devices(desk: Desk) -> None:
    """The tablets, when they were last heard of, and how much they had not sent."""
    found = desk.read(lambda session: directory.devices(session, desk.house.sealer, desk.by))
    told = [asdict(entry) | {"last_contact": show.moment(entry.last_contact_ms)} for entry in found]
    columns = ("id", "state", "name", "label", "pending", "last_contact")
    show.rows(desk.as_json, columns, told, none="No tablet is enrolled.")


@click.command(context_settings=NAMED)
@click.argument("device")
@at_desk
def revoke(desk: Desk, device: str) -> None:
    """Take DEVICE's right to read and write, for good; what it still sends is held."""
    _tell(desk, desk.write(lambda session: keeping.revoke(session, desk.by, device)))


@click.command(context_settings=NAMED)
@click.argument("device")
@at_desk
def suspend(desk: Desk, device: str) -> None:
    """Let DEVICE wait until it is confirmed; its work stays pending on it."""
    _tell(desk, desk.write(lambda session: keeping.suspend(session, desk.by, device)))


@click.command(context_settings=NAMED)
@click.argument("device")
@at_desk
def confirm(desk: Desk, device: str) -> None:
    """Let a suspended DEVICE work again, after a restore for example."""
    _tell(desk, desk.write(lambda session: keeping.confirm(session, desk.by, device)))


COMMANDS: tuple[click.Command, ...] = (invite, devices, revoke, suspend, confirm)


def _tell(desk: Desk, device: keeping.Device) -> None:
    show.facts(desk.as_json, {"device": device.id, "state": device.state})
