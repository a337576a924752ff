from collections.abc import Iterator
from pathlib import Path

import pytest

from client_sdk import Tablet

from .kit import Setting, setting


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Setting]:
    """An agency with a server, and no tablet yet."""
    found = setting(tmp_path)
    yield found
    for tablet in found.tablets:
        tablet.lock()


@pytest.fixture
def ana(field: Setting) -> Tablet:
    """Ana's tablet, with one client on it."""
    field.has_client(
        legal_name={"family": "Okafor", "given": "Rosa"}, date_of_birth="1950-01-01", language="en"
    )
    tablet = field.enrol()
    tablet.sync()
    return tablet
