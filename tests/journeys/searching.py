"""
Searching for marks: in bytes as they are, as UTF-16, and inside base64 wherever it began.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData, create_engine, select

from .marking import STEMS


def spellings(stem: str) -> list[bytes]:
    """Every way in which a file may spell a word that stands in the middle of something."""
    raw = stem.encode()
    found = [raw, raw.upper(), stem.encode("utf-16-le"), stem.encode("utf-16-be"), raw.hex().encode()]
    for before in range(3):
        # Only the characters that hang on nothing beside the word itself.
        whole = b64encode(bytes(before) + raw)
        found.append(whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6])
    return found


NEEDLES: Final = tuple(way for stem in STEMS for way in spellings(stem))
ANY: Final = re.compile(b"|".join(map(re.escape, NEEDLES)))
AROUND: Final = 40


def marks_in(data: bytes) -> list[str]:
    """Every mark in some bytes, with what stands around it."""
    if not any(needle in data for needle in NEEDLES):
        return []
    return [
        data[max(0, hit.start() - AROUND) : hit.end() + AROUND].decode("ascii", "backslashreplace")
        for hit in ANY.finditer(data)
    ]


def marks_in_files(folder: Path, but: Iterable[Path] = ()) -> dict[str, list[str]]:
    """{file: its marks} of every file below a folder that has any, in it or in its name."""
    left_out = set(but)
    found: dict[str, list[str]] = {}
    for path in folder.rglob("*"):
        if left_out.isdisjoint((path, *path.parents)) and not path.is_symlink():
            name = str(path.relative_to(folder))
            hits = marks_in(name.encode()) + (marks_in(path.read_bytes()) if path.is_file() else [])
            if hits:
                found[name] = hits
    return found


def marks_in_tables(url: str) -> dict[str, list[str]]:
    """{table.column: its marks} of every row of a database."""
    engine, metadata = create_engine(url), MetaData()
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if hits := marks_in(data):
                        found.setdefault(f"{table.name}.{column}", []).extend(hits)
    engine.dispose()
    return found
