"""
A day in which everything is exercised with marks: office, server, tablet, late work, exports, backup, crashes.

What was written lies below one folder when it is over: `tablet`, `server`, `restored`, `work`, `tmp`, `logs`; and
apart from them `exports` and `inputs`, where a person asked for the clients' data in clear.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import urllib3

from .commands import WORKER, Agency, tablet_in
from .marked_server import Office, allow_core_files, serving
from .marking import OFFICE, TYPED, Marker

ROOT: Final = Path(__file__).parents[2]
LATE_SAVES: Final = 12
"""Saves of work that nobody may write any more, after which the tablet is killed while it saves the next."""

CLEAR: Final = ("exports", "inputs")
FOLDERS: Final = (*CLEAR, "work", "tmp", "logs", "restored")


@dataclass
class Day:
    """Where it all lies, and what was said."""

    folder: Path
    agency: Agency
    office_marks: Marker = field(default_factory=lambda: Marker(OFFICE))
    typed: Marker = field(default_factory=lambda: Marker(TYPED))
    said: dict[str, Any] = field(default_factory=dict)
    """What the tablet told of each of its steps."""
    client: str = ""
    held: list[dict[str, Any]] = field(default_factory=list)
    left_by_crash: list[str] = field(default_factory=list)
    """Files that lay in the tablet's folder while it was dead."""

    def path(self, name: str) -> Path:
        """A folder of this day."""
        return self.folder / name

    def log(self, name: str) -> IO[bytes]:
        """Where the output of a program is kept."""
        return (self.path("logs") / name).open("ab")


