"""What records say of themselves, whole: the columns of a list, the rows of the read models, a subject's row."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from casework import columns, counts, facts, names, subject_columns
from casework.record import Fact
from casework.records.risk_flag import assigned_to, waits
from sync import LIFE, Json, Life, RecordView

from ..story import ANA, BEN, EVA, NINE, OFFICE, TEN, Save, one, record

NINE_UTC, TEN_UTC = "2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z"


@dataclass(frozen=True)
class Case:
    """A record that one person saved once, and all that lists and read models hear of it."""

    type: str
    values: Mapping[str, Json]
    columns: Mapping[str, Json]
    facts: tuple[Fact, ...] = ()


def by_office(type_: str, values: Mapping[str, Json], subject: str = "agency", id_: str = "r1") -> RecordView:
    """A record that the office decided."""
    return record(type_, Save(EVA, values, device=OFFICE), id_=id_, subject=subject)


OF_A_CLIENT = [
    Case(
        "addendum",
        {"note": "n1", "kind": "correction", "author": "ana", "event_at": NINE, "entry_at": TEN},
        {"note": "n1", "kind": "correction", "author": "ana", "entry_at": TEN_UTC, "signed": False},
        (Fact("addendum", "n1", "correction", TEN_UTC, "ana"),),
    ),
    Case(
        "contact",
        {"kind": "school", "at": NINE, "worker": "ana", "outcome": "reached"},
        {"kind": "school", "at": NINE_UTC, "outcome": "reached", "worker": "ana"},
        (Fact("contact", "school", "reached", NINE_UTC, "ana"),),
    ),
    Case(
        "handover",
        {"giver": "ana", "receiver": "ben", "offered_at": NINE, "answer": {"answer": "declined"}},
        {"giver": "ana", "receiver": "ben", "offered_at": NINE_UTC, "state": "declined"},
        (
            Fact("handover", "r1", "declined", NINE_UTC, "ben"),
            Fact("handover_from", "r1", "declined", NINE_UTC, "ana"),
        ),
    ),
    Case(
        "message",
        {"sender": "ana", "to": ["ben"], "sent_at": NINE, "urgency": "now"},
        {"sender": "ana", "sent_at": NINE_UTC, "urgency": "now"},
        (Fact("message", "ben", "unread", NINE_UTC, "ben"),),
    ),
    Case(
        "need",
        {"domain": "food", "status": "met", "found_on": "2026-11-24"},
        {"domain": "food", "status": "met", "found_on": "2026-11-24"},
        (Fact("need", "food", "met", "2026-11-24"),),
    ),
    Case(
        "review",
        {
            "of": {"type": "note", "id": "n1"},
            "kind": "returned",
            "author": "ana",
            "reviewer": "eva",
            "at": NINE,
        },
        {"of": "n1", "kind": "returned", "author": "ana", "reviewer": "eva", "at": NINE_UTC},
        (Fact("review", "n1", "returned", NINE_UTC, "ana"),),
    ),
]


@pytest.mark.parametrize("case", OF_A_CLIENT, ids=lambda case: case.type)
def test_a_list_of_a_clients_records_shows_what_was_saved(case: Case) -> None:
    """A worker who looks for the open need or the declined hand-over sees only these columns and rows."""
    view = record(case.type, Save(ANA, case.values))

    assert columns(view) == case.columns
    assert facts(view) == case.facts


OF_THE_AGENCY = [
    Case(
        "office",
        {"whole": {"version": 7, "name": "North", "time_zone": "UTC"}},
        {"name": "North", "time_zone": "UTC", "version": 7},
    ),
    Case(
        "resource",
        {"whole": {"version": 2, "name": "Pantry", "domains": ["food"], "checked_on": "2026-11-20"}},
        {"name": "Pantry", "domains": ["food"], "phone": None, "checked_on": "2026-11-20"},
    ),
]


@pytest.mark.parametrize("case", OF_THE_AGENCY, ids=lambda case: case.type)
def test_the_directory_shows_what_the_office_decided(case: Case) -> None:
    """A visitor sends a family to the place that this list says was checked last."""
    view = by_office(case.type, case.values)

    assert columns(view) == case.columns
    assert facts(view) == case.facts


OF_A_WORKER = [
    Case(
        "absence",
        {"spans/s1": {"kind": "sick", "since": "2026-11-24", "until": "2026-11-25"}},
        {"spans": 1},
        (
            Fact("absence", "s1", "sick", "2026-11-24", "ana"),
            Fact("absence_until", "s1", "sick", "2026-11-25", "ana"),
        ),
    ),
    Case(
        "duty",
        {"spans/s1": {"place": "deputy", "office": "o1", "since": NINE, "until": TEN}},
        {"spans": 1},
        (
            Fact("duty", "s1", "deputy", NINE_UTC, "ana"),
            Fact("duty_until", "s1", "deputy", TEN_UTC, "ana"),
            Fact("duty_office", "s1", "o1", worker="ana"),
        ),
    ),
    Case(
        "supervision",
        {"spans/s1": {"supervisor": "eva", "since": "2026-01-01"}},
        {"spans": 1},
        (Fact("supervision", "s1", "eva", "2026-01-01", "ana"),),
    ),
    Case(
        "staff",
        {"name": "Ana Soto", "job_title": "LMSW"},
        {"name": "Ana Soto", "title": "LMSW", "active": True},
        (Fact("staff", "ana", "active", worker="ana"),),
    ),
    Case(
        "staff",
        {"name": "Ana Soto", "active": True, "capacity_hours": 120},
        {"name": "Ana Soto", "title": None, "active": True},
        (
            Fact("staff", "ana", "active", worker="ana"),
            Fact("capacity", "ana", "120", worker="ana"),
        ),
    ),
]


@pytest.mark.parametrize("case", OF_A_WORKER, ids=lambda case: case.type)
def test_a_roster_shows_what_the_office_decided_about_a_worker(case: Case) -> None:
    """Whoever was never said to have left works here, and an alert goes to whom the roster names."""
    view = by_office(case.type, case.values, subject="ana", id_="ana")

    assert columns(view) == case.columns
    assert facts(view) == case.facts


LEVEL: Json = {"level": "high", "reasons": [{"text": "x", "at": NINE}]}


@pytest.mark.parametrize(
    ("type_", "values", "fact"),
    [
        ("addendum", {"entry_at": NINE}, Fact("addendum", "unknown", None, NINE_UTC)),
        ("contact", {"outcome": "reached"}, Fact("contact", "contact", "reached")),
        ("handover", {"offered_at": NINE}, Fact("handover", "r1", None, NINE_UTC)),
        ("need", {"found_on": "2026-11-24"}, Fact("need", "other", "open", "2026-11-24")),
        ("review", {"kind": "approved"}, Fact("review", "unknown", "approved")),
        ("risk_flag", {"level": LEVEL}, Fact("risk", "unknown", "high", NINE_UTC)),
    ],
)
def test_what_a_record_does_not_say_yet_stands_under_a_known_word(
    type_: str, values: Mapping[str, Json], fact: Fact
) -> None:
    """Half a record comes in before the rest of it; its row must be found, and an offer to nobody is no task."""
    assert facts(record(type_, Save(ANA, values)))[0] == fact


@pytest.mark.parametrize(
    ("outcome", "at"), [("reached", NINE_UTC), ("no_answer", None), ("left_message", None), (None, None)]
)
def test_only_who_was_reached_was_spoken_with(outcome: str | None, at: str | None) -> None:
    """A client who has not answered for weeks must not be listed as one who was heard of today."""
    view = one("contact", kind="call", at=NINE, outcome=outcome)

    assert subject_columns([view])["last_contact"] == at


@pytest.mark.parametrize("lines", [[], None, "1 Oak St", {"first": "1 Oak St"}])
def test_an_address_without_a_readable_street_is_listed_without_one(lines: Json) -> None:
    """The list of addresses must open also where a newer program wrote one of them."""
    view = one("address", place={"kind": "home", "lines": lines, "city": "Austin"}, state="past")

    assert columns(view) == {"kind": "home", "state": "past", "street": None, "city": "Austin"}


@pytest.mark.parametrize(
    ("legal", "preferred", "listed", "known_as"),
    [
        ({"family": "Ybarra", "given": "Luz"}, None, "Ybarra, Luz", ("Luz Ybarra",)),
        ({"given": "Luz"}, None, "Luz", ("Luz",)),
        (
            {"family": "King", "given": "Martin", "middle": "Luther", "suffix": "Jr."},
            "Mike",
            "King, Mike",
            ("Martin Luther King Jr.", "Mike"),
        ),
        ({"family": 7, "given": "Luz", "middle": "", "suffix": "Jr."}, None, "Luz", ("Luz Jr.",)),
        ("unreadable", None, None, ()),
    ],
)
def test_a_client_is_called_by_every_part_of_the_name(
    legal: Json, preferred: str | None, listed: str | None, known_as: tuple[str, ...]
) -> None:
    """Father and son share a name but for the suffix, and the wrong door is opened to the wrong one."""
    view = one("client", legal_name=legal, preferred_name=preferred)

    assert columns(view)["name"] == listed
    assert names(view) == known_as


def test_a_death_is_dated_by_the_reports_of_it_alone() -> None:
    """Who earlier wrote that the client lives did not report the death, nor did what cannot be read."""
    alive: Json = {"deceased": False, "reported_at": "2026-11-20T08:00:00Z"}
    view = record(
        "client",
        Save(ANA, {"deceased": alive}),
        Save(BEN, {"deceased": {"deceased": True, "reported_at": TEN}}, 2),
        Save(EVA, {"deceased": {"deceased": True, "reported_at": NINE}}, 3),
        Save("zoe", {"deceased": "unreadable"}, 4),
    )

    assert facts(view) == (Fact("client", "r1", "deceased"), Fact("deceased", "r1", "reported", NINE_UTC))


def raised(*acts: Save) -> RecordView:
    """A high danger that Ana raised at nine, and what the office did about it."""
    return record("risk_flag", Save(ANA, {"kind": "self_harm", "level": LEVEL}), *acts)


def act(member: str, when: int, **said: Json) -> Save:
    """What somebody of the office wrote about a danger."""
    return Save(EVA, {f"acts/{member}": said}, when, device=OFFICE)


def acknowledged() -> Save:
    """Somebody of the office has seen the level."""
    return act("a1", 2, act="acknowledged", by=EVA, at=NINE, seen=list[Json](raised().over("level")))


def test_a_danger_that_the_office_has_seen_may_be_taken_back() -> None:
    """A mistake that everybody knows of would else stand in the lists of dangers for ever."""
    known = raised(acknowledged())
    seen = [name for unit in known.units for name in known.over(unit)]
    retracted: Json = {"state": "retracted", "reason": "wrong_client", "seen": list[Json](seen)}
    view = raised(acknowledged(), Save(ANA, {LIFE: retracted}, 3))

    assert view.life is Life.RETRACTED
    assert not counts(view)
    assert subject_columns([view])["risk"] is None


def test_a_danger_is_in_the_hands_of_whom_the_office_asked_last() -> None:
    """The reminders go to one person, and the ids of acts are random."""
    to_ben = act("z9", 2, act="assigned", by=EVA, at=NINE, to=BEN, seen=[])
    to_ana = act("a1", 3, act="assigned", by=EVA, at=TEN, to=ANA, seen=[])

    assert assigned_to(raised(to_ben, to_ana)) == ANA


def test_what_was_done_about_a_danger_is_told_without_words() -> None:
    """The read models hold ids, codes and dates alone: words that slipped in would name the client there."""
    view = raised(
        acknowledged(), act("a2", 3, act="called Luz Ybarra", by="her sister Rosa", at=TEN, seen=[])
    )

    assert facts(view) == (
        Fact("risk", "self_harm", "high", NINE_UTC),
        Fact("risk_in_hand", "self_harm", "high", NINE_UTC),
        Fact("risk_act", "a1", "acknowledged", NINE_UTC, EVA),
        Fact("risk_act", "a2", None, TEN_UTC),
    )


@pytest.mark.parametrize("seen", [None, "everything", 5, {}, [], [5]])
def test_an_act_that_does_not_say_what_it_has_seen_ends_no_alarm(seen: Json) -> None:
    """A danger that nobody has looked at must go on waiting, and its list must open."""
    assert waits(raised(act("a1", 2, act="acknowledged", by=EVA, at=NINE, seen=seen)))
