"""Nothing reads the world behind its caller's back, and the tool that says so can see."""

from pathlib import Path

import pytest

from tools import purity

ROOT = Path(__file__).resolve().parents[2]


def test_the_house_is_pure() -> None:
    """A clock or a random id inside the core would make merging differ from one device to another."""
    assert [str(finding) for finding in purity.findings(ROOT)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime as d\nx = d.datetime.utcnow()",
        "import datetime\ndef f(clock=datetime.date.today): ...",
        "def f(clock): return clock.now()",
        "import uuid\nx = uuid.uuid4()",
        "from uuid import uuid4 as new\nx = new()",
        "x = open('a')",
        "from pathlib import Path",
        "import time",
        "import random",
        "import secrets",
        "import socket",
        "import os",
        "def f():\n    import os\n    return os.environ",
        "import sqlite3",
        "import urllib.request",
        "from importlib.resources import files",
        "import cryptography",
        "def f(place): return place.read_text()",
        "print('here')",
        "eval('1')",
        "__import__('os')",
    ],
)
def test_an_impurity_in_the_core_is_found(source: str) -> None:
    """Each of these makes an answer depend on more than the arguments."""
    assert list(purity.in_pure_room("sync/wrong.py", source)) != []


@pytest.mark.parametrize(
    "source",
    [
        "import json\nfrom datetime import date\nx = date.fromisoformat('2026-11-24')",
        "import uuid\nx = uuid.UUID(bytes=bytes(16), version=4)",
        "from .clock import At\nfrom merge3 import Merge3",
        "def f(open): return open",
    ],
)
def test_what_computes_from_its_arguments_is_left_alone(source: str) -> None:
    """A tool that cries wolf is switched off."""
    assert list(purity.in_pure_room("sync/right.py", source)) == []


def test_casework_reads_its_own_package_data_only() -> None:
    """Catalogues are data files; anything else on a disk is not casework's to read."""
    catalogue = "from importlib.resources import files\nx = files('casework').joinpath('a.json').read_text()"
    anything = "def f(path): return path.read_text()"

    assert list(purity.in_pure_room("casework/right.py", catalogue)) == []
    assert list(purity.in_pure_room("casework/wrong.py", anything)) != []


@pytest.mark.parametrize("side", ["server", "client_sdk", "doorstep_cli"])
@pytest.mark.parametrize(
    "source",
    [
        "import time\nx = time.time()",
        "from time import monotonic\nx = monotonic()",
        "from dataclasses import field\nimport time\nx = field(default_factory=time.time_ns)",
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "import os\nx = os.urandom(16)",
        "import secrets\nx = secrets.token_bytes(16)",
        "from random import random\nx = random()",
        "import uuid\nx = uuid.uuid4()",
    ],
)
def test_a_side_that_takes_time_or_chance_by_itself_is_found(side: str, source: str) -> None:
    """Under a virtual clock it would still live in real time, and a failing seed would not repeat."""
    assert list(purity.in_side(f"{side}/wrong.py", source)) != []


def test_the_provider_modules_may_read_what_they_provide() -> None:
    """Somewhere the real clock comes in, at two named places."""
    source = "import time\nx = time.time()"

    assert [list(purity.in_side(path, source)) for path in sorted(purity.PROVIDER_MODULES)] == [[], []]
