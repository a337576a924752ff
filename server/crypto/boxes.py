"""
One box: an algorithm byte, a nonce, and what AES-256-GCM makes of the content.

The nonce is random: a key seals far fewer than the 2**32 boxes for which that is safe (NIST SP 800-38D).
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
"""Bytes of every key here: AES-256."""

NONCE_BYTES: Final = 12
"""Bytes of a nonce, the length that GCM is made for."""

AES_256_GCM: Final = b"\x01"
"""The algorithm byte; another algorithm gets another one."""

_CONTENT: Final = 1 + NONCE_BYTES


class Sealless(Exception):
    """The box is none of ours, or the key or its context is another. Whose it is, the caller knows."""


def seal(key: AESGCM, nonce: bytes, content: bytes, context: bytes) -> bytes:
    """Seal `content`; `context` is not kept but must be the same to open it."""
    return AES_256_GCM + nonce + key.encrypt(nonce, content, context)


def open_(key: AESGCM, box: bytes, context: bytes) -> bytes:
    """
    Open a box.

    Raises:
        Sealless: It does not open.
    """
    if box[:1] != AES_256_GCM:
        raise Sealless
    try:
        return key.decrypt(box[1:_CONTENT], box[_CONTENT:], context)
    except (InvalidTag, ValueError):
        raise Sealless from None