def play(folder: Path, settings: Mapping[str, str]) -> Day:
    """The whole day."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    typed = Marker(TYPED)
    day = Day(folder, Agency.found(folder / "server", settings, typed.mark("agency name")), typed=typed)
    office = Office(day.agency)
    morning_at_the_office(day, office)
    with serving(day.agency.environment, day.path("work"), day.path("logs") / "server.err") as address:
        knock_wrongly(day, address)
        day_of_the_tablet(day, office, address)
        run_tablet(day, "after", day.client)
        decide_late_work(day, office)
        last = tablet_in(day.path("tablet"))
        for words in (("sync",), ("pending",), ("notices",), ("clients", "--search", "said")):
            note(day, last.run("tablet", *words, "--json").stderr)
    keep(day)
    return day


def morning_at_the_office(day: Day, office: Office) -> None:
    """Staff, clients of every field, files of other systems; and what the office mistypes."""
    desk, mark = day.agency.office, day.typed.mark
    day.client = office.register(day.office_marks)
    desk.told("assign", WORKER, day.client)
    office.write_all(day.client, day.office_marks)
    words = ("--role", "supervisor", "--office", "Hill", "--e-mail", f"{mark('e-mail')}@example.org")
    day.agency.ids["other"] = day.agency.administration.told("staff", "add", mark("name"), *words)["person"]
    day.agency.administration.told("office", "add", mark("office"))
    for name, content in inputs(day).items():
        file = day.path("inputs") / name
        file.write_text(content, encoding="utf-8")
        note(day, desk.run("import", str(file)).stderr)
    note(day, desk.run("client", "add", "--family", mark("name"), "--born", mark("born")).stderr)
    note(day, desk.run("clients", mark("searched")).stderr)


def inputs(day: Day) -> dict[str, str]:
    """Files to import, sound and broken ones."""
    mark = day.typed.mark
    person = {"resourceType": "Patient", "name": [{"family": mark("patient"), "given": [mark("patient")]}]}
    question = {"linkId": mark("form"), "type": "boolean", "text": mark("form")}
    form = {"resourceType": "Questionnaire", "status": "active", "name": mark("form"), "item": [question]}
    rows = (
        f"family,given,date_of_birth\n{mark('row')},{mark('row')},1950-03-02\n,{mark('row')},{mark('row')}\n"
    )
    broken = [person | {mark("member"): 1}, person | {"birthDate": mark("born")}, form | {"item": [{}]}]
    files = {"rows.csv": rows, "person.json": json.dumps(person), "form.json": json.dumps(form)}
    files |= {f"broken{number}.json": json.dumps(made) for number, made in enumerate(broken)}
    return files | {"cut.json": json.dumps(person)[:-9], "cut.csv": f'family\n"{mark("row")}\n'}


def knock_wrongly(day: Day, address: str) -> None:
    """Requests that are none, with marks wherever a request can hold one."""
    mark = day.typed.mark
    pool = urllib3.PoolManager(retries=False)
    body = json.dumps({"code": mark("body"), "public_key": mark("body"), "label": mark("body")})
    for path in ("/api/v1/enrolments", "/api/v1/sync", f"/{mark('path')}", "/healthz"):
        for method in ("POST", "GET"):
            headers = {"User-Agent": mark("header"), "Content-Type": "application/json"}
            headers |= {
                "Signature-Input": f'sig=("@method");keyid="{mark("header")}"',
                "Signature": "sig=:AA==:",
            }
            url = f"{address}{path}?{mark('query')}={mark('query')}"
            reply = pool.request(method, url, headers=headers, body=body if method == "POST" else None)
            note(day, reply.data.decode())
    note(day, pool.request("GET", f"{address}/metrics").data.decode())


def day_of_the_tablet(day: Day, office: Office, address: str) -> None:
    """Everything is saved and sent; then the worker is taken off, saves on without signal, and the tablet dies."""
    with day.log("tablet.err") as errors:
        words = ("day", str(day.path("tablet")), address, day.agency.code(), day.client)
        running = start_tablet(day, words, errors)
        assert running.stdin is not None, "it is piped"
        assert running.stdout is not None, "it is piped"
        for line in running.stdout:
            told = json.loads(line)
            day.said[told["what"]] = told["value"]
            if told["what"] == "drafts":
                office.contradict(day.client, day.office_marks)
                day.agency.office.told("unassign", WORKER, day.client)
                running.stdin.write("go\n")
                running.stdin.flush()
            if told["what"] == "saved" and told["value"] >= LATE_SAVES:
                break
        running.kill()
        running.communicate()
    day.left_by_crash = sorted(path.name for path in day.path("tablet").iterdir())
    shutil.copytree(day.path("tablet"), day.path("work") / "tablet-as-the-crash-left-it")


def run_tablet(day: Day, step: str, *words: str) -> None:
    """One more process on the tablet, to its end."""
    with day.log("tablet.err") as errors:
        running = start_tablet(day, (step, str(day.path("tablet")), *words), errors)
        output, _ = running.communicate()
    for line in output.splitlines():
        told = json.loads(line)
        day.said[f"{step}: {told['what']}"] = told["value"]
    day.said[f"{step}: ended by"] = running.returncode


def start_tablet(day: Day, words: tuple[str, ...], errors: IO[bytes]) -> "subprocess.Popen[str]":
    """A process that may leave a core file, if it is let."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.marked_tablet", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(day.path("work"))},
        preexec_fn=allow_core_files,
        cwd=day.path("work"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


def decide_late_work(day: Day, office: Office) -> None:
    """Some of what was held is released, one to the office, one is not applied; a rival is settled."""
    desk, reason = day.agency.office, day.typed.mark("reason")
    day.held = desk.told("held")
    late = [work["name"] for work in day.held if work["code"] == "not_assigned"]
    for number, name in enumerate(late):
        decision = ("refuse", name) if number == 1 else ("release", name, *(("--to-office",) * (number == 2)))
        desk.told(*decision, "--reason", reason)
    other = ("--as", day.agency.ids["other"])
    value = json.dumps({"family": day.typed.mark("settled")})
    words = ("settle", day.client, "client", day.client, "legal_name")
    desk.told(*words, "--value", value, "--reason", reason, *other)
    note(day, desk.run(*words, "--value", day.typed.mark("no JSON"), "--reason", reason, *other).stderr)


def keep(day: Day) -> None:
    """Exports, where they belong; the log replayed; a backup, and an empty server that it fills."""
    desk, administration = day.agency.office, day.agency.administration
    for client in desk.told("clients"):
        told = desk.told("export", client["id"])
        (day.path("exports") / f"{client['id']}.json").write_text(json.dumps(told), encoding="utf-8")
    administration.told("rebuild", "--write")
    administration.told("rebuild")
    file = day.path("work") / "agency.backup"
    administration.told("backup", str(file))
    for name in ("keys.sqlite", "master.key"):
        shutil.copy(day.path("server") / name, day.path("restored") / name)
    restored = Agency(day.path("restored"), ids=day.agency.ids)
    restored.administration.told("restore", str(file), "--as", day.agency.ids["administrator"])
    restored.administration.told("rebuild", "--as", day.agency.ids["administrator"])


def note(day: Day, text: str) -> None:
    """Keep what a program said that is no answer: it may end in a log."""
    with day.log("said.txt") as log:
        log.write(text.encode())
