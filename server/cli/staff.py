"""`staff` and `office`: who works here, and where."""

from dataclasses import asdict

import click

from ..services.access import directory
from ..services.access.people import ROLES
from ..services.desk import registry
from . import show
from .desk import Desk, at_desk

staff = click.Group("staff", help="Who works here.")
office = click.Group("office", help="Where they belong.")

COMMANDS: tuple[click.Command, ...] = (staff, office)


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option(
    "--office", "office_", metavar="OFFICE", help="An id or a name; workers and supervisors need one."
)
@click.option("--e-mail", metavar="ADDRESS")
@at_desk
def add_staff(desk: Desk, name: str, role: str, office_: str | None, e_mail: str | None) -> None:
    """Admit NAME to the staff. A supervisor sees all clients of the office from now on."""
    sealer, providers = desk.house.sealer, desk.house.providers
    place = None
    if office_ is not None:
        place = desk.read(lambda session: directory.office_id(session, sealer, desk.agency, office_))
    newcomer = registry.Newcomer(name, role, place, e_mail)
    id_ = desk.act(lambda book: registry.add_staff(book, desk.by, newcomer, providers))
    show.facts(desk.as_json, {"person": id_, "role": role, "office": place})


@staff.command("list")
@at_desk
def list_staff(desk: Desk) -> None:
    """Everybody who works here; to those who keep no staff, the own office."""
    found = desk.read(lambda session: directory.staff(session, desk.house.sealer, desk.by))
    columns = ("id", "name", "role", "office", "state")
    show.rows(desk.as_json, columns, map(asdict, found), none="Nobody works here yet.")


@staff.command("confirm")
@click.argument("person")
@at_desk
def confirm_staff(desk: Desk, person: str) -> None:
    """Let PERSON act again who waits since a restore."""
    id_ = desk.person(person)
    desk.write(lambda session: registry.confirm_person(session, desk.by, id_))
    show.facts(desk.as_json, {"person": id_, "state": "active"})


@office.command("add")
@click.argument("name")
@at_desk
def add_office(desk: Desk, name: str) -> None:
    """Open the office NAME."""
    id_ = desk.act(lambda book: registry.add_office(book, desk.by, name, desk.house.providers))
    show.facts(desk.as_json, {"office": id_})
