"""
A terminal on a worker's machine: the commands over a real tablet, and the model of a server.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from click.testing import CliRunner, Result

from client_sdk import Tablet
from client_sdk.terminal import Access, cli
from tests.client_sdk.facade.kit import ANA, SECRET, Setting


@dataclass
class Shell:
    """A terminal on Ana's machine."""

    field: Setting
    secret: str | None = SECRET
    store: str = "ana"
    unlock: Callable[..., Tablet] | None = None
    """Another way to the tablet, for what a machine may do to it."""

    def run(self, *arguments: str, input: str | None = None) -> Result:
        """One command, as typed."""
        return CliRunner().invoke(cli, arguments, input=input, obj=self.access(), env=self.environment())

    def access(self) -> Access:
        """The tablet's ways, to the model of a server."""
        self.field.wire.codes["code"] = ANA
        return Access(
            enrol=partial(Tablet.enrol, transport=self.field.wire),
            unlock=self.unlock or partial(Tablet.unlock, transport=self.field.wire),
            providers=self.field.providers,
        )

    def environment(self) -> dict[str, str | None]:
        """Where the tablet is, and what opens it."""
        return {"DOORSTEP_TABLET": str(self.field.folder / self.store), "DOORSTEP_SECRET": self.secret}

    def says(self, *arguments: str, input: str | None = None) -> str:
        """What a command that goes well says to a person."""
        result = self.run(*arguments, input=input)
        assert result.exit_code == 0, result.output
        return result.stdout

    def gives(self, *arguments: str, input: str | None = None) -> Any:
        """What a command that goes well gives a program."""
        return json.loads(self.says(*arguments, "--json", input=input))

    def refuses(self, *arguments: str, input: str | None = None) -> str:
        """The one line of a command that fails."""
        result = self.run(*arguments, input=input)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        assert "Traceback" not in result.stderr
        return result.stderr
