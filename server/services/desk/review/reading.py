"""
One work to read, with what belongs beside it: the client, the dangers, the visit, what happened lately.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from casework import reviewing, risk
from sync import RecordView, view

from ....crypto import Sealer
from ....db import table_of
from ....tables.fact import FactRow
from ...access import people, rights
from ...access.people import Person
from ...log.records import Key, read_records
from .. import listing, overtaking
from .work import Work, load

RECENT: Final = 10
"""Lines of the client's timeline that stand beside what is reviewed."""

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the client's timeline, in codes."""

    kind: str
    type: str
    id: str
    code: str
    at: str
    worker: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One work to review, and what belongs beside it."""

    work: RecordView
    addenda: tuple[RecordView, ...]
    reviews: tuple[RecordView, ...]
    """What was decided about it so far, oldest first."""
    changed: frozenset[tuple[str, str, str]]
    """(type, id, unit) of what is new since the last review; empty before the first."""
    client: RecordView
    risks: tuple[RecordView, ...]
    """The client's risk flags, the highest first."""
    visit: RecordView | None
    """The visit that it is about."""
    recent: tuple[Happened, ...]
    """The last lines of the timeline, newest first."""
    names: dict[str, str]
    """{person: name} of everybody who wrote something here."""
    seen: tuple[str, ...]
    """The names that are displayed: give them back with the decision."""

    @property
    def waits(self) -> bool:
        """Whether any part of it waits for a review."""
        return any(reviewing.waits(part) for part in (self.work, *self.addenda))


def read(session: Session, sealer: Sealer, by: Person, work: Key) -> Reading:
    """
    One work with its addenda, its reviews and the client's context.

    Raises:
        NotAssigned: Not this supervisor's client.
        Refused: There is no such note or assessment.
    """
    loaded = load(session, sealer, by.agency, work)
    client = loaded.work.subject
    rights.check_about(session, by, rights.REVIEW, client)
    shown = loaded.view(loaded.work)
    visit = shown.value("visit")
    beside = _views(
        session,
        sealer,
        by.agency,
        [
            Key("client", client),
            *(Key("risk_flag", risk.flag_id(client, kind)) for kind in risk.KINDS),
            *([Key("visit", visit)] if isinstance(visit, str) else []),
        ],
    )
    reviews = tuple([loaded.view(record) for record in loaded.reviews])
    everything = [loaded.view(record) for record in loaded.all]
    flags = [found for key, found in beside.items() if key.type == "risk_flag"]
    return Reading(
        work=shown,
        addenda=tuple([loaded.view(record) for record in loaded.addenda]),
        reviews=reviews,
        changed=_changed(loaded),
        client=beside.get(Key("client", client)) or RecordView("client", client, client, {}),
        risks=tuple(sorted(flags, key=_risk_rank, reverse=True)),
        visit=beside.get(Key("visit", str(visit))),
        recent=_recent(session, by.agency, client),
        names=people.names_of(session, sealer, by.agency, _people(everything)),
        seen=overtaking.names(everything),
    )


def _changed(loaded: Work) -> frozenset[tuple[str, str, str]]:
    """What was received after the last review: by position, because a clock may be wrong."""
    last = max((record.position for record in loaded.reviews), default=0)
    if not last:
        return frozenset()
    return frozenset(
        (record.type, record.id, unit)
        for record in (loaded.work, *loaded.addenda)
        for unit, state in record.units.items()
        if state.position > last
    )


def _recent(session: Session, agency: str, client: str) -> tuple[Happened, ...]:
    columns = (_fact.c.kind, _fact.c.type, _fact.c.id, _fact.c.code, _fact.c.at, _fact.c.worker)
    here = listing.facts(agency, "visit", "contact", "assessment", "note", "risk", "need")
    newest = (_fact.c.at.desc(), _fact.c.type, _fact.c.id)
    asked = select(*columns).where(here, _fact.c.subject == client).order_by(*newest).limit(RECENT)
    return tuple([Happened(*row) for row in session.execute(asked)])


def _views(session: Session, sealer: Sealer, agency: str, keys: Sequence[Key]) -> dict[Key, RecordView]:
    found = read_records(session, sealer, agency, keys)
    return {key: view(record, casework.rule_of) for key, record in found.items()}


def _people(views: Iterable[RecordView]) -> set[str]:
    return {live.author for shown in views for unit in shown.units.values() for live in unit.live}


def _risk_rank(flag: RecordView) -> int:
    return risk.rank(casework.columns(flag)["level"] or "none")
