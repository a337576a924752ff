"""
An agency with two offices: Lead and Sue lead the north, Dan the south; Ana and Ben work in the north, Cleo in the
south; Ida administers, Aud audits. At the end of each test the log is replayed, and every projection with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

import casework
from casework import signing
from server.house import House
from server.services.access.agencies import found
from server.services.access.people import Person, add_person
from server.services.desk import office, registry
from server.services.desk.office import Said
from server.services.desk.registry import Draft, DraftRecord
from server.services.keeping.rebuild import rebuild
from server.services.log import subjects
from server.services.log.book import Book
from server.services.log.records import Key, read_records
from sync import SIGNATURE, Json, RecordView, Write, view

from ..conftest import Clock
from ..exchange.audit import audit
from ..exchange.conftest import NORTH, SOUTH, World
from ..exchange.tablet import Scripted

PEOPLE = {
    "ida": ("administrator", None),
    "aud": ("auditor", None),
    "lead": ("supervisor", NORTH),
    "sue": ("supervisor", NORTH),
    "dan": ("supervisor", SOUTH),
    "ana": ("worker", NORTH),
    "ben": ("worker", NORTH),
    "cleo": ("worker", SOUTH),
}
Answer = TypeVar("Answer")


@dataclass
class Desk(World):
    """The server under test, its people, and what they do in the office and at the door."""

    drawn: int = 0

    def id(self, what: str) -> str:
        """An id that nobody has."""
        self.drawn += 1
        return f"{what}-{self.drawn}"

    def now(self, *, plus_s: int = 0) -> str:
        """This moment, as records keep it."""
        return datetime.fromtimestamp(self.clock.ms // 1000 + plus_s, UTC).isoformat()

    def act(self, act: Callable[[Book], Answer]) -> Answer:
        """Something in one transaction of the log."""
        with self.book() as book:
            return act(book)

    def ask(self, question: Callable[[Session], Answer]) -> Answer:
        """Something of one snapshot."""
        with self.house.database.reading() as session:
            return question(session)

    def put(self, by: str, subject: str, type_: str, id_: str, **units: Json) -> None:
        """Somebody of the office writes these units of a record, over what is there."""
        key = Key(type_, id_)

        def write(book: Book) -> None:
            shown = None if book.record(key) is None else office.record_view(book, key)
            writes = [
                Write(type_, id_, unit, () if shown is None else shown.over(unit), value)
                for unit, value in units.items()
            ]
            office.write(book, self.people[by], Said(subject, writes), self.house.providers)

        self.act(write)

    def register(self, by: str = "lead", *, place: str | None = None, **units: Json) -> str:
        """A client registered at the office."""
        values: dict[str, Json] = {"legal_name": {"family": "Ybarra", "given": "Luz"}, **units}
        draft = Draft(DraftRecord("client", values))
        return self.act(
            lambda book: registry.register(book, self.people[by], draft, self.house.providers, place=place)
        )

    def show(self, type_: str, id_: str) -> RecordView:
        """What the server shows of a record."""
        key = Key(type_, id_)
        records = self.ask(lambda session: read_records(session, self.house.sealer, "a1", [key]))
        return view(records[key], casework.rule_of)

    def save(self, tablet: Scripted, client: str, type_: str, id_: str, **units: Json) -> None:
        """A worker saves these units of a record, and sends them."""
        tablet.write(
            client,
            *(Write(type_, id_, unit, tablet.over(type_, id_, unit), value) for unit, value in units.items()),
        )
        tablet.sync()

    def sign(self, tablet: Scripted, client: str, type_: str, id_: str) -> None:
        """A worker signs a record, and sends it."""
        signature = signing.sign(tablet.view(type_, id_), by=tablet.worker, at=self.now())
        self.save(tablet, client, type_, id_, **{SIGNATURE: signature})

    def note(self, tablet: Scripted, client: str, words: str = "Seen at home.", **units: Json) -> str:
        """A signed note."""
        id_ = self.id("note")
        self.save(tablet, client, "note", id_, author=tablet.worker, narrative=words, **units)
        self.sign(tablet, client, "note", id_)
        return id_

    def addendum(self, tablet: Scripted, client: str, note: str) -> str:
        """A signed addendum."""
        id_ = self.id("addendum")
        units: dict[str, Json] = {
            "note": note,
            "author": tablet.worker,
            "narrative": "And the daughter called.",
        }
        self.save(tablet, client, "addendum", id_, **units, entry_at=self.now())
        self.sign(tablet, client, "addendum", id_)
        return id_

    def risk(self, tablet: Scripted, client: str, level: str = "high", kind: str = "self_harm") -> str:
        """A risk that a worker raises."""
        id_ = casework.risk.flag_id(client, kind)
        reasons: list[Json] = [{"text": "said so", "at": self.now()}]
        self.save(tablet, client, "risk_flag", id_, kind=kind, level={"level": level, "reasons": reasons})
        return id_

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that are executed meanwhile."""
        told: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            told.append(statement)

        engine = self.house.database.engine
        event.listen(engine, "before_cursor_execute", note)
        yield told
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def desk(at: House, clock: Clock) -> Iterator[Desk]:
    """An agency of eight people, whose books and projections are recomputed at the end."""
    people = {name: Person("a1", name, role, where) for name, (role, where) in PEOPLE.items()}
    with at.database.writing() as session:
        found(session, at.sealer, at.providers, agency="a1", name="Harbor", time_zone="America/New_York")
        for someone in people.values():
            add_person(session, at.sealer, someone, name=someone.id.title(), now_ms=clock.ms)
    made = Desk(at, clock, people)
    with made.book() as book:
        for someone in people.values():
            subjects.open_worker(book, someone.id, office=someone.office, by="ida")
            units: dict[str, Json] = {
                "name": someone.id.title(),
                "email": f"{someone.id}@example.org",
                "roles": [someone.role],
                "active": True,
            }
            writes = [Write("staff", someone.id, unit, (), value) for unit, value in units.items()]
            office.write(book, people["ida"], Said(someone.id, writes), at.providers)
    yield made
    audit(at)
    with at.database.reading() as session:
        _, differences = rebuild(session, at.sealer, "a1", lambda _done, _all: None, store=False)
    assert differences == []


@pytest.fixture
def ana(desk: Desk) -> Scripted:
    """Ana's tablet."""
    return desk.tablet("ana")


@pytest.fixture
def cared_for(desk: Desk, ana: Scripted) -> str:
    """A client of the north whom Ana visits."""
    client = desk.register()
    desk.assign("ana", client)
    ana.sync()
    return client
