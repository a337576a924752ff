"""The group of all commands of the office; `doorstep` shows them at its top level."""

import click

from . import clients, deciding, founding, keeping, moving, staff, tablets

cli = click.Group("server", help="The office: its server, staff, tablets and clients.")

for command in (
    *founding.COMMANDS,
    *staff.COMMANDS,
    *tablets.COMMANDS,
    *clients.COMMANDS,
    *deciding.COMMANDS,
    *moving.COMMANDS,
    *keeping.COMMANDS,
):
    cli.add_command(command)
