"""
The checks: everything that must be true after the day, each by name, on both tablets and on the server.

A check looks and says what it saw; it never stops at the first miss. What is compared is what the tablets
show and what the server's log holds, not what the story meant to write.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from casework import instruments
from server.db import table_of
from server.house import House
from server.services.access import directory, people
from server.tables.log import LogRow
from sync import Json, Needs, RecordView, Shown, canonical

from . import story
from .agency import ANAS, CLIENTS, SHARED, Agency
from .story import Day, Worker, records_of

ACCEPTED: Final = "accepted"
ASKED_MAX: Final = 300
"""Names in one statement."""

_log = table_of(LogRow)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was promised, and what was seen."""

    name: str
    seen: str
    missed: str = ""
    """Why it does not hold; empty when it does."""

    @property
    def holds(self) -> bool:
        """Whether what was promised is so."""
        return not self.missed


def expect(name: str, found: object, wanted: object, seen: str) -> Check:
    """A check that two values are equal."""
    return Check(name, seen, "" if found == wanted else f"expected {wanted!r}, found {found!r}")


def pulled(ana: Worker, ben: Worker) -> Iterator[Check]:
    """Before the tablets go offline, each has its clients and no other's."""
    for worker, wanted in ((ana, ANAS), (ben, SHARED + CLIENTS - ANAS)):
        found = worker.tablet.records("client").count()
        name = f"{spoken(worker)} has the assigned clients, and no others"
        yield expect(name, found, wanted, f"{found} of {CLIENTS}")


def after_sync(ana: Worker, ben: Worker, day: Day, house: House, agency: Agency) -> Iterator[Check]:
    """After both have synced, in whatever order."""
    both = (ana, ben)
    yield from _lost_and_found(both, day)
    yield from _merged(both, agency, day.client)
    yield from _rivals(both, day.client)
    yield from _administrations(both, agency, day.client)
    yield from _risk(both, day.client)
    yield from _newcomer(ana, ben, house, agency, day.newcomer)
    yield from _same(ana, ben, day.client)
    yield from _nothing_lost(both, day, house, agency)


def after_settling(ana: Worker, ben: Worker, client: str) -> Iterator[Check]:
    """After the supervisor's command, and one more sync of each."""
    for worker in (ana, ben):
        shown = _shown(worker, "client", client, "date_of_birth")
        found = (shown.value, shown.needs, shown.rivals)
        name = f"{spoken(worker)} has the settled date of birth, and nothing is asked any more"
        yield expect(name, found, (story.SETTLED, Needs.NOTHING, ()), str(shown.value))
    yield from _same(ana, ben, client)


def _lost_and_found(both: Sequence[Worker], day: Day) -> Iterator[Check]:
    for worker in both:
        cuts = worker.link.traffic.cuts
        made, waiting = day.saves[worker.name], day.waiting_when_lost[worker.name]
        found = (cuts, day.lost[worker.name], waiting)
        name = f"{spoken(worker)} lost the connection in the middle, said so, and still kept every save"
        yield expect(name, found, (1, True, made), f"{len(waiting)} of {len(made)} saves waited")


def _merged(both: Sequence[Worker], agency: Agency, client: str) -> Iterator[Check]:
    for worker in both:
        place = _shown(worker, "address", client, "place")
        found = (place.value, place.rivals)
        yield expect(f"{spoken(worker)} has Ben's address", found, (story.BENS_PLACE, ()), "merged")
        needs = [
            (need.value("domain"), need.view.units["domain"].live[0].author)
            for need in records_of(worker.tablet, "need", client)
        ]
        yield expect(f"{spoken(worker)} has Ben's need", needs, [("food", agency.ben)], "merged")
        notes = [_signature(note.view) for note in records_of(worker.tablet, "note", client)]
        wanted = [(agency.ana, story.NARRATIVE)]
        yield expect(f"{spoken(worker)} has Ana's note as she signed it", notes, wanted, "signed")
        visits = [visit.value("outcome") for visit in records_of(worker.tablet, "visit", client)]
        yield expect(f"{spoken(worker)} has Ana's visit", visits, [{"outcome": "made"}], "merged")


def _rivals(both: Sequence[Worker], client: str) -> Iterator[Check]:
    for worker in both:
        phone = _shown(worker, "contact_person", client, "phone")
        found = (phone.value, _values(phone), phone.needs)
        wanted = (story.BENS_PHONE, [story.ANAS_PHONE, story.BENS_PHONE], Needs.LISTED)
        name = f"{spoken(worker)} shows the later phone and lists the other"
        yield expect(name, found, wanted, f"{phone.value}, {len(phone.rivals) - 1} other listed")
        born = _shown(worker, "client", client, "date_of_birth")
        rivals = (_values(born), born.needs)
        name = f"{spoken(worker)} shows both dates of birth, undecided: a person must settle"
        yield expect(
            name, rivals, ([story.ANAS_BORN, story.BENS_BORN], Needs.PERSON), " / ".join(_values(born))
        )


