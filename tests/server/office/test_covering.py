"""Cover: whose visits move to whom, and where nobody may go alone."""

from __future__ import annotations

from datetime import date

import pytest

from server.errors import NotAssigned, Refused
from server.services.access import grants
from server.services.desk import days, schedule
from server.services.desk.schedule import Covered
from sync import Json, Life

from ..exchange.tablet import Scripted
from .conftest import Desk
from .test_home import plan
from .test_schedule import DAY_MS, ZONE, today, week


def cover(
    desk: Desk, first: date, last: date, by: str = "lead", absent: str = "ana", to: str = "ben"
) -> Covered:
    """A supervisor covers an absence."""
    return desk.act(
        lambda book: schedule.cover(book, desk.people[by], absent, to, first, last, desk.house.providers)
    )


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
