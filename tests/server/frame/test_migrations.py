from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from server.db import Database
from server.migrations import at_head, check, downgrade, upgrade
from server.settings import Providers


@pytest.fixture
def engine(database_url: str, providers: Providers) -> Iterator[Engine]:
    """An empty database of either kind."""
    database = Database(database_url, providers)
    yield database.engine
    database.close()


def test_one_history_makes_every_table_as_the_code_has_it(engine: Engine) -> None:
    """On both databases, from nothing; and asking twice changes nothing."""
    upgrade(engine)
    upgrade(engine)
    check(engine)
    with engine.connect() as connection:
        newest = at_head(connection)

    assert newest
    assert {"agency", "person", "device", "enrolment_code", "nonce"} <= set(inspect(engine).get_table_names())


def test_the_history_goes_back_too(engine: Engine) -> None:
    """A release that goes wrong can be taken back."""
    upgrade(engine)
    downgrade(engine)

    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    check(engine)


def test_an_empty_database_is_behind(engine: Engine) -> None:
    """`/readyz` says so instead of failing at the first request."""
    with engine.connect() as connection:
        assert not at_head(connection)


def test_every_key_begins_with_the_agency(engine: Engine) -> None:
    """So that tables can be spread by agency, and no agency meets another's rows."""
    upgrade(engine)
    found = inspect(engine)
    keys = {
        (table, tuple(columns))
        for table in set(found.get_table_names()) - {"alembic_version"}
        for columns in [
            found.get_pk_constraint(table)["constrained_columns"],
            *[unique["column_names"] for unique in found.get_unique_constraints(table)],
        ]
    }

    assert {key for key in keys if key[1][0] != "agency"} == set()


def test_a_failed_step_leaves_nothing_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half made database would be neither old nor new."""
    monkeypatch.setattr("server.migrations._distribute", fail)
    with pytest.raises(LookupError):
        upgrade(engine)

    assert inspect(engine).get_table_names() == []


def fail(connection: object) -> None:
    """Something breaks after the last step."""
    raise LookupError


@pytest.mark.postgres
def test_tables_are_spread_where_citus_is_there(postgresql: str) -> None:
    """Played by a schema that answers as Citus would: each table with an agency is asked for once."""
    from server.migrations import _UNSPREAD

    engine = create_engine(postgresql)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA played; SET LOCAL search_path = played"))
        connection.execute(text("CREATE TABLE pg_dist_partition (logicalrelid regclass)"))
        connection.execute(
            text("CREATE TABLE spread (agency text); CREATE TABLE unspread (agency text, b text)")
        )
        connection.execute(text("INSERT INTO pg_dist_partition VALUES ('spread')"))
        asked = connection.scalars(text(_UNSPREAD)).all()
        connection.rollback()
    engine.dispose()

    assert asked == ["unspread"]
