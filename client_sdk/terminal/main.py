"""
The commands of the terminal tablet, in one group.
"""

from typing import Final

import click

from . import asking, connecting, deciding, forms, guarding, reading, standing, writing

WIDTH_MAX: Final = 120
"""Characters of a line of help: as wide as the terminal is, up to what can be read."""


@click.group(name="tablet", context_settings={"max_content_width": WIDTH_MAX})
def cli() -> None:
    """A tablet in the terminal: visit, record, sign, offline; sync when there is signal."""


for _module in (connecting, reading, writing, asking, deciding, standing, guarding, forms):
    for _command in _module.COMMANDS:
        cli.add_command(_command)
