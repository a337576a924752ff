"""Rotas: requests and absences, duty, and supervision of record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.errors import NotAssigned, Overtaken, Refused
from server.services.access import people
from server.services.desk import days, overtaking, staffing
from sync import Json

from ..exchange.conftest import NORTH, SOUTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_schedule import ZONE, be_absent, seen, today, week


def test_a_request_of_a_worker_becomes_an_absence_by_the_offices_word(desk: Desk, ana: Scripted) -> None:
    """What stands in the plan is decided; the wish stands beside it."""
    ana.sync()
    day = today(desk).isoformat()
    wish: Json = {"kind": "leave", "since": day, "until": day}
    desk.save(ana, "ana", "absence", "ana", **{"spans/w1": wish})
    assert week(desk)["ana"].absences == ()
    be_absent(desk, "ana", day, day)

    assert [span.kind for span in week(desk)["ana"].absences] == ["sick"]


def test_two_who_keep_one_rota_are_told_of_each_other(desk: Desk) -> None:
    """The second absence must not be written over a first that nobody has read."""
    before = seen(desk, "absence", "ana")
    span: dict[str, Json] = {"kind": "sick", "since": "2026-11-24", "until": "2026-11-25"}
    add = [
        lambda book, by=by: staffing.be_absent(
            book, desk.people[by], "ana", span, before, desk.house.providers
        )
        for by in ("lead", "sue")
    ]
    id_ = desk.act(add[0])
    with pytest.raises(Overtaken) as refused:
        desk.act(add[1])

    assert [deed.by for deed in refused.value.deeds if isinstance(deed, overtaking.Deed)] == ["lead"]
    after = seen(desk, "absence", "ana")
    with pytest.raises(Overtaken):
        desk.act(
            lambda book: staffing.remove(
                book, desk.people["sue"], "absence", "ana", id_, before, desk.house.providers
            )
        )
    desk.act(
        lambda book: staffing.remove(
            book, desk.people["sue"], "absence", "ana", id_, after, desk.house.providers
        )
    )
    assert desk.show("absence", "ana").members("spans") == {}
    with pytest.raises(Refused, match="there is no absence"):
        desk.act(
            lambda book: staffing.remove(
                book,
                desk.people["sue"],
                "absence",
                "ana",
                id_,
                seen(desk, "absence", "ana"),
                desk.house.providers,
            )
        )


def test_rotas_are_listed_by_days_with_names(desk: Desk) -> None:
    """A span that touches the days belongs to them; one that is over does not."""
    be_absent(desk, "ana", "2026-11-20", "2026-11-24")
    be_absent(desk, "ben", "2026-11-25", "2026-11-26")
    be_absent(desk, "cleo", "2026-11-24", "2026-11-24", by="dan")

    def listed(by: str, type_: str = "absence") -> list[tuple[str, str, str]]:
        when = days.Days(date(2026, 11, 24), date(2026, 11, 24), ZONE)
        page = desk.ask(
            lambda session: staffing.spans(session, desk.house.sealer, desk.people[by], type_, when)
        )
        return [(span.name, span.since, span.until) for span in page.rows]

    assert listed("lead") == [("Ana", "2026-11-20", "2026-11-24")]
    assert [name for name, _, _ in listed("ida")] == ["Ana", "Cleo"]
    with pytest.raises(NotAssigned):
        listed("ana")
    with pytest.raises(Refused, match="a rota is one of"):
        listed("lead", "wishes")


def test_duty_is_kept_by_supervisors_of_the_office(desk: Desk) -> None:
    """Whoever is on duty for the north is named by the north."""

    def put(by: str, worker: str = "ana", office: str = NORTH) -> str:
        span: dict[str, Json] = {
            "place": "first",
            "office": office,
            "since": desk.now(),
            "until": desk.now(plus_s=3600),
        }
        before = seen(desk, "duty", worker)
        return desk.act(
            lambda book: staffing.put_on_duty(
                book, desk.people[by], worker, span, before, desk.house.providers
            )
        )

    put("lead")
    put("ida", "ben")
    for by, worker, office in (("dan", "ana", NORTH), ("lead", "ana", SOUTH), ("ana", "ana", NORTH)):
        with pytest.raises(NotAssigned):
            put(by, worker, office)
    when = days.today(ZONE, desk.clock.ms)
    page = desk.ask(
        lambda session: staffing.spans(session, desk.house.sealer, desk.people["lead"], "duty", when)
    )
    assert [(span.name, span.code) for span in page.rows] == [("Ana", "first"), ("Ben", "first")]


def test_supervision_of_record_is_named_by_administrators(desk: Desk) -> None:
    """Nobody chooses who reviews them, and nobody is their own supervisor."""

    def name(by: str, supervisor: str, worker: str = "ana") -> str:
        before = seen(desk, "supervision", worker)
        return desk.act(
            lambda book: staffing.supervise(
                book, desk.people[by], worker, supervisor, "2026-01-01", None, before, desk.house.providers
            )
        )

    span = name("ida", "sue")
    for by, supervisor, worker in (
        ("lead", "sue", "ana"),
        ("aud", "sue", "ana"),
        ("ida", "ben", "ana"),
        ("ida", "lead", "lead"),
        ("ida", "nobody", "ana"),
    ):
        with pytest.raises(NotAssigned):
            name(by, supervisor, worker)
    with pytest.raises(NotAssigned):
        desk.act(
            lambda book: staffing.remove(
                book,
                desk.people["lead"],
                "supervision",
                "ana",
                span,
                seen(desk, "supervision", "ana"),
                desk.house.providers,
            )
        )


def test_a_supervisor_of_two_offices_sees_both_until_she_leads_one_no_more(desk: Desk) -> None:
    """A vacancy is filled for a month, on the tablet too."""
    place = desk.id("office")
    desk.put("ida", "agency", "office", place, whole={"version": 1, "name": "Far"})
    dans = desk.register("dan")
    tablet = desk.tablet("lead")
    tablet.sync()
    assert dans not in tablet.subjects

    def act(what: Any, office: str, by: str = "ida", person: str = "lead") -> None:
        desk.act(lambda book: what(book, desk.people[by], person, office, desk.house.providers))

    desk.put("ida", "agency", "office", SOUTH, whole={"version": 1, "name": "South"})
    act(staffing.lead, SOUTH)
    tablet.sync()
    desk.people["lead"] = desk.ask(lambda session: people.person(session, "a1", "lead"))
    assert desk.people["lead"].led == {NORTH, SOUTH}
    assert dans in tablet.subjects
    assert desk.show("staff", "lead").value("offices") == [NORTH, SOUTH]
    late = desk.register("dan")
    tablet.sync()
    assert late in tablet.subjects
    for what, office, by, person, wrong in (
        (staffing.lead, SOUTH, "ida", "lead", Refused),
        (staffing.lead, "nowhere", "ida", "lead", Refused),
        (staffing.lead, NORTH, "ida", "lead", Refused),
        (staffing.lead, SOUTH, "lead", "sue", NotAssigned),
        (staffing.lead, SOUTH, "ida", "ana", NotAssigned),
        (staffing.stop_leading, NORTH, "ida", "lead", Refused),
    ):
        with pytest.raises(wrong):
            act(what, office, by, person)
    act(staffing.stop_leading, SOUTH)
    tablet.sync()
    assert not tablet.subjects & {dans, late}
    assert desk.show("staff", "lead").value("offices") == [NORTH]
