"""The ladder: whom the server tells of a danger, after how long, and when it stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from casework.risk import LEVELS, flag_id, rank
from server.channels import ChannelFailed, Letter, Mail, mail_of
from server.db import table_of
from server.house import House
from server.jobs import Scanned, scan
from server.services.access import grants
from server.services.access.agencies import found
from server.services.desk import policy
from server.services.desk.ladder import Danger, Due, Taken, climb, due
from server.services.desk.policy import LADDER, Step
from server.tables.access import GrantRow
from server.tables.log import HeadRow
from server.tables.person import PersonRow
from sync import Write

from ..exchange.conftest import HOUR_MS, NORTH
from ..exchange.tablet import Scripted
from .conftest import Desk
from .mailbox import Mailbox, mailbox
from .test_home import on_duty
from .test_risk import act, read

MINUTE_MS = 60_000
DANGER = Danger("flag", "client", NORTH, "imminent", "basis", 0)
_person = table_of(PersonRow)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    with mailbox() as made:
        yield made


def mail(box: Mailbox) -> Mail:
    """The channel to it."""
    return Mail("127.0.0.1", box.port, "doorstep@example.org")


def climbs(desk: Desk, box: Mailbox) -> list[str]:
    """To whom the next scan sends."""
    before = len(box.letters)
    climb(desk.house, "a1", [mail(box)], site="https://doorstep.example.org")
    return sorted(box.to()[before:])


def ladder(desk: Desk, *steps: tuple[str, int, str]) -> None:
    """The agency sets its own ladder."""
    listed: Any = [{"level": level, "after_minutes": after, "tell": tell} for level, after, tell in steps]

    def decide(book: Any) -> int:
        seen = policy.policy(book.session, book.sealer, "a1").seen
        return policy.decide(book, desk.people["ida"], {"risk_ladder": listed}, seen, desk.house.providers)

    desk.act(decide)


def supervise(desk: Desk, worker: str, supervisor: str) -> None:
    """The agency names a supervisor of record."""
    span: Any = {"supervisor": supervisor, "since": "2020-01-01"}
    desk.put("ida", worker, "supervision", worker, **{"spans/s1": span})


# The scan as a pure function.


def test_steps_come_due_one_after_the_other() -> None:
    """Ten minutes after, and not nine."""
    steps = (Step("imminent", 0, "duty"), Step("imminent", 10, "deputy"))

    assert due(0, steps, [DANGER], []) == [Due(DANGER, steps[0])]
    assert due(10 * MINUTE_MS - 1, steps, [DANGER], []) == [Due(DANGER, steps[0])]
    assert due(10 * MINUTE_MS, steps, [DANGER], []) == [Due(DANGER, steps[0]), Due(DANGER, steps[1])]


def test_a_step_that_was_taken_is_taken_once() -> None:
    """A scan that runs twice must not ring twice."""
    steps = (Step("imminent", 0, "duty"),)
    taken = Taken("flag", "basis", steps[0].name)

    assert due(0, steps, [DANGER], [taken]) == []
    assert due(0, steps, [replace(DANGER, basis="anew")], [taken]) != []
    assert due(0, steps, [replace(DANGER, flag="other")], [taken]) != []


def test_a_level_without_steps_climbs_those_below_it() -> None:
    """An agency that set steps for high alone is told of imminent, too."""
    steps = (Step("moderate", 0, "office"), Step("high", 0, "duty"))

    assert [one.step for one in due(0, steps, [DANGER], [])] == [steps[1]]
    assert [one.step for one in due(0, steps, [replace(DANGER, level="moderate")], [])] == [steps[0]]
    assert due(0, steps, [replace(DANGER, level="unknown")], []) == []


@given(
    st.lists(st.tuples(st.sampled_from(sorted(LEVELS)), st.integers(0, 100)), max_size=6),
    st.integers(0, 200 * MINUTE_MS),
    st.integers(0, 200 * MINUTE_MS),
)
def test_whatever_the_rhythm_of_scans_each_step_is_taken_once_and_none_is_forgotten(
    told: list[tuple[str, int]], first_ms: int, later_ms: int
) -> None:
    """A server that slept for an hour takes up where it stopped."""
    steps = tuple({Step(level, after, "duty") for level, after in told})
    one, two = sorted((first_ms, later_ms))
    early = due(one, steps, [DANGER], [])
    late = due(two, steps, [DANGER], [Taken("flag", "basis", found.step.name) for found in early])

    assert sorted(found.step.name for found in (*early, *late)) == sorted(
        found.step.name for found in due(two, steps, [DANGER], [])
    )


def test_every_level_that_waits_has_a_step_of_its_own_by_default() -> None:
    """An agency that has set nothing yet must not be silent."""
    waiting = [level for level in LEVELS if rank(level) > rank("low")]

    assert {level for level in waiting if due(0, LADDER, [replace(DANGER, level=level)], [])} == set(waiting)


# The service.


def test_the_duty_person_is_told_at_once_then_the_deputy_then_the_office(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """It climbs until somebody answers, and the letter names nobody."""
    ladder(desk, ("high", 0, "duty"), ("high", 10, "deputy"), ("high", 30, "office"))
    on_duty(desk, "ben", "first", hours=12)
    on_duty(desk, "sue", "deputy", hours=12)
    desk.risk(ana, cared_for)

    assert climbs(desk, box) == ["ben@example.org"]
    assert climbs(desk, box) == []
    desk.clock.ms += 10 * MINUTE_MS
    assert climbs(desk, box) == ["sue@example.org"]
    desk.clock.ms += 20 * MINUTE_MS
    assert climbs(desk, box) == ["lead@example.org", "sue@example.org"]
    desk.clock.ms += 24 * HOUR_MS
    assert climbs(desk, box) == []
    text = box.letters[0].get_content()
    assert "not an alarm" in text
    assert "no es una alarma" in text
    assert "https://doorstep.example.org" in text
    for word in ("Ybarra", "self", "high", cared_for):
        assert word not in text + str(box.letters[0]["Subject"])


def test_it_stops_when_somebody_acknowledges_and_says_on_record_whom_it_told(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """The inquiry afterwards asks who knew, and when."""
    ladder(desk, ("high", 0, "office"), ("high", 10, "administrators"))
    desk.risk(ana, cared_for)
    climbs(desk, box)
    act(desk, read(desk, cared_for), "acknowledged")
    desk.clock.ms += HOUR_MS

    assert climbs(desk, box) == []
    told = read(desk, cared_for).told
    assert [(line.person, line.step, line.channel, line.outcome) for line in told] == [
        ("lead", "high/0/office", "mail", "sent"),
        ("sue", "high/0/office", "mail", "sent"),
    ]


def test_a_danger_that_rises_begins_the_ladder_again(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """Whoever knew of the lesser danger does not know of this one."""
    ladder(desk, ("high", 0, "office"))
    desk.risk(ana, cared_for)
    climbs(desk, box)
    act(desk, read(desk, cared_for), "acknowledged")
    desk.risk(ana, cared_for, "imminent")

    assert climbs(desk, box) == ["lead@example.org", "sue@example.org"]


def test_the_clock_of_the_ladder_begins_when_the_danger_arrives(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """Raised at noon without signal, received at five: nobody is blamed for the hours between."""
    ladder(desk, ("high", 0, "office"), ("high", 60, "administrators"))
    ana.write(
        cared_for,
        *risk_writes(cared_for, desk.now()),
    )
    desk.clock.ms += 5 * HOUR_MS
    ana.sync()

    assert climbs(desk, box) == ["lead@example.org", "sue@example.org"]
    desk.clock.ms += HOUR_MS
    assert climbs(desk, box) == ["ida@example.org"]


def risk_writes(client: str, at: str) -> list[Any]:
    """The writes of a high risk that has not been sent."""
    flag = flag_id(client, "self_harm")
    level: Any = {"level": "high", "reasons": [{"text": "said so", "at": at}]}
    return [Write("risk_flag", flag, "kind", (), "self_harm"), Write("risk_flag", flag, "level", (), level)]


def test_the_supervisor_of_record_is_told_and_not_the_whole_office(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """Who answers for a worker is written down; *somebody will look* is how nobody looks."""
    ladder(desk, ("high", 0, "supervisor"), ("high", 5, "worker"))
    supervise(desk, "ana", "sue")
    desk.risk(ana, cared_for)

    assert climbs(desk, box) == ["sue@example.org"]
    desk.clock.ms += 5 * MINUTE_MS
    assert climbs(desk, box) == ["ana@example.org"]


def test_a_step_that_finds_nobody_tells_the_office_and_then_the_administrators(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """An empty rota must not swallow a danger."""
    ladder(desk, ("high", 0, "duty"), ("high", 10, "deputy"))
    desk.risk(ana, cared_for)
    assert climbs(desk, box) == ["lead@example.org", "sue@example.org"]
    with desk.house.database.writing() as session:
        session.execute(update(_person).where(_person.c.id.in_(("lead", "sue"))).values(state="suspended"))
    desk.clock.ms += 10 * MINUTE_MS

    assert climbs(desk, box) == ["ida@example.org"]


def test_where_nobody_at_all_can_be_told_that_is_on_record(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """No mail server is set up: the page says that nobody was told."""
    ladder(desk, ("high", 0, "office"))
    desk.risk(ana, cared_for)
    climb(desk.house, "a1", [])

    assert [(line.person, line.outcome) for line in read(desk, cared_for).told] == [("", "nobody")]
    assert climb(desk.house, "a1", []) == []


def test_a_letter_that_is_not_taken_is_tried_again_a_few_times(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """A mail server that is down for a minute must not cost the night."""
    ladder(desk, ("high", 0, "supervisor"), ("high", 3, "administrators"))
    supervise(desk, "ana", "sue")
    desk.risk(ana, cared_for)
    box.refusing = True
    for _ in range(2):
        assert climbs(desk, box) == []
        desk.clock.ms += MINUTE_MS
    box.refusing = False
    assert climbs(desk, box) == ["sue@example.org"]
    assert climbs(desk, box) == []
    assert [line.outcome for line in read(desk, cared_for).told] == ["failed", "failed", "sent"]
    desk.clock.ms += MINUTE_MS
    box.refusing = True
    for _ in range(9):
        desk.clock.ms += MINUTE_MS
        climbs(desk, box)
    assert [line.outcome for line in read(desk, cared_for).told[3:]] == ["failed"] * 5


def test_whoever_got_the_letter_does_not_get_it_again_for_anothers_sake(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """One address is wrong; the others must not learn to look away."""
    ladder(desk, ("high", 0, "office"))
    desk.risk(ana, cared_for)
    box.refused = "lead@example.org"
    assert climbs(desk, box) == ["sue@example.org"]
    assert climbs(desk, box) == []
    box.refused = ""

    assert climbs(desk, box) == ["lead@example.org"]


def test_one_scan_serves_every_agency_and_begins_what_is_due(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """Grants that begin by time alone begin also while no tablet asks."""
    desk.assign("ben", cared_for, begins_ms=desk.clock.ms + HOUR_MS)
    desk.risk(ana, cared_for)
    assert scan(desk.house, [mail(box)]) == Scanned(1, 2, 0)
    desk.clock.ms += HOUR_MS
    done = scan(desk.house, [mail(box)])

    assert done.agencies == 1
    assert desk.ask(lambda session: grants.has_access(session, "a1", "ben", cared_for))


def test_trouble_in_one_agency_keeps_no_other_waiting(
    desk: Desk, ana: Scripted, cared_for: str, box: Mailbox
) -> None:
    """It is raised, with the agency named, when all have had their turn."""
    with desk.house.database.writing() as session:
        for name in ("a0", "a2"):
            found(
                session,
                desk.house.sealer,
                desk.house.providers,
                agency=name,
                name="Hill",
                time_zone="America/New_York",
            )
    broken(desk.house, "a0")
    desk.risk(ana, cared_for)
    with pytest.raises(ExceptionGroup) as raised:
        scan(desk.house, [mail(box)])

    assert [fault.__notes__ for fault in raised.value.exceptions] == [["agency a0"]]
    assert sorted(box.to()) == ["lead@example.org", "sue@example.org"]


def broken(house: House, agency: str) -> None:
    """A grant in an agency that has lost its log."""
    head, grant = table_of(HeadRow), table_of(GrantRow)
    with house.database.writing() as session:
        session.execute(delete(head).where(head.c.agency == agency))
        row = {"agency": agency, "id": "g", "worker": "w", "subject": "s", "kind": "assigned"}
        times = {"begins_ms": 0, "ends_ms": None, "begun": 0, "ended": 0, "ended_ms": None}
        session.execute(grant.insert().values(row | times | {"made_by": "x", "provisional": False}))


# Mail.


@pytest.mark.parametrize(
    ("url", "sender", "made"),
    [
        ("", "", None),
        ("smtp://mail.example.org", "a@b", Mail("mail.example.org", 587, "a@b")),
        (
            "smtps://u%40x:p%3A@mail.example.org:2465",
            "a@b",
            Mail("mail.example.org", 2465, "a@b", tls=True, user="u@x", password="p:"),
        ),
    ],
)
def test_a_mail_server_is_one_setting(url: str, sender: str, made: Mail | None) -> None:
    """An operator writes one line."""
    assert mail_of(url, sender) == made


@pytest.mark.parametrize(("url", "sender"), [("http://x", "a@b"), ("smtp://", "a@b"), ("smtp://x", "")])
def test_a_mail_server_that_cannot_be_is_refused_at_once(url: str, sender: str) -> None:
    """Not at the first danger of the night."""
    with pytest.raises(ValueError, match="DOORSTEP_MAIL"):
        mail_of(url, sender)


def test_a_mail_server_elsewhere_is_not_spoken_to_in_the_clear(box: Mailbox, monkeypatch: Any) -> None:
    """One that offers no encryption gets no letter: whoever listens would learn the addresses."""
    monkeypatch.setattr("server.channels.mail.LOOPBACK", frozenset())
    with pytest.raises(ChannelFailed):
        mail(box).send(Letter("a@example.org", "x", "y"))

    assert box.letters == []


def test_mail_is_no_alarm_and_says_nothing_of_its_password() -> None:
    """Labels and logs."""
    made = Mail("h", 1, "a@b", password="secret")

    assert not made.is_alarm
    assert "secret" not in repr(made)
