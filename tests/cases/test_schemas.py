"""Programs of different ages about one record."""

from __future__ import annotations

import casework
from sync import Json, Write

from .agreement import meet, shown
from .kit import Agency, Carried

Pair = tuple[Carried, Carried]
NEWER = casework.SCHEMA + 1


def newer(tablet: Carried, client: str, unit: str, value: Json, *over: str) -> str:
    """A save by the program of next year, which knows more fields."""
    return tablet.unchecked(client, Write("client", client, unit, over, value), schema=NEWER)


def test_an_old_program_edits_a_record_that_has_new_units(agency: Agency, pair: Pair, client: str) -> None:
    """What it does not know it keeps and relays untouched, and its own edit takes nothing of it away."""
    ana, ben = pair
    name = newer(ana, client, "moon_sign", {"sign": "cancer"})
    ana.sync(), ben.sync()
    ben.update(client, language="es")
    with ben.tablet.edit(client) as edit:
        edit.update(
            edit.handle("client", client),
            preferred_name="Annie",
            hazards=[{"kind": "dog", "review_on": "2026-01-01"}],
        )
    meet(ben, ana)

    for tablet in pair:
        assert tablet.value(client, "moon_sign") == {"sign": "cancer"}
        assert tablet.value(client, "language") == "es"
    newer(ana, client, "moon_sign", {"sign": "leo"}, name)
    meet(ana, ben)
    assert ben.values(client, "moon_sign") == [{"sign": "leo"}]


def test_rivals_of_a_unit_that_only_newer_programs_know_both_stay(pair: Pair, client: str) -> None:
    """Whoever knows the field will ask; whoever does not loses neither value."""
    ana, ben = pair
    newer(ana, client, "moon_sign", "cancer")
    newer(ben, client, "moon_sign", "leo")

    meet(ana, ben)

    assert sorted(map(str, ana.values(client, "moon_sign"))) == ["cancer", "leo"]


def test_a_record_type_that_only_newer_programs_know_is_kept_and_relayed(
    agency: Agency, pair: Pair, client: str
) -> None:
    """A third tablet, enrolled later, gets it, too."""
    ana, ben = pair
    ana.unchecked(client, Write("horoscope", "h1", "text", (), "A good week."), schema=NEWER)
    meet(ana, ben)
    third = agency.carry("ben")
    meet(third, ana, ben)

    assert shown(third)["horoscope", "h1"]["text"][0] == "A good week."
