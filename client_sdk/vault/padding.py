"""
Packing before sealing: as zlib, then padded, so that a box tells its content's length to 256 bytes only.

A packed text is `length of the compressed bytes (4, big-endian) ‖ compressed bytes (zlib, RFC 1950) ‖
zeros`, and its own length is a multiple of `BUCKET_BYTES`. To be sealed, never to be trusted unsealed.
"""

import zlib
from typing import Final

from ..errors import Tampered

BUCKET_BYTES: Final = 256
"""A short note and a shorter one look the same; larger buckets would cost a small store half its size."""
STORED_BYTES_MAX: Final = 4 * 1024
"""
Up to here zlib only stores. Deflating a record of 1.5 KB costs more time than all the rest of its sealing, and
inflating it more than all the rest of a read; only long texts are worth it.
"""
_STORE: Final = 0
_DEFLATE: Final = 6
_PREFIX_BYTES: Final = 4


def pack(plain: bytes) -> bytes:
    """Compress and pad."""
    packed = zlib.compress(plain, _STORE if len(plain) <= STORED_BYTES_MAX else _DEFLATE)
    size = _PREFIX_BYTES + len(packed)
    return len(packed).to_bytes(_PREFIX_BYTES, "big") + packed + bytes(-size % BUCKET_BYTES)


def unpack(packed: bytes) -> bytes:
    """What was packed, of a box that opened: it is our own, so its size needs no bound."""
    return zlib.decompress(
        packed[_PREFIX_BYTES : _PREFIX_BYTES + int.from_bytes(packed[:_PREFIX_BYTES], "big")]
    )


def unpack_bounded(packed: bytes, bytes_max: int) -> bytes:
    """
    What was packed by another machine.

    Raises:
        Tampered: It is not of the form, or holds more than `bytes_max`.
    """
    end = _PREFIX_BYTES + int.from_bytes(packed[:_PREFIX_BYTES], "big")
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(packed[_PREFIX_BYTES:end], bytes_max)
    except zlib.error:
        raise Tampered("a packed text is damaged", size_bytes=len(packed)) from None
    if not inflater.eof:
        raise Tampered("a packed text is cut short or too large", size_bytes=len(packed), bytes_max=bytes_max)
    return plain
