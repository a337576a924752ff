"""Reads: who looked at whose record, and what of that may be looked at by whom."""

from __future__ import annotations

import csv
import io
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from casework import instruments
from server.cli import cli
from server.db import Base, table_of
from server.errors import NotAssigned, Refused
from server.house import House
from server.services.access import rights
from server.services.access.people import ROLES, Person
from server.services.access.rights import MATRIX
from server.services.desk import ladder, reads
from server.services.desk.reads import Filter, Read
from server.services.keeping import backup
from server.settings import Providers
from server.tables.notice import NoticeRow
from server.tables.person import PersonOfficeRow
from server.tables.read import ReadRow

from ..exchange.conftest import HOUR_MS, NORTH
from ..exchange.tablet import Scripted
from .conftest import Desk

_leads = table_of(PersonOfficeRow)
_notice = table_of(NoticeRow)
_read = table_of(ReadRow)


def note(desk: Desk, by: str, subject: str, what: str = "all", **more: Any) -> str:
    """Somebody reads."""
    with desk.house.database.writing() as session:
        return reads.note_read(session, desk.house.providers, desk.people[by], subject, what, **more)


def listed(desk: Desk, by: str = "aud", which: Filter = reads.EVERYTHING, **options: Any) -> list[Read]:
    """What an auditor sees."""
    page = desk.ask(
        lambda session: reads.reads(session, desk.house.sealer, desk.people[by], which, **options)
    )
    return list(page.rows)


def test_a_read_says_who_what_when_why_and_from_where(desk: Desk, cared_for: str) -> None:
    """A client asks who has looked, and gets an answer."""
    why = "Her daughter complained."
    id_ = note(
        desk, "lead", cared_for, "note", record="n1", purpose="complaint", why=why, sealer=desk.house.sealer
    )

    assert listed(desk) == [
        Read(id_, desk.clock.ms, "lead", "Lead", cared_for, "note", "n1", 1, "web", "complaint", why)
    ]


def test_reasons_in_words_lie_sealed(desk: Desk, cared_for: str) -> None:
    """A dump of the database tells nobody's story."""
    note(desk, "lead", cared_for, why="Her daughter complained.", sealer=desk.house.sealer)
    with desk.house.database.reading() as session:
        boxes = list(session.scalars(select(_read.c.why)))

    assert b"daughter" not in boxes[0]


def test_reads_are_listed_newest_first_and_by_page_and_filter(desk: Desk, cared_for: str) -> None:
    """An inquiry asks for one person, one client, one week."""
    other = desk.register()
    told = []
    for by, subject in (("lead", cared_for), ("sue", other), ("lead", other), ("sue", cared_for)):
        told.append(note(desk, by, subject, via="cli" if by == "sue" else "web"))
        desk.clock.ms += HOUR_MS

    assert [read.id for read in listed(desk)] == told[::-1]
    assert [read.id for read in listed(desk, which=Filter(person="lead"))] == [told[2], told[0]]
    assert [read.id for read in listed(desk, which=Filter(subject=other))] == [told[2], told[1]]
    assert [read.id for read in listed(desk, which=Filter(via="cli"))] == [told[3], told[1]]
    begin = desk.clock.ms - 3 * HOUR_MS
    assert [read.id for read in listed(desk, which=Filter(from_ms=begin, until_ms=begin + HOUR_MS))] == [
        told[1]
    ]
    first = desk.ask(lambda session: reads.reads(session, desk.house.sealer, desk.people["aud"], rows=3))
    assert [read.id for read in listed(desk, cursor=first.cursor)] == [told[0]]
    with pytest.raises(Refused):
        listed(desk, cursor=f"{first.cursor}A")


