"""
Boxes of the store: what a row, the head and the anchor look like on the disk.

A row is `(name, version, box)`. Its *name* is the first 64 bits of HMAC-SHA256(kind ‖ 0 ‖ key) as a signed
integer; its *version* is that of the commit that wrote it; its box holds `[kind, key, value]` as
canonical JSON, packed, bound to format ‖ store id ‖ name ‖ version. Nothing but name and version is outside
the box.
"""

import json
import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from sync.ids import Json, encode

from ..errors import Tampered
from ..vault.aead import Aead
from ..vault.keys import Keys
from ..vault.mac import Mac
from ..vault.padding import pack, unpack

FORMAT: Final = 1
NAME_BYTES: Final = 8
"""A number for Python and SQLite alike. Two keys of one name, one in 2⁶⁴, are refused when met."""

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
        self._mac = Mac(keys.of("ids")).of
        self._lead = bytes([FORMAT]) + keys.store_id

    def name(self, kind: str, key: str) -> int:
        """The name of a row."""
        return int.from_bytes(self._mac(f"{kind}\0{key}".encode())[:NAME_BYTES], "big", signed=True)

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
