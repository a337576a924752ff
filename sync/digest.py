"""
Digests: whether two ends hold the same live writes, told in 22 characters.

The digest of a subject is the sum modulo 2**128 of SHA-256 over (record, unit, name) of its live writes, so
that both ends keep it by adding what comes and subtracting what goes.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from .ids import ID_BYTES, decode_bytes, encode_bytes
from .merge import UnitState
from .record import Record

MODULUS: Final = 1 << (8 * ID_BYTES)


def of_unit(type_: str, id_: str, unit: str, state: UnitState) -> int:
    """The share of one unit, 0..2**128 - 1."""
    return sum(_of_write(f"{type_}\n{id_}\n{unit}\n{write.name}") for write in state.live) % MODULUS


def of_record(record: Record) -> int:
    """The share of one record."""
    shares = (of_unit(record.type, record.id, unit, state) for unit, state in record.units.items())
    return sum(shares) % MODULUS


def of_records(records: Iterable[Record]) -> int:
    """The digest of a subject that has these records."""
    return sum(map(of_record, records)) % MODULUS


def change(before: Record | None, after: Record) -> int:
    """What to add to the subject's digest when a record changes; untouched units cost nothing."""
    old = before.units if before is not None else {}
    total = 0
    for unit, state in after.units.items():
        was = old.get(unit)
        if was is None or was.live != state.live:
            total += of_unit(after.type, after.id, unit, state)
            total -= 0 if was is None else of_unit(after.type, after.id, unit, was)
    return total % MODULUS


def write_digest(value: int) -> str:
    """A digest as 22 characters."""
    return encode_bytes((value % MODULUS).to_bytes(ID_BYTES, "big"))


def read_digest(text: str) -> int:
    """The digest that 22 characters stand for."""
    return int.from_bytes(decode_bytes(text), "big")


def _of_write(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:ID_BYTES], "big")
