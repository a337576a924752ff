"""A copy of a client's record holds less than the page, and says so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casework import instruments, retracting
from server.errors import NotAssigned
from server.services.desk import copies
from server.services.desk.copies import Copied, Copy, Wanted
from server.services.keeping import exporting
from sync import Json

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_scores import GRAVE, LITTLE, sit

ZONE = ZoneInfo("America/New_York")


def copy_of(desk: Desk, client: str, by: str = "lead", **wanted: Any) -> Copy:
    """A copy that somebody takes for the client's care."""
    asked = Wanted(**{"purpose": "care", **wanted})
    return desk.ask(
        lambda session: copies.copied(session, desk.house.sealer, desk.people[by], client, asked, ZONE)
    )


def ids(copied: tuple[Copied, ...]) -> list[str]:
    """The records, in their order."""
    return [each.reading.entry.shown.id for each in copied]


def test_a_copy_holds_who_it_is_and_everything_that_happened(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Whoever reads on paper finds what the page shows, the newest first."""
    first = desk.note(ana, cared_for)
    danger = desk.risk(ana, cared_for)
    desk.clock.ms += HOUR_MS
    second = desk.note(ana, cared_for)

    found = copy_of(desk, cared_for)

    assert ids(found.standing) == [cared_for, danger]
    assert ids(found.happened) == [second, first]
    assert (found.records, found.unprinted, found.too_old) == (4, 0, 0)
    assert found.names["ana"] == "Ana"


def test_no_copy_holds_a_confidential_address(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Paper lies on kitchen tables. That there is one is said, where it is not."""
    for id_, kind in (("shelter", "confidential"), ("home", "home")):
        place: Json = {"kind": kind, "lines": [f"4 {id_} lane"]}
        desk.save(ana, cared_for, "address", id_, place=place, state="current")

    found = copy_of(desk, cared_for, answers=True)

    assert ids(found.standing) == [cared_for, "home"]
    assert [each.id for each in found.head.addresses] == ["home"]
    assert found.unprinted == 1


def test_what_was_written_in_the_wrong_chart_is_in_no_copy_and_no_export(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """It is another client's story; supervisors see it on the page, and hand it to nobody."""
    for wrong in (desk.note(ana, cared_for), sit(desk, ana, cared_for, LITTLE)):
        type_ = "note" if wrong.startswith("note") else "assessment"
        life = retracting.retract(ana.view(type_, wrong), "wrong_client")
        desk.save(ana, cared_for, type_, wrong, **{"$life": life})
    right = desk.note(ana, cared_for)

    found = copy_of(desk, cared_for)
    exported = desk.ask(
        lambda session: exporting.export(session, desk.house.sealer, desk.people["lead"], cared_for)
    )

    assert ids(found.happened) == [right]
    assert [course.sittings for course in found.courses] == [()]
    assert [record["id"] for record in exported["records"] if record["type"] != "client"] == [right]


def test_answers_in_confidence_are_copied_only_where_they_are_asked_for(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Most copies do not need them; a mark for one of them would tell it as well."""
    sit(desk, ana, cared_for, GRAVE)

    without, with_ = copy_of(desk, cared_for), copy_of(desk, cared_for, answers=True)

    assert [each.told for each in without.happened] == [False]
    assert [each.told for each in with_.happened] == [True]
    assert [len(each.courses[0].sittings[0].alerts) for each in (without, with_)] == [0, 2]
    assert [each.courses[0].sittings[0].total for each in (without, with_)] == [11, 11]
    assert [each.told for each in copy_of(desk, cared_for, "ana").happened] == [False]
    assert not copy_of(desk, cared_for, "ana").courses[0].sittings[0].alerts


def test_what_was_asked_alone_is_on_no_paper(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Neither answers nor result, and no reason of a danger that tells them, whatever the purpose."""
    alone = {**instruments.load("phq2").source, "id": "alone", "version": "1", "ask_alone": True}
    desk.put("lead", "agency", "instrument", "alone", whole={"definition": alone})
    answers: Json = {"q1": "nearly_every_day", "q2": "nearly_every_day"}
    desk.save(
        ana,
        cared_for,
        "assessment",
        "it",
        instrument={"id": "alone", "version": "1"},
        answers=answers,
        worker="ana",
    )
    flag = desk.risk(ana, cared_for)
    reasons: list[Json] = [{"rule": "spoke", "instrument": "alone 1", "assessment": "it", "at": desk.now()}]
    desk.save(ana, cared_for, "risk_flag", flag, level={"level": "imminent", "reasons": reasons})

    found = copy_of(desk, cared_for, answers=True)

    assert [each.told for each in found.happened] == [False]
    assert [(each.score, each.told, each.alerts) for each in found.courses[0].sittings] == [(None, False, ())]
    assert {each.reading.entry.shown.type: each.told for each in found.standing} == {
        "client": True,
        "risk_flag": False,
    }


def test_a_copy_of_some_days_begins_and_ends_where_they_do_here(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A day is the agency's, not Greenwich's; who the client is stands in every copy."""
    day = date(2026, 3, 10)
    # In New York, where it is four or five hours earlier: the evening before, the evening, and after midnight.
    _at(desk, "2026-03-10T03:00:00+00:00")
    desk.note(ana, cared_for)
    _at(desk, "2026-03-11T03:00:00+00:00")
    evening = desk.note(ana, cared_for)
    sit(desk, ana, cared_for, LITTLE)
    _at(desk, "2026-03-11T05:00:00+00:00")
    desk.note(ana, cared_for)

    found = copy_of(desk, cared_for, since=day, until=day)

    assert ids(found.happened) == [evening]
    assert ids(found.standing) == [cared_for]
    assert [course.sittings for course in found.courses] == [()]


def _at(desk: Desk, moment: str) -> None:
    """Move the clock on."""
    ms = round(datetime.fromisoformat(moment).timestamp() * 1000)
    assert ms > desk.clock.ms, "the tests' clock only goes on"
    desk.clock.ms = ms


def test_a_copy_that_is_too_long_says_how_much_it_leaves_out(
    desk: Desk, ana: Scripted, cared_for: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that looked whole and was not would be worse than none."""
    monkeypatch.setattr(copies, "RECORDS_MAX", 2)
    for _number in range(3):
        desk.clock.ms += HOUR_MS
        last = desk.note(ana, cared_for)

    found = copy_of(desk, cared_for)

    assert ids(found.happened)[0] == last
    assert (found.records, found.too_old) == (2, 2)


def test_a_copy_is_taken_by_those_who_answer_for_the_client(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Nobody else, whatever they write as its purpose."""
    assert copy_of(desk, cared_for, "aud").records == 1
    for by in ("dan", "ben", "ida"):
        with pytest.raises(NotAssigned):
            copy_of(desk, cared_for, by)


def test_a_copy_costs_the_same_statements_however_long_it_is(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Five hundred records in five hundred statements is no page."""
    desk.note(ana, cared_for)
    with desk.counted() as few:
        copy_of(desk, cared_for)
    for _number in range(6):
        desk.note(ana, cared_for)
    with desk.counted() as many:
        copy_of(desk, cared_for)

    assert len(few) == len(many)
