"""What a guess may cost at most."""

from dataclasses import replace

import pytest

from client_sdk.clock import KdfCost

from .conftest import Bench


def test_a_cost_that_could_not_be_read_again_is_never_written(bench: Bench) -> None:
    """Else an app that raises its cost too far would lock its workers out for good."""
    bench.create().lock()
    before = bench.file.read_bytes()
    modest, bench.providers = bench.providers, replace(bench.providers, kdf_cost=KdfCost(32, 65, 1))

    with pytest.raises(AssertionError, match="COST_MAX"):
        bench.unlock()

    bench.providers = modest
    assert bench.file.read_bytes() == before
    assert not bench.unlock().locked
