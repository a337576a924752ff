"""Where clients live, and with whom."""

import pytest

from casework import columns, validate
from casework.errors import BadAnswer
from casework.records.address import printable
from sync import Json

from ..story import ANA, BEN, Save, codes, empty, one, record


def test_an_address_is_listed_and_its_dates_are_checked() -> None:
    """Which door, and whether it is still the one."""
    place: dict[str, Json] = {"kind": "home", "lines": ["1 Oak St"], "city": "Austin"}
    view = one("address", place={**place, "since": "2026-01-02", "until": "2026-01-01"}, state="current")

    assert columns(view) == {"kind": "home", "state": "current", "street": "1 Oak St", "city": "Austin"}
    assert codes(view) == ["end_before_start"]
    assert codes(one("address", place={**place, "since": "2026-01-01", "until": "2026-01-02"})) == []
    assert printable(view)


def test_a_confidential_address_is_never_printed() -> None:
    """One worker's *confidential* is enough, whatever another's value says."""
    place: dict[str, Json] = {"kind": "home", "lines": ["1 Oak St"]}
    view = record(
        "address", Save(ANA, {"place": {**place, "kind": "confidential"}}), Save(BEN, {"place": place}, 2)
    )

    assert not printable(view)
    assert not printable(one("address", place="unreadable"))
    assert printable(empty("address"))


def test_a_removed_contact_stays_removed_through_any_later_edit() -> None:
    """No merge may bring an abuser back."""
    view = record(
        "contact_person",
        Save(ANA, {"state": {"state": "removed", "reason": "unsafe"}}),
        Save(BEN, {"state": {"state": "active"}, "name": "Rob"}, 2),
    )

    assert columns(view)["state"] == "removed"
    assert columns(one("contact_person", name="Rob", phone="555-0100", kind="contact")) == {
        "kind": "contact",
        "name": "Rob",
        "phone": "555-0100",
        "state": "active",
    }
    with pytest.raises(BadAnswer):
        validate("contact_person", "state", {"state": "removed"})
    validate("contact_person", "state", {"state": "active"})


def test_a_relation_joins_two_people_who_are_there() -> None:
    """A removed person must not stay somebody's guardian in a diagram."""
    people: dict[str, Json] = {"p1": {"name": "Rosa"}}
    fine = one(
        "household", people_set=people, relations_set={"r1": {"of": "p1", "to": "c1", "relation": "parent"}}
    )
    lost = one(
        "household", people_set=people, relations_set={"r1": {"of": "p2", "to": "c1", "relation": "parent"}}
    )
    self_ = one(
        "household", people_set=people, relations_set={"r1": {"of": "p1", "to": "p1", "relation": "child"}}
    )

    assert codes(fine) == []
    assert codes(lost) == ["relation_without_person"]
    assert codes(self_) == ["relation_without_person"]
    assert columns(fine) == {"people": 1}
