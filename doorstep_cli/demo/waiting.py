"""
What waits at the office after the story, so that the pages of the web have something to decide.

Two clients about whom Ana and Ben say different things, notes that wait to be reviewed, a danger that nobody has
acknowledged, work that came after an assignment had ended, visits planned for today, and Ben, who is ill.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client_sdk import Tablet
from server.services.access import people
from server.services.desk import office
from server.services.log.book import open_book
from sync import Json, Write

from . import past
from .agency import FOUNDING
from .stage import Stage
from .story import ANAS_ANSWERS, BENS_ANSWERS, now, record_of

NOTES: Final = (
    "Walks to the gate and back with the frame. The neighbour shops for her; the pills are in the box "
    "that the daughter fills. Wants to see the garden before the frost.",
    "Second visit this week. Ate the soup that we warmed. Asked for the chaplain and for his brother's "
    "address. Agreed to a call on Thursday.",
)
LATE_NOTE: Final = (
    "She rang me in the evening. The heating has come on again; the landlord was there at noon."
)
UNDECIDED: Final = ({"family": "Prewitt", "given": "Alma"}, {"family": "Pruitt", "given": "Alma Jean"})
BORN: Final = ("1938-02-11", "1938-11-02")
LANGUAGES: Final = ("es", "en")

FIRST_HOUR: Final = 8
"""Of today's first planned visit, in the agency's zone."""


def leave(stage: Stage) -> None:
    """Leave all of it, from both tablets and from the office, and sync."""
    ana, ben = stage.ana.tablet, stage.ben.tablet
    born, named, late = stage.agency.clients[1], stage.agency.clients[2], stage.agency.clients[25]
    for number, tablet in enumerate((ana, ben)):
        with tablet.edit(born, reason="card seen") as edit:
            edit.update(record_of(tablet, "client", born), date_of_birth=BORN[number])
        with tablet.edit(named, reason="letter from the county") as edit:
            record = record_of(tablet, "client", named)
            edit.update(record, legal_name=UNDECIDED[number], language=LANGUAGES[number])
    for client, narrative in zip(stage.agency.clients[4:6], NOTES, strict=True):
        _signed_note(ana, client, narrative)
    for client, answers in zip(stage.agency.clients[26:28], (ANAS_ANSWERS, BENS_ANSWERS), strict=True):
        with ben.edit(client, reason="home visit") as edit:
            edit.assess("phq9", answers)
    _plan(ana, stage.agency.clients[4:8])
    _plan(ben, stage.agency.clients[26:29])
    _at_the_office(stage, late)
    with ben.edit(late, reason="she rang") as edit:
        edit.create("note", kind="progress", author=ben.identity.worker, narrative=LATE_NOTE)
    past.leave(stage, stage.agency.clients[0])
    for worker in (stage.ana, stage.ben, stage.ana):
        worker.sync()


def _signed_note(tablet: Tablet, client: str, narrative: str) -> None:
    worker = tablet.identity.worker
    with tablet.edit(client, reason="home visit") as edit:
        visit = edit.create("visit", worker=worker, begin={"device_at": now(), "method": "manual"})
        edit.update(visit, end={"device_at": now(), "method": "manual"}, outcome={"outcome": "made"})
        note = edit.create("note", kind="progress", author=worker, visit=visit.id, narrative=narrative)
    with tablet.edit(client, reason="home visit") as edit:
        edit.sign(note, title="LMSW")


def _plan(tablet: Tablet, clients: tuple[str, ...]) -> None:
    """A visit each hour of today, one to each of these clients."""
    today = _here().replace(hour=FIRST_HOUR, minute=0, second=0)
    for number, client in enumerate(clients):
        start = (today + timedelta(hours=number)).astimezone(UTC)
        planned: dict[str, Json] = {
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=45)).isoformat(),
        }
        with tablet.edit(client, reason="planned") as edit:
            edit.create("visit", worker=tablet.identity.worker, planned=planned)


def _at_the_office(stage: Stage, late: str) -> None:
    """Ben is taken from a client, and is ill today."""
    house, agency = stage.house, stage.agency
    with (
        house.database.writing() as session,
        open_book(session, house.sealer, agency.id, house.providers) as book,
    ):
        by = people.person(session, agency.id, agency.supervisor)
        office.unassign(book, by, agency.ben, late, house.providers)
        day = _here().date().isoformat()
        span: Json = {"kind": "sick", "since": day, "until": day}
        writes = [Write("absence", agency.ben, "spans/today", (), span)]
        office.write(book, by, office.Said(agency.ben, writes), house.providers)


def _here() -> datetime:
    """This moment where the agency is: its days are those of visits and absences."""
    return datetime.fromisoformat(now()).astimezone(ZoneInfo(FOUNDING.time_zone))