def _administrations(both: Sequence[Worker], agency: Agency, client: str) -> Iterator[Check]:
    wanted = {(agency.ana, story.ANAS_TOTAL), (agency.ben, story.BENS_TOTAL)}
    whole = {canonical(answers) for answers in (story.ANAS_ANSWERS, story.BENS_ANSWERS)}
    for worker in both:
        given = [assessment.view for assessment in records_of(worker.tablet, "assessment", client)]
        totals = {(_author(view, "answers"), _total(view)) for view in given}
        found = (len(given), totals, {canonical(view.value("answers")) for view in given})
        name = f"{spoken(worker)} has two PHQ-9, each with its own answers and total"
        told = " and ".join(str(_total(view)) for view in given)
        yield expect(name, found, (2, wanted, whole), f"totals {told}")


def _risk(both: Sequence[Worker], client: str) -> Iterator[Check]:
    for worker in both:
        flags = [flag.view for flag in records_of(worker.tablet, "risk_flag", client)]
        levels = [_part(flag.value("level"), "level") for flag in flags]
        listed = [found.id for found in worker.tablet.records("client").where(risk=story.RISK)]
        name = f"{spoken(worker)} has one risk flag, at its highest, and finds the client by it"
        yield expect(name, (levels, listed), ([story.RISK], [client]), f"{len(flags)} flag, {story.RISK}")


def _newcomer(ana: Worker, ben: Worker, house: House, agency: Agency, client: str) -> Iterator[Check]:
    with house.database.reading() as session:
        supervisor = people.person(session, agency.id, agency.supervisor)
        listed = {entry.id: entry for entry in directory.clients(session, house.sealer, supervisor)}
    found = client in listed and listed[client].provisional
    yield expect(
        "the office has the new client, and knows that nobody has confirmed it", found, True, "there"
    )
    here = ana.tablet.record("client", client)
    name = None if here is None else here.value("legal_name")
    yield expect("Ana's tablet has the new client", name, story.NEWCOMER, "there")
    there = ben.tablet.record("client", client)
    yield expect("Ben's tablet, who is not assigned, does not", there, None, "not there")


def _same(ana: Worker, ben: Worker, client: str) -> Iterator[Check]:
    anas, bens = (_everything(worker, client) for worker in (ana, ben))
    differing = sorted(key for key in anas.keys() | bens.keys() if anas.get(key) != bens.get(key))
    yield expect(
        "both tablets show the same of the client, in every unit", differing, [], f"{len(anas)} units"
    )


def _nothing_lost(both: Sequence[Worker], day: Day, house: House, agency: Agency) -> Iterator[Check]:
    for worker in both:
        left = (story.pending(worker.tablet), list(worker.tablet.returned()))
        yield expect(f"nothing waits on {spoken(worker)}, and nothing came back", left, ((), []), "0 waiting")
        made = day.saves[worker.name]
        outcomes = _outcomes(house, agency.id, made)
        name = f"the server has every save of {spoken(worker)}, once, accepted"
        wanted = {save: [ACCEPTED] for save in made}
        yield expect(name, outcomes, wanted, f"{len(outcomes)} of {len(made)} saves")


def _outcomes(house: House, agency: str, names: Sequence[str]) -> dict[str, list[str]]:
    """{name: outcomes in the log}. A name is the digest of what was signed: finding it is finding it whole."""
    assert len(names) <= ASKED_MAX, "a day has few saves"
    here = (_log.c.agency == agency) & _log.c.name.in_(names)
    found: dict[str, list[str]] = {}
    with house.database.reading() as session:
        for row in session.execute(select(_log.c.name, _log.c.outcome).where(here)):
            found.setdefault(row.name, []).append(row.outcome)
    return found


def _shown(worker: Worker, type_: str, client: str, unit: str) -> Shown:
    """What a unit shows of the one record of its type."""
    return story.record_of(worker.tablet, type_, client).view.units[unit]


def _values(shown: Shown) -> list[Any]:
    return sorted((group[0].value for group in shown.rivals), key=str)


def _everything(worker: Worker, client: str) -> Mapping[tuple[str, str, str], tuple[object, ...]]:
    """Every unit of every record of a client: what is shown, by whom, and against what."""
    units: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for type_ in story.TYPES:
        for record in records_of(worker.tablet, type_, client):
            for unit, shown in record.view.units.items():
                by = None if shown.by is None else shown.by.name
                rivals = tuple([tuple(sorted(live.name for live in group)) for group in shown.rivals])
                units[(type_, record.id, unit)] = (canonical(shown.value), by, shown.needs, rivals)
    return units


def _total(view: RecordView) -> int | None:
    asked, answers = view.value("instrument"), view.value("answers")
    assert isinstance(asked, dict), "an assessment names its instrument"
    definition = instruments.load(str(asked["id"]), str(asked["version"]))
    return instruments.score(definition, answers if isinstance(answers, dict) else {}).total


def _author(view: RecordView, unit: str) -> str | None:
    shown = view.units.get(unit)
    return None if shown is None or shown.by is None else shown.by.author


def _signature(view: RecordView) -> tuple[str, Json] | None:
    return None if view.signed is None else (view.signed.by.author, view.signed.content.get("narrative"))


def _part(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def spoken(worker: Worker) -> str:
    """A worker's tablet, as people say it."""
    return f"{worker.name.capitalize()}'s tablet"


def missed(checks: Iterable[Check]) -> list[Check]:
    """Those that do not hold."""
    return [check for check in checks if not check.holds]
