"""What a visit says of itself, row for row: by it people are paid, late, missed or thought safe."""

import pytest

from casework import checks, columns, facts, signing, subject_columns
from casework.record import Fact
from casework.records.visit import OUTCOMES, seen_alone
from sync import SIGNATURE, CheckFlag, Json, RecordView

from ..story import ANA, BEN, NINE, TEN, Save, one, record

ELEVEN, NOON = "2026-11-24T11:00:00-05:00", "2026-11-24T12:00:00-05:00"


def clocked(at: str, corrected: str | None = None, method: str = "gps") -> Json:
    """One end of a visit."""
    return {"device_at": at, "corrected_at": corrected, "method": method}


MADE: dict[str, Json] = {
    "worker": ANA,
    "planned": {"start": NINE, "end": TEN},
    "begin": clocked(NINE, "2026-11-24T09:07:00-05:00"),
    "end": clocked(TEN, "2026-11-24T10:08:00-05:00", "manual"),
    "outcome": {"outcome": "partial", "reason": "Client was tired."},
    "interpreter": "relative",
}
"""A visit by a tablet whose clock is slow, begun by position and ended by hand."""


def signed_visit() -> RecordView:
    """That visit, which Ana signed at noon."""
    value = signing.sign(record("visit", Save(ANA, MADE)), by=ANA, at=NOON)
    return record("visit", Save(ANA, MADE), Save(ANA, {SIGNATURE: value}, 2))


def test_a_signed_visit_fills_every_column() -> None:
    """Both ends go by the corrected clock: a slow tablet would cost the worker paid minutes."""
    assert columns(signed_visit()) == {
        "worker": "ana",
        "planned_start": "2026-11-24T14:00:00Z",
        "begin": "2026-11-24T14:07:00Z",
        "end": "2026-11-24T15:08:00Z",
        "outcome": "partial",
        "cancelled_by": "nobody",
        "signed": True,
    }


def test_a_signed_visit_says_each_step_with_its_time_and_its_worker() -> None:
    """A row under another kind, time or worker would leave a made visit unpaid or count it as missed."""
    assert facts(signed_visit()) == (
        Fact("visit_planned", "r1", "nobody", "2026-11-24T14:00:00Z", "ana"),
        Fact("visit_begin", "r1", "gps", "2026-11-24T14:07:00Z", "ana"),
        Fact("visit_end", "r1", "manual", "2026-11-24T15:08:00Z", "ana"),
        Fact("visit", "r1", "partial", "2026-11-24T14:07:00Z", "ana"),
        Fact("interpreter", "r1", "relative", None, "ana"),
        Fact("visit_signed", "r1", "signed", "2026-11-24T17:00:00Z", "ana"),
    )


@pytest.mark.parametrize("by", ["agency", "client"])
def test_a_cancelled_visit_says_who_cancelled_and_nothing_that_did_not_happen(by: str) -> None:
    """Who cancelled decides whether the client was let down; a step that was not taken leaves no row."""
    view = one("visit", worker=ANA, planned={"start": NINE, "end": TEN}, cancelled_by=by)

    assert columns(view) == {
        "worker": "ana",
        "planned_start": "2026-11-24T14:00:00Z",
        "begin": None,
        "end": None,
        "outcome": None,
        "cancelled_by": by,
        "signed": False,
    }
    assert facts(view) == (
        Fact("visit_planned", "r1", by, "2026-11-24T14:00:00Z", "ana"),
        Fact("visit", "r1", None, "2026-11-24T14:00:00Z", "ana"),
    )


def test_only_a_visit_on_which_the_client_was_met_says_when_somebody_was_last_there() -> None:
    """A client at whose door nobody opened would look visited, and nobody would go again."""
    last = {
        outcome: subject_columns([one("visit", begin=clocked(NINE), outcome={"outcome": outcome})])[
            "last_visit"
        ]
        for outcome in OUTCOMES
    }

    assert last == {
        "made": "2026-11-24T14:00:00Z",
        "partial": "2026-11-24T14:00:00Z",
        "not_home": None,
        "refused": None,
        "in_hospital": None,
        "cancelled_by_client": None,
        "cancelled_by_agency": None,
        "left_unsafe": None,
    }


@pytest.mark.parametrize(
    ("code", "units", "values"),
    [
        ("planned_end_before_start", ("planned",), {"planned": {"start": TEN, "end": NINE}}),
        ("end_before_start", ("begin", "end"), {"begin": clocked(TEN), "end": clocked(NINE)}),
        (
            "end_before_start",
            ("begin", "end"),
            {"begin": clocked(NINE, NOON), "end": clocked(TEN, ELEVEN)},
        ),
        (
            "made_and_cancelled",
            ("outcome", "cancelled_by"),
            {"outcome": {"outcome": "made"}, "cancelled_by": "agency"},
        ),
        (
            "made_and_cancelled",
            ("outcome", "cancelled_by"),
            {"outcome": {"outcome": "made"}, "cancelled_by": "client"},
        ),
        (
            "verified_for_another_client",
            ("evv",),
            {"evv": {"service": "G0155", "client": "c2", "date": "2026-11-24", "worker": ANA}},
        ),
    ],
)
def test_a_flag_points_at_the_writes_that_cannot_both_be_right(
    code: str, units: tuple[str, ...], values: dict[str, Json]
) -> None:
    """Whoever opens it must be led to both sides, as the two may be by two people on two tablets."""
    saves = [
        Save(by, {unit: values[unit]}, at)
        for at, (by, unit) in enumerate(zip((ANA, BEN), units, strict=False))
    ]
    view = record("visit", *saves)
    names = tuple([write.name for unit in units for write in view.units[unit].live])

    assert len(set(names)) == len(units)
    assert checks(view) == (CheckFlag(code, units, names),)


@pytest.mark.parametrize(
    "values",
    [
        {"planned": {"start": NINE, "end": NINE}},
        {"begin": clocked(NINE), "end": clocked(NINE)},
        {"begin": clocked(TEN, NINE), "end": clocked(NINE, TEN)},
        {"outcome": {"outcome": "made"}, "cancelled_by": "nobody"},
        {"outcome": {"outcome": "not_home"}, "cancelled_by": "client"},
        {"evv": {"service": "G0155", "client": "c1", "date": "2026-11-24", "worker": ANA}},
    ],
)
def test_what_may_well_be_so_is_not_flagged(values: dict[str, Json]) -> None:
    """A knock at a closed door ends as it begins; flags on honest work teach people to overlook flags."""
    assert checks(record("visit", Save(ANA, values))) == ()


@pytest.mark.parametrize(
    ("beside", "alone"),
    [
        ({"who": "staff"}, True),
        ({"who": "interpreter", "interprets": "staff"}, True),
        ({"who": "interpreter", "interprets": "professional"}, True),
        ({"who": "interpreter", "interprets": "relative"}, False),
        ({"who": "partner", "interprets": "staff"}, False),
    ],
)
def test_staff_beside_a_client_are_no_listeners(beside: Json, alone: bool) -> None:
    """A colleague who interprets must not make safe answers look forced, nor a partner who does look safe."""
    assert seen_alone([{"who": "client"}, beside]) is alone
