"""
Wheel alone: what somebody gets who installs Doorstep and never sees this repository.

Builds the wheel, installs it with the locked libraries into an empty environment outside the checkout and
plays the story there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = "server,client"
RUNTIME_LOCK = ROOT / "requirements" / "runtime.txt"


def build(folder: Path) -> Path:
    """Build the wheel of this checkout into `folder`."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # What an earlier build copied would be packed again.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    _run([*command, str(ROOT)], ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, environment: Path) -> Path:
    """Install the wheel into a new environment; the folder of its commands."""
    _run([sys.executable, "-m", "venv", str(environment)], wheel.parent)
    commands = environment / "bin"
    wanted = f"doorstep[{EXTRAS}] @ {wheel.as_uri()}"
    pip = [str(commands / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--constraint", str(RUNTIME_LOCK), wanted], wheel.parent)
    return commands


def main() -> int:
    """Play the story from the installed wheel; its exit code."""
    with tempfile.TemporaryDirectory(prefix="doorstep-wheel-") as name:
        folder = Path(name)
        commands = install(build(folder / "dist"), folder / "environment")
        story = [str(commands / "doorstep"), "demo", "--once"]
        return subprocess.run(story, cwd=folder, check=False).returncode


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
