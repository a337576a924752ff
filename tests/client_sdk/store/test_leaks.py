"""
A stolen tablet must tell nothing.
"""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from client_sdk.vault.padding import BUCKET_BYTES

MARKERS = (
    "MARKERkind",
    "MARKERkey",
    "MARKERvalue",
    "MARKERtype",
    "MARKERsubject",
    "MARKERcolumn",
    "MARKERname",
)


def fill(store, make_record, count=60):
    """Rows with markers wherever a caller can put a word."""
    for number in range(count):
        with store.transaction() as tx:
            value = make_record(
                "MARKERsubject", "MARKERtype", "MARKERvalue " * 40, place=f"MARKERcolumn{number}"
            )
            tx.put("row", f"MARKERkey{number}", value)
            tx.put("MARKERkind", f"MARKERkey{number}", {"x": "MARKERvalue"})
            store.outbox.add(tx, f"MARKERname{number}", b"MARKERvalue" * 9)


def found_in(folder):
    """Markers in any file below a folder."""
    return [
        (path.name, marker)
        for path in Path(folder).rglob("*")
        if path.is_file()
        for marker in MARKERS
        if marker.encode() in path.read_bytes() or marker in path.name
    ]


@pytest.mark.parametrize("closed", [False, True])
def test_no_word_of_a_client_is_in_any_file(shelf, store, make_record, closed):
    """Neither in the store, nor in its log, images or anchor."""
    fill(store, make_record)
    store.search("MARKERvalue")
    store.find(type="MARKERtype", order_by=["place"])
    with store.transaction() as tx:
        tx.delete("row", "MARKERkey1")
    store.save_images()
    if closed:
        store.close()

    assert len(list(shelf.folder.iterdir())) >= 4
    assert found_in(shelf.folder) == []


SORTING = """
import os
from client_sdk.store.memory import in_memory

db = in_memory()
db.execute("PRAGMA cache_size = 5")
db.execute("CREATE TABLE t (x)")
db.executemany("INSERT INTO t VALUES (?)", [("word" * 500 + str(n * 7919 % 5000),) for n in range(5000)])
sorting = db.execute("SELECT x FROM t ORDER BY x")
sorting.fetchone()
links = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
print([target for target in map(os.path.realpath, links) if target.startswith(os.environ["SQLITE_TMPDIR"])])
"""


@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="to run it: a system that shows open files in /proc"
)
def test_no_word_is_in_temporary_files(store, tmp_path):
    """SQLite spills large sorts to files, removed at once but on the disk, unless told otherwise."""
    done = subprocess.run(
        [sys.executable, "-c", SORTING],
        env={**os.environ, "SQLITE_TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
    assert store._rows._db.execute("PRAGMA temp_store").fetchone() == (2,)


def test_the_file_keeps_its_pragmas(store):
    """Each of them was found to matter."""
    db = store._rows._db

    assert {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "temp_store", "locking_mode")
    } == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "temp_store": 2,
        "locking_mode": "exclusive",
    }


def test_sizes_are_told_in_buckets_only(shelf, store):
    """A short answer looks like a shorter one."""
    with store.transaction() as tx:
        for length in range(0, 2000, 37):
            tx.put("row", str(length), "x" * length)
            store.outbox.add(tx, str(length), b"x" * length)
    store.close()

    db = sqlite3.connect(shelf.file)
    sizes = {
        size for (size,) in db.execute("SELECT length(box) FROM row UNION SELECT length(box) FROM envelope")
    }
    db.close()
    assert {(size - 29) % BUCKET_BYTES for size in sizes} == {0}


def test_the_file_does_not_tell_which_rows_belong_together(shelf, store, make_record):
    """A thief learns the number of rows, their order of writing and padded sizes; no column groups them."""
    fill(store, make_record, count=3)
    store.close()

    db = sqlite3.connect(shelf.file)
    columns = {
        table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        for table in ("row", "head", "envelope")
    }
    db.close()
    assert columns == {
        "row": ["place", "name", "version", "box"],
        "head": ["id", "box"],
        "envelope": ["sequence", "id", "session", "sealed_key", "box"],
    }


def test_files_are_readable_by_their_owner_only(shelf, store):
    """Other users of the machine get nothing to copy."""
    store.close()

    assert {path.stat().st_mode & 0o077 for path in shelf.folder.iterdir()} == {0}
