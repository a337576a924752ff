"""
Main: one command for both sides, of which either may be absent.

`doorstep tablet ...` works where only the extra `client` is installed, and never imports the server's
side; the server's commands stand at the top level and never import the tablet's side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import click

from .parts import Part, PartMissing

DISTRIBUTION = "doorstep"
NAMED = {
    "demo": Part("doorstep_cli.demo.command", "demo", extra="server,client"),
    "tablet": Part("client_sdk.terminal", "cli", extra="client"),
}
SERVER = Part("server.cli", "cli", extra="server")


class Composed(click.Group):
    """A group with some commands by name, and all commands of one further group beside them."""

    def __init__(self, name: str, named: Mapping[str, Part], rest: Part, help: str) -> None:
        super().__init__(name, help=help)
        self._named = named
        self._rest = rest

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names that can be told without the libraries of an absent side."""
        try:
            rest = self._rest_group().list_commands(ctx)
        except PartMissing:
            rest = []
        return sorted({*self._named, *rest})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or one that says what to install; None if nobody has this name."""
        part = self._named.get(cmd_name)
        if part is None:
            return self._rest_group().get_command(ctx, cmd_name)
        try:
            return part.load()
        except PartMissing as missing:
            return _unavailable(cmd_name, missing)

    def _rest_group(self) -> click.Group:
        group = self._rest.load()
        assert isinstance(group, click.Group), f"{self._rest.module} has no group of commands"
        return group


def _unavailable(name: str, missing: PartMissing) -> click.Command:
    """A command that takes anything and says what is missing, so that `--help` still lists its name."""

    def refuse() -> NoReturn:
        raise missing

    return click.Command(
        name,
        callback=refuse,
        short_help="(not installed)",
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


doorstep = click.version_option(package_name=DISTRIBUTION)(
    Composed("doorstep", NAMED, SERVER, help="Home-visit records that work offline and lose nothing.")
)


def main() -> NoReturn:
    """Run the command line of this process."""
    doorstep(prog_name="doorstep")
    raise SystemExit(0)
