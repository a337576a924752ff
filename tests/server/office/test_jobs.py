"""The queues that call the scan: each finds the same things due, and neither holds the truth."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect

from server.cli import cli
from server.jobs.running import LOCK, SCHEMA, app_of, consumer_of, prepare_schema
from server.settings import Providers

from ..exchange.tablet import Scripted
from .conftest import Desk
from .mailbox import mailbox
from .test_risk import read

LOOP = """
from server.house import House
from server.jobs import run
from server.observability import logs
from server.settings import Providers, Settings
settings = Settings.of_environment()
providers = Providers.of_machine(settings.home)
logs.configure(providers.now_ms, settings.log_level)
run(House.open(settings, providers))
"""


def with_mail(desk: Desk, port: int) -> Any:
    """The house with a mail server in its settings."""
    settings = replace(
        desk.house.settings, mail_url=f"smtp://127.0.0.1:{port}", mail_from="doorstep@example.org"
    )
    return replace(desk.house, settings=settings)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_minute_of_huey_is_a_scan(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A small office has one machine and no other database."""
    desk.risk(ana, cared_for)
    with mailbox() as box:
        queue = consumer_of(with_mail(desk, box.port)).huey
        tasks = [queue.read_periodic(datetime(2026, 11, 24, 8, minute, tzinfo=UTC)) for minute in range(3)]
        queue.execute(tasks[0][0])
        queue.execute(tasks[1][0])

    assert [[task.name for task in due] for due in tasks] == [[LOCK], [LOCK], [LOCK]]
    assert sorted(box.to()) == ["lead@example.org", "sue@example.org"]
    assert [line.outcome for line in read(desk, cared_for).told] == ["sent", "sent"]


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_every_minute_of_procrastinate_is_a_scan(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """A large one has PostgreSQL, and its queue keeps out of the agency's tables."""
    desk.risk(ana, cared_for)
    with mailbox() as box:
        house = with_mail(desk, box.port)
        prepare_schema(house)
        prepare_schema(house)
        with app_of(house).open() as app, ThreadPoolExecutor(1) as beside:
            app.configure_task(LOCK).defer(timestamp=0)
            # A browser's test in this process keeps an event loop in its thread, and the worker wants its own.
            beside.submit(
                app.run_worker, wait=False, install_signal_handlers=False, listen_notify=False
            ).result()

    assert sorted(box.to()) == ["lead@example.org", "sue@example.org"]
    tables = inspect(desk.house.database.engine)
    assert "procrastinate_jobs" in tables.get_table_names(schema=SCHEMA)
    assert not [name for name in tables.get_table_names() if name.startswith("procrastinate")]


@pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
def test_the_loop_scans_at_once_and_ends_when_it_is_interrupted(
    desk: Desk, ana: Scripted, cared_for: str
) -> None:
    """`doorstep jobs` is a process that somebody starts, forgets, and stops with the machine."""
    desk.risk(ana, cared_for)
    settings = desk.house.settings
    with mailbox() as box:
        env = os.environ | {
            "DOORSTEP_HOME": str(settings.home),
            "DOORSTEP_DATABASE_URL": settings.database_url,
            "DOORSTEP_KEYS_URL": settings.keys_url,
            "DOORSTEP_MASTER_KEY": settings.master_key,
            "DOORSTEP_MAIL_URL": f"smtp://127.0.0.1:{box.port}",
            "DOORSTEP_MAIL_FROM": "doorstep@example.org",
        }
        command = [sys.executable, "-c", LOOP]
        with subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as loop:
            assert loop.stdout is not None
            said = []
            for line in loop.stdout:
                said.append(line)
                if "told" in line:
                    break
            loop.send_signal(signal.SIGINT)
            rest = loop.communicate(timeout=60)[0]

    # By the machine's clock the danger is old, and every step of the ladder is due.
    assert set(box.to()) == {"lead@example.org", "sue@example.org"}, "".join(said)
    assert "Traceback" not in rest
    assert {line.outcome for line in read(desk, cared_for).told} == {"sent"}


def test_a_clock_of_the_machines_own_may_call_one_scan(tmp_path: Path) -> None:
    """`doorstep jobs --once` beside cron needs no queue at all."""
    providers = Providers.of_machine(tmp_path)
    env = {"DOORSTEP_HOME": str(tmp_path)}
    founded = ["init", "Hill", "--administrator", "Ida Main", "--office", "Hill", "--json"]
    first = CliRunner().invoke(cli, founded, env=env, obj=providers)
    assert first.exit_code == 0, first.output
    done = CliRunner().invoke(cli, ["jobs", "--once", "--json"], env=env, obj=providers)

    assert json.loads(done.stdout) == {"agencies": 1, "told": 0, "failed": 0}
