"""
What is put is got, by one writer and many readers.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client_sdk.errors import InUse, Locked, NoSpace, Refused, Tampered
from client_sdk.store import discard
from client_sdk.store import rows as rows_module
from client_sdk.store.boxes import RowBoxes


def put(store, **values):
    """Save rows of the kind `row` in one transaction."""
    with store.transaction() as tx:
        for key, value in values.items():
            tx.put("row", key, value)


def test_what_is_put_is_got_now_and_after_a_lock(shelf, store, make_record):
    """The promise of a store."""
    put(store, a=make_record(words="x" * 20_000), b=make_record())
    store.close()

    opened = shelf.open()

    assert opened.get("row", "a") == make_record(words="x" * 20_000)
    assert opened.get("row", "c") is None
    assert opened.get("draft", "a") is None
    assert opened.get_many("row", ["b", "c", "a"]) == {
        "b": make_record(),
        "a": make_record(words="x" * 20_000),
    }


def test_a_transaction_sees_its_own_writes_and_readers_do_not(store):
    """Nobody sees half a save."""
    put(store, a={"n": 1}, b={"n": 1})
    with store.transaction() as tx:
        tx.put("row", "a", {"n": 2})
        tx.delete("row", "b")
        tx.put("row", "c", {"n": 2})

        assert [tx.get("row", key) for key in "abcd"] == [{"n": 2}, None, {"n": 2}, None]
        assert [store.get("row", key) for key in "abc"] == [{"n": 1}, {"n": 1}, None]
    assert [store.get("row", key) for key in "abc"] == [{"n": 2}, None, {"n": 2}]


def test_what_was_read_in_a_transaction_may_be_changed_without_harm(store):
    """A value is a copy: what is saved is what was put."""
    with store.transaction() as tx:
        value = {"n": [1]}
        tx.put("row", "a", value)
        value["n"].append(2)
        tx.get("row", "a")["n"].append(3)

        assert tx.get("row", "a") == {"n": [1]}


def test_an_error_in_a_transaction_leaves_everything_as_it_was(store):
    """A save is whole or not at all."""
    put(store, a={"n": 1})

    def fail():
        with store.transaction() as tx:
            tx.put("row", "a", {"n": 2})
            tx.put("row", "b", {"n": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert (store.get("row", "a"), store.get("row", "b")) == ({"n": 1}, None)
    put(store, b={"n": 3})
    assert store.get("row", "b") == {"n": 3}


def test_delete_then_put_and_put_then_delete_do_the_last(store):
    """A draft that becomes a record and back, in one save."""
    put(store, a={"n": 1})
    with store.transaction() as tx:
        tx.delete("row", "a")
        tx.put("row", "a", {"n": 2})
        tx.put("row", "b", {"n": 2})
        tx.delete("row", "b")
        tx.delete("row", "never")

    assert (store.get("row", "a"), store.keys("row")) == ({"n": 2}, ["a"])


def test_a_transaction_that_writes_nothing_commits_nothing(store):
    """Looking costs no sequence."""
    before = store.anchor()
    with store.transaction() as tx:
        tx.get("row", "a")

    assert store.anchor() == before


def test_a_transaction_does_not_hold_another(store):
    """A programmer's mistake is told at once and leaves the first as it is."""
    with store.transaction() as tx:
        tx.put("row", "a", 1)
        with pytest.raises(AssertionError):
            store.begin()

    assert store.get("row", "a") == 1


def test_rows_are_scanned_by_kind_and_prefix_in_order(store):
    """A page is staged under keys that begin alike."""
    with store.transaction() as tx:
        for key in ("b/2", "a/1", "b/1", "b0", "c"):
            tx.put("staged", key, {"key": key})
        tx.put("row", "b/3", 1)

    assert list(store.scan("staged", "b/")) == [("b/1", {"key": "b/1"}), ("b/2", {"key": "b/2"})]
    assert store.keys("staged") == ["a/1", "b/1", "b/2", "b0", "c"]


def test_rows_that_go_while_they_are_scanned_are_left_out(store):
    """A sync removes what a screen is listing."""
    with store.transaction() as tx:
        for number in range(200):
            tx.put("row", f"{number:03}", number)
    scan = store.scan("row")
    first = next(scan)
    with store.transaction() as tx:
        tx.delete("row", "199")

    assert [first, *scan][-1] == ("198", 198)


def test_there_is_one_store_in_a_folder_and_one_program_at_it(shelf, store, monkeypatch):
    """Two programs would undo each other's saves."""
    monkeypatch.setattr("client_sdk.store.database.BUSY_S", 0.01)

    with pytest.raises(InUse):
        shelf.open()
    with pytest.raises(InUse):
        shelf.create()