def test_reads_are_seen_by_administrators_and_auditors_and_ones_own_clients_by_their_supervisor(
    desk: Desk, cared_for: str
) -> None:
    """Whoever answers for a client may answer the client."""
    note(desk, "lead", cared_for)
    note(desk, "lead", "", "list:clients", rows=7)

    def of_client(by: str) -> int:
        page = desk.ask(
            lambda session: reads.of_client(session, desk.house.sealer, desk.people[by], cared_for)
        )
        return len(page.rows)

    assert len(listed(desk, "ida")) == 2
    assert [of_client(by) for by in ("lead", "sue", "aud", "ida")] == [1, 1, 1, 1]
    for by in ("lead", "ana"):
        with pytest.raises(NotAssigned):
            listed(desk, by)
    for by in ("dan", "ana"):
        with pytest.raises(NotAssigned):
            of_client(by)


def test_an_export_is_guarded_against_formulas(desk: Desk, cared_for: str) -> None:
    """A spreadsheet that opens it must not run what somebody typed as a reason."""
    evil = '=HYPERLINK("https://example.org")'
    note(desk, "lead", cared_for, why=evil, sealer=desk.house.sealer)
    for _ in range(reads.listing.PAGE_ROWS_MAX):
        note(desk, "sue", cared_for)
    with desk.house.database.reading() as session:
        lines = list(reads.as_csv(session, desk.house.sealer, desk.people["aud"]))
    rows = list(csv.DictReader(io.StringIO("".join(lines), newline="")))

    assert len(rows) == reads.listing.PAGE_ROWS_MAX + 1
    assert [row["why"] for row in rows if row["why"]] == ["'" + evil]
    assert tuple(rows[0]) == reads.COLUMNS
    for begin in "=+-@\t\r":
        assert reads.guarded(f"{begin}1") == f"'{begin}1"
    assert reads.guarded("a=1") == "a=1"
    with desk.house.database.reading() as session, pytest.raises(NotAssigned):
        list(reads.as_csv(session, desk.house.sealer, desk.people["lead"]))


def test_a_purpose_is_one_of_a_list_and_a_reason_has_a_bound(desk: Desk, cared_for: str) -> None:
    """Reports count purposes."""
    with pytest.raises(Refused, match="a purpose is one of"):
        note(desk, "lead", cared_for, purpose="curiosity")
    with pytest.raises(Refused, match="characters"):
        note(desk, "lead", cared_for, why="x" * 1_001, sealer=desk.house.sealer)


def test_what_is_read_at_the_command_line_is_noted_too(tmp_path: Any) -> None:
    """The terminal is no way around the audit."""
    providers, env = Providers.of_machine(tmp_path), {"DOORSTEP_HOME": str(tmp_path)}

    def run(*words: str) -> Any:
        result = CliRunner().invoke(cli, [*words], env=env, obj=providers)
        assert result.exit_code == 0, result.output
        return result

    run("init", "Hill", "--administrator", "Ida Main", "--office", "Hill", "--supervisor", "Sue Visor")
    run("client", "add", "--family", "Rivers", "--as", "Sue Visor")
    client = run("clients", "--as", "Sue Visor", "--json").stdout.split('"id": "')[1][:36]
    run("conflicts", "--as", "Sue Visor")
    run("held", "--as", "Sue Visor")
    run("export", client, "--as", "Sue Visor")
    with sqlite3.connect(tmp_path / "doorstep.sqlite") as database:
        rows = database.execute("SELECT subject, what, rows, via FROM read ORDER BY at_ms").fetchall()
    database.close()

    assert rows == [
        ("", "list:clients", 1, "cli"),
        ("", "list:conflicts", 0, "cli"),
        ("", "list:held", 0, "cli"),
        (client, "all", 1, "export"),
    ]


# Rights.


