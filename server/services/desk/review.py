"""
Review: what workers signed and their supervisors have not read yet, and what a supervisor says about it.

    queue(session, sealer, by)                  the queue: riskiest client first, then the oldest
    read(session, sealer, by, Key("note", id))  one note or assessment with all that belongs beside it
    decide(book, by, Decision(...), providers)  return, approve or co-sign; answers with the review's id

The *work* is a note with its addenda, or an assessment. A decision is one `review` record for each part of the
work that it covers, with the digest that was read, and the office's mark on each part; all in one changeset.
`Reading.seen` goes into the form and comes back with the decision: if anybody acted in between, the decision is
refused as `Overtaken`, whose `deeds` say who did what. Nobody reviews own work. An addendum, or a late change,
opens the review again: `Reading.changed` says what is new since the last one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

import casework
from casework import reviewing, risk, signing
from sync import Json, Record, RecordView, Write, random_id, view

from ...crypto import Sealer
from ...db import table_of
from ...errors import Refused
from ...settings import Providers
from ...tables.fact import FactRow
from ..access import people, rights
from ..access.people import Person
from ..log.book import Book
from ..log.records import Key, read_records
from . import listing, office, overtaking
from .listing import Page
from .office import Said

ID_BYTES: Final = 16
COMMENTS_MAX: Final = 50
"""Comments of one decision: more fields than any form of ours has."""

RECENT: Final = 10
"""Lines of the client's timeline that stand beside what is reviewed."""

KINDS: Final = ("returned", "approved", "cosigned")
WORKS: Final = ("note", "assessment")
ORDER: Final = (("rank", True), ("at", False), ("work", False))

_fact = table_of(FactRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    work: Key
    client: str
    name: str
    author: str
    author_name: str
    risk: str
    """The client's highest open level; empty for none."""
    since: str
    """Since when the oldest part of it waits, ISO 8601."""
    parts: int
    """How many parts of it wait: the note itself, addenda."""


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


@dataclass(frozen=True, slots=True)
class Comment:
    """Words about the work, or about one field of it."""

    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor says about one work."""

    work: Key
    kind: str
    """`returned`, `approved` or `cosigned`."""
    seen: Sequence[str]
    comments: Sequence[Comment] = ()
    reason: str = ""
    title: str = ""
    """What the reviewer signs as, licence included."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The records of one work."""

    work: Record
    addenda: tuple[Record, ...] = ()
    reviews: tuple[Record, ...] = ()
    views: dict[Key, RecordView] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Record, ...]:
        """All of them."""
        return (self.work, *self.addenda, *self.reviews)

    def view(self, record: Record) -> RecordView:
        """What one of them shows."""
        return self.views[Key(record.type, record.id)]


def queue(
    session: Session,
    sealer: Sealer,
    by: Person,
    *,
    worker: str | None = None,
    cursor: str | None = None,
    rows: int = listing.PAGE_ROWS,
) -> Page[Waiting]:
    """
    What waits for this supervisor, riskiest and oldest first; of one worker only, where one is named.

    Raises:
        NotAssigned: Only supervisors review.
        Refused: The cursor is not one of this list.
    """
    rights.check(by, rights.REVIEW)

    def make(found: Sequence[Row[Any]]) -> list[Waiting]:
        names = listing.client_names(session, sealer, by, [row.subject for row in found])
        authors = people.names_of(session, sealer, by.agency, [row.author for row in found])
        return [
            Waiting(
                _work_of(row.code, row.work),
                row.subject,
                names.get(row.subject, ""),
                row.author,
                authors.get(row.author, ""),
                listing.level_of_rank(row.rank),
                row.at,
                row.parts,
            )
            for row in found
        ]

    return listing.page(session, waiting(by, worker), ORDER, make, cursor=cursor, rows=rows)


def waiting(by: Person, worker: str | None = None) -> Select[Any]:
    """The rows of the queue, unsorted: for the queue itself, and for whoever counts it."""
    here = listing.facts(by.agency, "review_due") & (_fact.c.worker != by.id)
    if worker is not None:
        here &= _fact.c.worker == worker
    return (
        select(
            _fact.c.key.label("work"),
            _fact.c.subject,
            func.max(_fact.c.code).label("code"),
            func.min(_fact.c.at).label("at"),
            func.min(_fact.c.worker).label("author"),
            func.count().label("parts"),
            func.max(listing.highest_risk(by.agency, _fact.c.subject)).label("rank"),
        )
        .where(here, rights.about_clients(by, rights.REVIEW, _fact.c.subject))
        .group_by(_fact.c.key, _fact.c.subject)
    )


def read(session: Session, sealer: Sealer, by: Person, work: Key) -> Reading:
    """
    One work with its addenda, its reviews and the client's context.

    Raises:
        NotAssigned: Not this supervisor's client.
        Refused: There is no such note or assessment.
    """
    loaded = _load(session, sealer, by.agency, work)
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


