"""`init` and `serve`: an installation from nothing, and its door for tablets."""

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

import click

from .. import wsgi
from ..house import House
from ..services.desk import registry
from . import show
from .desk import check_ready, prepared, refusals, surroundings


@click.command()
@click.argument("name", required=False)
@click.option("--administrator", metavar="NAME", help="The first administrator.")
@click.option("--administrator-e-mail", metavar="ADDRESS")
@click.option("--office", default="Main office", show_default=True, metavar="NAME")
@click.option("--supervisor", metavar="NAME", help="A supervisor who leads the office.")
@click.option("--e-mail", metavar="ADDRESS", help="The supervisor's.")
@click.option("--time-zone", default="America/New_York", show_default=True, metavar="ZONE")
@click.option("--another", is_flag=True, help="Found one more agency in this installation.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@click.pass_context
def init(
    context: click.Context,
    name: str | None,
    administrator: str | None,
    administrator_e_mail: str | None,
    office: str,
    supervisor: str | None,
    e_mail: str | None,
    time_zone: str,
    another: bool,
    as_json: bool,
) -> None:
    """
    Make the keys and the database, or bring the database up to date, and found the agency NAME.

    Without NAME only the keys and the database are made or brought up to date.
    """
    with refusals():
        settings, providers = surroundings(context)
        if name is not None and administrator is None:
            raise click.UsageError("an agency needs --administrator NAME")
        if time_zone not in available_timezones():
            raise click.BadParameter(
                "no such time zone, name one such as America/New_York", param_hint="--time-zone"
            )
        house = prepared(settings, providers)
        try:
            if name is None or administrator is None:
                show.facts(as_json, {"database": "up to date"})
                return
            founding = registry.Founding(
                name, time_zone, office, administrator, administrator_e_mail, supervisor, e_mail
            )
            with house.database.writing() as session:
                if not another:
                    registry.check_first(session)
                founded = registry.found(session, house.sealer, providers, founding)
        finally:
            house.close()
        told = {
            "agency": founded.agency,
            "office": founded.office,
            "administrator": founded.administrator,
            "supervisor": founded.supervisor,
        }
        show.facts(as_json, told)


@click.command()
@click.option("--host", help="The address to listen at; else as DOORSTEP_HOST says.")
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes a free one; else as DOORSTEP_PORT says.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None) -> None:
    """Serve the tablets until interrupted."""
    with refusals():
        settings, providers = surroundings(context)
        chosen: dict[str, Any] = {
            name: value for name, value in (("host", host), ("port", port)) if value is not None
        }
        house = House.open(settings, providers)
        try:
            check_ready(house)
        finally:
            house.close()
        wsgi.run(replace(settings, **chosen), providers, lambda address: click.echo(f"serving at {address}"))


COMMANDS: tuple[click.Command, ...] = (init, serve)
