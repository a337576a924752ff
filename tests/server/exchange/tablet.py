"""
A scripted tablet: signs changesets, asks the exchange, applies pages, and checks every digest that it is told.

It shares no code with the real one, so that a mistake in either shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casework import rule_of
from server.house import House
from server.services.access.devices import device_of
from server.services.log.exchange import sync
from sync import (
    Accepted,
    At,
    Changeset,
    Head,
    Json,
    Live,
    PageIn,
    Prefix,
    Record,
    RecordView,
    Reply,
    Tablet,
    UnitState,
    Write,
    compose,
    digest_id,
    read_reply,
    read_row,
    signed_bytes,
    tick,
    view,
    write_line,
    write_request,
)
from sync.digest import of_records, write_digest

Key = tuple[str, str]
PAGE_BYTES = 1 << 20


@dataclass
class Own:
    """One changeset of this tablet's and what became of it."""

    made: Changeset
    line: bytes
    position: int = 0
    at_ms: int | None = None
    held: str = ""
    decision: str = ""


@dataclass
class Scripted:
    """A tablet of one worker."""

    house: House
    worker: str
    seed: int
    now_ms: Callable[[], int]
    agency: str = "a1"
    skew_ms: int = 0
    epoch: str = ""
    cursor: str = ""
    head: int = 0
    seq: int = 0
    prev: str = ""
    at: At = field(default_factory=lambda: At(0, 0))
    pending: list[str] = field(default_factory=list)
    own: dict[str, Own] = field(default_factory=dict)
    shown: dict[Key, Record] = field(default_factory=dict)
    staged: dict[Key, Record] = field(default_factory=dict)
    entering: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    whole_at: dict[str, int] = field(default_factory=dict)
    told: list[tuple[str, Any]] = field(default_factory=list)
    """(what, which) in the order of the pages: enter, whole, leave, row."""
    enrol_again: bool = False
    salts: int = 0
    anchor: str = ""

    def __post_init__(self) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)
        self.public_key = self.key.public_key().public_bytes_raw()
        self.device = digest_id(self.public_key)
        self.prefix = Prefix(self.agency, self.device, self.worker)

    # Saving.

    def write(self, subject: str, *writes: Write, **options: Any) -> str:
        """Save these writes; answers with the changeset's name."""
        wall = self.now_ms() + self.skew_ms
        self.at = tick(self.at, wall)
        self.salts += 1
        parts: dict[str, Any] = {
            "subject": subject,
            "seq": self.seq + 1,
            "prev": self.prev,
            "at": self.at,
            "wall": wall,
            "schema": 1,
            "salt": self.seed.to_bytes(8, "big") + self.salts.to_bytes(8, "big"),
            "writes": writes,
        }
        return self.sign(compose(self.prefix, **(parts | options)))

    def sign(self, made: Changeset) -> str:
        """Sign a changeset and let it wait to be sent."""
        line = write_line(self.key.sign(signed_bytes(self.prefix, made.body)), made.body)
        self.own[made.name] = Own(made, line)
        self.pending.append(made.name)
        self.seq, self.prev = made.seq, made.id
        return made.name

    def set(
        self, subject: str, unit: str, value: Json, *, type_: str = "client", id_: str = "", **options: Any
    ) -> str:
        """Save one unit over what this tablet shows of it."""
        id_ = id_ or subject
        over = self.over(type_, id_, unit)
        return self.write(subject, Write(type_, id_, unit, over, value), **options)

    def over(self, type_: str, id_: str, unit: str) -> tuple[str, ...]:
        """The names that this tablet sees alive."""
        record = self.record(type_, id_)
        state = None if record is None else record.units.get(unit)
        return () if state is None else tuple(live.name for live in state.live)

    # Reading.

    def record(self, type_: str, id_: str) -> Record | None:
        """A record with this tablet's own work over it."""
        record = self.shown.get((type_, id_))
        for own in self.own.values():
            if own.decision == "not_applied" or not any(
                (w.type, w.id) == (type_, id_) for w in own.made.writes
            ):
                continue
            record = record or Record(type_, id_, own.made.subject)
            at = own.made.at if own.at_ms is None else At(own.at_ms, 0)
            record = record.apply(Accepted(own.made, own.position or 1 << 50, at), rule_of)
        return record

    def view(self, type_: str, id_: str) -> RecordView:
        """What it shows of a record."""
        record = self.record(type_, id_)
        assert record is not None, f"the tablet has no {type_} {id_}"
        return view(record, rule_of)

    def value(self, subject: str, unit: str, *, type_: str = "client", id_: str = "") -> Json:
        """What it shows of a unit."""
        return self.view(type_, id_ or subject).value(unit)

    # Asking.

    def request(
        self, names: Iterable[str] | None = None, *, page_bytes: int = PAGE_BYTES, **head: Any
    ) -> bytes:
        """The bytes of a request with these changesets, or with all that wait."""
        lines = [self.own[name].line for name in (self.pending if names is None else names)]
        return self.raw(lines, page_bytes=page_bytes, **head)

    def raw(self, lines: Sequence[bytes], *, page_bytes: int = PAGE_BYTES, **head: Any) -> bytes:
        """The bytes of a request with these lines."""
        about = Tablet(1, "test", self.now_ms() + self.skew_ms, len(self.pending), self.anchor)
        return write_request(Head(self.epoch, self.cursor, page_bytes, about, **head), lines)

    def send(self, body: bytes) -> Reply:
        """Let the service answer; nothing is applied, as if the reply were lost."""
        with self.house.database.session() as session:
            with session.begin():
                device = device_of(session, self.agency, self.device)
            return read_reply(sync(session, device, body, self.house))

    def ask(self, names: Iterable[str] | None = None, **options: Any) -> Reply:
        """One round trip, applied."""
        reply = self.send(self.request(names, **options))
        self.apply(reply)
        return reply

    def sync(self, **options: Any) -> list[Reply]:
        """Round trips until there is no more; only the first one carries work."""
        replies = [self.ask(**options)]
        while (page := replies[-1].page) is not None and page.more:
            assert len(replies) < 500, "the pages do not end"
            replies.append(self.ask([], **options))
        return replies

    # Applying.

    def apply(self, reply: Reply) -> None:
        """Store what a reply settles."""
        self.enrol_again = self.enrol_again or reply.enrol_again
        for outcome in reply.outcomes:
            own = self.own.get(outcome.name)
            if own is None or not outcome.settled:
                continue
            if not own.position:
                own.position, own.at_ms, own.held = outcome.position, outcome.at_ms, outcome.held
            if outcome.name in self.pending:
                self.pending.remove(outcome.name)
        for fate in reply.fates:
            own = self.own.get(fate.name)
            if own is not None and own.held:
                own.decision = fate.decision
                if fate.decision == "released":
                    own.held, own.position = "", fate.position
        if isinstance(reply.page, PageIn):
            self._take(reply.page)

    def _take(self, page: PageIn) -> None:
        self.cursor = page.cursor
        for subject in page.leave:
            self.told.append(("leave", subject))
            self._leave(subject)
        for subject in page.enter:
            self.told.append(("enter", subject))
            self._discard(subject)
            self.entering.add(subject)
        for row in map(read_row, page.rows):
            self.told.append(("row", (row.type, row.id, tuple(row.units))))
            had = self.staged.get((row.type, row.id))
            units = {**({} if had is None else had.units), **row.units}
            self.staged[row.type, row.id] = replace(row, units=units)
        for subject in page.whole:
            self.told.append(("whole", subject))
            self._become_whole(subject, page.head)
        if not page.more:
            self._complete(page)

    def _leave(self, subject: str) -> None:
        self._discard(subject)
        self.entering.discard(subject)
        self.subjects.discard(subject)
        self.shown = {key: record for key, record in self.shown.items() if record.subject != subject}
        self.own = {n: own for n, own in self.own.items() if own.made.subject != subject or not own.position}

    def _discard(self, subject: str) -> None:
        self.staged = {key: record for key, record in self.staged.items() if record.subject != subject}

    def _become_whole(self, subject: str, head: int) -> None:
        self.shown = {key: record for key, record in self.shown.items() if record.subject != subject}
        self._promote(subject)
        self.entering.discard(subject)
        self.whole_at[subject] = max(head, self.whole_at.get(subject, 0))
        self._fold(subject, head)

    def _promote(self, subject: str) -> None:
        for key, record in [(k, r) for k, r in self.staged.items() if r.subject == subject]:
            old = self.shown.get(key)
            units = {**({} if old is None else old.units), **record.units}
            self.shown[key] = replace(record, units=units)
        self._discard(subject)
        self.subjects.add(subject)

    def _complete(self, page: PageIn) -> None:
        self.head = max(self.head, page.head)
        for subject in sorted(self.entering):
            self._become_whole(subject, page.head)
        for subject in {record.subject for record in self.staged.values()}:
            self._promote(subject)
        for subject in {own.made.subject for own in self.own.values()}:
            self._fold(subject, page.head)
        for subject, digest in page.digests.items():
            assert self.digest(subject) == digest, f"{self.worker} holds another {subject}"
        if page.total:
            mine = of_records(record for record in self.shown.values() if record.subject != "agency")
            assert write_digest(mine) == page.total, f"{self.worker} holds another whole"

    def _fold(self, subject: str, head: int) -> None:
        accepted = [
            own
            for own in self.own.values()
            if own.made.subject == subject and 0 < own.position <= head and not own.held
        ]
        for own in sorted(accepted, key=lambda own: own.position):
            for write in own.made.writes:
                self._fold_write(own, write)
            self.subjects.add(subject)
            del self.own[own.made.name]

    def _fold_write(self, own: Own, write: Write) -> None:
        key = (write.type, write.id)
        record = self.shown.get(key) or Record(*key, own.made.subject)
        state = record.units.get(write.unit)
        if state is not None and state.position >= own.position:
            return
        at = own.made.at if own.at_ms is None else At(own.at_ms, 0)
        live = Live(own.made.name, self.device, self.worker, at, own.made.wall, (), write.value)
        made = UnitState(live=(live,), position=own.position)
        self.shown[key] = replace(record, units={**record.units, write.unit: made})

    def digest(self, subject: str) -> str:
        """The digest of what it shows of a subject."""
        return write_digest(of_records(r for r in self.shown.values() if r.subject == subject))

    def rows(self) -> dict[tuple[str, str, str], list[str]]:
        """{(type, id, unit): names alive} of everything it shows without its own open work."""
        return {
            (record.type, record.id, unit): sorted(live.name for live in state.live)
            for record in self.shown.values()
            for unit, state in record.units.items()
            if state.live
        }
