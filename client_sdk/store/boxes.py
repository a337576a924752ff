"""
Boxes of the store: what a row, the head and the anchor look like on the disk.

A row is `(name, version, box)`. Its *name* is the keyed hash (BLAKE2b, RFC 7693, 64 bits, signed) of kind ‖ 0 ‖
key; its *version* is the sequence of the commit that wrote it; its box holds `[kind, key, value]` as
canonical JSON, packed, bound to format ‖ store id ‖ name ‖ version. Nothing but name and version is outside
the box.
"""

import json
import struct
from collections.abc import Callable
from hashlib import blake2b
from typing import Final, NamedTuple

from sync.ids import Json, encode

from ..errors import Tampered
from ..vault.aead import Aead
from ..vault.keys import Keys
from ..vault.padding import pack, unpack

FORMAT: Final = 1
NAME_BYTES: Final = 8
"""SQLite's own row number, so a row needs no second index. Two keys of one name are refused when met."""

_decode: Final = json.JSONDecoder().decode
_pair: Final = struct.Struct(">qq").pack


class Row(NamedTuple):
    """One opened row."""

    name: int
    version: int
    kind: str
    key: str
    value: Json


class RowBoxes:
    """Names and boxes of rows, with the keys of one store."""

    def __init__(self, keys: Keys, entropy: Callable[[int], bytes]) -> None:
        self._aead = Aead(keys.of("rows"), entropy)
        self._ids = blake2b(key=keys.of("ids"), digest_size=NAME_BYTES)
        self._lead = bytes([FORMAT]) + keys.store_id

    def name(self, kind: str, key: str) -> int:
        """The name of a row."""
        keyed = self._ids.copy()
        keyed.update(f"{kind}\0{key}".encode())
        return int.from_bytes(keyed.digest(), "big", signed=True)

    def seal(self, row: Row) -> bytes:
        """The box of a row."""
        return self._aead.seal(
            pack(encode([row.kind, row.key, row.value])), self._lead + _pair(row.name, row.version)
        )

    def open(self, name: int, version: int, box: bytes) -> Row:
        """
        Open a row.

        Raises:
            Tampered: The box is not the one that was written under this name and version.
        """
        try:
            plain = unpack(self._aead.open(box, self._lead + _pair(name, version)))
        except (Tampered, TypeError):
            raise Tampered("a row of the store is not what was written", name=name, version=version) from None
        kind, key, value = _decode(plain.decode())
        return Row(name, version, kind, key, value)
