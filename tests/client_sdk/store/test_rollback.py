"""
A store that is older than its anchor, another future of it, and what proves nothing.
"""

import shutil

import pytest

from client_sdk.store import Rollback, Standing

from .damage import put


def test_a_whole_file_put_back_is_a_rollback_and_stays_known(shelf, store):
    """A tablet restored from a copy is a fork; the server judges it."""
    put(store, a=1)
    store.close()
    old = shelf.copy("old")
    opened = shelf.open()
    put(opened, a=2)
    put(opened, a=3)
    opened.close()
    shutil.copy(old.file, shelf.file)

    back = shelf.open()

    assert (back.standing, back.rollback, back.get("row", "a")) == (Standing.BEHIND, Rollback(1, 3), 1)
    assert back.anchor().sequence == 4
    back.close()
    again = shelf.open()
    assert (again.standing, again.rollback) == (Standing.LEVEL, Rollback(1, 3))
    again.forget_rollback()
    assert again.rollback is None
    again.close()
    assert shelf.open().rollback is None


def test_another_future_of_the_same_length_is_a_fork(shelf, store):
    """As old as the anchor, with other content."""
    put(store, a=1)
    store.close()
    other = shelf.copy("other").open()
    put(other, a="there")
    other.close()
    opened = shelf.open()
    put(opened, a="here")
    opened.close()
    shutil.copy(shelf.folder.with_name("other") / "store.db", shelf.file)

    forked = shelf.open()

    assert (forked.standing, forked.rollback, forked.standing.rolled_back) == (
        Standing.FORKED,
        Rollback(2, 2),
        True,
    )


def test_a_file_ahead_of_its_anchor_is_fine(shelf, store):
    """The crash came between the commit and its anchor."""
    put(store, a=1)
    store.close()
    anchor = (shelf.folder / "anchor").read_bytes()
    opened = shelf.open()
    put(opened, a=2)
    opened.close()
    (shelf.folder / "anchor").write_bytes(anchor)

    again = shelf.open()

    assert (again.standing, again.rollback) == (Standing.AHEAD, None)


@pytest.mark.parametrize("content", [None, b"", bytes(200)])
def test_an_anchor_that_cannot_be_read_proves_nothing(shelf, store, content):
    """Its loss must not lock a worker out; the server is told."""
    put(store, a=1)
    store.close()
    if content is None:
        (shelf.folder / "anchor").unlink()
    else:
        (shelf.folder / "anchor").write_bytes(content)

    opened = shelf.open()

    assert (opened.standing, opened.get("row", "a")) == (Standing.UNKNOWN, 1)


def test_a_torn_anchor_leaves_the_one_before(shelf, store):
    """Two places take turns."""
    put(store, a=1)
    put(store, a=2)
    store.close()
    content = bytearray((shelf.folder / "anchor").read_bytes())
    content[3] ^= 1
    (shelf.folder / "anchor").write_bytes(content)

    assert shelf.open().standing in (Standing.AHEAD, Standing.LEVEL)


def test_anchors_of_equal_stores_are_equal_and_of_others_not(shelf, store):
    """What the server compares."""
    put(store, a=1)
    first = store.anchor()
    assert store.anchor() == first
    put(store, a=1)

    assert store.anchor() > first
    assert store.anchor().seal != first.seal
