"""An episode of care, to the last column: what intake, the caseload and claims go by."""

import pytest

from casework import checks, columns, facts
from casework.record import Fact
from sync import CheckFlag, Json

from ..story import ANA, BEN, EVA, NINE, OFFICE, Save, empty, one, record

WHOLE: dict[str, Json] = {
    "status": "discharged",
    "received_at": "2026-11-24T09:00:00-05:00",
    "admitted_on": "2026-11-25",
    "discharge_date": "2026-12-24",
    "disposition": "goals_met",
    "payer": {"kind": "medicaid", "name": "State plan", "member_number": "77"},
}


def test_the_list_shows_where_an_episode_stands() -> None:
    """Who plans the week sorts by these, and the payer's name and number are not for a list."""
    assert columns(record("episode", Save(ANA, WHOLE))) == {
        "status": "discharged",
        "received_at": "2026-11-24T14:00:00Z",
        "admitted_on": "2026-11-25",
        "discharge_date": "2026-12-24",
        "payer": "medicaid",
    }
    assert columns(empty("episode")) == {
        "status": None,
        "received_at": None,
        "admitted_on": None,
        "discharge_date": None,
        "payer": None,
    }


def test_referral_payer_admission_discharge_and_workers_are_counted() -> None:
    """The reports of intake and equity are sums of these rows, and a caseload is the last of them."""
    view = record(
        "episode",
        Save(ANA, WHOLE),
        Save(
            EVA, {"assigned/ben": {"kind": "cover"}, "assigned/ana": {"kind": "assigned"}}, 2, device=OFFICE
        ),
    )

    assert facts(view) == (
        Fact("episode", "r1", "discharged", "2026-11-24T14:00:00Z"),
        Fact("payer", "r1", "medicaid"),
        Fact("admitted", "r1", "admitted", "2026-11-25"),
        Fact("discharge", "r1", "goals_met", "2026-12-24"),
        Fact("episode_assigned", "ana", "assigned", None, "ana"),
        Fact("episode_assigned", "ben", "cover", None, "ben"),
    )


def test_who_was_only_referred_is_counted_neither_as_admitted_nor_as_discharged() -> None:
    """An agency that counts those whom it never took would report care that nobody got."""
    view = one("episode", status="referred", received_at=NINE)

    assert facts(view) == (Fact("episode", "r1", "referred", "2026-11-24T14:00:00Z"),)


def test_a_flag_names_the_dates_that_contradict_each_other() -> None:
    """Whoever corrects an episode must see both statements, and who made each."""
    view = record(
        "episode",
        Save(ANA, {"received_at": NINE, "admitted_on": "2026-11-25", "status": "active"}),
        Save(BEN, {"discharge_date": "2026-11-23"}, 2),
    )
    shown = {unit: held.by.name for unit, held in view.units.items() if held.by is not None}

    def contradiction(code: str, unit: str) -> CheckFlag:
        return CheckFlag(code, (unit, "discharge_date"), (shown[unit], shown["discharge_date"]))

    assert len(set(shown.values())) == 2
    assert checks(view) == (
        contradiction("discharge_before_admission", "admitted_on"),
        contradiction("discharge_before_referral", "received_at"),
        contradiction("discharge_date_while_open", "status"),
    )


def test_all_may_happen_on_one_day() -> None:
    """A client who is referred, admitted and taken to hospital on one day is no mistake."""
    day = "2026-11-24"

    assert checks(one("episode", received_at=NINE, admitted_on=day, discharge_date=day)) == ()


@pytest.mark.parametrize(
    ("status", "contradicted"),
    [("referred", True), ("active", True), ("on_hold", False), ("discharged", False), ("declined", False)],
)
def test_a_discharge_has_a_status_that_it_can_have(status: str, contradicted: bool) -> None:
    """An open episode with a discharge date would be both billed and closed."""
    view = one("episode", status=status, discharge_date="2026-12-24")

    assert [flag.code for flag in checks(view)] == ["discharge_date_while_open"] * contradicted
