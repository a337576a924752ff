from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from server.db import Base, table_of
from server.errors import NotAssigned, Refused, ServerError, Unopenable
from server.house import House
from server.services.access import agencies, directory, people
from server.services.desk import registry
from server.services.desk.registry import Draft, DraftRecord, Founded
from server.services.keeping import backup, rebuild
from server.services.log.book import open_book
from server.tables.fact import FactRow
from server.tables.log import HeadRow, LogRow
from server.tables.record import RecordRow
from server.tables.subject import SubjectRow
from sync import Json, Write

from .conftest import Installation, founding, someone

MARKER = "Zebulon"


def tell(done: int, total: int) -> None:
    """Nobody watches."""


def founded_in(house: House, clients: int = 3) -> Founded:
    """An agency with some clients."""
    with house.database.writing() as session:
        founded = registry.found(session, house.sealer, house.providers, founding())
    sue = someone(house, founded.agency, str(founded.supervisor))
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, founded.agency, house.providers) as book,
    ):
        for number in range(clients):
            name: dict[str, Json] = {"family": MARKER, "given": f"G{number}"}
            registry.register(book, sue, Draft(DraftRecord("client", {"legal_name": name})), house.providers)
    return founded


def elsewhere(house: House, tmp_path: Path) -> House:
    """An empty server beside the key store of the first."""
    settings = replace(house.settings, database_url=f"sqlite:///{tmp_path / 'second.sqlite'}")
    second = House.open(settings, house.providers)
    Base.metadata.create_all(second.database.engine)
    return second


def differences(house: House, agency: str) -> set[str]:
    """Make what the tests stand on: differences."""
    with house.database.reading() as session:
        _, found = rebuild.rebuild(session, house.sealer, agency, tell, store=False)
    return {one.cache for one in found}


def test_what_is_stored_is_what_the_log_says(
    at_work: Installation, written_by_tablet: Callable[[str, Write], str]
) -> None:
    """The caches may be trusted because they can be made anew, releases and rivals included."""
    client = at_work.client(by="sue", date_of_birth="1950-03-02", phone="555-0100", street="1 Low St")
    name = written_by_tablet(client, Write("client", client, "preferred_name", (), "Rosie"))
    at_work.told("release", name, "--reason", "true", by="sue")
    at_work.told("assign", "Ana Test", client, by="sue")
    written_by_tablet(client, Write("client", client, "date_of_birth", (), "1950-02-03"))
    first = written_by_tablet(client, Write("client", client, "pronouns", (), "she"))
    second = written_by_tablet(client, Write("client", client, "pronouns", (first,), "her"))
    written_by_tablet(client, Write("client", client, "pronouns", (first, second), "they"))

    told = at_work.told("rebuild", by="ida")

    assert told["differences"] == []
    assert told["changesets"] > 10


def test_every_cache_that_was_tampered_with_is_named_and_put_right(at: House) -> None:
    """An operator who edits the database by hand is found out, and the log wins."""
    founded = founded_in(at)
    fact, record, subject = table_of(FactRow), table_of(RecordRow), table_of(SubjectRow)
    with at.database.writing() as session:
        session.execute(delete(fact).where(fact.c.kind == "client"))
        session.execute(delete(Base.metadata.tables["name_token"]))
        session.execute(update(subject).values(digest=bytes(16)))
        session.execute(delete(Base.metadata.tables["holding"]))
        session.execute(update(record).where(record.c.type == "office").values(position=1))

    assert differences(at, founded.agency) == {"fact", "name", "digest", "total", "record"}

    with at.database.writing() as session:
        rebuild.rebuild(session, at.sealer, founded.agency, tell, store=True)
    assert differences(at, founded.agency) == set()


def test_a_changed_log_breaks_its_chain(at: House) -> None:
    """Nobody rewrites when something was received, or drops the last entry, without a trace."""
    founded = founded_in(at)
    log, head = table_of(LogRow), table_of(HeadRow)
    with at.database.writing() as session:
        session.execute(update(log).where(log.c.position == 2).values(received_ms=1))
    with at.database.reading() as session:
        _, found = rebuild.rebuild(session, at.sealer, founded.agency, tell, store=False)
    assert found == [rebuild.Difference("chain", "log 2")]

    with at.database.writing() as session:
        last = session.scalar(select(head.c.position))
        session.execute(delete(log).where(log.c.position == last))
    assert "chain" in differences(at, founded.agency)