def decide(book: Book, by: Person, decision: Decision, providers: Providers) -> str:
    """
    Return, approve or co-sign a work; answers with the id of the review of its first part.

    Raises:
        NotAssigned: Not this supervisor's client, or own work.
        Overtaken: Somebody acted on it since it was displayed.
        Refused: A return that says nothing, or nothing to decide about.
        NotAllowedYet: A co-signature of what is not signed.
        BadAnswer: A value breaks the rule of its field.
    """
    _check_form(decision)
    loaded = _load(book.session, book.sealer, book.agency, decision.work)
    rights.check_about(book.session, by, rights.REVIEW, loaded.work.subject)
    parts = [loaded.view(record) for record in (loaded.work, *loaded.addenda)]
    rights.check_not_own(by, _authors(parts), "nobody reviews own work")
    overtaking.check([loaded.view(record) for record in loaded.all], decision.seen)
    covered = _covered(parts, decision.kind)
    if not covered:
        raise Refused("nothing of it is signed, or all of it was decided so already")
    at = datetime.fromtimestamp(book.now_ms // 1000, UTC).isoformat()
    writes: list[Write] = []
    first = ""
    for part in covered:
        review = random_id(providers.entropy(ID_BYTES))
        writes += _review(part, by, decision, review, at, comments=() if first else decision.comments)
        first = first or review
    office.write(book, by, Said(loaded.work.subject, writes), providers)
    return first


def _check_form(decision: Decision) -> None:
    if decision.kind not in KINDS:
        raise Refused(f"a review is one of: {', '.join(KINDS)}")
    if decision.kind == "returned" and not decision.reason.strip() and not decision.comments:
        raise Refused("a return says what is missing")
    if len(decision.comments) > COMMENTS_MAX:
        raise Refused(f"a review has at most {COMMENTS_MAX} comments")


def _covered(parts: Sequence[RecordView], kind: str) -> list[RecordView]:
    """The parts that a decision is about: what waits; what is not co-signed, for a co-signature."""
    made = [part for part in parts if reviewing.digest_of(part) is not None]
    if kind == "cosigned":
        return [part for part in made if reviewing.reviewed_as(part) != "cosigned"]
    open_ = [part for part in made if reviewing.waits(part)]
    return open_ or [part for part in made if reviewing.reviewed_as(part) not in (kind, "cosigned")]


def _review(
    part: RecordView, by: Person, decision: Decision, review: str, at: str, *, comments: Iterable[Comment]
) -> list[Write]:
    """The writes that review one part: a record of its own, and the mark on what it reviews."""
    digest = reviewing.digest_of(part)
    if decision.kind == "cosigned":
        units = signing.cosign(part, by=by.id, at=at, title=decision.title or None)
    else:
        author = next(iter(sorted(_authors([part]))), by.id)
        said: dict[str, Json] = {"kind": decision.kind, "author": author, "reviewer": by.id, "at": at}
        about: dict[str, Json] = {"type": part.type, "id": part.id}
        units = {"of": about, "digest": digest, **said}
    if decision.reason.strip():
        units["reason"] = decision.reason
    for number, comment in enumerate(comments):
        told: dict[str, Json] = {"text": comment.text}
        if comment.unit:
            told["unit"] = comment.unit
        units[f"comments/c{number + 1}"] = told
    for unit, value in units.items():
        casework.validate("review", unit, value)
    mark: Json = {"kind": decision.kind, "digest": digest, "by": by.id, "at": at, "review": review}
    return [
        *(Write("review", review, unit, (), value) for unit, value in units.items()),
        Write(part.type, part.id, reviewing.UNIT, part.over(reviewing.UNIT), mark),
    ]


def _work_of(code: str, work: str) -> Key:
    return Key("assessment" if code == "assessment" else "note", work)


def _load(session: Session, sealer: Sealer, agency: str, work: Key) -> _Loaded:
    """The work, its addenda, and the reviews of them all, in four statements."""
    if work.type not in WORKS:
        raise Refused(f"what is reviewed is one of: {', '.join(WORKS)}")
    addenda = _about(session, agency, "addendum", [work.id])
    reviews = _about(session, agency, "review", [work.id, *(key.id for key in addenda)])
    found = read_records(session, sealer, agency, [work, *addenda, *reviews])
    if work not in found:
        raise Refused(f"there is no {work.type} {work.id}")
    main = found[work]
    beside = [record for key, record in found.items() if key != work and record.subject == main.subject]
    return _Loaded(
        main,
        tuple(sorted((r for r in beside if r.type == "addendum"), key=_position)),
        tuple(sorted((r for r in beside if r.type == "review"), key=_position)),
        {key: view(record, casework.rule_of) for key, record in found.items()},
    )


def _about(session: Session, agency: str, kind: str, ids: Sequence[str]) -> list[Key]:
    """The records of a kind that are about these."""
    here = listing.facts(agency, kind) & _fact.c.key.in_(ids)
    rows = session.execute(select(_fact.c.type, _fact.c.id).where(here).order_by(_fact.c.id)).all()
    return [Key(row.type, row.id) for row in rows]


def _changed(loaded: _Loaded) -> frozenset[tuple[str, str, str]]:
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


def _authors(parts: Iterable[RecordView]) -> set[str]:
    """Whose work these are: everybody who wrote in them; what the office decides about them is no part of it."""
    return {
        live.author
        for part in parts
        for unit, shown in part.units.items()
        if not unit.startswith("$") and not casework.rule_of(part.type, unit).guards_office
        for live in shown.live
    }


def _people(views: Iterable[RecordView]) -> set[str]:
    return {live.author for shown in views for unit in shown.units.values() for live in unit.live}


def _risk_rank(flag: RecordView) -> int:
    return risk.rank(casework.columns(flag)["level"] or "none")


def _position(record: Record) -> int:
    return record.position
