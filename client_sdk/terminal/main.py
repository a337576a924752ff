"""
The commands of the terminal tablet, in one group.
"""

import click

from . import asking, connecting, deciding, forms, guarding, reading, standing, writing


@click.group(name="tablet")
def cli() -> None:
    """A tablet in the terminal: visit, record, sign, offline; sync when there is signal."""


for _module in (connecting, reading, writing, asking, deciding, standing, guarding, forms):
    for _command in _module.COMMANDS:
        cli.add_command(_command)
