"""
The index: kinds, keys and declared columns of all rows, in memory.

A query is one SQL statement over a database that never touches a disk. Columns come into being when first
met. Which rows belong to one subject is known here only; the file does not tell.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from sync.ids import Json, encode

from .boxes import Row
from .entry import Entry, Found, Indexing
from .memory import from_image, in_memory, quoted

_SCHEMA: Final = """
CREATE TABLE entry (
    name INTEGER PRIMARY KEY, version INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    type TEXT, id TEXT, subject TEXT
);
CREATE UNIQUE INDEX by_key ON entry (kind, key);
CREATE INDEX by_subject ON entry (subject, type);
CREATE INDEX by_type ON entry (type);
CREATE TABLE declared (type TEXT, name TEXT, PRIMARY KEY (type, name)) WITHOUT ROWID;
"""
_FIXED: Final = ("name", "kind", "key", "type", "id", "subject")
_FIXED_COUNT: Final = len(_FIXED)
WAITING_MAX: Final = 200
"""Entries that a save leaves for the next query. A save then costs no table, and a query not more than a blink."""


class Index:
    """Entries of one store's rows. Safe for many threads."""

    def __init__(self, indexing: Indexing, image: bytes | None = None) -> None:
        self._indexing = indexing
        self._turn = threading.Lock()
        self._waiting: dict[int, tuple[Row, Entry | None]] = {}
        self._db = in_memory() if image is None else from_image(image)
        if image is None:
            self._db.executescript(_SCHEMA)
        self._declared: dict[str, tuple[str, ...]] = {}
        for type_, name in self._db.execute("SELECT type, name FROM declared"):
            self._declared[type_] = (*self._declared.get(type_, ()), name)
        self._columns = {column for _, column, *_ in self._db.execute("PRAGMA table_info(entry)")}

    def put_rows(self, rows: Iterable[Row]) -> None:
        """Show opened rows."""
        with self._turn:
            for row in rows:
                self._waiting[row.name] = (row, self._indexing.entry(row.kind, row.key, row.value))
            self._catch_up()

    def put(self, entries: Iterable[tuple[Row, Entry | None]]) -> None:
        """Keep entries in the place of what is there; whoever asks next writes them into the tables."""
        with self._turn:
            for row, entry in entries:
                self._waiting[row.name] = (row._replace(value=None), entry)
            if len(self._waiting) > WAITING_MAX:
                self._catch_up()

    def remove(self, names: Iterable[int]) -> None:
        """Forget rows."""
        with self._turn:
            for name in names:
                self._waiting.pop(name, None)
                self._db.execute("DELETE FROM entry WHERE name = ?", (name,))

    def versions(self) -> dict[int, int]:
        """{name: version} of all that is kept."""
        with self._turn:
            self._catch_up()
            return dict(self._db.execute("SELECT name, version FROM entry"))

    def key_of(self, name: int) -> tuple[str, str] | None:
        """(kind, key) of a row, None if it is not kept."""
        with self._turn:
            if name in self._waiting:
                row = self._waiting[name][0]
                return row.kind, row.key
            found: tuple[str, str] | None = self._db.execute(
                "SELECT kind, key FROM entry WHERE name = ?", (name,)
            ).fetchone()
        return found

    def keys(self, kind: str, prefix: str = "") -> list[tuple[int, str]]:
        """(name, key) of the rows of a kind whose key begins so, in order of the key."""
        with self._turn:
            self._catch_up()
            rows = self._db.execute(
                "SELECT name, key FROM entry WHERE kind = ? AND key >= ? ORDER BY key", (kind, prefix)
            ).fetchall()
        return [row for row in rows if row[1].startswith(prefix)]

    def find(
        self,
        *,
        kind: str | None = None,
        type: str | None = None,
        subject: str | None = None,
        where: Mapping[str, Json] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[Found]:
        """
        Rows whose members and columns have these values.

        Args:
            kind: Of this kind only.
            type: Of this record type only.
            subject: Of this subject only.
            where: {column: value}; None asks for rows without a value.
            order_by: Columns, or `id`; one with a leading `-` downwards. Rows without a value come first.
            limit: At most so many.
        """
        wanted = {"kind": kind, "type": type, "subject": subject}
        conditions: list[tuple[str, object]] = [
            (name, value) for name, value in wanted.items() if value is not None
        ]
        with self._turn:
            self._catch_up()
            conditions += [(self._column(name), _cell(value)) for name, value in (where or {}).items()]
            sql = " AND ".join(f"{name} IS ?" for name, _ in conditions) or "1"
            order = ", ".join([*map(self._order, order_by), "name"])
            return self._select(
                type, f"{sql} ORDER BY {order} LIMIT ?", [*(value for _, value in conditions), limit or -1]
            )

    def named(self, names: Sequence[int]) -> list[Found]:
        """The entries of these rows, in the order asked; what is not kept is left out."""
        with self._turn:
            self._catch_up()
            found = {each.name: each for name in names for each in self._select(None, "name = ?", [name])}
        return [found[name] for name in names if name in found]

    def image(self) -> bytes:
        """The whole as bytes, to be sealed."""
        with self._turn:
            self._catch_up()
            return self._db.serialize()

    def close(self) -> None:
        """Forget everything."""
        with self._turn:
            self._db.close()

    def _catch_up(self) -> None:
        if self._waiting:
            self._db.execute("BEGIN")
            for row, entry in self._waiting.values():
                self._put(row, entry)
            self._db.execute("COMMIT")
            self._waiting.clear()

    def _select(self, type_: str | None, tail: str, values: list[object]) -> list[Found]:
        names = self._declared.get(type_, ()) if type_ is not None else self._all_declared()
        columns = ", ".join([*_FIXED, *map(quoted, names)])
        rows = self._db.execute(f"SELECT {columns} FROM entry WHERE {tail}", values)  # noqa: S608 names are ours
        return [Found._make((*row[:_FIXED_COUNT], names, row[_FIXED_COUNT:])) for row in rows]

    def _all_declared(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self._declared.values() for name in names))

    def _put(self, row: Row, entry: Entry | None) -> None:
        type_ = None if entry is None else entry.type
        self._db.execute("DELETE FROM entry WHERE name = ? AND type IS NOT ?", (row.name, type_))
        fixed = (row.name, row.version, row.kind, row.key)
        if entry is None:
            self._db.execute(_upsert(()), (*fixed, None, None, None))
            return
        names = self._declare(entry)
        cells = [_cell(entry.columns.get(name)) for name in names]
        self._db.execute(_upsert(names), (*fixed, entry.type, entry.id, entry.subject, *cells))

    def _declare(self, entry: Entry) -> tuple[str, ...]:
        """The columns of the entry's type, in which those of the entry are from now on."""
        known = self._declared.get(entry.type, ())
        fresh = [name for name in entry.columns if name not in known]
        for name in fresh:
            self._column(name)
            self._db.execute("INSERT INTO declared VALUES (?, ?)", (entry.type, name))
        if fresh:
            known = self._declared[entry.type] = (*known, *fresh)
        return known

    def _column(self, name: str) -> str:
        """The column in SQL, which comes into being when first met."""
        column = quoted(name)
        if column[1:-1] not in self._columns:
            self._db.execute(f"ALTER TABLE entry ADD COLUMN {column}")
            self._columns.add(column[1:-1])
        return column

    def _order(self, name: str) -> str:
        bare = name.removeprefix("-")
        column = bare if bare == "id" else self._column(bare)
        return f"{column} DESC" if name.startswith("-") else column


@lru_cache(maxsize=256)
def _upsert(columns: tuple[str, ...]) -> str:
    """The statement that keeps an entry of a type with these columns; indexes of what stays are not touched."""
    names = ["name", "version", "kind", "key", "type", "id", "subject", *map(quoted, columns)]
    marks = ", ".join("?" * len(names))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return (
        f"INSERT INTO entry ({', '.join(names)}) VALUES ({marks}) ON CONFLICT (name) DO UPDATE SET {changes}"  # noqa: S608
    )


def _cell(value: Json) -> object:
    return encode(value).decode() if isinstance(value, (list, dict)) else value
