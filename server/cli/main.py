"""The group of all commands of the office; `doorstep` shows them at its top level."""

import click

from .clients import COMMANDS as CLIENTS
from .deciding import COMMANDS as DECIDING
from .founding import COMMANDS as FOUNDING
from .jobs import COMMANDS as JOBS
from .keeping import COMMANDS as KEEPING
from .moving import COMMANDS as MOVING
from .people_web import COMMANDS as PEOPLE_WEB
from .staff import COMMANDS as STAFF
from .tablets import COMMANDS as TABLETS

cli = click.Group("server", help="The office: its server, staff, tablets and clients.")

for command in (*FOUNDING, *STAFF, *TABLETS, *CLIENTS, *DECIDING, *MOVING, *PEOPLE_WEB, *KEEPING, *JOBS):
    cli.add_command(command)
