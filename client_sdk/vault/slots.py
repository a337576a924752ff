"""
Slots: the master key, wrapped once for each way to open the vault.

- `pin`: HKDF(Argon2id(PIN) ‖ device secret) is the wrapping key.
- `passphrase`: the same without a device secret.
- `recovery`: sealed to the agency's X25519 key (HPKE); the tablet cannot open it.

Slots of other kinds (a biometric one, made by an app's own provider) are JSON objects with a `kind`, and
are kept as they are. The costs of a guess stand in the slot and are part of its label, so nobody can lower
them.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sync.ids import Json, encode

from ..clock import KdfCost
from ..errors import Tampered
from .aead import KEY_BYTES, Aead
from .hpke import open_with, seal_to
from .keys import derive
from .strength import SecretKind, normal

SALT_BYTES: Final = 16
COST_MAX: Final = KdfCost(memory_kib=1024 * 1024, passes=64, lanes=64)
"""More than this is no slot of ours, and would only stop the tablet."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a slot belongs to, part of every label."""

    store_id: bytes
    epoch: int

    def label(self, what: str) -> bytes:
        """Bytes that name the use, the store and the epoch."""
        return b"doorstep %s 1/%d/" % (what.encode(), self.epoch) + self.store_id


@dataclass(frozen=True, slots=True)
class SecretSlot:
    """The master key under a PIN or passphrase."""

    kind: SecretKind
    salt: bytes
    cost: KdfCost
    box: bytes

    def to_json(self) -> dict[str, Json]:
        """As it stands in the vault's file."""
        return {**_header(self.kind, self.salt, self.cost), "box": text(self.box)}


def wrap(
    secret: str,
    kind: SecretKind,
    master: bytes,
    *,
    device_secret: bytes,
    cost: KdfCost,
    binding: Binding,
    entropy: Callable[[int], bytes],
) -> SecretSlot:
    """Wrap the master key; `device_secret` is empty for a passphrase."""
    assert cost.raised_to(COST_MAX) == COST_MAX, "a dearer slot than COST_MAX would never be read again"
    salt = entropy(SALT_BYTES)
    key = _wrapping_key(secret, salt, cost, device_secret, binding)
    box = Aead(key, entropy).seal(master, _label(kind, salt, cost, binding))
    return SecretSlot(kind, salt, cost, box)


def unwrap(slot: SecretSlot, secret: str, *, device_secret: bytes, binding: Binding) -> bytes:
    """
    Give the master key.

    Raises:
        Tampered: The secret or the device secret is wrong, or the slot was changed; nobody can tell which.
    """
    key = _wrapping_key(secret, slot.salt, slot.cost, device_secret, binding)
    return Aead(key, bytes).open(slot.box, _label(slot.kind, slot.salt, slot.cost, binding))


def read_secret_slot(value: dict[str, Json]) -> SecretSlot:
    """
    Read a slot of the vault's file, of one of the two kinds.

    Raises:
        Tampered: It is not of the form that we write.
    """
    kind: SecretKind = "pin" if value.get("kind") == "pin" else "passphrase"
    cost = KdfCost(*(_number(value, name) for name in ("memory_kib", "passes", "lanes")))
    if cost.raised_to(COST_MAX) != COST_MAX:
        raise Tampered("a slot of the vault asks for more than any slot of ours costs")
    return SecretSlot(kind, data(value, "salt"), cost, data(value, "box"))


def seal_recovery(agency_key: bytes, master: bytes, binding: Binding) -> bytes:
    """Seal the master key to the agency."""
    return seal_to(agency_key, master, binding.label("recovery"))


def open_recovery(private_key: bytes, sealed: bytes, store_id: bytes, epoch: int) -> bytes:
    """
    Give the master key out of a recovery slot: what the agency does, never the tablet.

    Raises:
        Tampered: It was sealed to another agency or for another store.
    """
    return open_with(private_key, sealed, Binding(store_id, epoch).label("recovery"))


def text(value: bytes) -> str:
    """Bytes as they stand in the vault's file."""
    return b64encode(value).decode()


def data(value: dict[str, Json], name: str) -> bytes:
    """
    Bytes of a member.

    Raises:
        Tampered: There is none of that name and form.
    """
    member = value.get(name)
    try:
        return b64decode(member if isinstance(member, str) else "?", validate=True)
    except ValueError:
        raise Tampered(f"the vault has no proper member {name}") from None


def _number(value: dict[str, Json], name: str) -> int:
    member = value.get(name)
    if not isinstance(member, int) or member < 1:
        raise Tampered(f"the vault has no proper member {name}")
    return member


def _header(kind: SecretKind, salt: bytes, cost: KdfCost) -> dict[str, Json]:
    costs: dict[str, Json] = {"memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes}
    return {"kind": kind, "salt": text(salt), **costs}


def _label(kind: SecretKind, salt: bytes, cost: KdfCost, binding: Binding) -> bytes:
    return binding.label("slot") + encode(_header(kind, salt, cost))


def _wrapping_key(secret: str, salt: bytes, cost: KdfCost, device_secret: bytes, binding: Binding) -> bytes:
    guess = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(normal(secret))
    return derive(guess + device_secret, salt=binding.store_id, info=b"doorstep wrapping key 1")
