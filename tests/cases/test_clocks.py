"""Clocks that are wrong, and tablets that come back after a long time."""

from __future__ import annotations

from .agreement import meet
from .kit import Agency, Carried

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
Pair = tuple[Carried, Carried]


def test_a_clock_a_year_ahead_wins_once_and_then_honest_edits_do(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The server caps it at receipt, and nobody's clock is drawn along with it."""
    ana, ben = pair
    ana.skew_ms = 365 * DAY_MS
    ana.update(client, language="fr")
    ana.sync()
    agency.clock.ms += HOUR_MS
    ben.update(client, language="es")
    meet(ana, ben)

    assert ana.value(client, "language") == ben.value(client, "language") == "es"
    agency.clock.ms += HOUR_MS
    ben.update(client, preferred_name="Annie")
    made = ben.replica.own.get(ben.tablet.pending()[0].name)
    assert made is not None
    assert made.made.at.ms <= agency.clock.ms + DAY_MS, "no device adopts what lies far ahead"
    ana.update(client, preferred_name="Bo")
    meet(ana, ben)
    ana.skew_ms = 0
    agency.clock.ms += HOUR_MS
    ben.update(client, preferred_name="Bea")
    meet(ana, ben)
    assert ana.values(client, "preferred_name") == ["Bea"]


def test_a_capped_time_is_shown_with_the_outcome_while_the_page_is_behind(
    agency: Agency, client: str
) -> None:
    """What the tablet shows of its own work is ordered as the server orders it, from the outcome on."""
    ana, ben = agency.carry("ana", page_bytes=300), agency.carry("ben")
    ana.sync(), ben.sync()
    for number in range(4):
        ben.note(client, heading=f"{number}", narrative="x" * 200)
    ben.sync()
    ana.skew_ms = 365 * DAY_MS
    ana.update(client, language="fr")
    ana.one_page()

    by = ana.item("client", client).view.units["language"].by
    assert by is not None
    assert by.at.ms == agency.clock.ms
    assert not ana.sync().waiting
    meet(ana, ben)


def test_a_clock_set_back_loses_nothing_and_keeps_the_order_of_saves(
    agency: Agency, pair: Pair, client: str
) -> None:
    """Causality decides what survives: the later save of one tablet replaces the earlier, whatever its clock says."""
    ana, ben = pair
    ana.update(client, language="es")
    ana.sync()
    ana.skew_ms = -30 * DAY_MS
    ana.update(client, language="fr")
    ana.update(client, preferred_name="Annie")
    ben.update(client, pronouns="she/her")
    meet(ana, ben)

    assert ana.values(client, "language") == ben.values(client, "language") == ["fr"]
    assert ben.value(client, "preferred_name") == "Annie"
    assert ana.value(client, "pronouns") == "she/her"
    assert ana.tablet.status().clock_offset_ms == 30 * DAY_MS


def test_work_of_a_wrong_clock_lies_inside_its_grant_all_the_same(agency: Agency) -> None:
    """Access is judged by the corrected time: a tablet that is a day behind was assigned when it wrote."""
    client = agency.register("ana", "ben")
    ben, ana = agency.carry("ben", skew_ms=-DAY_MS), agency.carry("ana")
    ana.sync(), ben.sync()
    agency.clock.ms += HOUR_MS
    ben.update(client, language="es")
    agency.clock.ms += HOUR_MS
    agency.unassign("ben", client)
    agency.clock.ms += HOUR_MS
    meet(ben, ana)

    assert ana.value(client, "language") == "es"
    assert agency.inbox() == []


def test_forty_days_offline(agency: Agency, pair: Pair, client: str) -> None:
    """A month of work and a month of other people's: one sync brings both, and little is asked."""
    ana, ben = pair
    leaves = agency.register("ben")
    ben.sync()
    for day in range(40):
        agency.clock.ms += DAY_MS
        ben.note(client, heading=f"day {day}", author="ben")
        ben.update(client, language=("es", "fr")[day % 2])
        ana.update(client, preferred_name=f"name {day}")
        ana.sync()
        if day == 10:
            ana.update(client, date_of_birth="1950-01-02")
            ben.update(client, date_of_birth="1950-02-01")
        if day == 20:
            agency.unassign("ben", leaves)
            comes = agency.register("ben")
    ben.lock(), ben.unlock()
    trips = len(ben.road.trips)
    meet(ben, ana)

    assert ben.road.trips[trips:][0].status == 200
    assert ben.subjects() == {client, comes}
    assert ana.tablet.records("note").about(client).count() == 40
    assert ana.values(client, "language") == ["fr"]
    assert ben.value(client, "preferred_name") == "name 39"
    assert list(ben.item("client", client).undecided) == ["date_of_birth"]
