from __future__ import annotations

from .conftest import Installation


def test_an_installation_is_founded_by_one_command(bare: Installation) -> None:
    """An office begins with nothing and must be able to work at once."""
    founded = bare.told(
        "init", "Hill County Care", "--administrator", "Ida Main", "--supervisor", "Sue Visor"
    )
    bare.ids["ida"] = founded["administrator"]

    listed = bare.told("staff", "list", by="ida")

    assert sorted(founded) == ["administrator", "agency", "office", "supervisor"]
    assert {(one["name"], one["role"]) for one in listed} == {
        ("Ida Main", "administrator"),
        ("Sue Visor", "supervisor"),
    }
    assert (bare.home / "master.key").stat().st_mode & 0o077 == 0


def test_a_second_init_by_mistake_founds_nothing(at_work: Installation) -> None:
    """Two agencies by accident would part the staff from their clients."""
    again = at_work.run("init", "Another", "--administrator", "Eve Other")

    assert again.exit_code == 1
    assert "there is an agency already" in again.stderr


def test_init_without_a_name_brings_the_database_up_to_date(at_work: Installation) -> None:
    """After an upgrade the same command is run again, and must touch nothing else."""
    assert at_work.told("init") == {"database": "up to date"}
    assert len(at_work.told("staff", "list", by="ida")) == 6


def test_a_command_before_init_says_what_to_do(bare: Installation) -> None:
    """A stack trace helps nobody who forgot a step."""
    early = bare.run("clients", by="somebody")

    assert early.exit_code == 1
    assert early.stderr == "Error: master key is not ready\n"


def test_a_name_that_breaks_its_rule_is_refused_without_a_trace(bare: Installation) -> None:
    """A half-founded agency could never be founded again."""
    refused = bare.run("init", "Care", "--administrator", "")

    assert refused.exit_code == 1
    assert "staff.name" in refused.stderr
    assert bare.run("init", "Care", "--administrator", "Ida Main").exit_code == 0
