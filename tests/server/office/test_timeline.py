"""A client's timeline: everything that was recorded, in order, for those who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from casework import retracting
from server.errors import NotAssigned, Refused
from server.services.desk import gist, timeline
from server.services.desk.history import HISTORY_ROUNDS_MAX, history
from server.services.desk.timeline import Reading, Timeline
from server.services.log.records import Key
from sync import Write

from ..exchange.conftest import HOUR_MS
from ..exchange.tablet import Scripted
from .conftest import Desk


def line(desk: Desk, client: str, by: str = "lead", **options: Any) -> Timeline:
    """A page of the timeline."""
    return desk.ask(
        lambda session: timeline.timeline(session, desk.house.sealer, desk.people[by], client, **options)
    )


def keys(found: Timeline) -> list[Key]:
    """The records of a page, in its order."""
    return [entry.key for entry in found.page.rows]


def read(desk: Desk, client: str, key: Key, by: str = "lead") -> Reading:
    """One record."""
    return desk.ask(lambda session: timeline.read(session, desk.house.sealer, desk.people[by], client, key))


def test_everything_about_a_client_stands_in_order_of_the_moments_it_is_about(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A visit that is written down in the evening lies in the morning, where it happened."""
    early = desk.now()
    desk.clock.ms += HOUR_MS
    note = desk.note(ana, cared_for)
    desk.clock.ms += HOUR_MS
    place: dict[str, Any] = {"kind": "home", "lines": ["4 Mill Lane"]}
    desk.save(ana, cared_for, "address", "address-1", place=place, state="current")
    desk.clock.ms += HOUR_MS
    desk.save(ana, cared_for, "contact", "contact-1", kind="call", at=early, worker="ana")

    found = line(desk, cared_for)

    assert keys(found) == [
        Key("address", "address-1"),
        Key("note", note),
        Key("contact", "contact-1"),
        Key("client", cared_for),
    ]
    assert found.types == {"address": 1, "client": 1, "contact": 1, "note": 1}
    assert found.names["ana"] == "Ana"
    assert keys(line(desk, cared_for, type_="note")) == [Key("note", note)]


