"""
The ladder: who is told of a danger after how long, until somebody acknowledges it.

    due(now_ms, steps, dangers, taken)    what is to be done now: a pure function, from which everything follows
    climb(house, agency, channels)        does it for one agency: tells people, and writes down who was told

A periodic scan calls `climb`; no job carries the truth. What waits is known from the records, who was told from
the table of notices: a scan that is late, doubled or lost changes nothing but the hour. A level written anew
begins the ladder again, and an acknowledgement ends it. A step that finds nobody tells the supervisors of the
office at once, and the administrators where there are none. A letter that was not taken is tried again at the next
scan, a few times; the later steps do not wait for it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import casework
from casework.records.risk_flag import waits
from casework.risk import rank
from sync import RecordView, canonical, digest_id, random_id, view

from ...channels import Channel, ChannelFailed, Letter
from ...crypto import Sealer
from ...db import table_of
from ...house import House
from ...tables.fact import FactRow
from ...tables.log import LogRow
from ...tables.notice import NoticeRow
from ...tables.subject import SubjectRow
from ..log.records import Key, read_records
from . import listing
from .addressees import Addressee, Whom, addressees
from .policy import Policy, Step, policy
from .risk import WAITS

SENT: Final = "sent"
FAILED: Final = "failed"
NOBODY: Final = "nobody"

TRIES_MAX: Final = 5
"""Times that one letter is tried: with a scan a minute about as many minutes."""

DANGERS_MAX: Final = 1_000
"""Dangers that one scan looks at, the longest waiting first; the next scan takes the next."""

TITLES: Final = {"en": "Doorstep: please look", "es": "Doorstep: por favor, mire"}
TEXTS: Final = {
    "en": "Something waits for you in Doorstep, for {minutes} minutes now. Please sign in: {site}\nReference: {ref}",
    "es": "Algo le espera en Doorstep desde hace {minutes} minutos. Por favor, entre: {site}\nReferencia: {ref}",
}
"""Neutral: whoever reads it on a locked screen learns nothing of anybody."""

_fact = table_of(FactRow)
_log = table_of(LogRow)
_notice = table_of(NoticeRow)
_subject = table_of(SubjectRow)


@dataclass(frozen=True, slots=True)
class Danger:
    """A level of risk that nobody has acknowledged."""

    flag: str
    subject: str
    office: str | None
    level: str
    basis: str
    """The digest of the writes that gave it."""
    begun_ms: int
    """When the last of them arrived: nobody could have known before."""


@dataclass(frozen=True, slots=True)
class Due:
    """One step of one danger whose time has come."""

    danger: Danger
    step: Step


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken for a danger."""

    flag: str
    basis: str
    step: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Whom one step told, and whether it went out."""

    due: Due
    person: str
    channel: str
    outcome: str


def due(now_ms: int, steps: Sequence[Step], dangers: Iterable[Danger], taken: Collection[Taken]) -> list[Due]:
    """
    The steps whose time has come and that were not taken, the longest due first.

    A danger climbs the steps of its own level; where an agency has set none for it, those of the next lower level
    that has some.
    """
    done = frozenset(taken)
    found = [
        Due(danger, step)
        for danger in dangers
        for step in _steps_of(danger.level, steps)
        if danger.begun_ms + step.after_minutes * 60_000 <= now_ms
        and Taken(danger.flag, danger.basis, step.name) not in done
    ]
    return sorted(found, key=lambda one: (_due_ms(one), one.danger.flag, one.step.name))


def climb(house: House, agency: str, channels: Sequence[Channel], *, site: str = "") -> list[Notice]:
    """
    Take the steps that are due in one agency; answers with whom was told.

    Args:
        house: Database, sealer, clock.
        agency: Whose dangers.
        channels: The ways to tell people; each of them is used.
        site: The address at which people sign in.
    """
    now_ms = house.providers.now_ms()
    with house.database.reading() as session:
        found = _due_now(session, house.sealer, agency, now_ms)
        told = {
            one: addressees(
                session,
                house.sealer,
                agency,
                Whom(one.step.tell, one.danger.subject, one.danger.office),
                now_ms,
            )
            for one in found
        }
        tries = _tries(session, agency, [one.danger for one in found])
    notices = [notice for one in found for notice in _tell(one, told[one], channels, tries, now_ms, site)]
    if notices:
        with house.database.writing() as session:
            _write(session, house, agency, notices, now_ms)
    return notices


def dangers(session: Session, sealer: Sealer, agency: str) -> list[Danger]:
    """What waits to be acknowledged in an agency, in five statements."""
    client = (_subject.c.agency == _fact.c.agency) & (_subject.c.id == _fact.c.subject)
    asked = select(_fact.c.type, _fact.c.id, _subject.c.office).join(_subject, client)
    here = listing.facts(agency, WAITS)
    rows = session.execute(asked.where(here).order_by(_fact.c.at, _fact.c.id).limit(DANGERS_MAX)).all()
    offices = {Key(row.type, row.id): row.office for row in rows}
    records = read_records(session, sealer, agency, list(offices))
    shown = {key: view(record, casework.rule_of) for key, record in records.items()}
    names = {name for one in shown.values() for name in one.over("level")}
    received = _received_ms(session, agency, sorted(names))
    return [_danger(one, offices[key], received) for key, one in shown.items() if waits(one)]


def _steps_of(level: str, steps: Sequence[Step]) -> list[Step]:
    below = [step.level for step in steps if rank(step.level) <= rank(level)]
    nearest = max(below, key=rank, default="")
    return [step for step in steps if step.level == nearest]


def _due_ms(one: Due) -> int:
    return one.danger.begun_ms + one.step.after_minutes * 60_000


def _due_now(session: Session, sealer: Sealer, agency: str, now_ms: int) -> list[Due]:
    waiting = dangers(session, sealer, agency)
    if not waiting:
        return []
    rule: Policy = policy(session, sealer, agency)
    return due(now_ms, rule.ladder, waiting, _taken(session, agency, waiting))


def _danger(shown: RecordView, office: str | None, received: dict[str, int]) -> Danger:
    names = sorted(shown.over("level"))
    return Danger(
        shown.id,
        shown.subject,
        office,
        str(casework.columns(shown)["level"]),
        digest_id(canonical([*names])),
        max((received[name] for name in names if name in received), default=0),
    )


def _received_ms(session: Session, agency: str, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), listing.PAGE_ROWS_MAX):
        some = names[start : start + listing.PAGE_ROWS_MAX]
        here = (_log.c.agency == agency) & _log.c.name.in_(some) & (_log.c.kind != "held")
        rows = session.execute(select(_log.c.name, _log.c.received_ms).where(here)).all()
        found |= {row.name: row.received_ms for row in rows}
    return found


def _taken(session: Session, agency: str, waiting: Sequence[Danger]) -> list[Taken]:
    """The steps that went out, found nobody to go to, or were tried often enough."""
    tries = _tries(session, agency, waiting)
    done = [key for key, outcomes in tries.items() if _is_done(outcomes)]
    return [Taken(flag, basis, step) for flag, basis, step in done]


def _is_done(outcomes: dict[str, list[str]]) -> bool:
    """Whether nobody of a step is left to be tried: by person, and the step that found nobody by none."""
    return all(SENT in tried or NOBODY in tried or len(tried) >= TRIES_MAX for tried in outcomes.values())


def _tries(
    session: Session, agency: str, waiting: Sequence[Danger]
) -> dict[tuple[str, str, str], dict[str, list[str]]]:
    """{(flag, basis, step): {person and channel: outcomes}} of what was tried already."""
    found: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    flags = sorted({danger.flag for danger in waiting})
    columns = (_notice.c.about, _notice.c.basis, _notice.c.step, _notice.c.person, _notice.c.channel)
    for start in range(0, len(flags), listing.PAGE_ROWS_MAX):
        some = flags[start : start + listing.PAGE_ROWS_MAX]
        here = (_notice.c.agency == agency) & _notice.c.about.in_(some)
        rows = session.execute(select(*columns, _notice.c.outcome).where(here)).all()
        for about, basis, step, person, channel, outcome in rows:
            step_ = found.setdefault((about, basis, step), {})
            step_.setdefault(f"{person} {channel}", []).append(outcome)
    return found


def _tell(
    one: Due,
    told: Sequence[Addressee],
    channels: Sequence[Channel],
    tries: dict[tuple[str, str, str], dict[str, list[str]]],
    now_ms: int,
    site: str,
) -> list[Notice]:
    if not told or not channels:
        return [Notice(one, "", "", NOBODY)]
    tried = tries.get((one.danger.flag, one.danger.basis, one.step.name), {})
    return [
        Notice(one, to.person, channel.name, _send(channel, _letter(one, to, now_ms, site)))
        for to in told
        for channel in channels
        if SENT not in tried.get(f"{to.person} {channel.name}", [])
    ]


def _send(channel: Channel, letter: Letter) -> str:
    try:
        channel.send(letter)
    except ChannelFailed:
        return FAILED
    return SENT


def _letter(one: Due, to: Addressee, now_ms: int, site: str) -> Letter:
    minutes = (now_ms - one.danger.begun_ms) // 60_000
    text = TEXTS[to.language].format(minutes=minutes, site=site, ref=one.danger.flag[:8])
    return Letter(to.e_mail, TITLES[to.language], text)


def _write(session: Session, house: House, agency: str, notices: Sequence[Notice], now_ms: int) -> None:
    rows = [
        {
            "agency": agency,
            "at_ms": now_ms,
            "id": random_id(house.providers.entropy(16)),
            "about": notice.due.danger.flag,
            "subject": notice.due.danger.subject,
            "basis": notice.due.danger.basis,
            "step": notice.due.step.name,
            "person": notice.person,
            "channel": notice.channel,
            "outcome": notice.outcome,
        }
        for notice in notices
    ]
    session.execute(_notice.insert(), rows)
