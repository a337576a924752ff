"""
Risk: the dangers that are open, and what people of the office do about them.

    flags(session, sealer, by)                     the list: highest first, what waits before what is in hand
    read(session, sealer, by, client, "self_harm")  one flag with all its reasons and what was done
    act(book, by, Act(...), providers)              acknowledge, assign, act or close
    acts(session, sealer, by, since=...)            who acted since somebody left

A client has one flag for each kind of harm. Each act is added to it and names the writes of the level that were
displayed (`FlagReading.seen`): a level written since then waits to be acknowledged again, and an act on a flag
that somebody else acted on meanwhile is refused as `Overtaken`, whose `deeds` say who did what. Closing writes a
lower level over all that was seen, with its reason in words; only a person does so, and nobody about a danger
that they raised themselves. Until somebody acknowledges, the ladder goes on telling people (`ladder`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, case, select
from sqlalchemy.orm import Session

import casework
from casework import risk as rules
from casework.records.risk_flag import ACTS, acts_of, assigned_to, waits
from casework.risk import KINDS, LEVELS, flag_id, rank
from sync import Json, RecordView, Write, canonical, random_id, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...settings import Providers
from ...tables.fact import FactRow
from ...tables.notice import NoticeRow
from ..access import people, rights
from ..access.people import Person
from ..log.book import Book
from ..log.records import Key, read_records
from . import listing, office, overtaking
from .listing import Page
from .office import Said

WAITS: Final = "risk_waits"
IN_HAND: Final = "risk_in_hand"
CLOSING_LEVELS: Final = ("none", "low")
"""Levels to which a danger is closed."""

ACTS_ORDER: Final = (("at", False), ("id", False), ("key", False))
ORDER: Final = (("rank", True), ("waits", True), ("at", False), ("id", False))

_fact = table_of(FactRow)
_notice = table_of(NoticeRow)


@dataclass(frozen=True, slots=True)
class Flag:
    """One line of the list."""

    id: str
    client: str
    name: str
    kind: str
    level: str
    waits: bool
    """Whether nobody has acknowledged this level."""
    at: str
    """When its latest reason was given, ISO 8601."""
    assigned: str
    assigned_name: str


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
class Acted:
    """One line of what was done since somebody left."""

    flag: str
    client: str
    name: str
    kind: str
    act: str
    at: str
    by: str
    by_name: str


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


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does about a danger."""

    client: str
    kind: str
    act: str
    """`acknowledged`, `assigned`, `acted` or `closed`."""
    seen: Sequence[str]
    text: str = ""
    """What was done; asked for with `acted` and `closed`."""
    to: str = ""
    """Whom it is assigned to."""
    level: str = "none"
    """To which level it is closed."""


def flags(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    only: str | None = None,
    kind: str | None = None,
    assigned: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Flag]:
    """
    The open dangers of this supervisor's clients, the highest first.

    Args:
        session: In a transaction.
        sealer: Opens the names of the page.
        by: A supervisor.
        only: `risk_waits` or `risk_in_hand`; both, where left out.
        kind: A kind of harm.
        assigned: Who has it in hand.
        since: Those only whose latest reason is as new as this moment.
        cursor: Where the page begins.
        rows: How many at most.

    Raises:
        NotAssigned: Only supervisors act on risk.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.RISK)

    def make(found: Sequence[Row[Any]]) -> list[Flag]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Flag(
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.key,
                row.code,
                row.kind == WAITS,
                row.at,
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    asked = open_flags(by, only=only, kind=kind, assigned=assigned, since=since)
    return listing.page(session, asked, ORDER, make, cursor=cursor, rows=rows)


def acts(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    since: str,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Acted]:
    """
    Who acted on the dangers of this supervisor's clients since a moment, oldest first.

    Raises:
        NotAssigned: Only supervisors act on risk.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.RISK)

    def make(found: Sequence[Row[Any]]) -> list[Acted]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        workers = people.names_of(session, sealer, by.agency, [row.worker for row in found])
        return [
            Acted(
                row.id,
                row.subject,
                names.get(row.subject, ""),
                row.kind,
                row.code,
                row.at,
                row.worker,
                workers.get(row.worker, ""),
            )
            for row in found
        ]

    return listing.page(session, acts_since(by, since), ACTS_ORDER, make, cursor=cursor, rows=rows)


def acts_since(by: Person, since: str) -> Select[Any]:
    """The rows of the list of acts, unsorted: for the list itself, and for whoever counts it."""
    flag = _fact.alias("flag")
    same = (flag.c.agency == _fact.c.agency) & (flag.c.type == _fact.c.type) & (flag.c.id == _fact.c.id)
    here = listing.facts(by.agency, "risk_act") & (_fact.c.at >= since)
    columns = (_fact.c.id, _fact.c.key, _fact.c.subject, _fact.c.code, _fact.c.at, _fact.c.worker)
    asked = select(*columns, flag.c.key.label("kind")).join(flag, same & (flag.c.kind == "risk"))
    return asked.where(here, rights.about_clients(by, rights.RISK, _fact.c.subject))


