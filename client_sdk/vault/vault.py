"""
The vault: the keys of one store, and the ways to open it.

*Locked*, it knows the store's id, the device's public key and the agency's; *unlocked*, it gives the keys
of each use and signs for the device. It keeps no client data and does not know the store, which is opened
with its keys.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..clock import Providers
from ..errors import Locked, Refused
from . import file as vault_file
from . import files
from .aead import Aead
from .device_secret import DeviceSecrets
from .file import VaultFile
from .guards import TRIES_FILE
from .keys import MASTER_BYTES, STORE_ID_BYTES, Keys
from .secret import new_slot, try_secret, wrap_secret
from .slots import Binding, seal_recovery
from .strength import check_strength

IDLE_S: Final = 300.0
"""Seconds without a touch until `lock_if_idle` locks: a visit's pause, not a lunch."""


class Vault:
    """One store's keys. Made by `create`, `unlock` or `recover`, never directly."""

    def __init__(
        self,
        folder: Path,
        content: VaultFile,
        keys: Keys,
        providers: Providers,
        secrets: DeviceSecrets | None,
    ) -> None:
        self._folder = folder
        self._file = content
        self._keys = keys
        self._providers = providers
        self._secrets = secrets
        self._device = _open_device_key(content, keys)
        self._touched_s = providers.monotonic_s()

    @classmethod
    def create(
        cls,
        folder: Path,
        secret: str,
        *,
        agency_key: bytes,
        providers: Providers,
        device_secrets: DeviceSecrets | None = None,
        prepare: Callable[["Vault"], object] | None = None,
    ) -> "Vault":
        """
        Make a vault with a new master key and device key.

        Args:
            folder: The store's own folder; made if missing.
            secret: A PIN (digits) or a passphrase.
            agency_key: The agency's X25519 public key, 32 bytes.
            providers: Time, randomness and the cost of a guess.
            device_secrets: Where a PIN's device secret is kept; needed for a PIN.
            prepare: Called with the open vault before its file is written, to make the store. A crash
                before the end leaves no vault, so the next `create` starts afresh.

        Raises:
            WeakSecret: The secret breaks a rule.
            NoDeviceSecret: A PIN without a place for its device secret.
            Refused: There is a vault already, or the device secret would lie inside the folder.
        """
        if vault_file.exists(folder):
            raise Refused("this folder has a vault already")
        check_strength(secret)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = Keys(providers.entropy(MASTER_BYTES), providers.entropy(STORE_ID_BYTES))
        binding = Binding(keys.store_id, keys.epoch)
        private = Ed25519PrivateKey.from_private_bytes(providers.entropy(32))
        box = Aead(keys.of("device"), providers.entropy).seal(
            private.private_bytes_raw(), binding.label("device")
        )
        content = VaultFile(
            store_id=keys.store_id,
            epoch=keys.epoch,
            agency_key=agency_key,
            device_public=private.public_key().public_bytes_raw(),
            device_box=box,
            secret=new_slot(folder, secret, keys, providers, device_secrets),
            recovery=seal_recovery(agency_key, keys.master(), binding),
        )
        vault = cls(folder, content, keys, providers, device_secrets)
        if prepare is not None:
            prepare(vault)
        vault._write(content)
        return vault

    @classmethod
    def unlock(
        cls, folder: Path, secret: str, *, providers: Providers, device_secrets: DeviceSecrets | None = None
    ) -> "Vault":
        """
        Open the vault. A slot that is cheaper than `providers.kdf_cost` is wrapped anew.

        Raises:
            WrongSecret: Not the secret; `wait_s` and `tries_left` tell what is left.
            RecoveryNeeded: Too many wrong PINs, or the device secret was lost.
            Tampered: The file is damaged or was changed.
        """
        content = vault_file.read(folder)
        master, device_secret = try_secret(folder, content, secret, providers, device_secrets)
        keys = Keys(master, content.store_id, content.epoch)
        content.check(keys.of("slots"))
        vault = cls(folder, content, keys, providers, device_secrets)
        cost = content.secret.cost.raised_to(providers.kdf_cost)
        if cost != content.secret.cost:
            slot = wrap_secret(secret, keys, providers, device_secret, cost)
            vault._write(replace(content, secret=slot))
        return vault

    @classmethod
    def recover(
        cls,
        folder: Path,
        master: bytes,
        secret: str,
        *,
        providers: Providers,
        device_secrets: DeviceSecrets | None = None,
    ) -> "Vault":
        """
        Open the vault with a master key that the agency opened, and set a new secret.

        Raises:
            WeakSecret, NoDeviceSecret, Refused: As in `create`.
            Tampered: This is not the master key of this vault, or its file was changed.
        """
        check_strength(secret)
        content = vault_file.read(folder)
        keys = Keys(master, content.store_id, content.epoch)
        content.check(keys.of("slots"))
        vault = cls(folder, content, keys, providers, device_secrets)
        vault._replace_secret(secret)
        return vault

    @property
    def keys(self) -> Keys:
        """The keys of each use; they raise `Locked` once they were dropped."""
        return self._keys

    @property
    def store_id(self) -> bytes:
        """The store's id, 16 random bytes; known while locked."""
        return self._file.store_id

    @property
    def device_public(self) -> bytes:
        """The device's Ed25519 public key, 32 bytes; known while locked."""
        return self._file.device_public

    @property
    def agency_key(self) -> bytes:
        """The agency's X25519 public key, 32 bytes; known while locked."""
        return self._file.agency_key

    @property
    def recovery_slot(self) -> bytes:
        """The master key sealed to the agency, for `open_recovery`; known while locked."""
        return self._file.recovery

    @property
    def locked(self) -> bool:
        """Whether the keys were dropped."""
        return self._device is None

    def sign(self, message: bytes) -> bytes:
        """
        Sign with the device's key (Ed25519), 64 bytes.

        Raises:
            Locked: The vault is locked.
        """
        if self._device is None:
            raise Locked("the vault is locked")
        return self._device.sign(message)

    def change_secret(self, old: str, new: str) -> None:
        """
        Set another PIN or passphrase; the old one opens nothing from then on.

        Raises:
            WrongSecret, RecoveryNeeded: As in `unlock`, for the old one; the tries count.
            WeakSecret, NoDeviceSecret: The new one breaks a rule; nothing was changed.
        """
        check_strength(new)
        try_secret(self._folder, self._file, old, self._providers, self._secrets)
        self._replace_secret(new)

    def change_agency_key(self, agency_key: bytes) -> None:
        """Seal the recovery slot to another key of the agency, which a signed message of the server told."""
        recovery = seal_recovery(agency_key, self._keys.master(), self._file.binding)
        self._write(replace(self._file, agency_key=agency_key, recovery=recovery))

    def change_device_key(self, private: bytes) -> None:
        """Sign with another device key from now on: the agency has enrolled this store anew."""
        key = Ed25519PrivateKey.from_private_bytes(private)
        box = Aead(self._keys.of("device"), self._providers.entropy).seal(
            private, self._file.binding.label("device")
        )
        public = key.public_key().public_bytes_raw()
        self._write(replace(self._file, device_public=public, device_box=box))
        self._device = key

    def touch(self) -> None:
        """Note that someone is using the tablet."""
        self._touched_s = self._providers.monotonic_s()

    def lock_if_idle(self, idle_s: float = IDLE_S) -> bool:
        """Lock if nothing was touched for so many seconds; whether it is locked now."""
        if self._providers.monotonic_s() - self._touched_s >= idle_s:
            self.lock()
        return self.locked

    def lock(self) -> None:
        """Drop the keys. The store that was opened with them is closed by its owner first."""
        self._keys.drop()
        self._device = None

    def _replace_secret(self, secret: str) -> None:
        slot = new_slot(self._folder, secret, self._keys, self._providers, self._secrets)
        self._write(replace(self._file, secret=slot))

    def _write(self, content: VaultFile) -> None:
        self._file = content.signed(self._keys.of("slots"))
        self._file.write(self._folder)


def destroy(folder: Path) -> None:
    """Remove the slots: from then on nothing opens the store, here or anywhere. Part of a wipe."""
    files.remove(folder / vault_file.VAULT_FILE)
    files.remove(folder / TRIES_FILE)


def _open_device_key(content: VaultFile, keys: Keys) -> Ed25519PrivateKey | None:
    raw = Aead(keys.of("device"), bytes).open(content.device_box, content.binding.label("device"))
    return Ed25519PrivateKey.from_private_bytes(raw)
