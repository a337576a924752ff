"""
A whole tablet: the facade over a real vault and store, and the model of a server, with casework's own rules.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import casework
from client_sdk import KdfCost, Providers, Tablet, TabletSettings
from sync import Json, Write
from tests.client_sdk.replica.kit import Time, entropy
from tests.client_sdk.replica.model import Model
from tests.client_sdk.replica.wire import Wire

ANA = "11111111-1111-4111-8111-111111111111"
CLIENT = "c1111111-1111-4111-8111-111111111111"
SECRET = "seven quiet herons at dusk"
CHEAP = KdfCost(memory_kib=8, passes=1, lanes=1)


@dataclass
class Setting:
    """Where a tablet works."""

    folder: Path
    model: Model
    wire: Wire
    time: Time = field(default_factory=Time)
    tablets: list[Tablet] = field(default_factory=list)
    entropy: Callable[[int], bytes] = field(default_factory=entropy)

    @property
    def providers(self) -> Providers:
        """Time that moves when told, bytes that repeat, and a cheap guess."""
        return Providers(
            now_ms=self.time.now_ms, monotonic_s=self.time.monotonic_s, entropy=self.entropy, kdf_cost=CHEAP
        )

    def enrol(self, name: str = "ana", **more: Any) -> Tablet:
        """A new tablet of Ana."""
        self.wire.codes["code"] = ANA
        tablet = Tablet.enrol(
            self.folder / name,
            server="https://doorstep.example",
            code="code",
            secret=SECRET,
            providers=self.providers,
            transport=self.wire,
            **more,
        )
        self.tablets.append(tablet)
        return tablet

    def unlock(self, name: str = "ana", settings: TabletSettings | None = None) -> Tablet:
        """The same tablet on another day."""
        tablet = Tablet.unlock(
            self.folder / name,
            secret=SECRET,
            providers=self.providers,
            transport=self.wire,
            settings=settings,
        )
        self.tablets.append(tablet)
        return tablet

    def has_client(self, subject: str = CLIENT, **fields: Json) -> None:
        """The office registers a client and assigns the worker."""
        self.model.office(subject, *writes("client", subject, **fields))
        self.model.grant(ANA, subject)

    def state(self, type_: str, id_: str, unit: str) -> list[Json]:
        """The live values of a unit at the server."""
        return [live.value for live in self.model.state.records[(type_, id_)].units[unit].live]


def writes(type_: str, id_: str, *over: str, **fields: Json) -> list[Write]:
    """Writes of one record."""
    return [Write(type_, id_, unit, over, value) for unit, value in fields.items()]


def setting(folder: Path) -> Setting:
    """An agency with a model of its server."""
    private = X25519PrivateKey.generate()
    model = Model(casework.rule_of, private.private_bytes_raw())
    wire = Wire(model, agency_key=private.public_key().public_bytes_raw())
    return Setting(folder, model, wire)
