"""
Finding rows without opening them: the index, the words, and their images.
"""

import sqlite3
from dataclasses import replace

import pytest

from client_sdk.errors import Tampered
from client_sdk.store import Indexing
from client_sdk.store import lookup as lookup_module
from client_sdk.store import text as text_module
from client_sdk.store.text import words_of


def fill(store, make_record):
    """Four rows of two clients."""
    with store.transaction() as tx:
        tx.put(
            "row",
            "n1",
            make_record("c1", "note", "Tiene dolor de cabeza, camión", day="2026-03-01", open=True),
        )
        tx.put("row", "n2", make_record("c1", "note", "walks with a cane", day="2026-01-01", open=False))
        tx.put("row", "v1", make_record("c1", "visit", "cane forgotten", hour=9, who=["a", "b"]))
        tx.put("row", "n3", make_record("c2", "note", "sleeps badly", day="2026-02-01"))
        tx.put("meta", "cursor", {"at": 5})


def ids(found):
    """The keys, as found."""
    return [each.key for each in found]


def test_rows_are_found_by_type_subject_and_columns_in_order(store, make_record):
    """What every list on the tablet is made of."""
    fill(store, make_record)

    assert ids(store.find(type="note", order_by=["day"])) == ["n2", "n3", "n1"]
    assert ids(store.find(type="note", order_by=["-day"], limit=2)) == ["n1", "n3"]
    assert ids(store.find(subject="c1", type="note", order_by=["id"])) == ["n1", "n2"]
    assert ids(store.find(where={"open": True})) == ["n1"]
    assert ids(store.find(type="note", where={"open": None})) == ["n3"]
    assert ids(store.find(where={"who": ["a", "b"]})) == ["v1"]
    assert ids(store.find(where={"never": 1})) == []
    assert ids(store.find(kind="meta")) == ["cursor"]
    assert store.find(where={"open": True})[0].columns == {"day": "2026-03-01", "open": 1}


def test_found_rows_are_opened_as_they_are_asked_for(store, make_record):
    """A list opens only what it shows."""
    fill(store, make_record)
    found = store.find(subject="c1", order_by=["id"])
    with store.transaction() as tx:
        tx.delete("row", "n2")

    assert [(each.key, value["type"]) for each, value in store.values(found)] == [
        ("n1", "note"),
        ("v1", "visit"),
    ]


def test_the_index_follows_changes_and_removals(store, make_record):
    """A list after a save shows the save."""
    fill(store, make_record)
    with store.transaction() as tx:
        tx.put("row", "n1", make_record("c2", "note", day="2027-01-01"))
        tx.put("row", "v1", make_record("c1", "need", urgent=True))
        tx.delete("row", "n2")
    with store.transaction() as tx:
        tx.delete("row", "n3")

    assert ids(store.find(type="note")) == ["n1"]
    assert store.find(type="note")[0].columns == {"day": "2027-01-01"}
    assert [(each.type, each.columns) for each in store.find(subject="c1")] == [("need", {"urgent": 1})]


def test_an_error_in_what_the_caller_declares_stops_the_save(shelf, make_record):
    """Nothing is saved that could not be found again."""
    shelf.indexing = replace(shelf.indexing, entry=lambda _kind, _key, value: value["missing"])
    store = shelf.create()

    with pytest.raises(KeyError), store.transaction() as tx:
        tx.put("row", "a", make_record())

    assert store.keys("row") == []


def test_a_page_of_many_rows_is_indexed(store, make_record):
    """More than a save leaves for the next query."""
    with store.transaction() as tx:
        for number in range(500):
            tx.put("row", str(number), make_record(n=number))

    assert [each.columns["n"] for each in store.find(type="note", order_by=["-n"], limit=2)] == [499, 498]


@pytest.mark.parametrize("fts5", [True, False])
def test_words_are_found_with_and_without_fts5(shelf, make_record, fts5):
    """Android's SQLite has no FTS5; a search there finds the same."""
    shelf.fts5 = fts5
    store = shelf.create()
    fill(store, make_record)

    assert sorted(ids(store.search("cane"))) == ["n2", "v1"]
    assert ids(store.search("CABEZA dolor cam")) == ["n1"]
    assert ids(store.search("camion")) == ["n1"]
    assert ids(store.search("with wal")) == ["n2"]
    assert len(store.search("cane", limit=1)) == 1
    assert ids(store.search("wal with")) == []
    with store.transaction() as tx:
        tx.put("row", "n2", make_record("c1", words="a cane of late"))
    assert ids(store.search("cane")) == ["n2", "v1"]
    assert store.search("never") == store.search("") == store.search("-- !") == []


@pytest.mark.parametrize("fts5", [True, False])
def test_words_follow_changes_removals_and_locks(shelf, make_record, fts5):
    """Nobody is found by what was corrected."""
    shelf.fts5 = fts5
    store = shelf.create()
    fill(store, make_record)
    assert sorted(ids(store.search("cane"))) == ["n2", "v1"]
    with store.transaction() as tx:
        tx.put("row", "n2", make_record("c1", words="uses a walker"))
        tx.delete("row", "v1")
    assert (ids(store.search("cane")), ids(store.search("walker"))) == ([], ["n2"])
    store.close()

    opened = shelf.open()

    assert (ids(opened.search("cane")), ids(opened.search("walker"))) == ([], ["n2"])
    with opened.transaction() as tx:
        tx.put("row", "n4", make_record("c1", words="forgotten"))
    assert ids(opened.search("forgotten")) == ["n4"]


def test_words_are_cut_without_accents_and_case():
    """A worker types as it comes."""
    assert words_of("Müller's CAFÉ, Straße_9 9") == ["muller", "s", "cafe", "strasse", "9"]


