"""What a tablet does where the disk takes nothing more at the lock."""

import errno

import pytest

from client_sdk import Tablet

from .kit import Setting


def test_keys_go_at_the_lock_whatever_the_disk_says(
    field: Setting, ana: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tablet that is put away locked must be locked, also when the store fails on its last bytes."""
    vault, store = ana._desk.vault, ana._desk.store
    close = store.close

    def fails() -> None:
        close()
        raise OSError(errno.EIO, "the disk is gone")

    monkeypatch.setattr(store, "close", fails)

    with pytest.raises(OSError, match="the disk is gone"):
        ana.lock()

    assert vault.locked
    assert field.unlock().pending() == []
