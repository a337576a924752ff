"""The week, intake, cover, and the rotas behind them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casework import BadAnswer, UnknownField
from server.errors import NotAssigned, Overtaken, Refused
from server.services.access import grants, people
from server.services.desk import days, overtaking, schedule, staffing
from server.services.desk.schedule import Absence, Covered, WorkerWeek
from sync import Json, Life

from ..exchange.conftest import HOUR_MS, NORTH, SOUTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_home import counts, plan

DAY_MS = 24 * HOUR_MS
ZONE = ZoneInfo("America/New_York")


def today(desk: Desk) -> date:
    """The day that it is at the agency."""
    return days.today(ZONE, desk.clock.ms).first


def week(desk: Desk, by: str = "lead", day: date | None = None, **options: Any) -> dict[str, WorkerWeek]:
    """{worker: line} of a week."""
    page = desk.ask(
        lambda session: schedule.week(
            session, desk.house.sealer, desk.people[by], day or today(desk), **options
        )
    )
    return {line.worker: line for line in page.rows}


def cover(
    desk: Desk, first: date, last: date, by: str = "lead", absent: str = "ana", to: str = "ben"
) -> Covered:
    """A supervisor covers an absence."""
    return desk.act(
        lambda book: schedule.cover(book, desk.people[by], absent, to, first, last, desk.house.providers)
    )


def seen(desk: Desk, type_: str, worker: str) -> tuple[str, ...]:
    """What somebody has before them of a rota."""
    shown = desk.ask(
        lambda session: staffing.read(session, desk.house.sealer, desk.people["ida"], type_, worker)
    )
    return overtaking.names([shown])


def be_absent(desk: Desk, worker: str, since: str, until: str, by: str = "lead") -> str:
    """Somebody writes an absence down."""
    span: dict[str, Json] = {"kind": "sick", "since": since, "until": until}
    before = seen(desk, "absence", worker)
    return desk.act(
        lambda book: staffing.be_absent(book, desk.people[by], worker, span, before, desk.house.providers)
    )


def test_a_week_shows_visits_absences_and_cover(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """One page says who is where, who is not, and who sees whom for a time only."""
    day = today(desk)
    visit = plan(desk, cared_for, "ana")
    be_absent(desk, "ana", day.isoformat(), day.isoformat())
    desk.assign("ben", cared_for, kind="cover", ends_ms=desk.clock.ms + DAY_MS)

    found = week(desk)
    assert list(found) == ["ana", "ben", "lead", "sue"]
    line = found["ana"]
    assert [(v.id, v.name, v.day, v.cancelled_by, v.outcome) for v in line.visits] == [
        (visit, "Ybarra, Luz", day, "nobody", "")
    ]
    assert line.absences == (Absence("sick", day.isoformat(), day.isoformat()),)
    assert line.absent_on(day)
    assert [(c.client, c.name, c.kind) for c in found["ben"].covers] == [(cared_for, "Ybarra, Luz", "cover")]
    assert list(week(desk, "dan")) == ["cleo", "dan"]


def test_a_week_is_the_agencys_and_costs_the_same_for_many(desk: Desk, cared_for: str) -> None:
    """Next Monday's visit is next week's; two hundred workers are no slower a row."""
    plan(desk, cared_for, "ana", in_hours=24 * 8)
    assert all(not line.visits for line in week(desk).values())
    following = date.fromordinal(today(desk).toordinal() + 8)
    assert len(week(desk, day=following)["ana"].visits) == 1
    plan(desk, cared_for, "ana")
    with desk.counted() as few:
        assert len(week(desk, rows=1)) == 1
    for _ in range(3):
        plan(desk, cared_for, "ana")
        plan(desk, cared_for, "ben")
    with desk.counted() as many:
        assert len(week(desk)) == 4

    assert len(many) == len(few)


def test_a_week_with_names_is_for_supervisors(desk: Desk) -> None:
    """Deny by default."""
    for by in ("ana", "ida", "aud"):
        with pytest.raises(NotAssigned):
            week(desk, by)


def test_a_referral_is_taken_in_and_waits_to_be_assigned(desk: Desk) -> None:
    """Intake is two acts: the client, and what they were referred for."""
    client = desk.register(place=NORTH)
    units: dict[str, Json] = {"referral_source": "hospital", "reason": "Lives alone."}
    episode = desk.act(
        lambda book: schedule.open_episode(book, desk.people["lead"], client, units, desk.house.providers)
    )

    shown = desk.show("episode", episode)
    assert (shown.value("status"), shown.value("received_at")) == ("referred", desk.now())
    assert counts(desk)["unassigned"] == 1
    for by, more, wrong in (
        ("dan", {}, NotAssigned),
        ("ida", {}, NotAssigned),
        ("lead", {"status": "lost"}, BadAnswer),
        ("lead", {"mood": "x"}, UnknownField),
    ):
        with pytest.raises(wrong):
            desk.act(
                lambda book, b=by, m=more: schedule.open_episode(
                    book, desk.people[b], client, m, desk.house.providers
                )
            )


def test_a_visit_is_planned_for_somebody_who_sees_the_client_then(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A visit in the plan of somebody who has no address is a visit that nobody makes."""
    start: Json = {"planned": {"start": desk.now(plus_s=3600)}}

    def make(worker: str, units: Any, by: str = "lead") -> str:
        return desk.act(
            lambda book: schedule.plan(book, desk.people[by], cared_for, worker, units, desk.house.providers)
        )

    visit = make("ana", start)
    ana.sync()
    assert ana.value(cared_for, "worker", type_="visit", id_=visit) == "ana"
    with pytest.raises(NotAssigned, match="sees the client then"):
        make("ben", start)
    desk.assign("ben", cared_for, kind="cover", ends_ms=desk.clock.ms + 1000)
    with pytest.raises(NotAssigned, match="sees the client then"):
        make("ben", start)
    with pytest.raises(Refused, match="for a time"):
        make("ana", {})
    with pytest.raises(NotAssigned):
        make("ana", start, by="dan")
    with pytest.raises(BadAnswer):
        make("ana", {"planned": {"start": "soon"}})


