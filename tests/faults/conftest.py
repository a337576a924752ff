"""PostgreSQL for the faults that befall it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import postgresql as servers


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    try:
        with servers.server() as running:
            yield servers.url_of(running)
    except ModuleNotFoundError:
        if servers.IN_CI:
            raise
        pytest.skip(servers.MISSING)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of either kind; empty for SQLite in the server's own folder."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql")
    return servers.new_database(url)
