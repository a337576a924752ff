"""
The digest: one number over all rows and envelopes, which a change moves by one step.

It is a keyed multiset hash (Clarke et al. 2003): the sum, modulo 2¹²⁸, of one keyed BLAKE2b *mark* (RFC
7693) per thing. A row's mark covers its name and version, for its box is bound to both; an envelope's
covers its box, which the tablet cannot open. The sum itself stays sealed: who saw many of them could solve
for the marks. What leaves is its `seal`.
"""

from collections.abc import Iterable
from hashlib import blake2b
from struct import Struct
from typing import Final

from ..vault.envelope import Envelope
from ..vault.keys import Keys

MARK_BYTES: Final = 16
MODULUS: Final = 1 << (8 * MARK_BYTES)
_pair: Final = Struct(">Bqq").pack
_ROW: Final = 1
_ENVELOPE: Final = b"\x02"
_SEAL: Final = b"\x03"


class Marks:
    """Makes marks with the keys of one store."""

    def __init__(self, keys: Keys) -> None:
        self._keyed = blake2b(key=keys.of("digest"), digest_size=MARK_BYTES)

    def row(self, name: int, version: int) -> int:
        """The mark of a row."""
        keyed = self._keyed.copy()
        keyed.update(_pair(_ROW, name, version))
        return int.from_bytes(keyed.digest(), "big")

    def rows(self, rows: Iterable[tuple[int, int]]) -> int:
        """The sum of the marks of many rows."""
        copy, number, total = self._keyed.copy, int.from_bytes, 0
        for name, version in rows:
            keyed = copy()
            keyed.update(_pair(_ROW, name, version))
            total += number(keyed.digest(), "big")
        return total % MODULUS

    def envelope(self, envelope: Envelope) -> int:
        """The mark of an envelope, as it travels."""
        return self._mark(_ENVELOPE + envelope.to_bytes())

    def seal(self, sequence: int, digest: int) -> bytes:
        """What may be told of a digest: 16 bytes that equal digests share and that give nothing away."""
        return self._mark(_SEAL + sequence.to_bytes(8, "big") + digest.to_bytes(MARK_BYTES, "big")).to_bytes(
            MARK_BYTES, "big"
        )

    def _mark(self, data: bytes) -> int:
        keyed = self._keyed.copy()
        keyed.update(data)
        return int.from_bytes(keyed.digest(), "big")
