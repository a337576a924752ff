"""
Work that is sealed to the agency when it is saved, and can be sent by whoever has the tablet.
"""

import sqlite3

import pytest

from client_sdk.errors import InUse, Tampered
from client_sdk.store import list_locked
from client_sdk.vault import open_envelope


def bodies(shelf, envelopes):
    """What the agency reads."""
    private = shelf.agency.private_bytes_raw()
    return [open_envelope(private, each.to_bytes()) for each in envelopes]


def add(store, *names):
    """Seal a body for each name in one save."""
    with store.transaction() as tx:
        for name in names:
            store.outbox.add(tx, name, b"body of " + name.encode())


def test_each_save_seals_its_work_to_the_agency(shelf, store):
    """The tablet itself cannot read it."""
    add(store, "first", "second")
    add(store, "third")

    assert bodies(shelf, store.outbox.list()) == [b"body of first", b"body of second", b"body of third"]
    assert [each.sequence for each in store.outbox.list()] == [1, 2, 3]
    assert len({each.sealed_key for each in store.outbox.list()}) == 1


def test_one_envelope_is_found_by_its_name_alone(shelf, store):
    """A restored server asks for some of the work again, not for all of it."""
    add(store, "first", "second", "third")
    with store.transaction() as tx:
        store.outbox.drop(tx, "first")

    assert bodies(shelf, [store.outbox.get("second")]) == [b"body of second"]
    assert store.outbox.get("first") is None
    assert store.outbox.get("fourth") is None


def test_envelopes_can_be_listed_while_the_store_is_locked(shelf, store):
    """A forgotten PIN costs no saved work."""
    add(store, "first")
    store.close()

    envelopes = list_locked(shelf.folder, shelf.keys.store_id)

    assert bodies(shelf, envelopes) == [b"body of first"]
    assert list_locked(shelf.folder, shelf.keys.store_id, after=1) == []


def test_while_the_store_is_open_it_is_asked_itself(shelf, store, monkeypatch):
    """One program at a time."""
    monkeypatch.setattr("client_sdk.store.database.BUSY_S", 0.01)

    with pytest.raises(InUse):
        list_locked(shelf.folder, shelf.keys.store_id)


def test_envelopes_are_listed_in_pieces(shelf, store):
    """A long outbox goes over a thin link."""
    add(store, "a", "b", "c")

    assert [each.sequence for each in store.outbox.list(limit=2)] == [1, 2]
    assert [each.sequence for each in store.outbox.list(after=2)] == [3]


def test_an_envelope_is_dropped_by_its_name(shelf, store):
    """The server has it, and every backup covers it."""
    add(store, "first", "second")
    with store.transaction() as tx:
        store.outbox.drop(tx, "first")
        store.outbox.drop(tx, "never")

    assert bodies(shelf, store.outbox.list()) == [b"body of second"]
    assert ("first" in store.outbox, "second" in store.outbox, len(store.outbox)) == (False, True, 1)
    store.close()
    assert len(shelf.open().outbox) == 1


def test_a_name_that_is_there_stays_as_it_is(shelf, store):
    """As signed, in the order of making, never re-issued."""
    add(store, "first")
    with store.transaction() as tx:
        store.outbox.add(tx, "first", b"other")

    assert bodies(shelf, store.outbox.list()) == [b"body of first"]


def test_a_save_that_fails_leaves_no_envelope(store):
    """What was not saved must not arrive."""

    def fail():
        with store.transaction() as tx:
            store.outbox.add(tx, "first", b"body")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert store.outbox.list() == []


def test_each_unlock_has_its_own_session_key(shelf, store):
    """One key that leaks opens one day."""
    add(store, "first")
    store.close()
    opened = shelf.open()
    add(opened, "second")

    assert len({each.sealed_key for each in opened.outbox.list()}) == 2
    assert bodies(shelf, opened.outbox.list()) == [b"body of first", b"body of second"]


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM envelope WHERE sequence = 1",
        "UPDATE envelope SET sequence = 9 WHERE sequence = 2",
        "UPDATE envelope SET box = substr(box, 1, length(box) - 1) || x'00' WHERE sequence = 1",
        "UPDATE envelope SET sealed_key = zeroblob(80) WHERE sequence = 1",
        "UPDATE envelope SET box = 'text' WHERE sequence = 1",
        "INSERT INTO envelope SELECT 3, id, session, sealed_key, box FROM envelope WHERE sequence = 1",
    ],
)
def test_a_changed_outbox_is_told_at_unlock(shelf, store, act):
    """A saved piece of work cannot vanish unseen."""
    add(store, "first", "second")
    store.close()
    db = sqlite3.connect(shelf.file)
    db.execute(act)
    db.commit()
    db.close()

    with pytest.raises(Tampered):
        shelf.open()


def test_a_damaged_file_is_told_while_locked(shelf, store):
    """Not mistaken for an empty outbox."""
    add(store, "first")
    store.close()
    db = sqlite3.connect(shelf.file)
    db.execute("DROP TABLE envelope")
    db.commit()
    db.close()

    with pytest.raises(Tampered):
        list_locked(shelf.folder, shelf.keys.store_id)
