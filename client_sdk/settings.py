"""
Settings of a tablet, and what it learnt at its enrolment.

Settings are handed in by the app. What was learnt lies sealed in the store: who this device is, whose, and
where its server answers.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

from sync import Json, Prefix

PREFIX: Final = ""

APP: Final = "0.1.0"
"""The version of the tablet's side, which each request tells."""


@dataclass(frozen=True, slots=True)
class TabletSettings:
    """Every setting with its default."""

    idle_s: float = 300.0
    """Seconds without a touch until the tablet locks itself."""

    sync_every_s: float = 60.0
    """Seconds between two exchanges in the background while all goes well."""

    retry_first_s: float = 5.0
    """Seconds until the first retry after the network failed; each further one waits twice as long."""

    retry_longest_s: float = 900.0
    """Seconds that a retry waits at most: a worker who drives back into signal is synced within them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this tablet is."""

    agency: str
    agency_name: str
    agency_key: str
    """The agency's X25519 public key, base64url."""
    device: str
    worker: str
    role: str
    fingerprint: str
    """Six digits that the server shows, too."""
    time_zone: str
    server: str
    authority_pem: str | None = None
    plain_http: bool = False

    @property
    def prefix(self) -> Prefix:
        """What stands before each changeset that this tablet makes."""
        return Prefix(self.agency, self.device, self.worker)

    def to_json(self) -> Json:
        """As it is stored."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(**value)
