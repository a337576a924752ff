"""
Opening: what lies between a folder with a secret and an open desk.

Enrolling makes the vault last: until its file is there, there is no tablet, and whatever a crash left is
thrown away by the next try. Nothing a worker wrote can be in it.
"""

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import decode_bytes, encode_bytes

from . import store as sealed
from .clock import Providers, clock_offset_ms
from .desk import Desk
from .enrolment import Enrolled, Place, Signing, enrol, nobodys_key
from .errors import NoDeviceSecret, Refused
from .query import indexing
from .replica import Heard, issue_again
from .replica import Place as Standing
from .settings import Identity
from .store import Store
from .transport import HttpTransport, Transport
from .vault import DeviceSecrets, KeyringSecrets, Vault, exists, kind_of
from .vault.dumps import keep_memory_out_of_dumps
from .watch import Watchers

IDENTITY: Final = ("identity", "-")
NEXT_KEY: Final = ("next_device_key", "-")
PRIVATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine gives a tablet: its providers, and where a PIN's device secret is kept."""

    providers: Providers
    device_secrets: DeviceSecrets | None


def machine(secret: str, providers: Providers | None, device_secrets: DeviceSecrets | None) -> Machine:
    """
    The machine's own providers where none are given; its keyring where a PIN needs one and there is one.

    From here on the process may hold keys and records, so it leaves no core file any more.
    """
    keep_memory_out_of_dumps()
    if device_secrets is None and kind_of(secret) == "pin":
        try:
            device_secrets = KeyringSecrets()
        except NoDeviceSecret:
            device_secrets = None
    return Machine(providers or Providers(), device_secrets)


def connect(place: Place | Identity, providers: Providers, offset_ms: int = 0) -> HttpTransport:
    """The way to the server."""
    return HttpTransport(
        place.server,
        providers,
        authority_pem=place.authority_pem,
        plain_http=place.plain_http,
        offset_ms=offset_ms,
    )


def make(
    folder: Path,
    secret: str,
    code: str,
    place: Place,
    transport: Transport,
    on: Machine,
    label: str | None,
) -> None:
    """
    Enrol, and make vault and store.

    Raises:
        WeakSecret, NoDeviceSecret: As for any vault; the code is not used up.
        Offline, Refused: The server was not reached, or refuses; nothing remains here.
    """
    if exists(folder):
        raise Refused("this folder has a tablet already: unlock it")
    if folder.exists():
        sealed.discard(folder)
    made: list[Enrolled] = []

    def prepare(vault: Vault) -> None:
        began_s = on.providers.monotonic_s()
        made.append(enrol(transport, place, code, Signing(vault.device_public, vault.sign), label=label))
        _lay(folder, vault, made[0], on.providers, began_s)

    vault = Vault.create(
        folder,
        secret,
        agency_key=nobodys_key(on.providers.entropy),
        providers=on.providers,
        device_secrets=on.device_secrets,
        prepare=prepare,
    )
    vault.change_agency_key(made[0].agency_key)
    vault.lock()


def open_desk(folder: Path, secret: str, on: Machine, watchers: Watchers) -> Desk:
    """
    Open vault and store.

    Raises:
        Locked: The secret does not open them, or nothing does any more.
        Tampered: The files are not what this tablet wrote.
    """
    vault = Vault.unlock(folder, secret, providers=on.providers, device_secrets=on.device_secrets)
    store = _open(folder, vault, on.providers)
    agency_key = decode_bytes(Identity.from_json(store.get(*IDENTITY)).agency_key)
    if vault.agency_key != agency_key:
        # The enrolment was broken off between the vault and the key that its recovery is sealed to.
        store.close()
        vault.change_agency_key(agency_key)
        store = _open(folder, vault, on.providers)
    finish_take_over(store, vault)
    return Desk(store, vault, on.providers, watchers)


def take_over(desk: Desk, transport: Transport, code: str, label: str | None) -> int:
    """
    Go on under a new device key.

    What is unsent is issued anew in the transaction that says who the tablet is now; the key itself lies sealed in
    the store until the vault has it, so that the next unlock finishes what a crash breaks off.

    Returns:
        How many saves were issued anew.

    Raises:
        Offline, Refused: Nothing has changed here.
    """
    was, private = desk.identity, desk.providers.entropy(PRIVATE_BYTES)
    key = Ed25519PrivateKey.from_private_bytes(private)
    enrolled = enrol(
        transport,
        Place(was.server, was.authority_pem, was.plain_http),
        code,
        Signing(key.public_key().public_bytes_raw(), key.sign),
        predecessor=Signing(desk.vault.device_public, desk.vault.sign),
        label=label,
    )
    identity = enrolled.identity
    if (identity.agency, identity.worker) != (was.agency, was.worker):
        raise Refused("this code is for another worker, and this store is not theirs")
    with desk.turn():
        with desk.change():
            issued = issue_again(desk.replica, replace(desk.hand(), prefix=identity.prefix, sign=key.sign))
            desk.replica.put_other(*IDENTITY, identity.to_json())
            desk.replica.put_other(*NEXT_KEY, encode_bytes(private))
        desk.identity = identity
        finish_take_over(desk.store, desk.vault)
        if desk.store.rollback is not None:
            desk.store.forget_rollback()
    return issued


def finish_take_over(store: Store, vault: Vault) -> None:
    """Give the vault the key under which the store goes on, where it has not got it yet."""
    private = store.get(*NEXT_KEY)
    if isinstance(private, str):
        vault.change_device_key(decode_bytes(private))
        with store.transaction() as tx:
            tx.delete(*NEXT_KEY)


def _open(folder: Path, vault: Vault, providers: Providers) -> Store:
    return Store.open(
        folder, vault.keys, agency_key=vault.agency_key, providers=providers, indexing=indexing()
    )


def _lay(folder: Path, vault: Vault, enrolled: Enrolled, providers: Providers, asked_s: float) -> None:
    """The first rows of a store, of an enrolment that was asked for at a moment of the monotonic clock."""
    store = Store.create(
        folder, vault.keys, agency_key=enrolled.agency_key, providers=providers, indexing=indexing()
    )
    took_ms = ceil(1000 * (providers.monotonic_s() - asked_s))
    heard = Heard(clock_offset_ms(enrolled.clock_ms, providers.now_ms(), took_ms), enrolled.clock_ms)
    with store.transaction() as tx:
        tx.put(*IDENTITY, enrolled.identity.to_json())
        tx.put("place", "-", Standing(epoch=enrolled.epoch).to_json())
        tx.put("heard", "-", heard.to_json())
    store.close()
