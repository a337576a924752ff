"""
The desk: who is signed in, in which house, and the three things that a view may do there.

A view reads what the browser sent, does *one* thing at the desk, and writes a page:

    page = desk().read(lambda session: directory.clients(session, desk().sealer, desk().by))
    found = desk().read_about(client, "all", lambda session: ...)  # notes the read for the audit, first
    desk().act(lambda book: office.assign(book, desk().by, worker, client, desk().providers))
    desk().write(lambda session: devices.revoke(session, desk().by, device))

`attempt` does the same for a form that is shown again: what a service refuses comes back as a `Refusal`, with the
field that it is about, and what was typed is kept. Everything else that is refused leaves as an error page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app, g
from sqlalchemy.orm import Session

from casework import BadAnswer, CaseworkError

from ..api.problems import face_of
from ..crypto import Sealer
from ..db import reading
from ..errors import NotAssigned, Overtaken, Refused
from ..house import House
from ..services.access import grants, people
from ..services.access.people import Person
from ..services.desk import reads
from ..services.desk.overtaking import Deed
from ..services.log.book import Book, open_book
from ..settings import Providers

Answer = TypeVar("Answer")

KEY: Final = "doorstep_desk"


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did meanwhile, as a page says it."""

    name: str
    at_ms: int
    type: str
    unit: str
    what: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form is shown again."""

    status: int
    title: str
    """In English, to be translated where it is shown."""

    rule: str
    unit: str | None = None
    """The field that it is about, where it is about one."""

    deeds: tuple["Done", ...] = ()
    """What others did since the page was shown, where that is why."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, in which house."""

    house: House
    by: Person
    name: str
    agency_name: str
    zone: ZoneInfo
    left_ms: int | None = None
    """When this person was last here before this session: what happened since is news. None the first time."""

    @property
    def sealer(self) -> Sealer:
        """Opens names and words."""
        return self.house.sealer

    @property
    def providers(self) -> Providers:
        """Clock and randomness."""
        return self.house.providers

    @property
    def now_ms(self) -> int:
        """The time."""
        return self.house.providers.now_ms()

    def read(self, question: Callable[[Session], Answer]) -> Answer:
        """Ask something of one snapshot, in the session of this request."""
        with reading(request_session()) as session:
            return question(session)

    def read_about(
        self,
        client: str,
        what: str,
        question: Callable[[Session], Answer],
        *,
        record: str = "",
        rows: int = 1,
        purpose: str | None = None,
    ) -> Answer:
        """
        Note that this person reads a client's records, then ask.

        Args:
            client: Whose records.
            what: `all`, a type of record, or `list:` and a name.
            question: What is read.
            record: The id of the one record.
            rows: How many records or lines are shown.
            purpose: A code of `casework.codes.PURPOSES`.
        """

        def note(session: Session) -> None:
            reads.note_read(
                session, self.providers, self.by, client, what, record=record, rows=rows, purpose=purpose
            )

        self.write(note)
        return self.read(question)

    def act(self, act: Callable[[Book], Answer]) -> Answer:
        """Do something in one transaction of the log, after what time alone has begun and ended."""

        def once() -> Answer:
            with (
                self.house.database.writing() as session,
                open_book(session, self.sealer, self.by.agency, self.providers) as book,
            ):
                grants.write_due(book)
                return act(book)

        return self.house.database.retrying(once)

    def write(self, act: Callable[[Session], Answer]) -> Answer:
        """Do something in one transaction that does not touch the log."""

        def once() -> Answer:
            with self.house.database.writing() as session:
                return act(session)

        return self.house.database.retrying(once)

    def attempt(self, act: Callable[[Book], Answer]) -> Answer | Refusal:
        """Act; what breaks a rule comes back instead of leaving as an error page."""
        return self._refused(refusals(lambda: self.act(act)))

    def attempt_write(self, act: Callable[[Session], Answer]) -> Answer | Refusal:
        """Write; what breaks a rule comes back instead of leaving as an error page."""
        return self._refused(refusals(lambda: self.write(act)))

    def _refused(self, answer: Answer | Refusal) -> Answer | Refusal:
        """The same, with the names of those who did something meanwhile."""
        if not isinstance(answer, Refusal) or not answer.deeds:
            return answer
        ids = [done.name for done in answer.deeds]
        names = self.read(lambda session: people.names_of(session, self.sealer, self.by.agency, ids))
        named = tuple([replace(done, name=names.get(done.name, "")) for done in answer.deeds])
        return replace(answer, deeds=named)


def desk() -> Desk:
    """The desk of this request; a route that is open to anybody has none."""
    found = g.get(KEY)
    assert isinstance(found, Desk), "a view with a desk declares a permission that asks for an account"
    return found


def request_session() -> Session:
    """The session of this request, for reading."""
    session = current_app.extensions["sqlalchemy"].session()
    assert isinstance(session, Session)
    return session


def refusals(act: Callable[[], Answer]) -> Answer | Refusal:
    """Do something; what breaks a rule comes back instead of leaving as an error page."""
    try:
        return act()
    except (Refused, NotAssigned, Overtaken, CaseworkError) as error:
        face = face_of(error)
        unit = error.unit if isinstance(error, BadAnswer) else None
        deeds = error.deeds if isinstance(error, Overtaken) else ()
        done = tuple(
            [
                Done(deed.by, deed.at_ms, deed.type, deed.unit, deed.what)
                for deed in deeds
                if isinstance(deed, Deed)
            ]
        )
        return Refusal(face.status, face.title, str(error), unit, done)
