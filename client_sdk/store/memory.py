"""
Databases in memory, which hold opened values and therefore never touch a disk, and their images.
"""

import sqlite3
from typing import Final

CAN_IMAGE: Final = hasattr(sqlite3.Connection, "serialize")
"""Whether this machine's SQLite was built to give its databases as bytes. Where not, they are built anew."""


def in_memory() -> sqlite3.Connection:
    """An empty database in memory, for any thread; its owner sees to the turns."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA temp_store = MEMORY")
    return db


def from_image(image: bytes) -> sqlite3.Connection:
    """A database in memory that goes on from an image of our own."""
    db = in_memory()
    db.deserialize(image)
    return db


def quoted(name: str) -> str:
    """A column's name in SQL."""
    assert name.isascii(), "columns are named in ASCII"
    assert name.isidentifier(), "columns are named by identifiers"
    return f'"c_{name}"'