def test_cover_moves_the_visits_and_ends_by_itself(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Covered in one act; afterwards the client is gone from the tablet that covered."""
    ben = desk.tablet("ben")
    day = today(desk)
    old, later = plan(desk, cared_for, "ana"), plan(desk, cared_for, "ana", in_hours=72)
    other = desk.register()
    desk.assign("ana", other)
    done = cover(desk, day, day)
    ben.sync()
    ana.sync()

    assert done.clients == (cared_for,)
    assert done.begun == ()
    (new,) = done.visits
    assert (desk.show("visit", new).value("worker"), desk.show("visit", old).life) == ("ben", Life.RETRACTED)
    assert desk.show("visit", new).value("planned") == desk.show("visit", old).value("planned")
    assert desk.show("visit", later).life is Life.ACTIVE
    assert ben.value(cared_for, "worker", type_="visit", id_=new) == "ben"
    assert (cared_for in ana.subjects, other in ben.subjects) == (True, False)
    assert [visit.id for visit in week(desk)["ben"].visits] == [new]
    desk.clock.ms += DAY_MS
    ben.sync()
    assert cared_for not in ben.subjects


def test_a_visit_that_has_begun_is_never_moved(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """What somebody recorded stays where it was recorded."""
    visit = plan(desk, cared_for, "ana")
    ana.sync()
    desk.save(ana, cared_for, "visit", visit, begin={"device_at": desk.now(), "method": "manual"})
    done = cover(desk, today(desk), today(desk))

    assert (done.visits, done.begun) == ((), (visit,))
    assert desk.show("visit", visit).life is Life.ACTIVE


def test_a_client_who_is_not_visited_alone_is_visited_by_two(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The warning is no note that somebody overlooks: nobody is planned to go there alone."""
    ben, start = desk.tablet("ben"), desk.now(plus_s=3600)
    desk.save(ana, cared_for, "client", cared_for, do_not_visit_alone="yes")

    def make(second: str = "", by: str = "lead") -> str:
        units: dict[str, Json] = {"planned": {"start": start}}
        return desk.act(
            lambda book: schedule.plan(
                book, desk.people[by], cared_for, "ana", units, desk.house.providers, second=second
            )
        )

    with pytest.raises(Refused, match="not visited alone"):
        make()
    for second, wrong in (("ana", Refused), ("cleo", NotAssigned), ("nobody", NotAssigned)):
        with pytest.raises(wrong):
            make(second)
    visit = make("ben")
    ana.sync()
    ben.sync()

    both = {name: week(desk)[name].visits for name in ("ana", "ben")}
    assert [seen.id for seen in both["ana"]] == [visit]
    (other,) = both["ben"]
    assert ana.value(cared_for, "joint_with", type_="visit", id_=visit) == ["ben"]
    assert ben.value(cared_for, "joint_with", type_="visit", id_=other.id) == ["ana"]
    desk.clock.ms += 2 * DAY_MS
    ben.sync()
    assert cared_for not in ben.subjects
    desk.put("lead", cared_for, "client", cared_for, do_not_visit_alone="no")
    start = desk.now(plus_s=3600)
    assert make()


def test_covering_sends_nobody_alone_to_whom_nobody_goes_alone(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Who covers takes the place of one of two, and never that of the only one."""
    single = plan(desk, cared_for, "ana", in_hours=2)
    desk.save(ana, cared_for, "client", cared_for, do_not_visit_alone="yes")
    units: dict[str, Json] = {"planned": {"start": desk.now(plus_s=3600)}}
    visit = desk.act(
        lambda book: schedule.plan(
            book, desk.people["lead"], cared_for, "ana", units, desk.house.providers, second="sue"
        )
    )
    (beside,) = week(desk)["sue"].visits
    done = cover(desk, today(desk), today(desk))

    assert (done.alone, len(done.visits)) == ((single,), 1)
    moved = desk.show("visit", done.visits[0])
    assert (moved.value("worker"), moved.value("joint_with")) == ("ben", ["sue"])
    assert desk.show("visit", beside.id).value("joint_with") == ["ben"]
    assert [desk.show("visit", id_).life for id_ in (visit, single)] == [Life.RETRACTED, Life.ACTIVE]
    again = cover(desk, today(desk), today(desk), absent="ben", to="sue")
    assert (again.alone, again.visits) == (done.visits, ())


def test_what_covering_would_move_is_said_before(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The page lists the visits; a cancelled one and one that was made are not among them."""
    first, second = plan(desk, cared_for, "ana"), plan(desk, cared_for, "ana")
    cancelled = plan(desk, cared_for, "ana")
    desk.put("lead", cared_for, "visit", cancelled, cancelled_by="client")
    desk.put("lead", cared_for, "visit", second, outcome={"outcome": "made"})

    found = desk.ask(
        lambda session: schedule.planned_of(
            session,
            desk.house.sealer,
            desk.people["lead"],
            "ana",
            days.today(ZONE, desk.clock.ms),
        )
    )
    assert [(visit.id, visit.name) for visit in found] == [(first, "Ybarra, Luz")]


def test_covering_twice_gives_one_grant(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A second act on the same days adds visits and no further access."""
    day = today(desk)
    plan(desk, cared_for, "ana")
    cover(desk, day, day)
    plan(desk, cared_for, "ana", in_hours=2)
    cover(desk, day, day)

    open_ = desk.ask(lambda session: grants.open_grants(session, "a1", "ben", cared_for))
    assert [row.kind for row in open_] == ["cover"]
    assert len(week(desk)["ben"].visits) == 2


def test_a_cover_that_cannot_be_is_refused(desk: Desk, cared_for: str) -> None:
    """Space outside the rule."""
    day = today(desk)
    for first, last, by, absent, to, wrong in (
        (day, day, "lead", "ana", "ana", Refused),
        (day, date.fromordinal(day.toordinal() - 1), "lead", "ana", "ben", Refused),
        (day, date.fromordinal(day.toordinal() + 60), "lead", "ana", "ben", Refused),
        (day, day, "lead", "ana", "cleo", NotAssigned),
        (day, day, "dan", "ana", "cleo", NotAssigned),
        (day, day, "lead", "ana", "aud", NotAssigned),
    ):
        with pytest.raises(wrong):
            cover(desk, first, last, by, absent, to)


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
