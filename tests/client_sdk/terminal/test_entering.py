from typing import Any

import pytest

from casework import BadAnswer
from client_sdk.terminal.entering import entered

from .shell import Shell


@pytest.mark.parametrize(
    ("type_", "argument", "expected"),
    [
        ("client", "preferred_name=Rosa", {"preferred_name": "Rosa"}),
        ("client", 'preferred_name="Rosa"', {"preferred_name": "Rosa"}),
        ("client", "preferred_name=null", {"preferred_name": None}),
        ("client", "preferred_name=a=b", {"preferred_name": "a=b"}),
        ("visit", "interventions=crisis, planning", {"interventions": ["crisis", "planning"]}),
        ("visit", 'interventions=["crisis"]', {"interventions": ["crisis"]}),
        ("assessment", "seen_alone=Yes", {"seen_alone": True}),
        ("assessment", "seen_alone=perhaps", {"seen_alone": "perhaps"}),
        ("staff", "capacity_hours=4", {"capacity_hours": 4}),
        ("staff", "capacity_hours=four", {"capacity_hours": "four"}),
        ("staff", "capacity_hours=36", {"capacity_hours": 36}),
        ("staff", "capacity_hours=many", {"capacity_hours": "many"}),
        ("visit", "begin.latitude=-97.5", {"begin": {"latitude": "-97.5"}}),
        ("visit", 'begin={"latitude": 97.50}', {"begin": {"latitude": "97.50"}}),
    ],
)
def test_a_value_is_read_as_its_field_wants_it(type_: str, argument: str, expected: dict[str, Any]) -> None:
    """Text stays text and a truth is a truth, without quotes for either."""
    assert entered(type_, [argument]) == expected


def test_parts_of_one_group_come_together_in_any_order() -> None:
    """A name is typed in two arguments and is one unit."""
    arguments = ["legal_name.given=Rosa", "sex=female", "legal_name.family=Okafor"]

    assert entered("client", arguments) == {
        "legal_name": {"given": "Rosa", "family": "Okafor"},
        "sex": "female",
    }


@pytest.mark.parametrize("argument", ["legal_name={", "legal_name=" + "[" * 100_000, "=x", "x"])
def test_what_is_no_json_and_no_argument_is_a_bad_answer(argument: str) -> None:
    """Never a traceback, whatever was pasted."""
    with pytest.raises(BadAnswer):
        entered("client", [argument])


def test_what_can_be_entered_is_listed_without_a_secret(shell: Shell) -> None:
    """Nobody knows the names of two hundred fields, or their codes."""
    shell.secret = None
    types = {one["type"]: one for one in shell.gives("fields")}
    told = {one["field"]: one for one in shell.gives("fields", "client")}

    assert types["staff"]["about"] == "worker"
    assert told["legal_name.family"]["title"] == "Legal name: Family name"
    assert "female" in told["sex"]["codes"].split()
    assert told["hazards/…"]["kind"] == "group"
    assert "weapon" in told["hazards.kind"]["codes"].split()
    assert "`fields` lists" in shell.refuses("fields", "horse")
    assert "no such record type" in shell.refuses("fields", "horse")


def test_every_field_that_is_listed_can_be_typed(shell: Shell, client: str) -> None:
    """A list that does not fit the commands sends people to the source."""
    for one in shell.gives("fields", "need"):
        if one["codes"]:
            name, code = one["field"], one["codes"].split()[0]
            shell.says("add", client, "need", f"{name}={code}")
