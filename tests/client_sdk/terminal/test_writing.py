from typing import Any

import pytest

from tests.client_sdk.facade.kit import writes

from .shell import Shell


def values(shell: Shell, id_: str) -> Any:
    """What a record shows."""
    return shell.gives("show", id_)[0]["values"]


def test_a_client_is_registered_from_parts_of_a_name(shell: Shell) -> None:
    """At the door nobody writes JSON."""
    made = shell.gives(
        "register", "legal_name.given=Ngozi", "legal_name.family=Eze", "date_of_birth=1944-05-06"
    )

    assert values(shell, made["id"]) == {
        "legal_name": {"given": "Ngozi", "family": "Eze"},
        "date_of_birth": "1944-05-06",
    }
    assert made["custody"] == "on this tablet only"


def test_one_part_of_a_group_is_changed_and_the_others_stay(shell: Shell, client: str) -> None:
    """A corrected middle name must not cost the family name."""
    shell.says("edit", "client", client, "legal_name.middle=Ada")

    assert values(shell, client)["legal_name"] == {"family": "Okafor", "given": "Rosa", "middle": "Ada"}


def test_a_member_is_added_to_a_set_and_taken_out_again(shell: Shell, client: str) -> None:
    """The dog moved out."""
    shell.says("edit", "client", client, 'hazards+={"kind": "dog", "review_on": "2027-06-01"}')
    (unit,) = [unit for unit in values(shell, client) if unit.startswith("hazards/")]

    shell.says("edit", "client", client, f"{unit}=null")

    assert values(shell, client)[unit] is None


def test_what_is_equal_to_what_is_shown_saves_nothing(shell: Shell, client: str) -> None:
    """A changeset that says nothing costs bytes and a line of history."""
    assert "Nothing had changed" in shell.says("edit", "client", client, "date_of_birth=1950-01-01")
    assert shell.gives("pending") == []


def test_a_record_of_any_type_is_added_to_a_client(shell: Shell, client: str) -> None:
    """The terminal must not be a poorer tablet."""
    made = shell.gives("add", client, "need", "domain=food")

    assert (made["type"], made["subject"]) == ("need", client)


@pytest.mark.parametrize(
    "argument",
    ["date_of_birth=next Tuesday", "nonsense=1", "legal_name=Rosa", "no equals sign", "sex.part=Okafor"],
)
def test_what_breaks_a_rule_is_one_line_that_repeats_nothing_entered(
    shell: Shell, client: str, argument: str
) -> None:
    """The line may end in a log or on a shared screen."""
    said = shell.refuses("edit", "client", client, argument)

    assert said.count("\n") == 1
    for entered in ("next Tuesday", "Rosa", "Okafor", "no equals sign"):
        assert entered not in said


def test_a_visit_begins_now_by_both_clocks_and_is_ended_later(shell: Shell, client: str) -> None:
    """Visit verification needs both moments, and the tablet's clock may be wrong."""
    begun = shell.gives("visit", client, "purpose=look in")["id"]
    shell.field.time.ms += 60_000
    shell.says("visit", client, "--go-on", begun, "--end", "now", "--outcome", "made")

    shown = values(shell, begun)

    assert set(shown["begin"]) == {"device_at", "corrected_at", "method"}
    assert shown["end"]["device_at"] > shown["begin"]["device_at"]
    assert shown["outcome"] == {"outcome": "made"}


def test_a_visit_of_yesterday_is_entered_in_the_agencys_time(shell: Shell, client: str) -> None:
    """Paper notes say half past nine, not an offset."""
    made = shell.gives(
        "visit", client, "--begin", "2026-11-24T09:30", "--end", "2026-11-24T10:15", "--outcome", "not_home",
        "--why", "Nobody answered",
    )  # fmt: skip

    shown = values(shell, made["id"])
    assert shown["begin"] == {"device_at": "2026-11-24T09:30:00-05:00", "method": "manual"}
    assert shown["outcome"] == {"outcome": "not_home", "reason": "Nobody answered"}
    assert "must be now, or a time" in shell.refuses("visit", client, "--begin", "half past nine")


def test_a_note_is_read_from_standard_input_and_signed_in_one_save(shell: Shell, client: str) -> None:
    """Text on a command line stays in the shell's history."""
    made = shell.gives(
        "note", client, "--sign", "--heading", "Visit", input="She is well.\nCall on Friday.\n"
    )

    (shown,) = shell.gives("show", made["id"])
    assert shown["values"]["narrative"] == "She is well.\nCall on Friday."
    assert shown["signed"]["late"] == []
    assert len(shell.gives("pending")) == 1


def test_a_note_without_text_is_refused(shell: Shell, client: str) -> None:
    """An empty note in a chart reads like a visit that was not made."""
    assert "needs some text" in shell.refuses("note", client, input=" \n")


def test_a_signed_record_is_signed_once_and_not_changed(shell: Shell, client: str) -> None:
    """A signature stands for exact words."""
    note = shell.gives("note", client, "--text", "All well.")["id"]

    shell.says("sign", "note", note, "--title", "LCSW")

    assert "Signed by 11111111" in shell.says("show", note)
    assert "must wait" in shell.refuses("sign", "note", note)
    assert "addendum" in shell.refuses("edit", "note", note, "heading=Other")


def test_an_assessment_may_be_part_of_a_visit_that_is_signed_at_once(shell: Shell, client: str) -> None:
    """Whoever reads the answers sees on which visit they were given."""
    visit = shell.gives("visit", client, "--outcome", "made", "--end", "now", "--sign")["id"]
    answers = '{"q1": "not_at_all", "q2": "not_at_all"}'

    told = shell.gives("assess", client, "phq2", "--visit", visit[:8], "--answers", answers)

    (assessment,) = shell.gives("show", told["assessment"])
    assert assessment["values"]["visit"] == visit
    assert "Signed by 11111111" in shell.says("show", visit)


def test_what_came_late_to_a_signed_record_is_said(shell: Shell, client: str) -> None:
    """What was signed is not what stands there now."""
    note = shell.gives("note", client, "--text", "All well.", "--heading", "Visit")["id"]
    shell.says("sync")
    units = shell.field.model.state.records[("note", note)].units
    shell.says("sign", "note", note)
    shell.field.model.office(
        client, *writes("note", note, units["heading"].live[0].name, heading="Another visit")
    )
    shell.says("sync")

    assert "Changed after it was signed: heading" in shell.says("show", note)


def test_a_time_zone_that_this_machine_lacks_is_read_as_utc(shell: Shell, client: str) -> None:
    """A tablet without the list of zones still records visits."""
    shell.store = "far"
    shell.field.wire.tells = {"time_zone": "Mars/Olympus"}
    shell.says("enrol", "https://doorstep.example", "code")
    shell.says("sync")
    (visit,) = shell.gives("show", shell.gives("visit", client, "--begin", "2026-11-23T09:30")["id"])

    assert visit["values"]["begin"]["device_at"] == "2026-11-23T09:30:00+00:00"
