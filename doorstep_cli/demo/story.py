"""
The story: two workers spend a day with the same client, out of reach of each other and of the office.

Ana visits: a PHQ-9 whose ninth item raises a risk, another phone, a corrected date of birth, a note that she
signs; at another door she registers a new client. Ben corrects the same date of birth otherwise, the same
phone, and the address, finds a need and asks a PHQ-9 of his own. Then both sync, and both lose the connection
in the middle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from client_sdk import Item, Offline, Providers, Tablet
from sync import Json

from .proxy import CountingProxy

Name = Literal["ana", "ben"]

ANAS_BORN: Final = "1931-07-03"
BENS_BORN: Final = "1932-03-07"
ANAS_PHONE: Final = "+13045550171"
BENS_PHONE: Final = "+13045550182"
BENS_PLACE: Final[dict[str, Json]] = {
    "kind": "staying",
    "lines": ["4 Chapel St", "rear door"],
    "city": "Mercy Bend",
    "postal_code": "00101",
}
NARRATIVE: Final = (
    "Client seen at home, alone. Sleeps badly since the discharge and speaks of being a burden. "
    "Agreed to call the day line in the evenings; the daughter visits on Sunday."
)
NEWCOMER: Final = {"family": "Tolliver", "given": "June"}
SETTLED: Final = BENS_BORN

NOT: Final = "not_at_all"
SEVERAL: Final = "several_days"
MORE: Final = "more_than_half"
NEARLY: Final = "nearly_every_day"
ANAS_ANSWERS: Final[dict[str, Json]] = {
    "q1": MORE,
    "q2": NEARLY,
    "q3": NEARLY,
    "q4": MORE,
    "q5": SEVERAL,
    "q6": MORE,
    "q7": SEVERAL,
    "q8": NOT,
    "q9": MORE,
    "q10": "very",
}
BENS_ANSWERS: Final[dict[str, Json]] = {
    "q1": SEVERAL,
    "q2": MORE,
    "q3": NEARLY,
    "q4": MORE,
    "q5": SEVERAL,
    "q6": SEVERAL,
    "q7": NOT,
    "q8": NOT,
    "q9": SEVERAL,
    "q10": "somewhat",
}
ANAS_TOTAL: Final = 16
BENS_TOTAL: Final = 11
RISK: Final = "high"
"""What item 9 says of more than half the days; of several days it says less, and the higher one holds."""

TYPES: Final = (
    "client",
    "address",
    "contact_person",
    "episode",
    "visit",
    "assessment",
    "note",
    "need",
    "risk_flag",
)
"""Record types of which the story's client has records."""

LOST_UP_BYTES: Final = 900
"""A connection lost here has sent the head of a request, and a part of the work in it."""

LOST_DOWN_BYTES: Final = 60
"""A connection lost here has sent everything; the server took it, and its answer never arrived."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker's tablet, and the link on which it reaches the server."""

    name: Name
    tablet: Tablet
    link: CountingProxy

    def sync(self) -> None:
        """Sync to the end."""
        self.tablet.sync()

    def sync_and_lose(self, *, up: int | None = None, down: int | None = None) -> bool:
        """Sync while the connection is lost after so many bytes; whether the tablet says that it was."""
        self.link.cut(up=up, down=down)
        try:
            self.sync()
        except Offline:
            return True
        return False


@dataclass(frozen=True, slots=True)
class Day:
    """What was entered that day."""

    client: str
    newcomer: str
    saves: dict[Name, tuple[str, ...]]
    """Names of all saves, each the digest of what was saved and signed."""
    lost: dict[Name, bool]
    """Whether the tablet said that it lost the connection."""
    waiting_when_lost: dict[Name, tuple[str, ...]]
    """Names of what still waited then."""


def records_of(tablet: Tablet, type_: str, client: str) -> Iterable[Item]:
    """The records of this type that a client has on this tablet."""
    return tablet.records(type_).about(client)


def record_of(tablet: Tablet, type_: str, client: str) -> Item:
    """The one record of this type that a client has from the beginning."""
    (found,) = records_of(tablet, type_, client)
    return found


def work_offline(ana: Worker, ben: Worker, client: str) -> str:
    """The day itself, without any network; the id of the new client."""
    newcomer = anas_day(ana.tablet, client)
    bens_day(ben.tablet, client)
    return newcomer


def sync_in_order(first: Worker, second: Worker) -> tuple[dict[Name, bool], dict[Name, tuple[str, ...]]]:
    """Both come back into signal, lose it in the middle, and go on; whether they said so, and what waited."""
    lost: dict[Name, bool] = {}
    waiting: dict[Name, tuple[str, ...]] = {}
    for worker, up, down in ((first, LOST_UP_BYTES, None), (second, None, LOST_DOWN_BYTES)):
        lost[worker.name] = worker.sync_and_lose(up=up, down=down)
        waiting[worker.name] = pending(worker.tablet)
        worker.sync()
    first.sync()
    return lost, waiting


def pending(tablet: Tablet) -> tuple[str, ...]:
    """Names of the saves that wait, in order of making."""
    return tuple([save.name for save in tablet.pending()])


def anas_day(tablet: Tablet, client: str) -> str:
    """Ana at the client's home, and at another door on the way back; the new client's id."""
    worker = tablet.identity.worker
    with tablet.edit(client, reason="home visit") as edit:
        visit = edit.create("visit", worker=worker, begin={"device_at": now(), "method": "manual"})
    with tablet.edit(client, reason="home visit") as edit:
        edit.assess("phq9", ANAS_ANSWERS, visit=visit.id)
    with tablet.edit(client, reason="home visit") as edit:
        edit.update(record_of(tablet, "contact_person", client), phone=ANAS_PHONE)
        edit.update(record_of(tablet, "client", client), date_of_birth=ANAS_BORN)
    with tablet.edit(client, reason="home visit") as edit:
        edit.update(visit, end={"device_at": now(), "method": "manual"}, outcome={"outcome": "made"})
        note = edit.create("note", kind="progress", author=worker, visit=visit.id, narrative=NARRATIVE)
    with tablet.edit(client, reason="home visit") as edit:
        edit.sign(note, title="LMSW")
    return tablet.register_client(
        reason="met at the door", legal_name=NEWCOMER, language="en", interpreter_needed="no"
    ).subject


def bens_day(tablet: Tablet, client: str) -> None:
    """Ben with the same client, knowing nothing of Ana's visit."""
    with tablet.edit(client, reason="call from the hospital") as edit:
        edit.update(record_of(tablet, "address", client), place=BENS_PLACE)
        edit.update(record_of(tablet, "contact_person", client), phone=BENS_PHONE)
    with tablet.edit(client, reason="insurance card seen") as edit:
        edit.update(record_of(tablet, "client", client), date_of_birth=BENS_BORN)
    with tablet.edit(client, reason="home visit") as edit:
        edit.assess("phq9", BENS_ANSWERS)
        edit.create(
            "need",
            domain="food",
            source={"kind": "observation"},
            status="open",
            found_on=now()[:10],
            detail="The stove has been shut off.",
        )


def now() -> str:
    """This moment, as records keep it."""
    return datetime.fromtimestamp(Providers().now_ms() // 1000, UTC).isoformat()
