"""
What one running server stands on: settings, providers, the database and the sealer.

Opened once at the start and handed down; a view finds it by `house()`.
"""

from dataclasses import dataclass

from flask import Flask, current_app

from sync.ids import use_compiled

from .compiled import ORJSON
from .crypto import KeyStore, Sealer, master_of
from .crypto.dumps import keep_memory_out_of_dumps
from .db import Database
from .settings import Providers, Settings

_EXTENSION = "doorstep"


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a service may be handed."""

    settings: Settings
    providers: Providers
    database: Database
    keys_database: Database
    sealer: Sealer

    @classmethod
    def open(cls, settings: Settings, providers: Providers) -> "House":
        """
        Open the database and the key store; nothing is made or changed, and no core file of this process is kept.

        Raises:
            Unready: There is no master key.
            ValueError: The key store would lie in the database, and in its backups.
        """
        if settings.keys == settings.database and settings.keys != "sqlite://":
            raise ValueError("DOORSTEP_KEYS_URL must not be DOORSTEP_DATABASE_URL")
        keep_memory_out_of_dumps()
        use_compiled(ORJSON)
        master = master_of(settings, providers.entropy)
        database = _database(settings.database, settings, providers)
        keys_database = _database(settings.keys, settings, providers)
        sealer = Sealer(KeyStore(keys_database, master, providers.entropy), providers.entropy)
        return cls(settings, providers, database, keys_database, sealer)

    def close(self) -> None:
        """Give all connections back."""
        self.database.close()
        self.keys_database.close()

    def install(self, app: Flask) -> None:
        """Let the views of this application find it."""
        app.extensions[_EXTENSION] = self


def house() -> House:
    """The house of the application that answers this request."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, House)
    return found


def _database(url: str, settings: Settings, providers: Providers) -> Database:
    return Database(url, providers, busy_timeout_ms=settings.busy_timeout_ms, pool_size=settings.pool_size)
