"""
A tree of its own for each defect: the rooms and their tests copied, one file changed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

COPIED: Final = ("sync", "casework", "server", "client_sdk", "doorstep_cli", "tests", "setup.cfg")
"""What the simulator and the laws stand on."""

_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", ".hypothesis")


class DoesNotApply(Exception):
    """The code that a defect changes is not there, or not once: the defect must be planted anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place of the code as it is, and as the defect has it."""

    file: str
    """Relative to the project."""
    old: str
    new: str

    def changed(self, text: str) -> str:
        """
        The text of the file with the defect in it.

        Raises:
            DoesNotApply: The place is not there exactly once.
        """
        found = text.count(self.old)
        if found != 1:
            raise DoesNotApply(f"{self.file}: the place of the defect is there {found} times, not once")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Defect:
    """A planted defect: a mistake that somebody could make."""

    name: str
    """In words, as the table has it."""
    changes: tuple[Change, ...]


def defect(name: str, file: str, old: str, new: str, *more: Change) -> Defect:
    """A defect whose first or only change is in `file`."""
    return Defect(name, (Change(file, old, new), *more))


def copy_tree(into: Path) -> None:
    """Copy what is judged."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=_LEFT_OUT)
        else:
            shutil.copy2(source, into / name)


@contextmanager
def planted_in(tree: Path, planted: Defect) -> Iterator[None]:
    """
    A copied tree with a defect in it, and sound again afterwards.

    Raises:
        DoesNotApply: The code is not as the defect knows it.
    """
    sound = {tree / change.file: (tree / change.file).read_text() for change in planted.changes}
    try:
        for change in planted.changes:
            path = tree / change.file
            path.write_text(change.changed(path.read_text()))
        yield
    finally:
        for path, text in sound.items():
            path.write_text(text)
