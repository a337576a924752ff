"""`rebuild`, `backup`, `restore`: keeping what the log says, and getting it back."""

import click

COMMANDS: tuple[click.Command, ...] = ()
