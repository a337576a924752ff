"""
Files that someone changed, put back or cut: told, or harmless.
"""

import pytest

from client_sdk.errors import Tampered
from client_sdk.vault import Keys

from .damage import put, spoil


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM row WHERE place = 2"],
        ["UPDATE row SET version = version - 1 WHERE place = 2"],
        ["UPDATE row SET version = 'x' WHERE place = 2"],
        ["UPDATE row SET version = x'00' WHERE place = 2"],
        ["UPDATE row SET name = name + 1 WHERE place = 2"],
        ["INSERT INTO row SELECT 9, name, version, box FROM row WHERE place = 2"],
        ["DELETE FROM head"],
        ["UPDATE head SET box = 'x'"],
        ["UPDATE head SET box = substr(box, 2)"],
        ["DROP TABLE row"],
        ["PRAGMA user_version = 2"],
    ],
)
def test_rows_that_were_deleted_swapped_or_forged_are_told_at_unlock(shelf, store, statements):
    """The head says what should be there."""
    put(store, a=1, b=2, c=3)
    put(store, b=4)
    store.close()
    spoil(shelf, *statements)

    with pytest.raises(Tampered):
        shelf.open()


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_store_is_told(shelf, store, content):
    """Something else lies in its place."""
    store.close()
    shelf.file.write_bytes(content)

    with pytest.raises(Tampered):
        shelf.open()


def test_a_store_that_was_refused_is_let_go_of(shelf, store):
    """The file can be replaced and opened without a restart of the app."""
    put(store, a=1)
    store.close()
    good = shelf.file.read_bytes()
    spoil(shelf, "DELETE FROM row")
    with pytest.raises(Tampered):
        shelf.open()
    shelf.file.write_bytes(good)

    assert shelf.open().get("row", "a") == 1


def test_the_evidence_tells_counts_and_no_data(shelf, store):
    """What the agency is told of it."""
    put(store, secret="word")
    store.close()
    spoil(shelf, "DELETE FROM row")

    with pytest.raises(Tampered) as caught:
        shelf.open()

    assert caught.value.evidence == {
        "sequence": 1,
        "rows": 0,
        "rows_expected": 1,
        "envelopes": 0,
        "envelopes_expected": 0,
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE row SET box = (SELECT box FROM row WHERE place = 1) WHERE place = 2",
        "UPDATE row SET box = zeroblob(285) WHERE place = 2",
        "UPDATE row SET box = 'text' WHERE place = 2",
    ],
)
def test_a_box_in_another_rows_place_is_told_when_it_is_read(shelf, store, statement):
    """A box is bound to its name and version."""
    put(store, a=1, b=2)
    store.close()
    spoil(shelf, statement)

    opened = shelf.open()

    with pytest.raises(Tampered):
        opened.get("row", "b")
    assert opened.get("row", "a") == 1


def test_rows_of_two_places_that_were_exchanged_are_told_or_found(shelf, store):
    """A place is only where a row lies."""
    put(store, a=1, b=2)
    store.close()
    spoil(
        shelf,
        "UPDATE row SET place = 9 WHERE place = 1",
        "UPDATE row SET place = 1 WHERE place = 2",
        "UPDATE row SET place = 2 WHERE place = 9",
    )

    opened = shelf.open()

    assert (opened.get("row", "a"), opened.get("row", "b")) == (1, 2)


def test_an_old_row_put_back_with_its_old_version_is_told(shelf, store):
    """Yesterday's risk level in today's record."""
    put(store, a="high")
    store.close()
    old = shelf.copy("old")
    opened = shelf.open()
    put(opened, a="low")
    opened.close()
    spoil(
        shelf,
        f"ATTACH '{old.file}' AS old",
        "DELETE FROM row",
        "INSERT INTO row SELECT * FROM old.row",
    )

    with pytest.raises(Tampered):
        shelf.open()


def test_a_row_that_vanishes_from_under_an_open_store_is_told(shelf, store):
    """Not mistaken for a record that never was."""
    put(store, a=1, b=2)
    store._rows._db.execute("DELETE FROM row WHERE place = 1")

    for act in (lambda: store.get("row", "a"), lambda: store.get_many("row", ["a", "b"])):
        with pytest.raises(Tampered):
            act()


def test_a_store_opens_with_its_own_keys_only(shelf, store):
    """Two tablets' files cannot be exchanged."""
    store.close()
    shelf.keys = Keys(bytes(range(32)), bytes(16))

    with pytest.raises(Tampered):
        shelf.open()
