"""
Hand-over: a client goes from one worker to another, who becomes responsible by accepting.

    offer(book, by, [client, ...], giver, receiver, note, providers)   one offer for each client
    answer(book, by, handover, accepted=True, providers)               what a receiver says on the web
    withdraw(book, by, handover, providers)                            takes an open or declined offer back
    pass_accepted(book, providers)                                     what was accepted passes; called by the scan
    offers(session, sealer, by)                                        what is open, declined or about to pass

From the offer on the receiver has access (a *cover* grant without an end), so the whole client is on their tablet
before they answer; the answer may be given there without signal. Until it passes, the giver is responsible, and
nothing of the giver's is lost afterwards: what was written while the grant was open is accepted whenever it
arrives, and own notes may be finished for thirty days. What the giver's tablets have not sent is in
`register.tablets(worker=giver)`; the page says so before the offer is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

import casework
from casework.records.handover import state_of
from sync import Json, RecordView, Write, is_office, random_id, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import NotAssigned, Overtaken, Refused
from ...settings import Providers
from ...tables.fact import FactRow
from ..access import grants, people, rights
from ..access.grants import ASSIGNED
from ..access.people import Person
from ..log.book import Book
from ..log.records import Key, read_records
from . import listing, office
from .listing import Page
from .office import Said
from .overtaking import Deed

TYPE: Final = "handover"
OFFERS_MAX: Final = 100
"""Clients of one act: each is a changeset, and one transaction takes no more."""

OPEN: Final = ("offered", "accepted", "declined")
ORDER: Final = (("at", False), ("id", False))

_fact = table_of(FactRow)
_giver = _fact.alias("giver")


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list."""

    id: str
    client: str
    name: str
    state: str
    """`offered`, `accepted` or `declined`."""
    at: str
    giver: str
    giver_name: str
    receiver: str
    receiver_name: str


def offer(
    book: Book,
    by: Person,
    clients: Sequence[str],
    giver: str,
    receiver: str,
    note: str,
    providers: Providers,
) -> list[str]:
    """
    Offer clients of one worker to another; answers with the ids of the hand-overs.

    Raises:
        NotAssigned: Not this supervisor's client, no such active person, or a giver who is not assigned.
        Refused: None or too many at once, or both the same person.
        Overtaken: Somebody has offered one of these clients already; no offer is made.
        BadAnswer: The note breaks its rule.
    """
    if not 1 <= len(set(clients)) <= OFFERS_MAX:
        raise Refused(f"one act hands over 1 to {OFFERS_MAX} clients")
    if giver == receiver:
        raise Refused("a hand-over goes to another person")
    people.person(book.session, book.agency, giver)
    to = office.known_person(book.session, book.agency, receiver)
    if to.role not in (people.WORKER, people.SUPERVISOR):
        raise NotAssigned("clients are handed over to those who visit")
    casework.validate(TYPE, "note", note)
    standing = [deed for client in sorted(set(clients)) for deed in _offered(book, client, giver)]
    if standing:
        raise Overtaken(standing)
    return [_offer(book, by, client, giver, receiver, note, providers) for client in sorted(set(clients))]


def answer(
    book: Book, by: Person, handover: str, providers: Providers, *, accepted: bool, reason: str = ""
) -> None:
    """
    Accept or decline what was offered to oneself; what is accepted passes at once.

    Raises:
        NotAssigned: It was offered to another.
        Refused: There is no such offer, or it was answered already.
        BadAnswer: The reason breaks its rule.
    """
    shown = office.record_view(book, Key(TYPE, handover))
    if shown.value("receiver") != by.id:
        raise NotAssigned("a hand-over is answered by its receiver", shown.subject)
    if state_of(shown) != "offered":
        raise Refused(f"this hand-over is {state_of(shown)} already")
    said: dict[str, Json] = {"answer": "accepted" if accepted else "declined", "by": by.id, "at": _at(book)}
    if reason.strip():
        said["reason"] = reason
    casework.validate(TYPE, "answer", said)
    writes = [Write(TYPE, handover, "answer", (), said)]
    office.write_as_oneself(book, by, Said(shown.subject, writes), providers)
    _pass(book, office.record_view(book, Key(TYPE, handover)), providers)


def withdraw(book: Book, by: Person, handover: str, providers: Providers) -> None:
    """
    Take an offer back that was not accepted; the receiver's access by it ends.

    Raises:
        NotAssigned: Not this supervisor's client.
        Refused: There is no such offer, or it was accepted or ended already.
    """
    shown = office.record_view(book, Key(TYPE, handover))
    rights.check_about(book.session, by, rights.ENTER, shown.subject)
    if state_of(shown) not in ("offered", "declined"):
        raise Refused(f"this hand-over is {state_of(shown)} already")
    receiver = str(shown.value("receiver"))
    open_ = grants.open_grants(book.session, book.agency, receiver, shown.subject)
    if any(row.kind == grants.COVER for row in open_) and not any(row.kind == ASSIGNED for row in open_):
        office.unassign(book, by, receiver, shown.subject, providers)
    _end(book, by, shown, "withdrawn", providers)


