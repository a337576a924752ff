"""
Envelopes: what a tablet made, sealed to its agency at the moment of saving, closed to the tablet itself.

A *session* is one unlock. It has a random key, sealed once to the agency's X25519 key by HPKE; each
envelope then costs one AEAD and no curve. An envelope alone is enough for whoever holds the agency's
private key, from whatever hand it comes. Format 1, all numbers big-endian:

    offset  bytes  what
    0       4      "DSE" and the format, 1
    4       16     store id
    20      16     session id, random
    36      16     envelope id, not to be told from random without the store's keys
    52      8      sequence, grows with each envelope of the store
    60      80     session key, sealed: HPKE base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM,
                   info = "doorstep session 1/" ‖ store id ‖ session id;
                   encapsulated key (32) ‖ key (32) ‖ tag (16)
    140     rest   box: algorithm (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16) under the session key,
                   associated data =
                   "doorstep envelope 1/" ‖ store id ‖ session id ‖ envelope id ‖ sequence (8);
                   algorithm 1 is AES-256-GCM, 2 is ChaCha20-Poly1305

The box holds `length (4) ‖ zlib of the body ‖ zeros` to a multiple of 256 bytes. The body is the caller's.

>>> from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
>>> import os
>>> agency = X25519PrivateKey.generate()
>>> session = Session(agency.public_key().public_bytes_raw(), store_id=bytes(16), entropy=os.urandom)
>>> envelope = session.seal(b"e" * 16, sequence=1, body=b"one changeset, signed")
>>> open_envelope(agency.private_bytes_raw(), envelope.to_bytes())
b'one changeset, signed'
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sync.limits import ENVELOPE_BYTES_MAX

from ..errors import Tampered
from .aead import KEY_BYTES, Aead
from .hpke import open_with, seal_to
from .padding import pack, unpack_bounded

MAGIC: Final = b"DSE\x01"
ID_BYTES: Final = 16
SEALED_KEY_BYTES: Final = 80
_SEQUENCE_BYTES: Final = 8
_HEAD_BYTES: Final = len(MAGIC) + 3 * ID_BYTES + _SEQUENCE_BYTES + SEALED_KEY_BYTES


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed body with all that is needed to open it, but the private key."""

    store_id: bytes
    session_id: bytes
    id: bytes
    sequence: int
    sealed_key: bytes
    box: bytes

    def to_bytes(self) -> bytes:
        """As it travels."""
        return b"".join(
            (
                MAGIC,
                self.store_id,
                self.session_id,
                self.id,
                self.sequence.to_bytes(_SEQUENCE_BYTES, "big"),
                self.sealed_key,
                self.box,
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Envelope":
        """
        Read one.

        Raises:
            Tampered: It is no envelope of format 1.
        """
        if not data.startswith(MAGIC) or len(data) < _HEAD_BYTES:
            raise Tampered("not an envelope of format 1", size_bytes=len(data))
        return cls(
            store_id=data[4:20],
            session_id=data[20:36],
            id=data[36:52],
            sequence=int.from_bytes(data[52:60], "big"),
            sealed_key=data[60:140],
            box=data[140:],
        )


class Session:
    """The key of one unlock, and its seal to the agency."""

    def __init__(self, agency_key: bytes, *, store_id: bytes, entropy: Callable[[int], bytes]) -> None:
        self.store_id = store_id
        self.id = entropy(ID_BYTES)
        key = entropy(KEY_BYTES)
        self.sealed_key = seal_to(agency_key, key, _info(store_id, self.id))
        self._aead = Aead(key, entropy)

    def seal(self, id_: bytes, sequence: int, body: bytes) -> Envelope:
        """Seal a body. The id and the sequence are bound to it."""
        box = self._aead.seal(pack(body), _label(self.store_id, self.id, id_, sequence))
        return Envelope(self.store_id, self.id, id_, sequence, self.sealed_key, box)


def open_envelope(private_key: bytes, envelope: bytes) -> bytes:
    """
    Give the body: what the agency does with its private key, raw 32 bytes.

    Raises:
        Tampered: Not an envelope, not for this agency, changed, or larger than `ENVELOPE_BYTES_MAX`.
    """
    it = Envelope.from_bytes(envelope)
    key = open_with(private_key, it.sealed_key, _info(it.store_id, it.session_id))
    packed = Aead(key, bytes).open(it.box, _label(it.store_id, it.session_id, it.id, it.sequence))
    return unpack_bounded(packed, ENVELOPE_BYTES_MAX)


def _info(store_id: bytes, session_id: bytes) -> bytes:
    return b"doorstep session 1/" + store_id + session_id


def _label(store_id: bytes, session_id: bytes, id_: bytes, sequence: int) -> bytes:
    return b"doorstep envelope 1/" + store_id + session_id + id_ + sequence.to_bytes(_SEQUENCE_BYTES, "big")
