"""
The secret of a vault: how a PIN or a passphrase is tried, with its counter, and how its slot is made.

It knows neither the vault's file nor the other slots.
"""

from pathlib import Path

from ..clock import KdfCost, Providers
from ..errors import NoDeviceSecret, Refused, Tampered
from .device_secret import DEVICE_SECRET_BYTES, DeviceSecret, DeviceSecrets, keep, load
from .file import VaultFile
from .guards import Guard, PassphraseGuard, PinGuard
from .keys import Keys
from .slots import Binding, SecretSlot, unwrap, wrap
from .strength import kind_of


def try_secret(
    folder: Path, content: VaultFile, secret: str, providers: Providers, secrets: DeviceSecrets | None
) -> tuple[bytes, bytes]:
    """The master key and the device secret; counts the try."""
    guard: Guard = (
        PinGuard(secrets, content.store) if content.secret.kind == "pin" else PassphraseGuard(folder)
    )
    device_secret = guard.before(providers.now_ms())
    try:
        master = unwrap(content.secret, secret, device_secret=device_secret, binding=content.binding)
    except Tampered:
        raise guard.wrong(providers.now_ms()) from None
    guard.right()
    return master, device_secret


def new_slot(
    folder: Path, secret: str, keys: Keys, providers: Providers, secrets: DeviceSecrets | None
) -> SecretSlot:
    """
    A slot that this secret opens.

    Raises:
        NoDeviceSecret: A PIN without a place for its device secret.
        Refused: The device secret would lie inside the folder.
    """
    if kind_of(secret) == "passphrase":
        return wrap_secret(secret, keys, providers, b"", providers.kdf_cost)
    if secrets is None:
        raise NoDeviceSecret("a PIN needs a device secret, which nothing here keeps: choose a passphrase")
    if not secrets.outside(folder):
        raise Refused("the device secret must lie outside the store's folder")
    device_secret = _device_secret(secrets, keys.store_id.hex(), providers)
    return wrap_secret(secret, keys, providers, device_secret, providers.kdf_cost)


def _device_secret(secrets: DeviceSecrets, store: str, providers: Providers) -> bytes:
    """
    The device secret that is kept, or a new one.

    It is not changed with the PIN: a crash between the two would leave a slot that nothing opens.
    """
    secret = load(secrets, store).secret or providers.entropy(DEVICE_SECRET_BYTES)
    keep(secrets, store, DeviceSecret(secret))
    return secret


def wrap_secret(
    secret: str, keys: Keys, providers: Providers, device_secret: bytes, cost: KdfCost
) -> SecretSlot:
    """The master key wrapped under a secret, bound to this store."""
    return wrap(
        secret,
        kind_of(secret),
        keys.master(),
        device_secret=device_secret,
        cost=cost,
        binding=Binding(keys.store_id, keys.epoch),
        entropy=providers.entropy,
    )
