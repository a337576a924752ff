"""
Envelopes: what a tablet sealed to its agency when it saved, opened with the agency's private key.

Format 1, numbers big-endian; the tablet's room writes the same format and shares no code with this one:

    0    "DSE", format      4    store id (16)         20   session id (16)
    36   envelope id (16)   52   sequence (8)          60   session key by HPKE (80)
    140  box: algorithm (1), nonce (12), ciphertext with tag

HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, bound to the session. The box
is bound to session, id and sequence, and holds `length (4), zlib, zeros`.
"""

import zlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.limits import ENVELOPE_BYTES_MAX

_MAGIC: Final = b"DSE\x01"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_CIPHERS: Final[dict[int, type[AESGCM] | type[ChaCha20Poly1305]]] = {1: AESGCM, 2: ChaCha20Poly1305}
_BOX: Final = 140
_NONCE: Final = slice(_BOX + 1, _BOX + 13)


def open_envelope(private_key: bytes, envelope: bytes) -> bytes | None:
    """What is in an envelope; none where it is not one, or sealed to somebody else, or changed."""
    cipher = _CIPHERS.get(envelope[_BOX]) if len(envelope) > _NONCE.stop else None
    if cipher is None or not envelope.startswith(_MAGIC):
        return None
    session, bound = envelope[4:36], envelope[4:60]
    try:
        private = X25519PrivateKey.from_private_bytes(private_key)
        key = _SUITE.decrypt(envelope[60:_BOX], private, b"doorstep session 1/" + session)
        packed = cipher(key).decrypt(
            envelope[_NONCE], envelope[_NONCE.stop :], b"doorstep envelope 1/" + bound
        )
    except (InvalidTag, ValueError):
        return None
    return _unpacked(packed)


def _unpacked(packed: bytes) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(packed[4 : 4 + int.from_bytes(packed[:4], "big")], ENVELOPE_BYTES_MAX)
    except zlib.error:
        return None
    return content if inflater.eof else None
