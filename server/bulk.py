"""
Bulk: many rows into one table at once, by the driver's own way.

SQLAlchemy prepares each row of a statement for itself, which on the way in costs more than the database does. Here
rows go to the driver as they are: SQLite takes them one by one from a prepared statement, PostgreSQL by COPY.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Connection, LargeBinary, Table, Text
from sqlalchemy.exc import DBAPIError

COPIED_FROM_ROWS: Final = 5
"""Rows from which COPY, which asks the server twice, is the shorter way."""

_TYPES: Final = {BigInteger: "int8", Boolean: "bool", LargeBinary: "bytea", Text: "text"}
"""What PostgreSQL calls a column's type; rows go as they are, so a type that SQLAlchemy would change is none."""


class Bulk:
    """How rows come into a table."""

    def __init__(self, table: Table) -> None:
        """
        Args:
            table: Its columns are of the types that are known here.

        Raises:
            TypeError: One is of another, which would go in unread.
        """
        strange = [column.name for column in table.columns if type(column.type) not in _TYPES]
        if strange:
            raise TypeError(f"{table.name} has columns that are not taken in bulk: {', '.join(strange)}")
        names = [column.name for column in table.columns]
        listed = ", ".join(f'"{name}"' for name in names)
        self._parts: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*names)
        self._types = [_TYPES[type(column.type)] for column in table.columns]
        self._copy = f"COPY {table.name} ({listed}) FROM STDIN (FORMAT BINARY)"
        insert = f"INSERT INTO {table.name} ({listed}) VALUES "  # noqa: S608  # names of our own tables
        self._inserts = {
            style: f"{insert}({', '.join([mark] * len(names))})"
            for style, mark in (("qmark", "?"), ("pyformat", "%s"))
        }

    def insert(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows, each with a value for every column of the table."""
        values = list(map(self._parts, rows))
        if not values:
            return
        dialect = connection.dialect
        if dialect.name == "postgresql" and len(values) >= COPIED_FROM_ROWS:
            self._copied(connection, values)
        else:
            connection.exec_driver_sql(self._inserts[dialect.paramstyle], values)

    def _copied(self, connection: Connection, values: Sequence[tuple[Any, ...]]) -> None:
        """COPY is no statement to SQLAlchemy: what goes wrong in it looks as in any other all the same."""
        driver: Any = connection.connection.driver_connection
        dialect = connection.dialect
        error_type = dialect.loaded_dbapi.Error
        try:
            with driver.cursor() as cursor, cursor.copy(self._copy) as copy:
                copy.set_types(self._types)
                for row in values:
                    copy.write_row(row)
        except error_type as error:
            gone = dialect.is_disconnect(error, driver, None)
            if gone:
                connection.invalidate(error)
            raise DBAPIError.instance(
                self._copy,
                None,
                error,
                error_type,
                hide_parameters=True,
                connection_invalidated=gone,
                dialect=dialect,
            ) from error
