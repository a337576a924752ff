"""
Addressees: the people whom a step of a ladder means, and where they are reached.

A step names a function, not a person: whoever has it at this moment is told. Where nobody has it, or nobody who
has it can be reached, the supervisors of the office are told, and the administrators where there are none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from sync import view

from ...crypto import Sealer
from ...db import table_of
from ...tables.fact import FactRow
from ...tables.person import PersonRow
from ..access.people import ADMINISTRATOR
from ..log import subjects
from ..log.records import Key, read_records
from . import days, duty, listing

_fact = table_of(FactRow)
_person = table_of(PersonRow)
_until = _fact.alias("until")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told, and where."""

    person: str
    e_mail: str
    language: str


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is meant: by which function, for which client of which office."""

    tell: str
    """A code of `casework.records.settings.TELLS`."""
    subject: str
    office: str | None


def addressees(session: Session, sealer: Sealer, agency: str, whom: Whom, now_ms: int) -> list[Addressee]:
    """Who is told, and where; nobody, where not even an administrator can be reached."""
    for ids in _candidates(session, agency, whom, now_ms):
        found = _reachable(session, sealer, agency, _active(session, agency, ids))
        if found:
            return found
    return []


def supervisors_of_record(session: Session, agency: str, workers: Sequence[str], day: str) -> list[str]:
    """Who answers for the work of these workers on a day."""
    same = (_until.c.agency == _fact.c.agency) & (_until.c.id == _fact.c.id) & (_until.c.key == _fact.c.key)
    here = listing.facts(agency, "supervision") & _fact.c.worker.in_(workers) & (_fact.c.at <= day)
    asked = select(_fact.c.code).outerjoin(_until, same & (_until.c.kind == "supervision_until"))
    going_on = _until.c.at.is_(None) | (_until.c.at >= day)
    return sorted(set(session.scalars(asked.where(here, going_on))))


def _candidates(session: Session, agency: str, whom: Whom, now_ms: int) -> Iterator[list[str]]:
    """The people whom a step means, then those who are told in their place."""
    yield _meant(session, agency, whom, now_ms)
    yield subjects.supervisors(session, agency, whom.office)
    yield _administrators(session, agency)


def _meant(session: Session, agency: str, whom: Whom, now_ms: int) -> list[str]:
    if whom.tell == "administrators":
        return _administrators(session, agency)
    if whom.tell == "office":
        return subjects.supervisors(session, agency, whom.office)
    if whom.tell in ("duty", "deputy"):
        return _on_duty(session, agency, whom, now_ms)
    workers = _assigned(session, agency, whom.subject)
    if whom.tell == "worker":
        return workers
    day = days.today(days.zone_of(session, agency), now_ms).first.isoformat()
    return supervisors_of_record(session, agency, workers, day)


def _on_duty(session: Session, agency: str, whom: Whom, now_ms: int) -> list[str]:
    place = "first" if whom.tell == "duty" else "deputy"
    offices = [] if whom.office is None else [whom.office]
    spans = duty.spans(session, agency, offices, begin_ms=now_ms, end_ms=now_ms + 1000)
    return [span.worker for span in spans if span.place == place]


def _assigned(session: Session, agency: str, subject: str) -> list[str]:
    here = listing.facts(agency, "assigned") & (_fact.c.subject == subject)
    return sorted(session.scalars(select(_fact.c.worker).where(here)))


def _administrators(session: Session, agency: str) -> list[str]:
    here = (_person.c.agency == agency) & (_person.c.role == ADMINISTRATOR)
    return sorted(session.scalars(select(_person.c.id).where(here)))


def _active(session: Session, agency: str, ids: Sequence[str]) -> list[str]:
    if not ids:
        return []
    here = (_person.c.agency == agency) & _person.c.id.in_(sorted(set(ids))) & (_person.c.state == "active")
    return sorted(session.scalars(select(_person.c.id).where(here)))


def _reachable(session: Session, sealer: Sealer, agency: str, ids: Sequence[str]) -> list[Addressee]:
    """Those of these people who have an e-mail address, and in which language they read."""
    records = read_records(session, sealer, agency, [Key("staff", id_) for id_ in ids])
    found = []
    for shown in (view(record, casework.rule_of) for record in records.values()):
        e_mail, languages = shown.value("email"), shown.value("languages")
        language = str(languages[0]) if isinstance(languages, list) and languages else "en"
        if isinstance(e_mail, str):
            found.append(Addressee(shown.id, e_mail, "es" if language.startswith("es") else "en"))
    return found
