"""One fortress for all hostile requests of a database: none of them may leave a trace for the next one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import postgresql as servers

from .kit import Fortress, fortress


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    """A whole application on SQLite, and one on PostgreSQL."""
    folder = tmp_path_factory.mktemp("fortress")
    if request.param == "sqlite":
        with fortress(folder) as built:
            yield built
        return
    try:
        with (
            servers.server() as running,
            fortress(folder, servers.new_database(servers.url_of(running))) as built,
        ):
            yield built
    except ModuleNotFoundError:
        if servers.IN_CI:
            raise
        pytest.skip(servers.MISSING)
