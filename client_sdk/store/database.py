"""
The store's file: an ordinary SQLite database that one program holds at a time.

It is held in SQLite's exclusive mode: no second program can write behind our back, and a read costs no
system call. Knows tables and pragmas, not what is in the boxes.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from ..errors import ClientError, InUse, NoSpace, Tampered

STORE_FILE: Final = "store.db"
FORMAT: Final = 1
"""`user_version` of the file."""
BUSY_S: Final = 2.0
"""How long to wait for a program that is just closing the store."""
_PRAGMAS: Final = (
    "locking_mode = EXCLUSIVE",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "temp_store = MEMORY",
)
_SCHEMA: Final = f"""
CREATE TABLE row (
    place INTEGER PRIMARY KEY, name INTEGER NOT NULL, version INTEGER NOT NULL, box BLOB NOT NULL
);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), box BLOB NOT NULL);
CREATE TABLE envelope (
    sequence INTEGER PRIMARY KEY, id BLOB NOT NULL, session BLOB NOT NULL, sealed_key BLOB NOT NULL,
    box BLOB NOT NULL
);
PRAGMA user_version = {FORMAT};
"""


def create(folder: Path) -> sqlite3.Connection:
    """
    Make an empty file and hold it.

    Raises:
        InUse: There is a file already.
        NoSpace: The disk does not take it.
    """
    try:
        os.close(os.open(folder / STORE_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise InUse("a store lies in this folder already") from None
    except OSError as error:
        raise NoSpace(f"the disk does not take the file {STORE_FILE}: {error.strerror}") from None
    db = _connect(folder)
    try:
        db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
    except sqlite3.Error as error:
        db.close()
        raise meaning(error) from None
    return db


def hold(folder: Path) -> sqlite3.Connection:
    """
    Hold the file that is there.

    Raises:
        Tampered: It is missing, or no store of a format that we know.
        InUse: Another program holds it.
    """
    if not (folder / STORE_FILE).exists():
        raise Tampered("the file of the store is missing")
    db = _connect(folder)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != FORMAT:
        db.close()
        raise Tampered("the file is no store of a format that we know", format=version)
    return db


def meaning(error: sqlite3.Error | ClientError) -> ClientError:
    """What an error of SQLite means to the caller; an error of ours means itself."""
    if isinstance(error, ClientError):
        return error
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if primary == sqlite3.SQLITE_BUSY:
        return InUse("another program has this store open")
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
        return NoSpace("the disk does not take what is to be saved")
    return Tampered("the file of the store is damaged", sqlite_code=primary)


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        (folder / STORE_FILE).absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        db.close()
        raise meaning(error) from None
    return db
