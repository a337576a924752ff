"""
Accept: the one way in.

Tablets, the web, imports, envelopes offered again and released late work all become changesets and pass here.
Each gets an outcome: *accepted* into its records, *held* for a person, or *waiting* for one that comes before it
in its device's chain. A repeat gets its first outcome. Nothing that was written is ever discarded, and nothing
held stops what comes after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, update

from sync import At, Changeset, Outcome, Prefix, capped
from sync.record import Accepted

from ...db import table_of
from ...tables.device import DeviceRow
from ...tables.held import HeldRow
from ..access import grants
from ..access.devices import FORKED, REVOKED
from ..access.grants import ASSIGNED, Terms
from . import subjects
from .book import Book, changeset_columns
from .erased import touches
from .incoming import Incoming, Signatory
from .judgement import SENTENCES, Author, fault_of, opens_subject
from .known import Known, arrived, chain_seq, known
from .records import Key
from .waiting import Waiting

TRANSACTION_CHANGESETS_MAX: Final = 100
"""Changesets accepted in one transaction, so that nobody waits long for the head row."""

_device = table_of(DeviceRow)
_KEEP_TIP = (
    update(_device)
    .where(_device.c.agency == bindparam("a"), _device.c.id == bindparam("d"))
    .values(tip_seq=bindparam("seq"), tip_name=bindparam("tip"), told_pending=bindparam("pending"))
)
_held = table_of(HeldRow)


@dataclass(slots=True)
class Sender:
    """A device whose work is taken, as it stands in this transaction."""

    agency: str
    id: str
    state: str
    author: Author
    public_key: bytes
    tip_seq: int = 0
    tip_id: str = ""
    """The last changeset in its chain that has arrived."""

    waits: bool = True
    """Whether something of it may wait."""

    pending: int = 0
    """How many saves its tablet says have no outcome yet."""

    accepted: dict[int, str] = field(default_factory=dict)
    """{position: name} of what was accepted in this transaction."""

    erased: frozenset[str] = frozenset()
    """Subjects whose key was destroyed, of those that this request met."""

    arrived: dict[str, int] = field(default_factory=dict)
    """{id: number in the chain} of what arrived in this transaction."""

    forks: bool = False
    """Whether this request reveals that the device's chain has two branches."""

    @property
    def signatory(self) -> Signatory:
        """The key by which its work is signed."""
        return Signatory(Prefix(self.agency, self.id, self.author.worker), self.public_key)


def accept(book: Book, sender: Sender, incoming: Sequence[Incoming]) -> list[Outcome]:
    """
    Give each changeset its outcome, in the order in which the device made them.

    At most `TRANSACTION_CHANGESETS_MAX` at a time. What waited for one of these is taken with it.
    """
    assert len(incoming) <= TRANSACTION_CHANGESETS_MAX, "one transaction takes fewer"
    taking = _Taking(book, sender, incoming)
    for item in incoming:
        taking.take(item)
    taking.keep_device()
    return taking.outcomes


def give_up(book: Book, sender: Sender, lacks: Iterable[str]) -> list[Outcome]:
    """Hold what waits for changesets that its tablet no longer has: they will not come."""
    taking = _Taking(book, sender, [])
    for name in lacks:
        taking.hold_behind(name)
    taking.keep_device()
    return taking.outcomes


