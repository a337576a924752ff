from __future__ import annotations

import os
import subprocess
import sys
from urllib.request import urlopen

from sqlalchemy import text

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


def test_a_time_zone_that_does_not_exist_is_refused(bare: Installation) -> None:
    """Every due date would be wrong."""
    refused = bare.run("init", "Care", "--administrator", "Ida Main", "--time-zone", "Mars/Olympus")

    assert refused.exit_code == 2
    assert "no such time zone" in refused.stderr


def test_an_agency_needs_an_administrator(bare: Installation) -> None:
    """Nobody else could ever add one."""
    refused = bare.run("init", "Care")

    assert refused.exit_code == 2
    assert not (bare.home / "master.key").exists()


def test_workers_and_supervisors_belong_to_an_office(at_work: Installation) -> None:
    """Without one nobody would answer for their clients."""
    refused = at_work.run("staff", "add", "Nia New", "--role", "worker", by="ida")

    assert refused.stderr == "Error: a worker belongs to an office\n"
    assert (
        "no office here"
        in at_work.run("staff", "add", "Nia New", "--role", "worker", "--office", "Nowhere", by="ida").stderr
    )


def test_of_several_agencies_one_is_named(at_work: Installation) -> None:
    """A command for one agency must never reach another."""
    other = at_work.told("init", "Dale Care", "--administrator", "Eve Other", "--another")

    unnamed = at_work.run("staff", "list", by=other["administrator"])
    named = at_work.told("staff", "list", "--agency", other["agency"], by=other["administrator"])

    assert "name one by its id" in unnamed.stderr
    assert [one["name"] for one in named] == ["Eve Other"]


def test_serve_opens_the_door_and_says_where(at_work: Installation) -> None:
    """Whoever starts it copies the address into a browser or a tablet."""
    environment = os.environ | {"DOORSTEP_HOME": str(at_work.home)}
    command = [sys.executable, "-c", "from server.cli import cli; cli(['serve', '--port', '0'])"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().removeprefix("serving at ").strip()
        try:
            with urlopen(f"{address}/healthz", timeout=10) as reply:  # noqa: S310  # our own server
                status = reply.status
        finally:
            server.terminate()

    assert status == 200


def test_serve_without_a_database_says_what_to_do(bare: Installation) -> None:
    """Tablets would meet errors that nobody sees."""
    assert bare.run("serve", "--port", "0").exit_code == 1


def test_a_database_of_another_shape_is_not_touched(at_work: Installation) -> None:
    """An old program on a new database, or the other way round, would break records."""
    with at_work.house() as house, house.database.writing() as session:
        session.execute(text("DELETE FROM alembic_version"))

    refused = at_work.run("clients", by="sue")

    assert refused.exit_code == 1
    assert "doorstep init" in refused.stderr
