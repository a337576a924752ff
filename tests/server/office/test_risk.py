"""Risk: which dangers are open, and what supervisors do about them."""

from __future__ import annotations

from typing import Any

import pytest

from casework import NotAllowedYet, retracting
from server.errors import NotAssigned, Overtaken, Refused
from server.services.desk import risk
from server.services.desk.overtaking import Deed
from server.services.desk.risk import Act
from sync import LIFE, Life, Write

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk


def flags(desk: Desk, by: str = "lead", **options: Any) -> list[risk.Flag]:
    """The first page of a supervisor's list."""
    page = desk.ask(lambda session: risk.flags(session, desk.house.sealer, desk.people[by], **options))
    return list(page.rows)


def read(desk: Desk, client: str, kind: str = "self_harm", by: str = "lead") -> risk.FlagReading:
    """What a supervisor has before her."""
    return desk.ask(lambda session: risk.read(session, desk.house.sealer, desk.people[by], client, kind))


def act(desk: Desk, reading: risk.FlagReading, what: str, by: str = "lead", **more: Any) -> str:
    """A supervisor acts on what she has read."""
    kind = str(reading.flag.value("kind"))
    said = Act(reading.flag.subject, kind, what, reading.seen, **more)
    return desk.act(lambda book: risk.act(book, desk.people[by], said, desk.house.providers))


def test_the_highest_danger_comes_first_and_one_in_hand_after_one_that_waits(
    desk: Desk, ana: Scripted
) -> None:
    """A supervisor opens this list and begins at its top."""
    clients = [desk.register() for _ in range(4)]
    for client in clients:
        desk.assign("ana", client)
    ana.sync()
    for client, level in zip(clients, ("high", "imminent", "high", "low"), strict=True):
        desk.risk(ana, client, level)
        desk.clock.ms += HOUR_MS
    act(desk, read(desk, clients[0]), "assigned", to="ben")

    assert [(row.client, row.level, row.waits, row.assigned_name) for row in flags(desk)] == [
        (clients[1], "imminent", True, ""),
        (clients[2], "high", True, ""),
        (clients[0], "high", False, "Ben"),
    ]
    assert [row.client for row in flags(desk, only=risk.IN_HAND, assigned="ben")] == [clients[0]]
    assert [row.name for row in flags(desk, rows=1)] == ["Ybarra, Luz"]
    assert flags(desk, kind="elder_abuse") == []
    assert flags(desk, "dan") == []


