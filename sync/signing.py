"""
Signatures behind two small protocols: this room knows no cryptography.

A device signs the canonical prefix and the changeset's bytes, once and for good. The prefix is a complete
JSON array, so the seam between the two is unambiguous.
"""

from typing import Protocol


class Signer(Protocol):
    """Holds the private key of one device."""

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""


class Verifier(Protocol):
    """Checks signatures of any device."""

    def verify(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is by `public_key` (32 bytes) over `message`."""
