"""
Bytes that flip, and logs that are cut or lost: told, or harmless.
"""

from random import Random

import pytest

from client_sdk.errors import ClientError, Tampered

from .damage import put

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
