"""Real faults between real processes, those that take a few seconds; `python -m tests.faults` plays all of them."""

from pathlib import Path

import pytest

from . import postgresql as servers
from .catalogue import FAULTS, POSTGRESQL, SQLITE, Fault, Play
from .nursery import Unplayable

ON_SQLITE = [fault for fault in FAULTS if fault.quick and {SQLITE} <= {*fault.on} & {*fault.quick_on}]
ON_POSTGRESQL = [fault for fault in FAULTS if fault.quick and {POSTGRESQL} <= {*fault.on} & {*fault.quick_on}]


def name_of(fault: Fault) -> str:
    """The fault's sentence, as the name of a test."""
    return fault.name.replace(" ", "_")


@pytest.mark.parametrize("fault", ON_SQLITE, ids=name_of)
def test_on_sqlite(fault: Fault, tmp_path: Path) -> None:
    """Nothing that was acknowledged is lost under it."""
    print(played(fault.quick, tmp_path, ""))


@pytest.mark.postgres
@pytest.mark.parametrize("fault", ON_POSTGRESQL, ids=name_of)
def test_on_postgresql(fault: Fault, tmp_path: Path, postgresql: str) -> None:
    """Nothing that was acknowledged is lost under it."""
    print(played(fault.quick, tmp_path, servers.new_database(postgresql)))


def played(play: Play | None, folder: Path, url: str) -> str:
    """What came of a fault."""
    assert play is not None, "only quick faults are played here"
    try:
        return play(folder, url)
    except Unplayable as error:
        pytest.skip(str(error))
