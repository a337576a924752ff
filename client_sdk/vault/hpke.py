"""
Sealing to the agency: HPKE (RFC 9180) in base mode, X25519, HKDF-SHA256, AES-256-GCM.

Only the holder of the private key opens what is sealed here; the tablet itself cannot. Keys are raw 32
bytes. A sealed text is the 32-byte encapsulated key followed by the ciphertext.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ..errors import Tampered

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_to(public_key: bytes, plain: bytes, info: bytes) -> bytes:
    """Seal for the holder of the private key, bound to `info`."""
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info)


def open_with(private_key: bytes, sealed: bytes, info: bytes) -> bytes:
    """
    Open what was sealed to the public half of this key.

    Raises:
        Tampered: It was sealed to another key, under another `info`, or was changed.
    """
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private_key), info)
    except (InvalidTag, ValueError):
        raise Tampered("a sealed text does not open with the agency's key", size_bytes=len(sealed)) from None
