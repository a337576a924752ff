"""What the agency says of itself: reviews, staff, instruments, settings."""

import pytest

from casework import columns, facts, validate
from casework.errors import BadAnswer
from casework.record import Fact
from sync import Json

from ..story import ANA, NINE, OFFICE, Save, codes, one, record


def test_nobody_reviews_own_work_and_a_cosignature_says_what_was_signed() -> None:
    """A supervisor who visits is reviewed by another."""
    own = one(
        "review", of={"type": "note", "id": "n1"}, kind="cosigned", author="eva", reviewer="eva", at=NINE
    )
    fine = one(
        "review",
        of={"type": "note", "id": "n1"},
        kind="cosigned",
        author="ana",
        reviewer="eva",
        digest="A" * 22,
    )

    assert codes(own) == ["own_work", "cosigned_without_digest"]
    assert codes(fine) == []
    assert facts(own) == (Fact("review", "n1", "cosigned", "2026-11-24T14:00:00Z", "eva"),)
    assert columns(fine)["of"] == "n1"


def test_staff_have_licences_that_expire() -> None:
    """What a title may sign ends with its licence."""
    view = record(
        "staff",
        Save(
            ANA,
            {
                "name": "Ana Soto",
                "job_title": "LMSW",
                "licences/l1": {"kind": "lmsw", "expires_on": "2027-05-31"},
            },
        ),
        Save("eva", {"active": False}, device=OFFICE),
        id_="ana",
        subject="ana",
    )

    assert columns(view) == {"name": "Ana Soto", "title": "LMSW", "active": False}
    assert facts(view) == (
        Fact("staff", "ana", "inactive", worker="ana"),
        Fact("licence", "l1", "lmsw", "2027-05-31", "ana"),
    )


def test_a_tablet_cannot_make_its_owner_an_administrator() -> None:
    """Roles are the office's word; a device's write is a proposal beside it."""
    view = record(
        "staff", Save("eva", {"roles": ["worker"]}, device=OFFICE), Save(ANA, {"roles": ["administrator"]}, 2)
    )

    assert view.value("roles") == ["worker"]


def test_an_imported_instrument_must_be_one_that_can_be_asked() -> None:
    """What syncs to a hundred tablets is checked once more than it needs to be."""
    whole: Json = {"definition": {"id": "phq9", "version": "1.0"}}
    with pytest.raises(BadAnswer) as refused:
        validate("instrument", "whole", whole)

    assert "a definition that can be asked" in refused.value.rule


def test_what_the_agency_decides_is_listed() -> None:
    """Offices, resources, instruments and settings are decided whole."""
    made = {
        "office": {"version": 1, "name": "North", "time_zone": "America/Chicago"},
        "resource": {"version": 1, "name": "Food bank", "domains": ["food"], "phone": "555-0100"},
        "settings": {"version": 3},
        "instrument": {"definition": {"id": "phq9", "version": "1.0+abc"}},
    }
    views = {
        type_: record(type_, Save("eva", {"whole": whole}, device=OFFICE), subject="agency")
        for type_, whole in made.items()
    }

    assert columns(views["office"])["name"] == "North"
    assert columns(views["resource"]) == {
        "name": "Food bank",
        "domains": ["food"],
        "phone": "555-0100",
        "checked_on": None,
    }
    assert columns(views["settings"]) == {"version": 3}
    assert columns(views["instrument"]) == {"instrument": "phq9", "version": "1.0+abc"}