def test_a_machine_without_fts5_is_noticed(monkeypatch):
    """The fallback is chosen by itself."""
    assert text_module.fts5_here()
    monkeypatch.setattr(text_module, "_FTS5", "CREATE VIRTUAL TABLE words USING fts99 (text)")

    assert not lookup_module.use_fts5(None)
    assert lookup_module.use_fts5(True)


def opened_rows(store, monkeypatch):
    """Count the rows that are opened from now on."""
    opened = []
    boxes = store._rows.boxes
    real = boxes.open
    monkeypatch.setattr(boxes, "open", lambda *row: opened.append(row[0]) or real(*row))
    return opened


def test_an_unlock_with_images_opens_no_row(shelf, store, make_record, monkeypatch):
    """The first screen after the secret is at once."""
    fill(store, make_record)
    store.search("x")
    store.close()
    again = shelf.open()
    opened = opened_rows(again, monkeypatch)

    assert ids(again.find(type="visit")) == ["v1"]
    assert sorted(ids(again.search("cane"))) == ["n2", "v1"]
    assert opened == []


def test_stale_images_cost_what_changed_since(shelf, store, make_record, monkeypatch):
    """After a kill -9 an unlock opens only rows that the images do not show."""
    fill(store, make_record)
    store.search("x")
    store.save_images()
    with store.transaction() as tx:
        tx.put("row", "n2", make_record("c2", words="cane again"))
        tx.delete("row", "v1")
    killed = shelf.copy("killed").open()
    opened = opened_rows(killed, monkeypatch)

    assert ids(killed.find(subject="c2", order_by=["id"])) == ["n2", "n3"]
    assert ids(killed.search("cane")) == ["n2"]
    assert len(opened) == 2


@pytest.mark.parametrize("spoil", ["missing", "damaged", "declared anew"])
def test_images_that_are_of_no_use_are_made_anew(shelf, store, make_record, spoil):
    """They are disposable."""
    fill(store, make_record)
    store.search("x")
    store.close()
    for image in shelf.folder.glob("*.image"):
        if spoil == "missing":
            image.unlink()
        if spoil == "damaged":
            image.write_bytes(image.read_bytes()[:-1] + b"?")
    if spoil == "declared anew":
        shelf.indexing = replace(shelf.indexing, version="2", text=lambda *_row: "renewed")

    opened = shelf.open()

    assert ids(opened.find(type="visit")) == ["v1"]
    assert len(opened.search("renewed" if spoil == "declared anew" else "cane")) == (
        5 if spoil == "declared anew" else 2
    )


def test_an_image_that_is_not_whole_is_finished_at_the_next_unlock(shelf, store, make_record):
    """A lock does not wait for the text index."""
    fill(store, make_record)
    store.search("x")
    with store.transaction() as tx:
        tx.put("row", "n9", make_record("c9", words="unread"))
    store.close()

    assert ids(shelf.open().search("unread")) == ["n9"]


def test_a_machine_that_makes_no_images_still_finds(shelf, store, make_record, monkeypatch):
    """Some builds of SQLite cannot give a database as bytes."""
    monkeypatch.setattr(lookup_module, "CAN_IMAGE", False)
    fill(store, make_record)
    store.close()

    assert list(shelf.folder.glob("*.image")) == []
    assert ids(shelf.open().find(type="visit")) == ["v1"]


def test_the_background_makes_everything_ready(shelf, store, make_record, monkeypatch):
    """Nobody waits at the first search, and a long catching up is kept."""
    monkeypatch.setattr(lookup_module, "IMAGE_AFTER_ROWS", 3)
    fill(store, make_record)
    store.close()
    (shelf.folder / "index.image").unlink()
    shelf.background = lambda work: work()

    opened = shelf.open()

    assert sorted(image.name for image in shelf.folder.glob("*.image")) == ["index.image", "text.image"]
    counted = opened_rows(opened, monkeypatch)
    assert sorted(ids(opened.search("cane"))) == ["n2", "v1"]
    assert counted == []


def test_the_background_runs_in_a_thread_and_ends_with_the_store(shelf, store, make_record):
    """Locking in the middle of it is no error."""
    fill(store, make_record)
    store.close()
    (shelf.folder / "index.image").unlink()
    from client_sdk.store.store import in_thread

    shelf.background = in_thread

    opened = shelf.open()

    assert sorted(ids(opened.search("cane"))) == ["n2", "v1"]
    opened.close()


def test_a_closed_store_ends_the_background_quietly(shelf, store, make_record):
    """The lock came first."""
    fill(store, make_record)
    store.close()
    (shelf.folder / "index.image").unlink()
    later = []
    shelf.background = later.append
    shelf.open().close()

    later[0]()


def test_a_bad_row_met_in_the_background_is_met_again_by_who_asks(shelf, store, make_record):
    """Damage is told to a person, not to a thread."""
    fill(store, make_record)
    store.close()
    (shelf.folder / "index.image").unlink()
    db = sqlite3.connect(shelf.file)
    db.execute("UPDATE row SET box = zeroblob(285) WHERE place = 2")
    db.commit()
    db.close()
    shelf.background = lambda work: work()

    opened = shelf.open()

    with pytest.raises(Tampered):
        opened.find(type="note")


def test_kind_and_key_are_found_without_any_declaration(shelf):
    """The store knows no record type."""
    shelf.indexing = Indexing()
    store = shelf.create()
    with store.transaction() as tx:
        tx.put("row", "a", {"n": 1})

    assert [(each.key, each.type, each.columns) for each in store.find()] == [("a", None, {})]
    assert store.search("a") == []


def test_columns_are_named_by_identifiers(store, make_record):
    """A name out of bounds is a programmer's mistake, not SQL."""
    with pytest.raises(AssertionError):
        store.find(where={'x" = 1 --': 1})
