"""
Both sides' commands as somebody types them, each in a folder of its own; they run in this process.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result

from doorstep_cli.main import doorstep

SUPERVISOR = "Sue Visor"
ADMINISTRATOR = "Ida Main"
WORKER = "Ana Test"


@dataclass(frozen=True)
class Shell:
    """Where commands run: the environment that says which server's folder, or which tablet's."""

    environment: Mapping[str, str]

    def run(self, *words: str, typed: str | None = None) -> Result:
        """Run one command; `typed` is what somebody types into it."""
        return CliRunner().invoke(doorstep, words, env=dict(self.environment), input=typed)

    def told(self, *words: str) -> Any:
        """What a command that succeeds answers to a program."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@dataclass(frozen=True)
class Agency:
    """A server's folder with an agency in it, whose supervisor types."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of the server, as its environment has them."""
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def found(
        cls, home: Path, settings: Mapping[str, str] | None = None, name: str = "Hill County Care"
    ) -> Self:
        """An agency with one office, its supervisor, and one worker."""
        made = cls(home, settings or {})
        made.ids.update(
            made.office.told(
                *("init", name, "--office", "Hill"),
                *("--administrator", ADMINISTRATOR, "--supervisor", SUPERVISOR),
            )
        )
        words = ("staff", "add", WORKER, "--role", "worker", "--office", "Hill")
        made.ids["worker"] = made.administration.told(*words)["person"]
        return made

    @property
    def office(self) -> Shell:
        """The supervisor's shell."""
        return self._shell(SUPERVISOR)

    @property
    def administration(self) -> Shell:
        """The administrator's shell."""
        return self._shell(ADMINISTRATOR)

    def code(self) -> str:
        """A one-time code for a tablet of the worker."""
        return str(self.office.told("invite", WORKER)["code"])

    @property
    def environment(self) -> dict[str, str]:
        """What tells a command or a server of this agency where its data is."""
        return {"DOORSTEP_HOME": str(self.home), **self.settings}

    def _shell(self, person: str) -> Shell:
        return Shell({**self.environment, "DOORSTEP_AS": person})


def tablet_in(folder: Path) -> Shell:
    """The shell of a worker whose tablet is in this folder."""
    return Shell({"DOORSTEP_TABLET": str(folder), "DOORSTEP_SECRET": "kettle on, cat asleep, rain"})
