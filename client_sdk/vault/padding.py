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
Up to here a text is stored. Deflating a record of 1.5 KB costs more time than all the rest of its sealing,
inflating it more than all the rest of a read; only long texts are worth it.
"""
_STORED: Final = b"\x78\x01\x01"
"""The head of a zlib stream (RFC 1950) and of its one block, which is the last and stored (RFC 1951 §3.2.4)."""
_STORED_HEAD_BYTES: Final = len(_STORED) + 4
_CHECKSUM_BYTES: Final = 4
_PREFIX_BYTES: Final = 4


def pack(plain: bytes) -> bytes:
    """Compress what is worth it, and pad."""
    packed = _stored(plain) if len(plain) <= STORED_BYTES_MAX else zlib.compress(plain)
    size = _PREFIX_BYTES + len(packed)
    return len(packed).to_bytes(_PREFIX_BYTES, "big") + packed + bytes(-size % BUCKET_BYTES)


def unpack(packed: bytes) -> bytes:
    """What was packed, of a box that opened: it is our own, so its size and its checksum need no look."""
    end = _PREFIX_BYTES + int.from_bytes(packed[:_PREFIX_BYTES], "big")
    if packed.startswith(_STORED, _PREFIX_BYTES):
        return packed[_PREFIX_BYTES + _STORED_HEAD_BYTES : end - _CHECKSUM_BYTES]
    return zlib.decompress(packed[_PREFIX_BYTES:end])


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


def _stored(plain: bytes) -> bytes:
    """What zlib writes at level 0, without the half megabyte that it sets up for it."""
    size = len(plain)
    block = size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + plain
    return _STORED + block + zlib.adler32(plain).to_bytes(4, "big")
