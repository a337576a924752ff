"""What the vault's files do where the disk takes nothing more."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client_sdk.errors import NoSpace
from client_sdk.vault import files

from .conftest import Bench

PASSPHRASE = "violet kettle harbour ninety"


@contextmanager
def full(monkeypatch: pytest.MonkeyPatch, calls: int = 1_000) -> Iterator[None]:
    """A disk that takes nothing for so many writes."""
    real, left = os.fsync, [calls]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        yield


def test_a_file_that_finds_no_space_keeps_its_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the file, and nothing half is left that would take the space of something else."""
    path = tmp_path / "vault"
    files.replace(path, b"old")

    with full(monkeypatch), pytest.raises(NoSpace, match="vault: No space left"):
        files.replace(path, b"new")

    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["vault"]


def test_a_file_is_written_over_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no space, and where not even that is taken it says so."""
    path = tmp_path / "tries"
    path.write_bytes(b"a longer one")

    files.overwrite(path, b"short")

    assert path.read_bytes() == b"short"
    with full(monkeypatch), pytest.raises(NoSpace, match="tries: No space left"):
        files.overwrite(path, b"other")


def test_a_passphrase_opens_on_a_full_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is dangerous to visit must be readable then, too; the count of wrong tries is kept all the same."""
    bench.create(PASSPHRASE).lock()
    bench.unlock(PASSPHRASE).lock()

    with full(monkeypatch, calls=1):
        vault = bench.unlock(PASSPHRASE)

    assert not vault.locked
    assert b'"wrong":0' in (bench.folder / "tries").read_bytes()