def test_a_timeline_is_for_those_who_answer_for_the_client(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Another office, another worker and an administrator read nothing of it; an auditor does."""
    desk.note(ana, cared_for)

    assert len(line(desk, cared_for, "aud").page.rows) == 2
    assert len(line(desk, cared_for, "ana").page.rows) == 2
    for by in ("dan", "ben", "ida"):
        with pytest.raises(NotAssigned):
            line(desk, cared_for, by)


def test_pages_go_on_where_the_last_one_ended(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Nothing is shown twice and nothing left out, whatever comes in between."""
    notes = []
    for _number in range(5):
        desk.clock.ms += HOUR_MS
        notes.append(Key("note", desk.note(ana, cared_for)))

    first = line(desk, cared_for, rows=2)
    desk.clock.ms += HOUR_MS
    desk.note(ana, cared_for)
    second = line(desk, cared_for, rows=2, cursor=first.page.cursor)
    third = line(desk, cared_for, rows=2, cursor=second.page.cursor)

    assert [*keys(first), *keys(second), *keys(third)] == [*notes[::-1], Key("client", cared_for)]
    assert third.page.cursor is None
    for cursor in ("nonsense", "WzFd", "WzEsMiwzXQ"):
        with pytest.raises(Refused):
            line(desk, cared_for, cursor=cursor)


def test_what_was_written_in_the_wrong_chart_is_hidden_from_others_and_marked(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """It tells one client's story in another's: the author and those who answer see it, and that it is wrong."""
    desk.assign("ben", cared_for)
    note = Key("note", desk.note(ana, cared_for))
    life = retracting.retract(ana.view(*note), "wrong_client")
    desk.save(ana, cared_for, *note, **{"$life": life})

    seen = {by: keys(line(desk, cared_for, by)) for by in ("lead", "aud", "ana", "ben")}

    assert [note in seen[by] for by in seen] == [True, True, True, False]
    assert read(desk, cared_for, note).entry.retracted == "wrong_client"
    with pytest.raises(Refused):
        read(desk, cared_for, note, "ben")

    def whole(by: str) -> list[Key]:
        found, _left_out = desk.ask(
            lambda session: timeline.everything(
                session, desk.house.sealer, desk.people[by], cared_for, lambda _key, _at: True, 10
            )
        )
        return [reading.entry.key for reading in found]

    assert [note in whole(by) for by in ("lead", "ben")] == [True, False]


def test_what_was_entered_in_error_stays_where_it_was_written_and_says_so(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """Nothing is deleted: a retraction is one more thing that happened."""
    note = Key("note", desk.note(ana, cared_for))
    desk.clock.ms += HOUR_MS
    later = Key("note", desk.note(ana, cared_for))
    desk.clock.ms += HOUR_MS
    life = retracting.retract(ana.view(*note), "entered_in_error")
    desk.save(ana, cared_for, *note, **{"$life": life})

    found = line(desk, cared_for)

    assert keys(found)[:2] == [later, note]
    assert [entry.retracted for entry in found.page.rows] == [None, "entered_in_error", None]


def test_work_that_came_late_shows_both_clocks(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Nobody is blamed for having no signal, and nobody takes Tuesday's word for Monday's."""
    written = desk.clock.ms
    ana.write(cared_for, Write("contact", "contact-1", "kind", (), "call"))
    desk.clock.ms += HOUR_MS
    ana.sync()
    at_once = Key("note", desk.note(ana, cared_for))

    found = {entry.key: entry for entry in line(desk, cared_for).page.rows}

    entry = found[Key("contact", "contact-1")]
    assert (entry.written_ms, entry.received_ms, entry.came_late) == (written, written + HOUR_MS, True)
    assert entry.authors == ("ana",)
    assert not found[at_once].came_late


def test_an_entry_says_what_waits_and_who_has_seen_it(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Custody is the same for worker and supervisor: received, awaiting review, undecided."""
    note = Key("note", desk.note(ana, cared_for))
    ben = desk.tablet("ben")
    desk.assign("ben", cared_for)
    ben.sync()
    ana.set(cared_for, "date_of_birth", "1941-03-14")
    ben.set(cared_for, "date_of_birth", "1941-04-13")
    ana.sync()
    ben.sync()

    found = {entry.key: entry for entry in line(desk, cared_for).page.rows}

    assert found[note].waits
    assert found[note].reviewed == ""
    assert found[Key("client", cared_for)].undecided == ("date_of_birth",)


def test_one_record_is_read_with_when_each_part_was_received(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A record of another client is not found under this one, whatever the address says."""
    note = Key("note", desk.note(ana, cared_for, "Seen at home."))
    other = desk.register()

    found = read(desk, cared_for, note)

    assert found.entry.shown.value("narrative") == "Seen at home."
    assert found.entry.at == desk.now()[:19] + "Z"
    assert found.received_ms["narrative"] == desk.clock.ms
    assert found.names["ana"] == "Ana"
    for client, key in ((other, note), (cared_for, Key("note", "nobody-wrote-it"))):
        with pytest.raises(Refused):
            read(desk, client, key)


def test_the_history_of_a_unit_holds_everything_that_was_said(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """What was replaced is read in the log, with who said it and which of it stands."""
    ana.set(cared_for, "preferred_name", "Lucy")
    ana.sync()
    desk.clock.ms += HOUR_MS
    desk.put("lead", cared_for, "client", cared_for, preferred_name="Luz")
    key = Key("client", cared_for)

    def ask(unit: str, by: str = "lead") -> Any:
        return desk.ask(
            lambda session: history(session, desk.house.sealer, desk.people[by], cared_for, key, unit)
        )

    past = ask("preferred_name")

    assert [(write.value, write.author, write.live) for write in past.writes] == [
        ("Luz", "lead", True),
        ("Lucy", "ana", False),
    ]
    assert past.names == {"ana": "Ana", "lead": "Lead"}
    assert past.whole
    with pytest.raises(Refused):
        ask("pronouns")
    with pytest.raises(NotAssigned):
        ask("preferred_name", "dan")


@pytest.mark.parametrize(("further", "whole"), [(0, True), (1, False)])
def test_a_history_that_is_cut_off_says_so(desk: Desk, cared_for: str, further: int, whole: bool) -> None:
    """Forty changes of one field are seldom; that there were more is never kept from whoever reads them."""
    for number in range(HISTORY_ROUNDS_MAX + further):
        desk.put("lead", cared_for, "client", cared_for, preferred_name=f"Luz {number}")

    past = desk.ask(
        lambda session: history(
            session,
            desk.house.sealer,
            desk.people["lead"],
            cared_for,
            Key("client", cared_for),
            "preferred_name",
        )
    )

    assert (len(past.writes), past.whole) == (HISTORY_ROUNDS_MAX, whole)


def test_the_gist_of_a_record_is_few_and_short(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A list of long notes is no list; a danger says which and how great, not who said so."""
    note = Key("note", desk.note(ana, cared_for, "word " * 200, kind="progress", heading="Home"))
    flag = Key("risk_flag", desk.risk(ana, cared_for))

    (kind, heading, words) = gist.gist(read(desk, cared_for, note).entry.shown)

    assert (kind, heading, words[0]) == (("kind", "progress"), ("heading", "Home"), "narrative")
    assert len(str(words[1])) <= gist.GIST_CHARS + 2
    assert gist.gist(read(desk, cared_for, flag).entry.shown) == [
        ("kind", "self_harm"),
        ("level", {"level": "high"}),
    ]


def test_a_page_costs_the_same_statements_however_long_it_is(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """A statement for each row is what makes a long case slow."""
    desk.note(ana, cared_for)
    with desk.counted() as few:
        line(desk, cared_for)
    for _number in range(12):
        desk.addendum(ana, cared_for, desk.note(ana, cared_for))
    with desk.counted() as many:
        assert len(line(desk, cared_for).page.rows) == 26

    assert len(few) == len(many)
