from hashlib import sha512

from sync import Signer, Verifier, changeset_id, digest_id, signed_bytes
from tests.sync.making import ANA, BEN, save, write


class Fake:
    """Signs by a hash: fits both protocols, and no cryptography is needed here."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only this message has."""
        return sha512(message).digest()

    def verify(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether they are of this message."""
        return signature == self.sign(message)


def test_a_signature_covers_the_author_and_every_byte() -> None:
    """The prefix does not travel, but nobody else's work passes for it."""
    signer: Signer = Fake()
    verifier: Verifier = Fake()
    made = save(ANA, write("phone", "1"))
    signature = signer.sign(signed_bytes(ANA, made.body))

    assert verifier.verify(b"", signature, signed_bytes(ANA, made.body))
    assert not verifier.verify(b"", signature, signed_bytes(BEN, made.body))
    assert not verifier.verify(b"", signature, signed_bytes(ANA, made.body + b" "))


def test_an_id_is_the_hash_of_what_is_signed() -> None:
    """Also of bytes that cannot be read."""
    assert signed_bytes(ANA, b"{}") == b'["agency-1","tablet-ana","ana"]{}'
    assert changeset_id(ANA, b"{}") == digest_id(b'["agency-1","tablet-ana","ana"]{}')
