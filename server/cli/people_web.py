"""`invite-person`: an invitation to the web for somebody of the staff."""

import click

from ..services.access import invitations
from . import show
from .desk import Desk, at_desk


@click.command("invite-person")
@click.argument("person")
@at_desk
def invite_person(desk: Desk, person: str) -> None:
    """
    Make a code with which PERSON sets a password and a second factor, once, within three days.

    It is shown once. Whoever has an account begins anew with it: that is how lost second factors are replaced.
    """
    house, id_ = desk.house, desk.person(person)
    made = desk.write(lambda session: invitations.invite(session, house.providers, desk.by, id_))
    told = {"code": made.code, "person": made.person, "address": "/welcome"}
    show.facts(desk.as_json, told | {"until": show.moment(made.expires_ms)})


COMMANDS: tuple[click.Command, ...] = (invite_person,)
