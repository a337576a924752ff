"""
The chain over the log: changing, dropping or inserting one entry changes every link after it.

    chain(n) = SHA-256(chain(n - 1) ‖ canonical {position, kind, outcome, id, received_at})
"""

import hashlib
from typing import Final

from sync import Json, encode

CHAIN_TEXT_BYTES: Final = 12
"""Bytes of a link that a cursor carries: enough to tell two histories apart."""


def first_link(agency: str) -> bytes:
    """The link before the first entry."""
    return hashlib.sha256(b"doorstep chain " + agency.encode()).digest()


def next_link(link: bytes, position: int, kind: str, outcome: str, id_: str, received_ms: int) -> bytes:
    """The link of the entry at `position`, after the one before."""
    entry: dict[str, Json] = {
        "id": id_,
        "kind": kind,
        "outcome": outcome,
        "position": position,
        "received_at": received_ms,
    }
    return hashlib.sha256(link + encode(entry)).digest()
