from __future__ import annotations

from pathlib import Path

from doorstep_cli.demo import waiting
from doorstep_cli.demo.stage import Tell, set_up
from server.services.access import people
from server.services.desk import home, late, scores


def test_after_the_demo_something_of_each_kind_waits_at_the_office(tmp_path: Path, tell: Tell) -> None:
    """Whoever signs in sees pages with something to decide, made by two real tablets."""
    with set_up(tmp_path / "demo", 0, tell, lambda done, all_: None) as stage:
        stage.ana.sync()
        stage.ben.sync()
        waiting.leave(stage)
        house = stage.house
        with house.database.reading() as session:
            by = people.person(session, stage.agency.id, stage.agency.supervisor)
            seen = home.home(session, house.sealer, by, now_ms=house.providers.now_ms(), since_ms=0)
            held = [entry.code for entry in late.inbox(session, house.sealer, by)]
            client = stage.agency.clients[0]
            asked = scores.asking(session, house.sealer, by.agency, None)
            courses = scores.courses(session, house.sealer, by, asked, client)
    waits = {number.name: number.count for number in (*seen.now, *seen.today)}

    assert held == ["not_assigned"]
    assert waits["conflicts"] == 2
    assert waits["dangers"] == 2
    assert waits["review"] == 4
    assert (waits["visits"], waits["absent"]) == (7, 3)
    totals = {course.instrument: [each.total for each in course.sittings] for course in courses}
    assert totals == {"phq9": [17, 13, 15, None, 10, 7], "gad7": [13, 8]}
    assert [each.superseded for each in courses[0].sittings] == [False, True, False, False, False, False]
