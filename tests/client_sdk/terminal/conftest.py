from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client_sdk.facade.kit import CLIENT, setting

from .shell import Shell


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Shell]:
    """A machine without a tablet, and an agency with one client of Ana's."""
    field = setting(tmp_path)
    field.has_client(
        legal_name={"family": "Okafor", "given": "Rosa"}, date_of_birth="1950-01-01", language="en"
    )
    yield Shell(field)
    for tablet in field.tablets:
        tablet.lock()


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """The same machine, enrolled and synced."""
    bare.says("enrol", "https://doorstep.example", "code")
    bare.says("sync")
    return bare


@pytest.fixture
def client() -> str:
    """The client's id."""
    return CLIENT