def open_flags(
    by: Person,
    *,
    only: str | None = None,
    kind: str | None = None,
    assigned: str | None = None,
    since: str | None = None,
    levels: Sequence[str] = listing.OPEN_LEVELS,
) -> Select[Any]:
    """The rows of the list, unsorted: for the list itself, and for whoever counts it."""
    here = listing.facts(by.agency, only) if only else listing.facts(by.agency, WAITS, IN_HAND)
    here &= _fact.c.code.in_(levels)
    if kind is not None:
        here &= _fact.c.key == kind
    if assigned is not None:
        here &= _fact.c.worker == assigned
    if since is not None:
        here &= _fact.c.at >= since
    return select(
        _fact.c.kind,
        _fact.c.id,
        _fact.c.subject,
        _fact.c.key,
        _fact.c.code,
        _fact.c.at,
        _fact.c.worker,
        listing.level_rank(_fact.c.code).label("rank"),
        case((_fact.c.kind == WAITS, 1), else_=0).label("waits"),
    ).where(here, rights.about_clients(by, rights.RISK, _fact.c.subject))


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


def act(book: Book, by: Person, said: Act, providers: Providers) -> str:
    """
    Acknowledge, assign, act or close; answers with the id of the act.

    Raises:
        NotAssigned: Not this person's client, a danger of their own raising, or no such person to assign.
        Overtaken: Somebody acted on it since it was displayed.
        Refused: No such flag, or words are missing.
        NotAllowedYet: There is no higher level to close.
        BadAnswer: A value breaks the rule of its field.
    """
    rights.check_about(book.session, by, rights.RISK, said.client)
    _check_form(said)
    key = Key("risk_flag", flag_id(said.client, said.kind))
    shown = office.record_view(book, key)
    rights.check_not_own(by, _raised_by(shown), "nobody acts on a danger that they raised themselves")
    overtaking.check([shown], said.seen)
    if said.act == "assigned":
        office.known_person(book.session, book.agency, said.to)
    at = datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
    id_ = random_id(providers.entropy(16))
    value = _value(shown, by, said, at)
    casework.validate("risk_flag", f"acts/{id_}", value)
    writes = [Write(key.type, key.id, f"acts/{id_}", (), value)]
    if said.act == "closed":
        why = rules.reason(said.text, by=by.id, at=at, level=said.level)
        lower = rules.lower(shown, said.level, why)
        casework.validate("risk_flag", "level", lower.value)
        writes.append(Write(key.type, key.id, "level", lower.over, lower.value))
    reason = said.text if said.act == "closed" else None
    office.write(book, by, Said(said.client, writes, reason), providers)
    return id_


def _check_form(said: Act) -> None:
    if said.act not in ACTS:
        raise Refused(f"an act is one of: {', '.join(ACTS)}")
    if said.act in ("acted", "closed") and not said.text.strip():
        raise Refused("say what was done, and why the danger is lower where it is closed")
    if said.act == "assigned" and not said.to:
        raise Refused("say to whom it is assigned")
    if said.act == "closed" and said.level not in CLOSING_LEVELS:
        raise Refused(f"a danger is closed to one of: {', '.join(CLOSING_LEVELS)}")


def _value(shown: RecordView, by: Person, said: Act, at: str) -> dict[str, Json]:
    value: dict[str, Json] = {
        "act": said.act,
        "by": by.id,
        "at": at,
        "seen": list[Json](shown.over("level")),
    }
    level = casework.columns(shown)["level"]
    if level in LEVELS:
        value["level"] = level
    if said.text.strip():
        value["text"] = said.text
    return value | ({"to": said.to} if said.act == "assigned" else {})


def _raised_by(shown: RecordView) -> set[str]:
    """Who gave a level that calls for somebody; whoever closed an earlier one is not among them."""
    level = shown.units.get("level")
    live = level.live if level is not None else ()
    return {write.author for write in live if rank(_level(write.value)) > rank("low")}


def _level(value: Json) -> Json:
    return value.get("level") if isinstance(value, dict) else None


def _reasons(shown: RecordView) -> tuple[Reason, ...]:
    """Every reason of every live write, each once, oldest first; who wrote it where it does not say."""
    level = shown.units.get("level")
    found: dict[bytes, Reason] = {}
    for write in level.live if level is not None else ():
        listed = write.value.get("reasons") if isinstance(write.value, dict) else None
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict):
                found.setdefault(canonical(entry), _reason(entry, _level(write.value), write.author))
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