def test_an_erased_client_is_left_out_and_the_rest_is_rebuilt(at: House) -> None:
    """Erasure must not stop the next rebuild."""
    founded = founded_in(at)
    subject = table_of(SubjectRow)
    with at.database.reading() as session:
        erased = session.scalars(select(subject.c.id).where(subject.c.kind == "client")).first()
    at.sealer.destroy(founded.agency, str(erased))

    with at.database.writing() as session:
        replayed, _ = rebuild.rebuild(session, at.sealer, founded.agency, tell, store=True)

    assert replayed.erased == {erased}
    assert erased not in {record.subject for record in replayed.records.values()}
    assert len([key for key in replayed.records if key.type == "client"]) == 2


def test_a_restored_server_has_everything_in_another_epoch(at: House, tmp_path: Path) -> None:
    """A burnt server is replaced by yesterday's copy; tablets must see that history changed."""
    founded = founded_in(at)
    ida, sue = (someone(at, founded.agency, str(id_)) for id_ in (founded.administrator, founded.supervisor))
    made = backup.backup(at, ida, tmp_path / "a.backup", tell)
    second = elsewhere(at, tmp_path)

    restored = backup.restore(second, tmp_path / "a.backup", ida.id, tell)

    head = table_of(HeadRow)
    with at.database.reading() as session:
        before = session.execute(select(head)).one()
        listed = directory.clients(session, at.sealer, sue)
        web, _ = agencies.web_device(session, at.sealer, founded.agency)
    with second.database.reading() as session:
        after = session.execute(select(head)).one()
        again = directory.clients(session, second.sealer, sue)
        new_web, _ = agencies.web_device(session, second.sealer, founded.agency)
    assert again == listed
    assert len(listed) == 3
    assert (made.position, restored.position, before.safe, after.safe) == (before.position,) * 4
    assert after.position == before.position + 1
    assert restored.epoch == after.epoch != before.epoch
    assert new_web == restored.web_device != web
    assert differences(second, founded.agency) == set()
    second.close()


def test_after_a_restore_everybody_but_the_administrator_waits(at: House, tmp_path: Path) -> None:
    """Who was dismissed since the backup must not walk in again."""
    founded = founded_in(at)
    ida = someone(at, founded.agency, founded.administrator)
    backup.backup(at, ida, tmp_path / "a.backup", tell)
    second = elsewhere(at, tmp_path)
    backup.restore(second, tmp_path / "a.backup", ida.id, tell)

    assert someone(second, founded.agency, ida.id).state == "active"
    assert someone(second, founded.agency, str(founded.supervisor)).state == "suspended"
    with second.database.writing() as session:
        registry.confirm_person(session, ida, str(founded.supervisor))
    assert someone(second, founded.agency, str(founded.supervisor)).state == "active"
    with second.database.writing() as session, pytest.raises(Refused):
        registry.confirm_person(session, ida, str(founded.supervisor))
    second.close()


def test_tablets_wait_after_a_restore_and_are_confirmed_by_command(
    at_work: Installation, written_by_tablet: Callable[[str, Write], str], tmp_path: Path
) -> None:
    """A tablet that was lost since the backup must not sync with the copy."""
    file = tmp_path / "a.backup"
    at_work.told("backup", str(file), by="ida")
    for database in at_work.home.glob("doorstep.sqlite*"):
        database.unlink()

    at_work.told("restore", str(file), by="ida")

    (device,) = at_work.told("devices", by="ida")
    assert device["state"] == "suspended"
    assert at_work.told("confirm", device["id"], by="ida")["state"] == "active"
    assert at_work.run("clients", by="sue").exit_code == 1
    at_work.told("staff", "confirm", at_work.ids["sue"], by="ida")
    assert at_work.told("clients", by="sue") == []