def test_the_table_says_what_was_agreed() -> None:
    """A right that nobody decided is a right too many."""
    assert {act for act, scopes in MATRIX.items() if scopes["administrator"] == "none"} == {
        *("enter", "register", "review", "settle", "release", "risk", "answers"),
    }
    assert {act for act, scopes in MATRIX.items() if scopes["auditor"] != "none"} == {
        *("read", "answers", "staff", "tablets", "reads"),
    }
    assert {act: scopes["worker"] for act, scopes in MATRIX.items() if scopes["worker"] != "none"} == {
        "read": "grants",
        "answers": "grants",
        "devices": "own",
        "tablets": "own",
    }
    assert {scopes["supervisor"] for scopes in MATRIX.values()} == {"offices", "none"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", sorted(MATRIX))
def test_nobody_who_is_not_active_may_do_anything(role: str, act: str) -> None:
    """Suspended is suspended everywhere."""
    left = Person("a1", "x", role, "north", "suspended")

    assert not rights.allows(left, act)
    with pytest.raises(NotAssigned):
        rights.check(left, act)


def test_rights_about_a_client_follow_offices_and_grants(desk: Desk, ana: Scripted, cared_for: str) -> None:
    """Own office, own grant, initials, everything: and nothing about nobody."""

    def may(by: str, act: str, subject: str = cared_for) -> bool:
        try:
            desk.ask(lambda session: rights.check_about(session, desk.people[by], act, subject))
        except NotAssigned:
            return False
        return True

    assert [by for by in desk.people if may(by, rights.READ)] == ["ida", "aud", "lead", "sue", "ana"]
    assert [by for by in desk.people if may(by, rights.ENTER)] == ["lead", "sue"]
    assert [by for by in desk.people if may(by, rights.ASSIGN)] == ["ida", "lead", "sue"]
    assert not any(may(by, rights.READ, "nobody") for by in desk.people)
    assert not any(may(by, rights.READ, "ana") for by in desk.people)


def test_rights_about_a_worker_follow_offices(desk: Desk) -> None:
    """One's own tablet, the office's, everybody's."""

    def may(by: str, act: str, worker: str) -> bool:
        try:
            desk.ask(lambda session: rights.check_about_worker(session, desk.people[by], act, worker))
        except NotAssigned:
            return False
        return True

    assert [by for by in desk.people if may(by, rights.TABLETS, "ana")] == [
        "ida",
        "aud",
        "lead",
        "sue",
        "ana",
    ]
    assert [by for by in desk.people if may(by, rights.ROTA, "cleo")] == ["ida", "dan"]
    assert not any(may(by, rights.ROTA, "nobody") for by in desk.people)


def test_answers_given_in_confidence_need_a_purpose(desk: Desk) -> None:
    """Item 9 is not for the curious; whoever asked it knows it anyway."""
    confidential, plain = instruments.load("phq9"), instruments.load("hunger_vital_sign")
    people = desk.people

    assert rights.may_see_answers(people["lead"], "ana", confidential, "review")
    assert not rights.may_see_answers(people["lead"], "ana", confidential, "")
    assert not rights.may_see_answers(people["lead"], "ana", confidential, "curiosity")
    assert rights.may_see_answers(people["ana"], "ana", confidential, "")
    assert rights.may_see_answers(people["lead"], "ana", plain, "") is not any(
        item.sensitive for item in plain.items
    )
    assert not rights.may_see_answers(people["lead"], "ana", None, "")
    assert not rights.may_see_answers(people["ida"], "ana", plain, "care")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_keeps_who_read_what_who_was_told_and_who_leads_what(
    desk: Desk, ana: Scripted, cared_for: str, tmp_path: Path
) -> None:
    """After a fire the inquiry asks the same questions."""
    note(desk, "lead", cared_for, why="Asked.", sealer=desk.house.sealer)
    desk.risk(ana, cared_for)
    ladder.climb(desk.house, "a1", [])
    with desk.house.database.writing() as session:
        session.execute(_leads.insert().values(agency="a1", person="dan", office=NORTH))
    backup.backup(desk.house, desk.people["ida"], tmp_path / "a.backup", lambda _done, _all: None)
    settings = replace(desk.house.settings, database_url=f"sqlite:///{tmp_path / 'second.sqlite'}")
    second = House.open(settings, desk.house.providers)
    Base.metadata.create_all(second.database.engine)
    backup.restore(second, tmp_path / "a.backup", "ida", lambda _done, _all: None)

    def kept(house: House) -> list[list[Any]]:
        with house.database.reading() as session:
            return [list(session.execute(select(table))) for table in (_read, _notice, _leads)]

    assert kept(second) == kept(desk.house)
    assert [len(rows) for rows in kept(second)] == [1, 1, 1]
    second.close()
