"""Every Python that setup.cfg admits can install what is locked, also the oldest: Debian 12 brings 3.11.2."""

import configparser
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]


def oldest_python() -> str:
    """The first release that `python_requires` names, such as 3.11.0."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    floor = re.fullmatch(r">=(\d+\.\d+)", setup["options"]["python_requires"])
    assert floor, "python_requires names one floor"
    return f"{floor[1]}.0"


def test_the_oldest_python_admitted_installs_every_locked_package() -> None:
    """pip-compile asks only the Python that it runs under, which may be newer."""
    oldest = oldest_python()
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "test.txt").read_text(), re.MULTILINE)

    refusing = {}
    seen = 0
    for name in locked:
        try:
            asked = metadata(name).get("Requires-Python")
        except PackageNotFoundError:  # of another system: a marker keeps it from this one
            continue
        seen += 1
        if asked and oldest not in SpecifierSet(asked):
            refusing[name] = asked

    assert seen > len(locked) // 2
    assert not refusing
