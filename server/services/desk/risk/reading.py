"""
One flag with all its reasons, what was done about it, and whom the ladder told.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from casework.records.risk_flag import acts_of, assigned_to, waits
from casework.risk import KINDS, flag_id
from sync import Json, RecordView, canonical, view

from ....crypto import Sealer
from ....db import table_of
from ....errors import Refused
from ....tables.notice import NoticeRow
from ...access import people, rights
from ...access.people import Person
from ...log.records import Key, read_records
from .. import overtaking

_notice = table_of(NoticeRow)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level was given."""

    level: str
    text: str
    rule: str
    instrument: str
    assessment: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did about it."""

    act: str
    by: str
    at: str
    to: str
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the ladder told."""

    person: str
    at_ms: int
    step: str
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class FlagReading:
    """One flag with everything that belongs to it."""

    flag: RecordView
    client: RecordView
    level: str
    waits: bool
    assigned: str | None
    reasons: tuple[Reason, ...]
    """Every reason of every live write, oldest first."""
    done: tuple[Done, ...]
    """What was done, oldest first."""
    told: tuple[Told, ...]
    """Whom the ladder told, oldest first."""
    names: dict[str, str]
    """{person: name} of everybody who is named here."""
    seen: tuple[str, ...]
    """The names that are displayed: give them back with the act."""


def read(session: Session, sealer: Sealer, by: Person, client: str, kind: str) -> FlagReading:
    """
    One flag with its reasons, what was done, and whom the ladder told.

    Raises:
        NotAssigned: Not this person's client.
        Refused: This client has no flag of this kind.
    """
    rights.check_about(session, by, rights.RISK, client)
    keys = [Key("risk_flag", flag_id(client, kind)), Key("client", client)]
    records = read_records(session, sealer, by.agency, keys)
    if keys[0] not in records:
        raise Refused(f"this client has no flag of this kind: {', '.join(KINDS)}")
    shown = view(records[keys[0]], casework.rule_of)
    about = view(records[keys[1]], casework.rule_of) if keys[1] in records else None
    reasons, done = _reasons(shown), _done(shown)
    told = _told(session, by.agency, shown.id)
    named = {live.author for unit in shown.units.values() for live in unit.live}
    named |= {reason.by for reason in reasons} | {entry.by for entry in done} | {entry.to for entry in done}
    named |= {entry.person for entry in told}
    return FlagReading(
        flag=shown,
        client=about or RecordView("client", client, client, {}),
        level=str(casework.columns(shown)["level"] or ""),
        waits=waits(shown),
        assigned=assigned_to(shown),
        reasons=reasons,
        done=done,
        told=told,
        names=people.names_of(session, sealer, by.agency, named - {""}),
        seen=overtaking.names([shown]),
    )


def level_of(value: Json) -> Json:
    """The level that a write gave; nothing where it gave none."""
    return value.get("level") if isinstance(value, dict) else None


def _reasons(shown: RecordView) -> tuple[Reason, ...]:
    """Every reason of every live write, each once, oldest first; who wrote it where it does not say."""
    level = shown.units.get("level")
    found: dict[bytes, Reason] = {}
    for write in level.live if level is not None else ():
        listed = write.value.get("reasons") if isinstance(write.value, dict) else None
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict):
                found.setdefault(canonical(entry), _reason(entry, level_of(write.value), write.author))
    return tuple(sorted(found.values(), key=lambda reason: reason.at))


def _reason(entry: dict[str, Json], level: Json, author: str) -> Reason:
    def part(name: str, otherwise: Json = "") -> str:
        value = entry.get(name)
        return str(value if value is not None else otherwise or "")

    return Reason(
        part("level", level),
        part("text"),
        part("rule"),
        part("instrument"),
        part("assessment"),
        part("at"),
        part("by", author),
    )


def _done(shown: RecordView) -> tuple[Done, ...]:
    names = ("act", "by", "at", "to", "text", "level")
    return tuple([Done(*(str(act_.get(name) or "") for name in names)) for act_ in acts_of(shown).values()])


def _told(session: Session, agency: str, flag: str) -> tuple[Told, ...]:
    columns = (_notice.c.person, _notice.c.at_ms, _notice.c.step, _notice.c.channel, _notice.c.outcome)
    here = (_notice.c.agency == agency) & (_notice.c.about == flag)
    rows = session.execute(
        select(*columns).where(here).order_by(_notice.c.at_ms, _notice.c.step, _notice.c.person)
    ).all()
    return tuple([Told(*row) for row in rows])
