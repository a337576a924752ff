"""
Files that are replaced whole: after a crash there is the old content or the new, never a mixture.

Knows nothing of what is written.
"""

import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

from ..errors import NoSpace


def replace(path: Path, data: bytes, *, durable: bool = True) -> None:
    """
    Put `data` in the place of the file, readable by its owner only.

    Args:
        path: The file; its folder exists.
        data: The new content.
        durable: Wait until the disk has it. What can be made again need not wait.

    Raises:
        NoSpace: The disk did not take it; the old content stands.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0) as file:
            _write(file, data, durable=durable)
        os.replace(fresh, path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise NoSpace(f"the disk does not take the file {path.name}: {error.strerror}") from None
    if durable:
        sync_folder(path.parent)


def overwrite(path: Path, data: bytes) -> None:
    """
    Write over a file where it lies, which needs no space; a crash in the middle leaves a mixture.

    Raises:
        NoSpace: The disk did not take even that.
    """
    try:
        with open(path, "r+b", buffering=0) as file:
            _write(file, data, durable=True)
            file.truncate()
    except OSError as error:
        raise NoSpace(f"the disk does not take the file {path.name}: {error.strerror}") from None


def remove(path: Path) -> None:
    """Remove a file and what a crash left of its replacement."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".new").unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a removal last. Windows keeps folders itself and cannot open one."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(file: FileIO, data: bytes, *, durable: bool) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
    if durable:
        os.fsync(file.fileno())
