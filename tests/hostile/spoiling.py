"""
Spoiling: a sound message with a few wounds, and the pieces that hurt most.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

WOUNDS_MAX: Final = 5
PIECES: Final = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    "\u202e".encode(),
    b"NaN",
    b"-1",
    b"1e999",
    b"9" * 30,
    b"9" * 5000,
    b"[" * 60,
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b"null",
    b"true",
    b'""',
    b"{}",
    b"[]",
    b",",
    b":",
    b'"',
    b"\n",
    b"~",
    b" ",
    b"x" * 70_000,
)


def spoil(sample: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The sample with a few wounds."""
    data = bytearray(sample)
    for _ in range(random.randint(1, WOUNDS_MAX)):
        _wound(data, random, others)
    return bytes(data)


def _wound(data: bytearray, random: Random, others: Sequence[bytes]) -> None:
    at = random.randint(0, len(data))
    end = min(len(data), at + random.choice((1, 1, 2, 8, 64)))
    kind = random.randint(0, 5)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << random.randint(0, 7)
    elif kind == 1:
        del data[at:end]
    elif kind == 2:
        data[at:at] = data[at:end]
    elif kind == 3:
        data[at:end] = random.choice(PIECES)
    elif kind == 4:
        data[at:at] = random.choice(PIECES)
    else:
        other = random.choice(others)
        data[at:] = other[random.randint(0, len(other)) :]
