from collections.abc import Iterator
from pathlib import Path

import pytest

from .kit import ANA, Kit, kit, write


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Kit]:
    """Ana's tablet, which has never synced."""
    tablet = kit(tmp_path / "ana")
    yield tablet
    tablet.store.close()


@pytest.fixture
def ana(bare: Kit) -> Kit:
    """Ana's tablet, which has one client from the server."""
    bare.model.grant(ANA, "c1")
    bare.model.office("c1", write("c1", "phone", "555-0100"), write("c1", "born", "1950-01-01"))
    bare.sync()
    return bare
