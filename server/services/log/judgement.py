"""
Judgement: whether a changeset goes into its records, or is held for a person, and why.

Each reason has a code, which programs read, and a sentence, which people read. Nothing here refuses: what a
worker wrote is accepted or held.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import casework
from sync import LIFE, Changeset, Live, Write, canonical, rule_for
from sync.limits import CLOCK_OFFSET_FLAG_MS
from sync.record import CHOSEN

from ..access import grants
from . import subjects
from .book import AGENCY, Book
from .records import Key

FINISHING_MS: Final = 30 * 24 * 60 * 60 * 1000
"""Milliseconds for which an author may finish own visits and notes after access has ended."""

FINISHING_TYPES: Final = frozenset(("visit", "visit_correction", "assessment", "note", "addendum"))
"""What an author may finish: own work that a supervisor still waits for."""

FINISHED_BY: Final = {"addendum": ("note", "note"), "visit_correction": ("visit", "visit")}
"""{type: (unit that names what it amends, type of that)}: a return is answered by a new record of these."""

SENTENCES: Final = {
    "unreadable": "What arrived cannot be read as a changeset.",
    "bad_signature": "The signature is not by the tablet that sent it.",
    "bad_chain": "It does not continue the work of this tablet that was received before.",
    "lost_before": "Work that this tablet made before it is lost.",
    "revoked": "The tablet was revoked before this arrived.",
    "unknown_subject": "The client is not known, and this does not register one.",
    "not_assigned": "The author was not assigned to this client when it was written or received.",
    "wrong_subject": "A record in it belongs to another client.",
    "malformed": "A value in it breaks a rule of its field.",
    "not_settled": "It decides between values that only a settlement with a reason may decide.",
    "may_not_settle": "The author may not settle this field.",
    "erased": "The client's record was erased before this arrived.",
    "impossible_time": "Its time lies outside what a calendar can hold.",
}
"""{code: sentence} of every reason for which work is held."""

TIME_MS_MAX: Final = 32_503_680_000_000
"""Milliseconds at the year 3000, past which dates cannot be shown."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a changeset, and on what clock."""

    worker: str
    role: str
    office: str | None
    clock_offset_ms: int
    """The server's clock minus the device's."""

    at_office: bool = False
    """Whether the office has checked the right of this person to write about the subject: no grant is asked."""


def fault_of(book: Book, author: Author, made: Changeset, known_unfit: str | None = None) -> str:
    """
    The code of the reason for which a changeset is held; empty when it is accepted.

    Args:
        book: Open.
        author: Who wrote it.
        made: What was written.
        known_unfit: What `unfit` said of it before the book was opened, where it was asked.
    """
    return (
        (unfit(made) if known_unfit is None else known_unfit)
        or _ownership_fault(book, made)
        or _scope_fault(book, author, made)
        or _settlement_fault(book, author, made)
    )


def opens_subject(made: Changeset) -> bool:
    """Whether a changeset creates the client record of its own subject."""
    return any(write.type == "client" and write.id == made.subject for write in made.writes)


def unfit(made: Changeset) -> str:
    """
    The code of the reason for which a changeset is held whoever wrote it, and whatever stands in the log.

    It needs no order, so tablets' work is asked before the log is taken: meanwhile others can write.
    """
    if max(made.wall, made.at.ms) > TIME_MS_MAX:
        return "impossible_time"
    try:
        for write in made.writes:
            if write.unit == LIFE:
                casework.retracting.validate(write.type, write.value)
            elif not write.unit.startswith("$"):
                casework.validate(write.type, write.unit, write.value, made.schema)
            elif not write.unit.startswith(CHOSEN):
                return "malformed"
    except casework.CaseworkError:
        return "malformed"
    return ""