class _Taking:
    """One device's changesets on their way into one book."""

    def __init__(self, book: Book, sender: Sender, incoming: Sequence[Incoming]) -> None:
        self.book = book
        self.sender = sender
        self.outcomes: list[Outcome] = []
        self._known = known(book.session, book.agency, [item.name for item in incoming])
        self._waiting = Waiting(book, sender.signatory, none=not sender.waits)
        self._start = (sender.tip_seq, sender.tip_id)
        self._breaks = False
        made = [item.changeset for item in incoming if item.changeset is not None]
        if not sender.erased:
            book.load(Key(write.type, write.id) for changeset in made for write in changeset.writes)
        about = sorted({changeset.subject for changeset in made})
        if about:
            subjects.look_up(book, about)
            grants.look_up(book, sender.author.worker, about)

    def take(self, item: Incoming) -> None:
        """Give one changeset its outcome, and then what waited for it, however long the row of those is."""
        ready = [item]
        while ready:
            one = ready.pop()
            self._take_one(one)
            behind = [] if self.sender.state == FORKED else self._waiting.behind(one.id)
            for other in behind:
                self._waiting.forget(other)
            ready += reversed(behind)

    def hold_behind(self, name: str) -> None:
        """Hold everything that waits for one that is lost."""
        lost = [name]
        while lost:
            for item in self._waiting.behind(lost.pop()):
                self._waiting.forget(item)
                self._hold(item, "lost_before")
                lost.append(item.id)

    def _take_one(self, item: Incoming) -> None:
        self._breaks = False
        before = self._known.get(item.name)
        if before is not None:
            self._follow_repeat(item)
            at = None if item.changeset is None else item.changeset.at
            self.outcomes.append(before.as_outcome(at))
        elif self.sender.state == FORKED:
            return
        elif self.sender.state == REVOKED:
            self._hold(item, "revoked")
        elif item.changeset is None:
            self._hold(item, item.fault)
        else:
            self._take_in_chain(item, item.changeset)

    def keep_device(self) -> None:
        """Store how far the device's chain has come, and how much its tablet will still have to send."""
        sender = self.sender
        settled = sum(outcome.settled for outcome in self.outcomes)
        left = max(0, sender.pending - settled)
        if (sender.tip_seq, sender.tip_id, sender.pending) != (*self._start, left):
            tip = {"seq": sender.tip_seq, "tip": sender.tip_id, "pending": left}
            self.book.session.execute(_KEEP_TIP, {"a": self.book.agency, "d": sender.id} | tip)

    def _take_in_chain(self, item: Incoming, made: Changeset) -> None:
        link = self._link(made)
        if link == "waiting":
            missing = self._waiting.keep(item)
            self.outcomes.append(Outcome(item.name, 0, missing=(missing,)))
            return
        self.sender.forks = self.sender.forks or link == "fork"
        if made.was is not None:
            self._waiting.replace(made.was)
        self._breaks = link == "bad"
        fault = "bad_chain" if self._breaks else "erased" if self._is_erased(made) else ""
        fault = fault or fault_of(self.book, self.sender.author, made, item.unfit)
        if fault:
            self._hold(item, fault)
        else:
            self._accept(item, made)

    def _is_erased(self, made: Changeset) -> bool:
        """Whether it is about a subject that was erased, or touches a record of one."""
        gone = self.sender.erased
        keys = {Key(write.type, write.id) for write in made.writes}
        return bool(gone) and (made.subject in gone or touches(self.book, gone, keys))

    def _link(self, made: Changeset) -> str:
        """How a changeset joins its device's chain: `next`, `fork`, `bad` or `waiting`."""
        sender = self.sender
        if made.seq == sender.tip_seq + 1 and made.prev == sender.tip_id:
            return "next"
        if made.prev == "":
            return "fork"
        before = sender.arrived.get(made.prev)
        if before is None:
            before = chain_seq(self.book.session, self.book.agency, sender.id, made.prev)
        if before is None:
            return "waiting"
        return "fork" if made.seq == before + 1 else "bad"

    def _accept(self, item: Incoming, made: Changeset) -> None:
        book = self.book
        at = capped(made.at, book.now_ms)
        columns = changeset_columns(made) | {"at_ms": at.ms, "at_counter": at.counter}
        position = book.append(
            "changeset", item.line, id=made.id, outcome="accepted", sealed_for=made.subject, **columns
        )
        if opens_subject(made) and not subjects.exists(book, made.subject):
            open_from_field(book, self.sender.author, made)
        apply(book, Accepted(made, position, at))
        self.sender.accepted[position] = made.name
        self._settle(item, Known(made.name, position, "accepted", at), made.at)

    def _hold(self, item: Incoming, code: str) -> None:
        book, author, made = self.book, self.sender.author, item.changeset
        known_subject = (
            made is not None
            and made.subject not in self.sender.erased
            and subjects.exists(book, made.subject)
        )
        sealed_for = made.subject if made is not None and known_subject else author.worker
        columns: dict[str, Any] = {"name": item.name, "device": self.sender.id, "author": author.worker}
        if made is not None:
            at = capped(made.at, book.now_ms)
            columns |= changeset_columns(made) | {"at_ms": at.ms, "at_counter": at.counter}
        else:
            columns["seq"] = self.sender.tip_seq + 1
        position = book.append("held", item.line, id=item.id, outcome=code, sealed_for=sealed_for, **columns)
        book.session.execute(
            _held.insert().values(
                agency=book.agency,
                name=item.name,
                position=position,
                worker=author.worker,
                device=self.sender.id,
                subject=made.subject if made is not None and known_subject else None,
                code=code,
                sentence=SENTENCES[code],
                decided=0,
                decision="",
                reason=None,
            )
        )
        self._settle(item, Known(item.name, position, code, At(book.now_ms, 0)), None)

    def _settle(self, item: Incoming, entry: Known, at: At | None) -> None:
        self._known[entry.name] = entry
        self._waiting.forget(item)
        self.outcomes.append(entry.as_outcome(at))
        self._follow(item)

    def _follow_repeat(self, item: Incoming) -> None:
        """A re-issue of what was received long ago still is a link of its new device's chain."""
        made = item.changeset
        if made is not None and self._link(made) == "next":
            self._follow(item)

    def _follow(self, item: Incoming) -> None:
        """The chain goes on behind this one, whatever its outcome."""
        sender, made = self.sender, item.changeset
        if made is None:
            sender.arrived[item.id] = sender.tip_seq + 1
            sender.tip_seq, sender.tip_id = sender.tip_seq + 1, item.id
            return
        sender.arrived[item.id] = made.seq
        if made.seq > sender.tip_seq and not self._breaks:
            sender.tip_seq, sender.tip_id = made.seq, item.id


def apply(book: Book, accepted: Accepted) -> None:
    """Merge an accepted changeset, telling its records which of the names that it replaces have arrived."""
    named = set()
    for write in accepted.changeset.writes:
        if not write.over:
            continue
        record = book.record(Key(write.type, write.id))
        state = None if record is None else record.units.get(write.unit)
        named |= set(write.over) - {live.name for live in (state.live if state is not None else ())}
    accepted_here: set[str] = book.memo_names
    unknown = named - accepted_here
    have = (arrived(book, unknown) if unknown else frozenset()) | (named & accepted_here)
    book.apply(accepted, frozenset(have) - {accepted.changeset.name})
    accepted_here.add(accepted.changeset.name)


def open_from_field(book: Book, author: Author, made: Changeset) -> None:
    """A client registered at the door: the author and the supervisors of the office see it, provisionally."""
    begins_ms = min(made.wall + author.clock_offset_ms, book.now_ms)
    subjects.open_subject(
        book,
        made.subject,
        subjects.CLIENT,
        office=author.office,
        by=author.worker,
        begins_ms=begins_ms,
        provisional=True,
    )
    grants.make(
        book, Terms(author.worker, made.subject, ASSIGNED, begins_ms, author.worker, provisional=True)
    )