def test_a_list_costs_the_same_for_one_flag_and_for_many(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A statement for each row would make the list slow on the worst of days."""
    desk.risk(ana, cared_for)
    with desk.counted() as few:
        flags(desk)
    for kind in ("elder_abuse", "unsafe_home", "child_abuse"):
        desk.risk(ana, cared_for, kind=kind)
    with desk.counted() as many:
        assert len(flags(desk)) == 4

    assert len(many) == len(few)


def test_acknowledging_takes_a_danger_in_hand_and_the_worker_sees_it(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Whoever raised it at the door knows that somebody has heard."""
    flag = desk.risk(ana, cared_for)
    assert read(desk, cared_for).waits
    made = act(desk, read(desk, cared_for), "acknowledged")
    ana.sync()

    reading = read(desk, cared_for)
    assert not reading.waits
    assert [(done.act, done.by, done.level) for done in reading.done] == [("acknowledged", "lead", "high")]
    told: Any = ana.value(cared_for, f"acts/{made}", type_="risk_flag", id_=flag)
    assert told["by"] == "lead"
    assert reading.names == {"ana": "Ana", "lead": "Lead"}


def test_a_level_written_since_waits_again(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Yesterday's acknowledgement is not of today's danger."""
    desk.risk(ana, cared_for)
    act(desk, read(desk, cared_for), "acknowledged")
    desk.risk(ana, cared_for, "imminent")

    assert [(row.level, row.waits) for row in flags(desk)] == [("imminent", True)]


def test_rival_levels_show_the_highest_with_every_reason(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Ben's lower level must not hide what Ana was told."""
    desk.assign("ben", cared_for)
    ben = desk.tablet("ben")
    ben.sync()
    desk.risk(ana, cared_for, "high")
    desk.clock.ms += HOUR_MS
    desk.risk(ben, cared_for, "moderate")

    reading = read(desk, cared_for)
    assert reading.level == "high"
    assert [(reason.by, reason.level) for reason in reading.reasons] == [("ana", "high"), ("ben", "moderate")]


def test_closing_says_why_and_lowers_over_all_that_was_seen(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A danger ends by a person's judgement, and the record says whose."""
    desk.risk(ana, cared_for)
    reading = read(desk, cared_for)
    with pytest.raises(Refused, match="why"):
        act(desk, reading, "closed")
    act(desk, reading, "closed", text="Seen today; she has no plan and her son is with her.")

    after = read(desk, cared_for)
    assert flags(desk) == []
    assert after.level == "none"
    assert [(reason.by, reason.text) for reason in after.reasons] == [
        ("lead", "Seen today; she has no plan and her son is with her.")
    ]


def test_a_danger_raised_after_it_was_closed_is_acted_on_by_the_same_supervisor(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Having closed the last one is no work of one's own in the new one."""
    desk.risk(ana, cared_for)
    ana.sync()
    desk.clock.ms += HOUR_MS
    act(desk, read(desk, cared_for), "closed", text="Seen today.")
    desk.risk(ana, cared_for, "imminent")

    act(desk, read(desk, cared_for), "acknowledged")
    assert not read(desk, cared_for).waits


def test_two_supervisors_act_on_one_danger_and_the_second_is_told(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """The second knows who closed it, and her words are not lost in it."""
    desk.risk(ana, cared_for)
    first, second = read(desk, cared_for), read(desk, cared_for, by="sue")
    act(desk, first, "closed", text="Seen today.", level="low")
    with pytest.raises(Overtaken) as refused:
        act(desk, second, "acted", "sue", text="Called the son.")

    deeds = {
        (deed.by, deed.unit.partition("/")[0], deed.what)
        for deed in refused.value.deeds
        if isinstance(deed, Deed)
    }
    assert deeds == {("lead", "acts", "closed"), ("lead", "level", "low")}
    act(desk, read(desk, cared_for, by="sue"), "acted", "sue", text="Called the son.")
    assert [(done.by, done.text) for done in read(desk, cared_for).done] == [
        ("lead", "Seen today."),
        ("sue", "Called the son."),
    ]


def test_a_danger_that_rises_while_somebody_reads_is_not_closed(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """What was closed must be what was read."""
    desk.risk(ana, cared_for)
    reading = read(desk, cared_for)
    desk.risk(ana, cared_for, "imminent")
    with pytest.raises(Overtaken):
        act(desk, reading, "closed", text="Seen today.")

    assert flags(desk)[0].level == "imminent"


def test_nobody_acts_on_a_danger_of_their_own_raising(desk: Desk, cared_for: str) -> None:
    """A second pair of eyes is the point."""
    tablet = desk.tablet("lead")
    tablet.sync()
    desk.risk(tablet, cared_for)
    with pytest.raises(NotAssigned, match="raised themselves"):
        act(desk, read(desk, cared_for), "acknowledged")

    act(desk, read(desk, cared_for, by="sue"), "acknowledged", "sue")
    assert not flags(desk)[0].waits


def test_who_acted_since_somebody_left_is_listed(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """On Monday a supervisor sees what was done over the weekend, and by whom."""
    desk.risk(ana, cared_for)
    act(desk, read(desk, cared_for), "acknowledged")
    desk.clock.ms += HOUR_MS
    since = desk.now()[:19] + "Z"
    act(desk, read(desk, cared_for, by="sue"), "closed", "sue", text="Seen today.")

    def acted(by: str) -> list[tuple[str, str, str, str]]:
        page = desk.ask(lambda session: risk.acts(session, desk.house.sealer, desk.people[by], since=since))
        return [(line.name, line.kind, line.act, line.by_name) for line in page.rows]

    assert acted("lead") == [("Ybarra, Luz", "self_harm", "closed", "Sue")]
    assert acted("dan") == []
    with pytest.raises(NotAssigned):
        acted("aud")


def test_only_supervisors_of_the_office_see_and_act(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Deny by default."""
    desk.risk(ana, cared_for)
    reading = read(desk, cared_for)
    for by in ("dan", "ida", "aud", "ana"):
        with pytest.raises(NotAssigned):
            read(desk, cared_for, by=by)
        with pytest.raises(NotAssigned):
            act(desk, reading, "acknowledged", by)


def test_an_act_that_says_nothing_is_refused_by_name(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """The form says which field is missing."""
    desk.risk(ana, cared_for, "low")
    reading = read(desk, cared_for)
    for what, more, rule in (
        ("liked", {}, "an act is one of"),
        ("assigned", {}, "to whom"),
        ("acted", {"text": " "}, "what was done"),
        ("closed", {"text": "x", "level": "high"}, "is closed to one of"),
    ):
        with pytest.raises(Refused, match=rule):
            act(desk, reading, what, **more)
    with pytest.raises(NotAssigned, match="no such person"):
        act(desk, reading, "assigned", to="nobody")
    with pytest.raises(NotAllowedYet, match="higher level"):
        act(desk, reading, "closed", text="Seen.", level="low")
    with pytest.raises(Refused, match="no flag of this kind"):
        read(desk, cared_for, "elder_abuse")


def test_a_danger_that_its_author_takes_back_waits_until_somebody_at_the_office_has_seen_it(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A retraction on a tablet silences no alarm: it stays in the list, and so its ladder goes on."""
    flag = desk.risk(ana, cared_for)
    gone = retracting.retract(ana.view("risk_flag", flag), "entered_in_error")
    ana.write(cared_for, Write("risk_flag", flag, LIFE, (), gone))
    ana.sync()
    before = flags(desk)
    act(desk, read(desk, cared_for), "acknowledged")

    assert [(row.level, row.waits) for row in before] == [("high", True)]
    assert [(row.level, row.waits) for row in flags(desk)] == [("high", False)]
    assert desk.show("risk_flag", flag).life is Life.RETRACTED_BUT_EDITED
