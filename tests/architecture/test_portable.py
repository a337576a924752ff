"""A clone works on any machine: no file knows the machine that it was written on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

HOME_FOLDERS = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|var/folders)/[\w.-]+|[A-Z]:\\\\Users\\\\")
INDEX_OPTIONS = re.compile(r"(?<!no-emit-)(?:index-url|find-links|trusted-host)\b")
PINNED = re.compile(r"^[\w.-]+==[\w.+!-]+( ; [^#]+)?( *#.*)?$")


def texts() -> list[tuple[str, str]]:
    """(path, text) of every file in the checkout that is text, but for this one."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout; to run it: clone the repository")
    found: list[tuple[str, str]] = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path != Path(__file__).resolve() and b"\0" not in path.read_bytes():
            found.append((name, path.read_text(encoding="utf-8")))
    return found


def machine_paths() -> list[str]:
    """Folders of the machine that the tests run on, where they are long enough to be nobody else's."""
    folders = {ROOT, Path.home(), Path(sys.prefix), Path(sys.base_prefix)}
    return sorted(str(folder) for folder in folders if len(folder.parts) > 2 and folder != Path("/usr/local"))


def test_no_file_holds_a_path_of_one_machine() -> None:
    """It would be wrong on every other."""
    found = [
        f"{name}: {sign}"
        for name, text in texts()
        for sign in [*(path for path in machine_paths() if path in text), *HOME_FOLDERS.findall(text)]
    ]

    assert found == []


def test_no_file_names_a_package_index() -> None:
    """Where packages come from is the installer's choice."""
    assert [name for name, text in texts() if INDEX_OPTIONS.search(text)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_exact_versions_and_nothing_else(lock: Path) -> None:
    """A range or an address in a lock would install something else tomorrow."""
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]

    assert lines != []
    assert [line for line in lines if not PINNED.match(line)] == []


def test_what_is_locked_for_tests_is_what_runs() -> None:
    """Else the tests would prove something about other versions."""
    runtime, test = (
        dict(re.findall(r"^([\w.-]+)==([\w.+!-]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("runtime.txt", "test.txt")
    )

    assert {name: test.get(name) for name in runtime} == runtime
