"""One command for both sides, of which either may be absent."""

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from doorstep_cli.main import NAMED, SERVER, Composed, doorstep
from doorstep_cli.parts import Part, PartMissing


@click.group()
def office() -> None:
    """The server's commands, in the tests."""


@office.command()
def serve() -> None:
    """Serve the office."""
    click.echo("serving")


@click.group()
def tablet() -> None:
    """The tablet, in the tests."""


@tablet.command()
@click.argument("what")
def show(what: str) -> None:
    """Show one thing."""
    click.echo(f"showing {what}")


def module(name: str, **attributes: object) -> ModuleType:
    """A module that has been imported already."""
    made = ModuleType(name)
    made.__dict__.update(attributes)
    return made


OFFICE = Part("office_in_tests", "office", extra="server")
TABLET = Part("tablet_in_tests", "tablet", extra="client")
ABSENT = Part("library_that_nobody_has.cli", "cli", extra="client")
Compose = Callable[[Part, Part], Composed]


@pytest.fixture
def compose(monkeypatch: pytest.MonkeyPatch) -> Compose:
    """Makes a command of a tablet's part and an office's part."""
    monkeypatch.setitem(sys.modules, "office_in_tests", module("office_in_tests", office=office, serve=serve))
    monkeypatch.setitem(sys.modules, "tablet_in_tests", module("tablet_in_tests", tablet=tablet))

    def made(tablet_part: Part, office_part: Part) -> Composed:
        return Composed("both", {"tablet": tablet_part}, office_part, help="Both.")

    return made


def test_both_sides_stand_under_one_command(compose: Compose) -> None:
    """People learn one name."""
    both = compose(TABLET, OFFICE)

    listed = CliRunner().invoke(both, ["--help"]).output
    assert "serve" in listed
    assert "tablet" in listed
    assert CliRunner().invoke(both, ["serve"]).output == "serving\n"
    assert CliRunner().invoke(both, ["tablet", "show", "ana"]).output == "showing ana\n"


def test_a_tablet_works_without_the_servers_libraries(compose: Compose) -> None:
    """A worker's machine has the client's extra only."""
    both = compose(TABLET, ABSENT)

    assert CliRunner().invoke(both, ["tablet", "show", "ana"]).output == "showing ana\n"
    assert "tablet" in CliRunner().invoke(both, ["--help"]).output


def test_an_absent_servers_command_says_what_to_install(compose: Compose) -> None:
    """In one line, without a traceback."""
    result = CliRunner().invoke(compose(TABLET, ABSENT), ["serve"])

    assert result.exit_code == 1
    assert result.output == (
        "Error: library_that_nobody_has is not installed. "
        "Install this part with: pip install 'doorstep[client]'\n"
    )


@pytest.mark.parametrize("arguments", [[], ["show", "ana"], ["--help"], ["--json"]])
def test_an_absent_tablet_says_what_to_install(compose: Compose, arguments: list[str]) -> None:
    """Whatever is asked of it; and help still lists its name."""
    both = compose(ABSENT, OFFICE)

    result = CliRunner().invoke(both, ["tablet", *arguments])

    assert result.exit_code == 1
    assert "pip install 'doorstep[client]'" in result.output
    assert "(not installed)" in CliRunner().invoke(both, ["--help"]).output


def test_an_unknown_command_is_named(compose: Compose) -> None:
    """As click does."""
    result = CliRunner().invoke(compose(TABLET, OFFICE), ["dance"])

    assert result.exit_code == 2
    assert "No such command 'dance'" in result.output


def test_a_missing_module_of_ours_is_a_defect() -> None:
    """Advice to install something would send people the wrong way."""
    with pytest.raises(ModuleNotFoundError):
        Part("sync.no_such_module", "cli", extra="client").load()


def test_a_missing_library_is_told_apart() -> None:
    """It is the installation's matter."""
    with pytest.raises(PartMissing, match="library_that_nobody_has"):
        ABSENT.load()


def test_a_part_is_a_command() -> None:
    """A wrong name in the table is a programmer's mistake."""
    with pytest.raises(AssertionError, match="no click command"):
        Part("sync", "__doc__", extra="client").load()


def test_the_rest_is_a_group(compose: Compose) -> None:
    """A single command cannot stand beside the named ones."""
    both = compose(TABLET, Part("office_in_tests", "serve", extra="server"))

    with pytest.raises(AssertionError, match="no group"):
        both.get_command(click.Context(both), "serve")


@pytest.mark.parametrize("part", [*NAMED.values(), SERVER], ids=lambda part: part.module)
def test_every_part_that_is_mounted_exists(part: Part) -> None:
    """The table in `main` is text, which no type checker follows."""
    assert isinstance(part.load(), click.Command)


def test_the_version_is_told() -> None:
    """Support asks for it first."""
    assert CliRunner().invoke(doorstep, ["--version"]).output.startswith("doorstep, version ")


def test_the_module_runs_as_the_command_does() -> None:
    """Where the script's folder is not on the path."""
    found = subprocess.run(
        [sys.executable, "-m", "doorstep_cli", "--version"], capture_output=True, text=True, check=False
    )

    assert found.returncode == 0
    assert found.stdout.startswith("doorstep, version ")


@pytest.mark.parametrize(
    ("arguments", "never"), [(["tablet", "--help"], "server"), (["serve", "--help"], "client_sdk")]
)
def test_one_side_does_not_load_the_other(arguments: list[str], never: str) -> None:
    """A tablet starts without a web framework, a server without the tablet's store."""
    code = (
        "import sys; from doorstep_cli.main import doorstep; "
        f"doorstep({arguments!r}, standalone_mode=False); sys.exit({never!r} in sys.modules)"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stderr
