"""The wheel holds everything that the code reads from its own folders."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sync", "casework", "server", "client_sdk", "doorstep_cli")


def tracked() -> list[str]:
    """The files of a checkout that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout; to run it: clone the repository")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    return source


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    """A wheel built from the copy, without fetching anything."""
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = (source / "dist").glob("*.whl")
    return found


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(source: Path, wheel: Path) -> None:
    """A template, catalogue or migration that is left out is missed only where Doorstep is installed."""
    files = {path.relative_to(source) for room in ROOMS for path in (source / room).rglob("*")}
    wanted = {path.as_posix() for path in files if (source / path).is_file()}

    names = set(zipfile.ZipFile(wheel).namelist())
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == wanted


def test_the_wheel_brings_the_command_and_the_licence(wheel: Path) -> None:
    """Both are promised to whoever installs it."""
    archive = zipfile.ZipFile(wheel)
    folder = next(name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name)

    assert "doorstep = doorstep_cli.main:main" in archive.read(f"{folder}/entry_points.txt").decode()
    assert f"{folder}/licenses/LICENSE" in archive.namelist()
