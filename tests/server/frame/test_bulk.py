"""Rows that come many at a time are the same rows, and what goes wrong with them is the same error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.exc import DBAPIError

from server.bulk import COPIED_FROM_ROWS, Bulk
from server.db import Database
from server.settings import Providers

metadata = MetaData()
kept = Table(
    "kept",
    metadata,
    Column("key", Text, primary_key=True),
    Column("position", BigInteger),
    Column("said", Text),
    Column("open", Boolean),
    Column("box", LargeBinary),
)
COUNTS = (0, 1, COPIED_FROM_ROWS - 1, COPIED_FROM_ROWS, 3 * COPIED_FROM_ROWS)


@pytest.fixture
def database(database_url: str, providers: Providers) -> Iterator[Database]:
    """A database with one empty table."""
    database = Database(database_url, providers)
    metadata.create_all(database.engine)
    yield database
    metadata.drop_all(database.engine)
    database.close()


def rows(count: int) -> list[dict[str, Any]]:
    """Rows with everything that a format might trip over."""
    said = ("", "a\tb\nc\\N", None, "Ñandú, 空", "%s ? :p")
    return [
        {"box": bytes([number, 0, 255]), "key": f"k{number:02}", "open": number % 2 == 0}
        | {"position": number << 40, "said": said[number % len(said)]}
        for number in range(count)
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_what_comes_in_bulk_is_what_was_given(database: Database, count: int) -> None:
    """The log keeps signed bytes: a road that changed one would break every signature after it."""
    with database.writing() as session:
        Bulk(kept).insert(session.connection(), rows(count))

    with database.reading() as session:
        found = session.execute(select(kept).order_by(kept.c.key)).all()
    assert [dict(row._mapping) for row in found] == rows(count)


@pytest.mark.parametrize("count", COUNTS[1:])
def test_a_row_that_is_there_is_an_error_of_the_database_as_anywhere(database: Database, count: int) -> None:
    """What tries a transaction again, or tells that a disk is full, knows errors of one family only."""
    with database.writing() as session:
        Bulk(kept).insert(session.connection(), rows(1))
    with pytest.raises(DBAPIError) as caught, database.writing() as session:
        Bulk(kept).insert(session.connection(), rows(count))

    assert "k00" not in str(caught.value).replace(str(caught.value.orig), "")
    with database.reading() as session:
        assert len(session.execute(select(kept)).all()) == 1


def test_a_column_that_would_go_in_unread_is_refused() -> None:
    """SQLAlchemy writes some types otherwise than they are given; past it they would be stored wrong."""
    table = Table("odd", MetaData(), Column("key", Text, primary_key=True), Column("said", JSON))

    with pytest.raises(TypeError, match="odd has columns that are not taken in bulk: said"):
        Bulk(table)
