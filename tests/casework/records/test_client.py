"""What a client's record says: names, state, what cannot be right."""

import pytest

from casework import checks, columns, facts, names, search_text, validate
from casework.errors import BadAnswer
from casework.record import Fact
from casework.records.client import may, reported_deceased
from sync import LIFE

from ..story import ANA, BEN, NINE, OFFICE, Save, codes, empty, one, record


def test_a_client_is_listed_by_name_and_state() -> None:
    """The list that a worker opens every morning."""
    view = record(
        "client",
        Save(
            ANA,
            {
                "legal_name": {"family": "Ybarra", "given": "Luz", "middle": "M"},
                "preferred_name": "Lucha",
                "date_of_birth": "1950-03-04",
                "language": "es",
                "do_not_visit_alone": "yes",
                "hazards/h1": {"kind": "dog", "review_on": "2027-01-01", "detail": "Brown mastiff"},
                "identifiers/mrn": {"value": "77-1"},
                "papers_may_be_left": "no",
                "messages_safe": "yes",
            },
        ),
        Save("eva", {"office": "o1", "assigned/ana": {"kind": "assigned"}}, device=OFFICE),
    )

    assert columns(view) == {
        "name": "Ybarra, Lucha",
        "date_of_birth": "1950-03-04",
        "language": "es",
        "do_not_visit_alone": "yes",
        "hazards": 1,
        "office": "o1",
        "state": "active",
        "undecided": 0,
    }
    assert set(names(view)) == {"Luz M Ybarra", "Lucha"}
    assert facts(view) == (
        Fact("client", "r1", "active"),
        Fact("born", "r1", "1950"),
        Fact("language", "r1", "es"),
        Fact("do_not_visit_alone", "r1", "yes"),
        Fact("assigned", "ana", "assigned", worker="ana"),
    )
    assert {"Ybarra", "Brown mastiff", "77-1"} <= set(search_text(view).split("\n"))
    assert may(view, "messages_safe")
    assert not may(view, "papers_may_be_left")
    assert not may(view, "voicemail_safe")


def test_rival_legal_names_are_both_found() -> None:
    """A client must be found under the name that the caller knows."""
    view = record(
        "client",
        Save(ANA, {"legal_name": {"family": "Ybarra"}}),
        Save(BEN, {"legal_name": {"family": "Ibarra"}}, 2),
    )

    assert names(view) == ("Ybarra", "Ibarra")
    assert columns(view)["undecided"] == 1


def test_a_legal_name_has_at_least_one_part() -> None:
    """Some people have one name; nobody has none."""
    validate("client", "legal_name", {"given": "Suharto"})
    with pytest.raises(BadAnswer):
        validate("client", "legal_name", {"suffix": "Jr."})


def test_one_report_of_a_death_stops_the_calls() -> None:
    """A letter to the dead is read by the family."""
    view = record(
        "client",
        Save(ANA, {"deceased": {"deceased": True, "on": "2026-11-01"}}),
        Save(BEN, {"deceased": {"deceased": False}}, 2),
    )

    assert reported_deceased(view)
    assert columns(view)["state"] == "deceased"
    assert not reported_deceased(one("client", deceased={"deceased": False}))
    assert not reported_deceased(empty("client"))


def test_nobody_dies_before_being_born() -> None:
    """A mistake in either date; a person must look at both."""
    wrong = one("client", date_of_birth="1950-01-01", deceased={"deceased": True, "on": "1949-01-01"})
    right = one("client", date_of_birth="1950-01-01", deceased={"deceased": True, "on": "2026-01-01"})

    assert codes(wrong) == ["died_before_birth"]
    assert checks(wrong)[0].units == ("date_of_birth", "deceased")
    assert codes(right) == []


def test_a_retracted_client_is_listed_as_retracted() -> None:
    """A client entered twice must not be visited twice."""
    view = record("client", Save(ANA, {LIFE: {"state": "retracted", "reason": "duplicate", "seen": []}}))

    assert columns(view)["state"] == "retracted"


def test_an_episode_is_counted_and_its_dates_are_in_order() -> None:
    """The first visit is due by its referral; the discharge closes it."""
    view = record(
        "episode",
        Save(
            ANA,
            {
                "received_at": NINE,
                "admitted_on": "2026-11-25",
                "status": "active",
                "discharge_date": "2026-11-01",
                "payer": {"kind": "medicaid"},
            },
        ),
        Save("eva", {"assigned/ana": {"kind": "cover"}}, device=OFFICE),
    )

    assert codes(view) == [
        "discharge_before_admission",
        "discharge_before_referral",
        "discharge_date_while_open",
    ]
    assert columns(view) == {
        "status": "active",
        "received_at": "2026-11-24T14:00:00Z",
        "admitted_on": "2026-11-25",
        "discharge_date": "2026-11-01",
        "payer": "medicaid",
    }
    assert Fact("episode_assigned", "ana", "cover", worker="ana") in facts(view)
    closed = one(
        "episode",
        received_at=NINE,
        admitted_on="2026-11-25",
        discharge_date="2026-12-01",
        status="discharged",
    )
    assert codes(closed) == []