def _ownership_fault(book: Book, made: Changeset) -> str:
    """A record belongs to the subject that first wrote it, and its type says what kind of subject that is."""
    kind = subjects.kind_of(book, made.subject) or ("client" if opens_subject(made) else "")
    known = casework.record_types()
    for key in {Key(write.type, write.id) for write in made.writes}:
        record = book.record(key)
        if record is not None and record.subject != made.subject:
            return "wrong_subject"
        declared = known.get(key.type)
        if declared is None:
            continue
        if (kind and declared.subject != kind) or (declared.is_subject and key.id != made.subject):
            return "wrong_subject"
    return ""


def _scope_fault(book: Book, author: Author, made: Changeset) -> str:
    if made.subject == AGENCY:
        decided = all(casework.rule_of(write.type, write.unit).guards_office for write in made.writes)
        return "" if decided else "not_assigned"
    if not subjects.exists(book, made.subject):
        return "" if opens_subject(made) else "unknown_subject"
    session, agency, worker = book.session, book.agency, author.worker
    if author.at_office or grants.has_access_now(book, worker, made.subject):
        return ""
    if any(
        grants.had_access(session, agency, worker, made.subject, at_ms) for at_ms in _moments(author, made)
    ):
        return ""
    return "" if _finishes(book, author, made) else "not_assigned"


def _moments(author: Author, made: Changeset) -> Iterator[int]:
    """
    When it may have been written, by the server's clock.

    What a message takes on its way counts into the offset. So as long as the clock is good enough to raise no flag,
    its own word counts, too: else who saves just before access ends would be held for a slow link.
    """
    yield made.wall + author.clock_offset_ms
    if abs(author.clock_offset_ms) <= CLOCK_OFFSET_FLAG_MS:
        yield made.wall


def _finishes(book: Book, author: Author, made: Changeset) -> bool:
    """Whether it only goes on with the author's own work that is not yet co-signed, soon after access ended."""
    ended_ms = grants.last_end_ms(book.session, book.agency, author.worker, made.subject)
    if ended_ms is None or book.now_ms - ended_ms > FINISHING_MS:
        return False
    finished = {_finished_by(book, made, Key(write.type, write.id)) for write in made.writes}
    return all(key is not None and _is_own_unfinished(book, author, made, key) for key in finished)


def _finished_by(book: Book, made: Changeset, key: Key) -> Key | None:
    """What is finished by writing to a record: itself, or where it is new the one that it amends."""
    if book.record(key) is not None or key.type not in FINISHED_BY:
        return key
    unit, amended = FINISHED_BY[key.type]
    named = (write.value for write in made.writes if (write.type, write.id, write.unit) == (*key, unit))
    return next((Key(amended, id_) for id_ in named if isinstance(id_, str)), None)


def _is_own_unfinished(book: Book, author: Author, made: Changeset, key: Key) -> bool:
    record = book.record(key)
    if record is None or record.subject != made.subject or key.type not in FINISHING_TYPES:
        return False
    authors = {
        live.author
        for unit, state in record.units.items()
        if not casework.rule_of(key.type, unit).guards_office
        for live in state.live
    }
    return authors == {author.worker} and not subjects.is_cosigned(book, key.id)


def _settlement_fault(book: Book, author: Author, made: Changeset) -> str:
    for write in made.writes:
        if not is_settlement(book, write):
            continue
        if not made.settles:
            return "not_settled"
        if author.role not in casework.settled_by(write.type, write.unit):
            return "may_not_settle"
    return ""


def is_settlement(book: Book, write: Write) -> bool:
    """Whether a write replaces rivals that differ, where only a person with the right and a reason may."""
    if len(write.over) < 2 or rule_for(casework.rule_of, write.type, write.unit).name != "ask":
        return False
    record = book.record(Key(write.type, write.id))
    state = None if record is None else record.units.get(write.unit)
    if state is None:
        return False
    named = set(write.over)
    return len(_values([live for live in state.live if live.name in named])) > 1


def _values(live: Iterable[Live]) -> set[bytes]:
    return {canonical(write.value) for write in live}