def pass_accepted(book: Book, providers: Providers) -> int:
    """Let pass what receivers have accepted, on their tablets too; answers with how many."""
    keys = book.session.execute(_accepted(book.agency)).all()
    return sum(_pass(book, office.record_view(book, Key(TYPE, row.id)), providers) for row in keys)


def accepted(session: Session, sealer: Sealer, agency: str) -> bool:
    """Whether there is something to pass; what its receiver did not accept, though it says so, is not."""
    keys = [Key(TYPE, row.id) for row in session.execute(_accepted(agency))]
    records = read_records(session, sealer, agency, keys)
    return any(_is_sound(view(record, casework.rule_of)) for record in records.values())


def offers(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    state: str | None = None,
    worker: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Offer]:
    """
    Hand-overs that have not ended, oldest first; of one state, or to one worker, where asked for.

    Raises:
        NotAssigned: Somebody who reads no clients.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.READ)

    def make(found: Sequence[Row[Any]]) -> list[Offer]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        both = {person for row in found for person in (row.worker, row.giver)}
        workers = people.names_of(session, sealer, by.agency, both)
        return [
            Offer(
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.code,
                row.at,
                row.giver,
                workers.get(row.giver, ""),
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    return listing.page(session, _open(by, state, worker), ORDER, make, cursor=cursor, rows=rows)


def _open(by: Person, state: str | None, worker: str | None) -> Select[Any]:
    same = (_giver.c.agency == _fact.c.agency) & (_giver.c.type == _fact.c.type) & (_giver.c.id == _fact.c.id)
    here = listing.facts(by.agency, TYPE) & _fact.c.code.in_(OPEN if state is None else (state,))
    if worker is not None:
        here &= _fact.c.worker == worker
    columns = (_fact.c.id, _fact.c.subject, _fact.c.code, _fact.c.at, _fact.c.worker)
    asked = select(*columns, _giver.c.worker.label("giver"))
    asked = asked.join(_giver, same & (_giver.c.kind == "handover_from"))
    return asked.where(here, rights.about_clients(by, rights.READ, _fact.c.subject))


def _accepted(agency: str) -> Select[Any]:
    here = listing.facts(agency, TYPE) & (_fact.c.code == "accepted")
    return select(_fact.c.id).where(here).order_by(_fact.c.id)


def _offered(book: Book, client: str, giver: str) -> list[Deed]:
    """Offers of a client by this giver that wait for an answer or to pass: two would be promised one client."""
    here = (
        listing.facts(book.agency, "handover_from") & (_fact.c.subject == client) & (_fact.c.worker == giver)
    )
    waiting = select(_fact.c.id).where(here, _fact.c.code.in_(("offered", "accepted"))).order_by(_fact.c.id)
    found = book.session.execute(waiting).all()
    shown = [office.record_view(book, Key(TYPE, row.id)) for row in found]
    return [
        Deed(said.author, TYPE, view_.id, "receiver", said.at.ms)
        for view_ in shown
        if (said := view_.units["receiver"].by) is not None
    ]


def _offer(
    book: Book, by: Person, client: str, giver: str, receiver: str, note: str, providers: Providers
) -> str:
    rights.check_about(book.session, by, rights.ENTER, client)
    open_ = grants.open_grants(book.session, book.agency, giver, client)
    if not any(row.kind == ASSIGNED for row in open_):
        raise NotAssigned("only the worker who is assigned hands over", client)
    id_ = random_id(providers.entropy(16))
    units: dict[str, Json] = {
        "giver": giver,
        "receiver": receiver,
        "offered_by": by.id,
        "offered_at": _at(book),
        "note": note,
    }
    office.write(book, by, Said(client, [Write(TYPE, id_, u, (), v) for u, v in units.items()]), providers)
    if not grants.has_access(book.session, book.agency, receiver, client):
        office.assign(book, by, receiver, client, providers, kind=grants.COVER)
    return id_


def _pass(book: Book, shown: RecordView, providers: Providers) -> bool:
    """Pass one hand-over, if the office offered it and its receiver accepted it; else a person looks at it."""
    if state_of(shown) != "accepted" or not _is_sound(shown):
        return False
    giver, receiver = str(shown.value("giver")), str(shown.value("receiver"))
    by = people.person(book.session, book.agency, str(shown.value("offered_by")))
    office.pass_on(book, by, giver, receiver, shown.subject, providers)
    _end(book, by, shown, "passed", providers)
    return True


def _is_sound(shown: RecordView) -> bool:
    """Whether the offer is the office's, and the answer is the receiver's own."""
    said, offered = shown.units["answer"].by, shown.units["receiver"].by
    if said is None or offered is None or not is_office(offered.device):
        return False
    return said.author == shown.value("receiver") and offered.author == shown.value("offered_by")


def _end(book: Book, by: Person, shown: RecordView, how: str, providers: Providers) -> None:
    value: Json = {"how": how, "at": _at(book)}
    writes = [Write(TYPE, shown.id, "ended", shown.over("ended"), value)]
    office.write_as_oneself(book, _acting(by), Said(shown.subject, writes), providers)


def _acting(by: Person) -> Person:
    """Whoever offered it, also where they do not work here any more: the record says in whose name it passed."""
    return Person(by.agency, by.id, by.role, by.office, "active", by.offices)


def _at(book: Book) -> str:
    return datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