def test_a_discarded_store_leaves_no_file(shelf, store, make_record):
    """The end of a wipe, and the start after an enrolment that broke off."""
    put(store, a=make_record())
    store.search("x")
    store.close()

    discard(shelf.folder)

    assert list(shelf.folder.iterdir()) == []
    with pytest.raises(Tampered, match="missing"):
        shelf.open()
    assert shelf.create().keys("row") == []


def test_a_closed_store_gives_nothing(store):
    """After the lock no thread reads on."""
    put(store, a=1)
    store.close()
    store.close()

    for act in (
        lambda: store.get("row", "a"),
        lambda: store.get("row", "b"),
        lambda: store.get_many("row", ["a"]),
        lambda: put(store, a=2),
        store.outbox.list,
    ):
        with pytest.raises(Locked):
            act()


def test_a_full_disk_changes_nothing_and_is_told(shelf, store):
    """The worker can make room and save again."""
    put(store, a={"n": 1})
    (pages,) = store._rows._db.execute("PRAGMA page_count").fetchone()
    store._rows._db.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(NoSpace):
        put(store, a={"n": 2}, b={"text": [str(n) * 50 for n in range(2000)]})

    assert (store.get("row", "a"), store.get("row", "b")) == ({"n": 1}, None)
    store._rows._db.execute("PRAGMA max_page_count = 100000")
    put(store, b={"n": 2})
    store.close()
    assert shelf.open().get("row", "b") == {"n": 2}


def test_a_commit_that_fails_in_the_middle_is_undone(store):
    """Rows and outbox move together or not at all."""
    put(store, a={"n": 1})
    store._rows._db.execute(
        "CREATE TRIGGER stop BEFORE INSERT ON envelope BEGIN SELECT RAISE(ABORT, 'stop'); END"
    )

    def save():
        with store.transaction() as tx:
            tx.put("row", "a", {"n": 2})
            store.outbox.add(tx, "name", b"body")

    with pytest.raises(Tampered):
        save()
    store._rows._db.execute("DROP TRIGGER stop")
    assert (store.get("row", "a"), len(store.outbox)) == ({"n": 1}, 0)
    save()
    assert (store.get("row", "a"), len(store.outbox)) == ({"n": 2}, 1)


def test_an_interruption_in_the_middle_of_a_commit_leaves_the_store_usable(store, monkeypatch):
    """Whoever is interrupted in a save goes on saving afterwards, and can still lock."""

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store._rows.outbox, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(store, a={"n": 1})

    put(store, b={"n": 2})
    assert (store.get("row", "a"), store.get("row", "b")) == (None, {"n": 2})
    store.close()


@pytest.mark.parametrize("indexed", [True, False])
def test_two_keys_of_one_name_are_refused(shelf, store, monkeypatch, indexed):
    """One in 2⁶⁴, but never a lost record."""
    monkeypatch.setattr(RowBoxes, "name", lambda _self, _kind, _key: 5)
    put(store, a={"n": 1})
    if not indexed:
        store.close()
        (shelf.folder / "index.image").unlink()
        store = shelf.open()

    with pytest.raises(Refused):
        put(store, b={"n": 2})
    with pytest.raises(Refused):
        put(store, a={"n": 3}, b={"n": 3})

    assert (store.get("row", "a"), store.get("row", "b")) == ({"n": 1}, None)


def test_readers_in_threads_see_whole_commits_only(store):
    """Screens read while a sync writes."""
    keys = [str(number) for number in range(40)]
    put(store, **dict.fromkeys(keys, 0))
    done = threading.Event()

    def read():
        seen = set()
        while not done.is_set():
            seen.add(len(set(store.get_many("row", keys).values())))
            assert len(store.find(kind="row")) == 40
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(1, 40):
            put(store, **dict.fromkeys(keys, number))
        done.set()
        assert {frozenset(reader.result()) for reader in readers} == {frozenset({1})}


def test_writers_in_threads_take_turns(store):
    """Two tabs that save at once lose nothing."""

    def count(_number):
        with store.transaction() as tx:
            tx.put("meta", "count", (tx.get("meta", "count") or 0) + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(60)))

    assert store.get("meta", "count") == 60


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 9)), max_size=5), max_size=8
    )
)
def test_a_store_is_a_dictionary_that_survives(shelf, commits):
    """Any sequence of saves and deletions, reopened, equals the same done to a dictionary."""
    discard(shelf.folder)
    store, model = shelf.create(), {}
    for commit in commits:
        with store.transaction() as tx:
            for key, value in commit:
                if value is None:
                    tx.delete("row", key)
                    model.pop(key, None)
                else:
                    tx.put("row", key, value)
                    model[key] = value
    store.close()

    opened = shelf.open()

    assert dict(opened.scan("row")) == model
    opened.close()


def test_many_rows_are_read_in_chunks(store):
    """More rows than one statement reads."""
    count = rows_module.CHUNK_ROWS * 2 + 3
    put(store, **{str(number): number for number in range(count)})

    assert store.get_many("row", [str(number) for number in range(count)]) == {
        str(number): number for number in range(count)
    }
