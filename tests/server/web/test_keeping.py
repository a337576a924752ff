"""Accounts over time: backup and restore, settings, the command that invites."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from server.cli import cli
from server.db import Database, table_of
from server.house import House
from server.migrations import upgrade
from server.services.access import accounts, invitations
from server.services.access.people import ADMINISTRATOR, SUPERVISOR, WORKER
from server.services.desk import registry
from server.services.keeping import backup
from server.settings import Settings
from server.tables.account import InvitationRow, RecoveryCodeRow, WebSessionRow
from tests.browser.scene import Scene

from .visitor import Visitor


def test_a_restored_server_knows_its_people_and_no_code_of_theirs(scene: Scene, tmp_path: Path) -> None:
    """Nobody is invited anew after a disaster; but what was good once before it is good no more."""
    house = scene.house
    Visitor(scene.app).enter(scene, SUPERVISOR)
    with house.database.writing() as session:
        accounts.set_recovery_codes(session, house.sealer, scene.person(SUPERVISOR), ["once"])
        invitations.invite(session, house.providers, scene.person(ADMINISTRATOR), scene.person(WORKER).id)
    file = tmp_path / "backup"
    backup.backup(house, scene.person(ADMINISTRATOR), file, lambda done, all_: None)
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}", house.providers)
    upgrade(database.engine)
    new = House(house.settings, house.providers, database, house.keys_database, house.sealer)
    backup.restore(new, file, scene.person(ADMINISTRATOR).id, lambda done, all_: None)
    with database.writing() as session:
        registry.confirm_person(session, scene.person(ADMINISTRATOR), scene.person(SUPERVISOR).id)
    with database.reading() as session:
        found = accounts.of_person(session, house.sealer, scene.agency, scene.person(SUPERVISOR).id)
        left = {
            row.__tablename__: session.scalar(select(func.count()).select_from(table_of(row)))
            for row in (RecoveryCodeRow, InvitationRow, WebSessionRow)
        }
    database.close()

    assert found is not None
    assert found.password is not None
    assert found.totp is not None
    assert left == {"recovery_code": 0, "invitation": 0, "web_session": 0}


def test_cookies_over_plain_http_are_for_this_machine_alone() -> None:
    """A demo's setting on a real host would send sessions in clear."""
    demo = {"DOORSTEP_PLAIN_HTTP": "yes", "DOORSTEP_HOST": "127.0.0.1"}

    assert Settings.of_environment(demo).plain_http
    assert not Settings.of_environment({"DOORSTEP_PLAIN_HTTP": "no"}).plain_http
    with pytest.raises(ValueError, match="PLAIN_HTTP"):
        Settings.of_environment(demo | {"DOORSTEP_HOST": "0.0.0.0"})  # noqa: S104  # it is refused
    with pytest.raises(ValueError, match="yes or no"):
        Settings.of_environment({"DOORSTEP_PLAIN_HTTP": "true"})


def test_the_command_invites_by_a_code_that_opens_the_web(scene: Scene) -> None:
    """The first administrator of an installation has no other way."""
    settings = scene.house.settings
    env = {"DOORSTEP_HOME": str(settings.home), "DOORSTEP_MASTER_KEY": settings.master_key}
    words = ["invite-person", scene.seats[WORKER].e_mail, "--as", scene.person(ADMINISTRATOR).id]
    words += ["--agency", scene.agency, "--json"]
    told = CliRunner().invoke(cli, words, env=env, obj=scene.house.providers)
    assert told.exit_code == 0, told.output
    with scene.house.database.reading() as session:
        whom = invitations.whose(session, json.loads(told.stdout)["code"], scene.clock.now_ms())

    assert whom == scene.person(WORKER)