def test_a_backup_tells_nothing_without_the_keys(at: House, tmp_path: Path) -> None:
    """Backups travel, and are found in attics."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)

    data = file.read_bytes()

    assert not [word for word in (MARKER, "Ida", "Hill", "legal_name") if word.encode() in data]
    assert file.stat().st_mode & 0o077 == 0
    assert backup.agency_in(file) == founded.agency


def test_a_backup_of_other_keys_does_not_open(at: House, tmp_path: Path) -> None:
    """The key store is what makes a copy worth anything."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)
    settings = replace(
        at.settings,
        database_url=f"sqlite:///{tmp_path / 'second.sqlite'}",
        keys_url=f"sqlite:///{tmp_path / 'other-keys.sqlite'}",
    )
    second = House.open(settings, at.providers)
    Base.metadata.create_all(second.database.engine)
    second.sealer.keys.create()

    with pytest.raises(ServerError):
        backup.restore(second, file, founded.administrator, tell)
    second.sealer.keys.create_agency(founded.agency)
    with pytest.raises(Unopenable):
        backup.restore(second, file, founded.administrator, tell)
    second.close()


@pytest.mark.parametrize("cut", [5, 60, -1, -200])
def test_a_backup_that_was_cut_restores_nothing(at: House, tmp_path: Path, cut: int) -> None:
    """Half a history is worse than none: nobody would miss the rest."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)
    file.write_bytes(file.read_bytes()[:cut])
    second = elsewhere(at, tmp_path)

    with pytest.raises(Refused):
        backup.restore(second, file, founded.administrator, tell)

    with second.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM log")) == 0
    second.close()


def test_a_backup_that_lacks_its_last_boxes_restores_nothing(at: House, tmp_path: Path) -> None:
    """A copy that stopped between two boxes looks whole and is not."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)
    data = file.read_bytes()
    place = data.index(b"\n", len(backup.MAGIC)) + 1
    size = int.from_bytes(data[place : place + 4], "big")
    file.write_bytes(data[: place + 4 + size])
    second = elsewhere(at, tmp_path)

    with pytest.raises(Refused, match="not whole"):
        backup.restore(second, file, founded.administrator, tell)
    second.close()


def test_a_backup_neither_replaces_a_file_nor_fills_a_database_in_use(at: House, tmp_path: Path) -> None:
    """Yesterday's backup must survive a slip of the keyboard, and today's work too."""
    founded = founded_in(at)
    ida = someone(at, founded.agency, founded.administrator)
    file = tmp_path / "a.backup"
    backup.backup(at, ida, file, tell)

    with pytest.raises(Refused, match="exists already"):
        backup.backup(at, ida, file, tell)
    with pytest.raises(Refused, match="empty database"):
        backup.restore(at, file, ida.id, tell)


def test_only_an_administrator_of_that_day_restores(at: House, tmp_path: Path) -> None:
    """Otherwise whoever has a copy would have the agency."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)
    second = elsewhere(at, tmp_path)

    for by in (str(founded.supervisor), "nobody"):
        with pytest.raises(NotAssigned):
            backup.restore(second, file, by, tell)
    with second.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM agency")) == 0
    second.close()


def test_work_goes_on_after_a_restore(at: House, tmp_path: Path) -> None:
    """The new web device begins a chain of its own, and nothing of the old one is in its way."""
    founded = founded_in(at)
    file = tmp_path / "a.backup"
    backup.backup(at, someone(at, founded.agency, founded.administrator), file, tell)
    second = elsewhere(at, tmp_path)
    backup.restore(second, file, founded.administrator, tell)
    ida = someone(second, founded.agency, founded.administrator)

    with (
        second.database.writing() as session,
        open_book(session, second.sealer, founded.agency, second.providers) as book,
    ):
        newcomer = registry.Newcomer("Nia New", people.WORKER, founded.office)
        registry.add_staff(book, ida, newcomer, second.providers)

    assert differences(second, founded.agency) == set()
    second.close()


def test_a_difference_is_told_by_exit_code_and_put_right_by_write(at_work: Installation) -> None:
    """A nightly job looks at the exit code only."""
    at_work.client(by="sue")
    with at_work.house() as house, house.database.writing() as session:
        session.execute(text("DELETE FROM name_token"))

    looked = at_work.run("rebuild", by="ida")
    mended = at_work.run("rebuild", "--write", by="ida")
    again = at_work.run("rebuild", by="ida")

    assert (looked.exit_code, mended.exit_code, again.exit_code) == (1, 0, 0)
    assert "name" in looked.stdout
    assert "What is stored is what the log says." in again.stdout
    assert len(at_work.told("clients", "rivers", by="sue")) == 1
