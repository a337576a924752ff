"""
Parts: the commands of one side, loaded when someone asks for them.

A *part* names a click command in a module and the extra that brings the libraries it needs. It knows
nothing of what the commands do.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import click

OURS = frozenset({"sync", "casework", "server", "client_sdk", "doorstep_cli"})


class PartMissing(click.ClickException):
    """The libraries of one side are not installed; whoever installs Doorstep adds the extra."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where a command lives, and the extra (of the distribution `doorstep`) that it needs."""

    module: str
    attribute: str
    extra: str

    def load(self) -> click.Command:
        """
        Import the module and take the command out of it.

        Raises:
            PartMissing: A library of the extra is not installed. A module of our own that is missing is
                a defect of the package and leaves as it is.
        """
        try:
            found = getattr(import_module(self.module), self.attribute)
        except ModuleNotFoundError as error:
            library = (error.name or "").partition(".")[0]
            if library in OURS:
                raise
            raise PartMissing(self._advice(library)) from error
        assert isinstance(found, click.Command), f"{self.module}:{self.attribute} is no click command"
        return found

    def _advice(self, library: str) -> str:
        return f"{library} is not installed. Install this part with: pip install 'doorstep[{self.extra}]'"
