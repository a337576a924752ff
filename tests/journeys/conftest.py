"""
Journeys: real processes over loopback, with nothing put in the place of anything.
"""

import pytest

from doorstep_cli.demo.stage import Tell


@pytest.fixture(scope="session")
def tell() -> Tell:
    """Says each step on the output, which pytest shows where a test fails."""
    return print
