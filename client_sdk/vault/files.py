"""
Files that are replaced whole: after a crash there is the old content or the new, never a mixture.

Knows nothing of what is written.
"""

import os
from pathlib import Path


def replace(path: Path, data: bytes, *, durable: bool = True) -> None:
    """
    Put `data` in the place of the file, readable by its owner only.

    Args:
        path: The file; its folder exists.
        data: The new content.
        durable: Wait until the disk has it. What can be made again need not wait.
    """
    fresh = path.with_name(path.name + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    os.replace(fresh, path)
    if durable:
        sync_folder(path.parent)


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
