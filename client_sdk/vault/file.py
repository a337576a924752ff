"""
The vault's file: slots, the sealed device key and what may be known while locked.

It is a line with the SHA-256 of the rest, then one JSON object. The line finds damage before a try is
counted; the object's own `mac`, under a key of the vault, finds a stranger's changes once the vault is
open. Replaced whole, so a crash leaves the old slots or the new.
"""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest, digest
from pathlib import Path
from typing import Final

from sync.ids import Json, encode

from ..errors import Locked, Tampered
from . import files
from .slots import Binding, SecretSlot, data, read_secret_slot, text

VAULT_FILE: Final = "vault"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class VaultFile:
    """What stands in the file. Nothing here tells about a client."""

    store_id: bytes
    epoch: int
    agency_key: bytes
    device_public: bytes
    device_box: bytes
    secret: SecretSlot
    recovery: bytes
    others: tuple[dict[str, Json], ...] = ()
    """Slots of kinds that an app brings along, as they are."""
    mac: bytes = b""

    @property
    def binding(self) -> Binding:
        """What every slot is bound to."""
        return Binding(self.store_id, self.epoch)

    @property
    def store(self) -> str:
        """The store's id as text, for names."""
        return self.store_id.hex()

    def signed(self, key: bytes) -> "VaultFile":
        """The same, with its `mac`."""
        return replace(self, mac=digest(key, encode(self._body()), "sha256"))

    def check(self, key: bytes) -> None:
        """
        Hold the content to its `mac`.

        Raises:
            Tampered: Someone without the keys changed the file.
        """
        if not compare_digest(self.mac, digest(key, encode(self._body()), "sha256")):
            raise Tampered("the vault was changed by someone without its keys", store=self.store)

    def write(self, folder: Path) -> None:
        """Put this in the place of what is there."""
        body = encode({**self._body(), "mac": text(self.mac)})
        files.replace(folder / VAULT_FILE, sha256(body).hexdigest().encode() + b"\n" + body)

    def _body(self) -> dict[str, Json]:
        recovery: dict[str, Json] = {"kind": "recovery", "sealed": text(self.recovery)}
        return {
            "format": FORMAT,
            "store": text(self.store_id),
            "epoch": self.epoch,
            "agency": text(self.agency_key),
            "device": text(self.device_public),
            "device_box": text(self.device_box),
            "slots": [self.secret.to_json(), recovery, *self.others],
        }


def exists(folder: Path) -> bool:
    """Whether the folder has a vault."""
    return (folder / VAULT_FILE).exists()


def read(folder: Path) -> VaultFile:
    """
    Read the file, without any key.

    Raises:
        Locked: There is none.
        Tampered: It is damaged, or of a later format.
    """
    try:
        content = (folder / VAULT_FILE).read_bytes()
    except FileNotFoundError:
        raise Locked("there is no vault here") from None
    check, _, body = content.partition(b"\n")
    if not compare_digest(check, sha256(body).hexdigest().encode()):
        raise Tampered("the vault's file is damaged", size_bytes=len(content))
    try:
        value: Json = json.loads(body)
    except ValueError:
        raise Tampered("the vault's file is damaged", size_bytes=len(content)) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Tampered(f"the vault's file is not of format {FORMAT}", size_bytes=len(content))
    return _from_json(value)


def _from_json(value: dict[str, Json]) -> VaultFile:
    epoch, slots = value.get("epoch"), value.get("slots")
    if not isinstance(epoch, int) or not isinstance(slots, list):
        raise Tampered("the vault has no proper member slots")
    known = [slot for slot in slots if isinstance(slot, dict)]
    secret = [slot for slot in known if slot.get("kind") in ("pin", "passphrase")]
    recovery = [slot for slot in known if slot.get("kind") == "recovery"]
    if len(secret) != 1 or len(recovery) != 1:
        raise Tampered("the vault has one slot for a secret and one for recovery")
    return VaultFile(
        store_id=data(value, "store"),
        epoch=epoch,
        agency_key=data(value, "agency"),
        device_public=data(value, "device"),
        device_box=data(value, "device_box"),
        secret=read_secret_slot(secret[0]),
        recovery=data(recovery[0], "sealed"),
        others=tuple(slot for slot in known if slot not in (secret[0], recovery[0])),
        mac=data(value, "mac"),
    )
