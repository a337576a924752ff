"""Every measure runs, on a tiny size; what it says about speed is not judged here."""

from collections.abc import Iterator

import pytest

from bench import crowd, exchange, flat, fleet, long_log, merge, tablet
from bench.figures import Scale
from bench.serving import PostgreSQL

TINY = Scale(quick=True)


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """One PostgreSQL for all measures that want one."""
    with PostgreSQL() as server:
        yield server


def test_a_day_gives_every_figure_that_is_wanted() -> None:
    """Real server, real tablets, and both hold what was written: else there would be no figures."""
    found = exchange.a_day(TINY)

    assert exchange.WANTED.keys() <= found.keys()
    assert found["no-op: requests"] == 1
    assert found["echo of one's own push: rows that came back"] == 0


def test_a_rush_is_counted_on_sqlite() -> None:
    """All records that eight tablets pushed are there as they were written."""
    assert set(crowd.a_rush("sqlite", None, TINY, "x")) == {
        "x: records accepted",
        "x: server and database CPU",
    }


@pytest.mark.postgres
def test_a_rush_is_counted_on_postgresql(database: PostgreSQL) -> None:
    """The database's own processor time is counted, too."""
    assert crowd.a_rush("postgresql", database, TINY, "x")["x: server and database CPU"] > 0


def test_what_is_held_is_compared_at_each_size() -> None:
    """Two databases, one grown out of the other, and servers that take turns."""
    figures = {figure.what: figure for figure in flat.measure(TINY)}

    assert figures["no-op, 400 records held: bytes against 200 records held"].value == pytest.approx(
        1, abs=0.1
    )
    assert "ten edits, 400 records held: server CPU against 200 records held" in figures


@pytest.mark.postgres
def test_a_long_log_is_compared_with_a_short_one(database: PostgreSQL) -> None:
    """The large database holds copies of the first agency, and still takes and gives its records."""
    figures = {figure.what.partition(": ")[2]: figure for figure in long_log.compared(database, TINY)}

    assert "accept, time against one agency alone" in figures
    assert "pull, server and database CPU against one agency alone" in figures
    assert any(figure.unit == "MiB" for figure in figures.values())


@pytest.mark.postgres
def test_a_fleet_is_served_without_an_error(database: PostgreSQL) -> None:
    """Each tablet had its outcomes and its records."""
    assert fleet.a_morning(database, TINY)["300 tablets in 10 s: errors"] == 0


def test_the_store_is_measured_by_its_own_program() -> None:
    """Its figures come with its bars."""
    assert any(figure.bar is not None for figure in tablet.measure(TINY))


def test_the_merge_core_is_measured() -> None:
    """In writes a second, and in memory of a record."""
    assert all(figure.value > 0 for figure in merge.measure(TINY))
