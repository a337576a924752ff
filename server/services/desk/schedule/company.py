"""
Company: a client who is not visited alone is visited by two.

Workers who go together have a visit each, and each visit names the others. Only a supervisor lifts the warning, by
deciding about it with a reason; what was planned before it was given stays as it is, until somebody plans it anew.
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync import Json, RecordView, Write

from ....db import table_of
from ....errors import Refused
from ....tables.fact import FactRow
from ...log.book import Book
from ...log.records import Key
from .. import listing, office

WARNING: Final = "do_not_visit_alone"

_fact = table_of(FactRow)


def needs_two(session: Session, agency: str, client: str) -> bool:
    """Whether a client is not visited alone."""
    here = listing.facts(agency, WARNING) & (_fact.c.subject == client) & (_fact.c.code == "yes")
    return session.execute(select(_fact.c.id).where(here).limit(1)).first() is not None


def check(book: Book, client: str, worker: str, second: str) -> None:
    """
    Whether this company is enough for this client.

    Raises:
        Refused: One would go alone, or somebody with themselves.
    """
    if second == worker:
        raise Refused("a visit for two is planned for two people")
    if not second and needs_two(book.session, book.agency, client):
        raise Refused("this client is not visited alone")


def others(visit: RecordView) -> list[str]:
    """Who goes with the worker of a visit."""
    said = visit.value("joint_with")
    return [str(worker) for worker in said] if isinstance(said, list) else []


def can_pass(book: Book, visit: RecordView, receiver: str) -> bool:
    """Whether a visit may pass to another without anybody going alone."""
    beside = others(visit)
    if receiver in beside:
        return False
    return bool(beside) or not needs_two(book.session, book.agency, visit.subject)


def told(book: Book, visit: RecordView, receiver: str) -> list[Write]:
    """What the visits of the others say, when one of the company is replaced."""
    absent = str(visit.value("worker"))
    plan = select(_fact.c.at).where(listing.facts(book.agency, "visit_planned") & (_fact.c.id == visit.id))
    here = listing.facts(book.agency, "visit_planned") & (_fact.c.subject == visit.subject)
    here &= _fact.c.worker.in_(others(visit)) & (_fact.c.at == plan.scalar_subquery())
    found = book.session.scalars(select(_fact.c.id).where(here).order_by(_fact.c.id)).all()
    shown = [office.record_view(book, Key("visit", id_)) for id_ in found]
    return [
        Write("visit", other.id, "joint_with", other.over("joint_with"), _replaced(other, absent, receiver))
        for other in shown
        if absent in others(other)
    ]


def _replaced(visit: RecordView, absent: str, receiver: str) -> Json:
    return [receiver if worker == absent else worker for worker in others(visit)]
