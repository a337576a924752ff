"""
A server for tests: a clock that is moved, randomness that repeats, a database of each kind.

`at` is an open house with all tables, on the `database_url` of `tests.databases`: SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import shake_256
from itertools import count
from pathlib import Path

import pytest

from server import tables
from server.db import Base
from server.house import House
from server.settings import KdfCost, Providers, Settings
from sync.ids import encode_bytes

assert tables.__path__, "importing the tables completes the metadata"

NOON_MS = 1_764_000_000_000
MASTER_KEY = encode_bytes(bytes(range(32)))


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
