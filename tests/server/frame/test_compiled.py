from server.compiled import ORJSON
from server.house import House
from sync import ids


def test_an_open_house_reads_and_writes_by_the_compiled_library(at: House) -> None:
    """A seventh of accepting; that nothing else changes is a law."""
    assert at.sealer is not None
    assert ids._compiled is ORJSON
