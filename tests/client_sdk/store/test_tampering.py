"""
Files that someone changed, put back or cut: told, or harmless.
"""

import shutil
import sqlite3
from random import Random

import pytest

from client_sdk.errors import ClientError, Tampered
from client_sdk.store import Rollback, Standing
from client_sdk.vault import Keys


def put(store, **values):
    """One save."""
    with store.transaction() as tx:
        for key, value in values.items():
            tx.put("row", key, value)


def spoil(shelf, *statements):
    """Change the file as someone would who knows SQLite."""
    db = sqlite3.connect(shelf.file, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


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


STATES = [{"a": number, **{f"k{key}": [number, key] for key in range(number % 5 + 1)}} for number in range(8)]


def whole(shelf):
    """Everything that can be read out of a copy, or the error that tells of damage."""
    store = shelf.open()
    try:
        rows = dict(store.scan("row"))
        found = {each.key for each in store.find(kind="row")}
        assert found == set(rows)
        return rows, store.rollback is not None, [each.to_bytes() for each in store.outbox.list()]
    finally:
        store.close()


def live(shelf, store):
    """A store with several commits, some of them in the log only."""
    for number, state in enumerate(STATES):
        with store.transaction() as tx:
            for key, value in state.items():
                tx.put("row", key, value)
            store.outbox.add(tx, f"n{number}", b"body" * 30)


@pytest.mark.parametrize("part", range(4))
def test_every_flipped_byte_is_told_or_harmless(shelf, store, part):
    """Over all files of a store, closed and killed: 320 flips, never wrong data and never lost data unseen."""
    live(shelf, store)
    if part % 2:
        store.close()
        truth = whole(shelf.copy("truth"))
    else:
        truth = whole(shelf.copy("truth"))
    source = shelf.copy("source")
    files = sorted(path for path in source.folder.iterdir() if path.stat().st_size)
    weights = [path.stat().st_size for path in files]
    chance = Random(part)
    told = 0

    for _ in range(80):
        copy = source.copy("flipped")
        path = copy.folder / chance.choices(files, weights)[0].name
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            rows, rollback, envelopes = whole(copy)
        except ClientError:
            told += 1
            continue
        assert rollback or (rows, envelopes) == (truth[0], truth[2])
        told += rollback

    assert told


def test_a_log_cut_at_any_byte_gives_a_commit_and_tells_of_the_loss(shelf, store):
    """What a kill or a thief leaves: the last whole commit, and never silently less than was saved."""
    expected, envelopes = [{}], 0
    for number, state in enumerate(STATES):
        put(store, **state)
        expected.append({**expected[-1], **state})
        envelopes = number
    assert envelopes == len(STATES) - 1
    source = shelf.copy("source")
    log = source.folder / "store.db-wal"
    content = log.read_bytes()
    chance = Random(3)

    for cut in sorted(chance.sample(range(len(content)), 60)):
        copy = source.copy("cut")
        (copy.folder / "store.db-wal").write_bytes(content[:cut])
        try:
            rows, rollback, _ = whole(copy)
        except Tampered:
            continue
        assert rows in expected
        assert rollback or rows == expected[-1]


def test_a_log_cut_before_its_anchor_was_written_is_no_alarm(shelf, store):
    """The power went before the save was acknowledged: the last whole commit, and no accusation."""
    put(store, a=1)
    anchor = (shelf.folder / "anchor").read_bytes()
    size = (shelf.folder / "store.db-wal").stat().st_size
    put(store, a=2)
    copy = shelf.copy("cut")
    log = copy.folder / "store.db-wal"
    log.write_bytes(log.read_bytes()[: size + 100])
    (copy.folder / "anchor").write_bytes(anchor)

    opened = copy.open()

    assert (opened.get("row", "a"), opened.rollback) == (1, None)


def test_a_log_that_was_lost_is_told(shelf, store):
    """Deleting the log must not undo a day."""
    put(store, a=1)
    copy = shelf.copy("lost")
    (copy.folder / "store.db-wal").unlink()

    with pytest.raises(Tampered):
        copy.open()
