"""What the store does where the disk takes nothing more: what was saved stands, what is disposable is let go."""

from collections.abc import Callable

import pytest

from client_sdk.errors import NoSpace
from client_sdk.store import Standing, Store
from sync.ids import Json

from .conftest import Shelf


def test_a_save_stands_where_the_anchor_behind_it_is_not_taken(
    shelf: Shelf, store: Store, make_record: Callable[..., dict[str, Json]]
) -> None:
    """Else an app would be told that a save failed which is in the file, and would number the next one alike."""
    store._anchor._file.close()
    store._anchor._file = open(shelf.folder / "anchor", "rb", buffering=0)  # type: ignore[assignment]  # noqa: SIM115

    with store.transaction() as tx:
        tx.put("row", "a", make_record(words="saved"))
    store.close()

    again = shelf.open()
    assert again.standing is Standing.AHEAD
    assert again.get("row", "a") == make_record(words="saved")


def test_a_store_is_let_go_where_its_image_is_not_taken(
    shelf: Shelf, store: Store, make_record: Callable[..., dict[str, Json]]
) -> None:
    """The image is disposable; the store must be free for the next unlock, and the keys must go."""
    (shelf.folder / "index.image.new").mkdir()
    with store.transaction() as tx:
        tx.put("row", "a", make_record(words="saved"))

    store.close()

    assert [found.key for found in shelf.open().find(type="note")] == ["a"]


def test_a_store_that_cannot_be_made_says_why(shelf: Shelf) -> None:
    """An enrolment that fails for want of space must not look like damage."""
    shelf.folder.rmdir()

    with pytest.raises(NoSpace, match=r"store\.db"):
        shelf.create()
