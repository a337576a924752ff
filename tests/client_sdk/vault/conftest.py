"""
A vault with cheap guesses, a clock that tests move, and a device secret in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import KdfCost, Providers
from client_sdk.errors import Locked
from client_sdk.vault import Vault

PASSPHRASE = "violet kettle harbour ninety"
PIN = "258036"


@dataclass
class Clock:
    """Time that only tests move."""

    now_ms: int = 1_795_000_000_000
    monotonic_s: float = 100.0


@dataclass
class MemorySecrets:
    """A keyring that forgets at the end of the test."""

    kept: dict[str, str] = field(default_factory=dict)

    def read(self, store: str) -> str | None:
        """What is kept."""
        return self.kept.get(store)

    def write(self, store: str, text: str) -> None:
        """Keep a text."""
        self.kept[store] = text

    def outside(self, folder: Path) -> bool:
        """Memory is no folder."""
        return True


@dataclass
class Bench:
    """All that a test needs to make and open vaults."""

    folder: Path
    clock: Clock
    providers: Providers
    secrets: MemorySecrets
    agency: X25519PrivateKey

    @property
    def agency_key(self) -> bytes:
        """The agency's public key."""
        return self.agency.public_key().public_bytes_raw()

    @property
    def file(self) -> Path:
        """The vault's file."""
        return self.folder / "vault"

    def create(self, secret: str = PIN) -> Vault:
        """Make the vault."""
        return Vault.create(
            self.folder,
            secret,
            agency_key=self.agency_key,
            providers=self.providers,
            device_secrets=self.secrets,
        )

    def unlock(self, secret: str = PIN) -> Vault:
        """Open the vault."""
        return Vault.unlock(self.folder, secret, providers=self.providers, device_secrets=self.secrets)

    def wrong(self, secret: str = "000111") -> Locked:
        """The error of a secret that does not open."""
        with pytest.raises(Locked) as caught:
            self.unlock(secret)
        return caught.value


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Bytes that are the same each time."""
    return Random(7).randbytes


@pytest.fixture
def bench(tmp_path: Path, entropy: Callable[[int], bytes]) -> Bench:
    """All that a test needs."""
    clock = Clock()
    providers = Providers(
        now_ms=lambda: clock.now_ms,
        monotonic_s=lambda: clock.monotonic_s,
        entropy=entropy,
        kdf_cost=KdfCost(memory_kib=32, passes=1, lanes=1),
        file_root=tmp_path,
    )
    return Bench(
        folder=tmp_path / "tablet",
        clock=clock,
        providers=providers,
        secrets=MemorySecrets(),
        agency=X25519PrivateKey.from_private_bytes(bytes(range(32))),
    )
