"""The arrows between the rooms are a contract that a machine keeps."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sync", "casework", "server", "client_sdk", "doorstep_cli")
SERVICES = tuple(f"server/services{package}" for package in ("", "/log", "/access", "/desk", "/keeping"))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Five empty rooms, and the services' packages, under the project's own contracts."""
    for room in (*ROOMS, *SERVICES):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the rooms in `house`, and over no others."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_empty_rooms_break_no_contract(house: Path) -> None:
    """Else the violations below would prove nothing."""
    found = lint(house)

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("sync", "casework"),
        ("sync", "server"),
        ("casework", "server"),
        ("casework", "client_sdk"),
        ("server", "client_sdk"),
        ("client_sdk", "server"),
        ("server", "doorstep_cli"),
        ("client_sdk", "doorstep_cli"),
        ("sync", "marshmallow"),
        ("sync", "socket"),
        ("sync", "time"),
        ("casework", "random"),
        ("casework", "sqlite3"),
        ("client_sdk", "flask"),
        ("client_sdk", "sqlalchemy"),
        ("client_sdk", "kivy"),
        ("server.services.log", "server.services.desk"),
        ("server.services.access", "server.services.keeping"),
        ("server.services.desk", "server.services.keeping"),
    ],
)
def test_an_import_against_the_arrows_is_found(house: Path, importer: str, imported: str) -> None:
    """One such import, once let in, is soon leaned on by ten others."""
    (house / importer.replace(".", "/") / "wrong.py").write_text(f"import {imported}\n")

    found = lint(house)

    assert found.returncode == 1
    assert f"{importer}.wrong -> {imported}" in found.stdout


def test_the_one_module_for_kivy_may_import_kivy(house: Path) -> None:
    """The glue to the framework has to stand somewhere."""
    (house / "client_sdk" / "kivy.py").write_text("import kivy\n")

    found = lint(house)

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_belongs_to_doorstep_alone(room: str) -> None:
    """Names like `server` are common: another distribution's package of that name would shadow ours."""
    assert set(packages_distributions()[room]) == {"doorstep"}
