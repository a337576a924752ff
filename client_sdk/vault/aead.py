"""
Boxes: authenticated encryption, with the algorithm named in the first byte.

A *box* is `algorithm (1 byte) ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)`. Algorithm 1 is AES-256-GCM
(NIST SP 800-38D), 2 is ChaCha20-Poly1305 (RFC 8439) for machines where OpenSSL has no assembler for AES.
What is sealed, and under which label, is the caller's affair.
"""

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from ..errors import Tampered

AES_256_GCM: Final = 1
CHACHA20_POLY1305: Final = 2
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
OVERHEAD_BYTES: Final = 1 + NONCE_BYTES + 16
"""How much longer a box is than what it holds."""

_CIPHERS: Final[dict[int, type[AESGCM] | type[ChaCha20Poly1305]]] = {
    AES_256_GCM: AESGCM,
    CHACHA20_POLY1305: ChaCha20Poly1305,
}


class Aead:
    """One key, which seals with one algorithm and opens what any of them sealed."""

    def __init__(self, key: bytes, entropy: Callable[[int], bytes], algorithm: int = AES_256_GCM) -> None:
        self._entropy = entropy
        self._lead = bytes([algorithm])
        self._ciphers = {number: cipher(key) for number, cipher in _CIPHERS.items()}
        self._seal = self._ciphers[algorithm].encrypt

    def seal(self, plain: bytes, label: bytes) -> bytes:
        """Encrypt `plain`, bound to `label` (the associated data), under a fresh random nonce."""
        nonce = self._entropy(NONCE_BYTES)
        return self._lead + nonce + self._seal(nonce, plain, label)

    def open(self, box: bytes, label: bytes) -> bytes:
        """
        Decrypt a box.

        Raises:
            Tampered: The box, or the label, is not the one that was sealed with this key.
        """
        cipher = self._ciphers.get(box[0]) if len(box) >= OVERHEAD_BYTES else None
        if cipher is None:
            raise Tampered("a box is cut short or names an unknown algorithm", size_bytes=len(box))
        try:
            return cipher.decrypt(box[1 : 1 + NONCE_BYTES], box[1 + NONCE_BYTES :], label)
        except InvalidTag:
            raise Tampered("a box does not open under its label", size_bytes=len(box)) from None
