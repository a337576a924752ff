"""
A small server, by the text of the protocol and nothing else: one log, grants, held work, pages, restores.

It opens nothing it could do fast: it is here to be obviously right.
"""

import copy
import json
import zlib
from dataclasses import dataclass, field, replace

from client_sdk.vault import open_envelope
from sync import (
    Accepted,
    At,
    Changeset,
    Fate,
    Head,
    HistoryChanged,
    Line,
    Outcome,
    Prefix,
    Record,
    Reply,
    RuleOf,
    Write,
    accept,
    compose,
    parse,
)
from sync.wire import read_line

from .model_pages import page_of

AGENCY = "agency-1"
OFFICE = "web:office"
NOW = 1_800_000_000_000


@dataclass
class State:
    """What a backup holds."""

    epoch: str = "e1"
    log: list[tuple[str, ...]] = field(default_factory=list)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    fates: dict[str, tuple[str, Fate]] = field(default_factory=dict)
    held: dict[str, Changeset] = field(default_factory=dict)
    chains: dict[str, dict[int, str]] = field(default_factory=dict)
    grants: dict[tuple[str, str], list[list[int]]] = field(default_factory=dict)
    """{(worker, subject): [[begin, end or 0], …]} by position."""
    waiting: dict[str, Changeset] = field(default_factory=dict)
    """{what is missing: what waits for it}."""
    forked: set[str] = field(default_factory=set)
    workers: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)


class Model:
    """The server."""

    def __init__(self, rule_of: RuleOf, private_key: bytes = b"", rows_a_page: int = 1000) -> None:
        self.state = State()
        self.rule_of = rule_of
        self.private_key = private_key
        self.rows_a_page = rows_a_page
        self.clock = NOW
        self.safe = 0
        self.omit_own = True
        self.spoil_digests = 0
        self.with_total = True
        self.names_whole = True
        self.omits_empty = False
        """A server that leaves out a member which is empty."""
        self.silent = False
        self._made = 0

    @property
    def head(self) -> int:
        """The last position."""
        return len(self.state.log)

    def know(self, device: str, worker: str) -> None:
        """A device of a worker."""
        self.state.workers[device] = worker

    def grant(self, worker: str, subject: str) -> None:
        """Access from now on."""
        self._log("grant", worker, subject)
        self.state.grants.setdefault((worker, subject), []).append([self.head, 0])

    def revoke(self, worker: str, subject: str) -> None:
        """No access from now on."""
        self._log("revoke", worker, subject)
        for grant in self.state.grants[(worker, subject)]:
            grant[1] = grant[1] or self.head

    def has_access(self, worker: str, subject: str, at: int) -> bool:
        """Access at a position."""
        spans = self.state.grants.get((worker, subject), [])
        return any(begin <= at and (not end or at < end) for begin, end in spans)

    def office(self, subject: str, *writes: Write, author: str = "office", device: str = OFFICE) -> Changeset:
        """A save by somebody else."""
        self._made += 1
        prefix = Prefix(AGENCY, device, author)
        made = compose(
            prefix,
            subject=subject,
            seq=1,
            prev="",
            at=At(self.clock - 1000 + self._made, 0),
            wall=self.clock,
            schema=1,
            salt=self._made.to_bytes(16, "big"),
            writes=writes,
        )
        self._accept(made)
        return made

    def release(self, name: str) -> None:
        """A person takes held work into the record."""
        made = self.state.held.pop(name)
        self._accept(made, outcome=False)
        self._fate(made, Fate(name, self.head, "released"))

    def refuse(self, name: str, reason: str) -> None:
        """A person does not."""
        made = self.state.held.pop(name)
        self._log("refusal", name)
        self._fate(made, Fate(name, self.head, "not_applied", reason))

    def backup(self) -> State:
        """Everything as it is now."""
        return copy.deepcopy(self.state)

    def restore(self, state: State, epoch: str) -> None:
        """Back to a backup, under another epoch."""
        self.state = copy.deepcopy(state)
        self.state.epoch = epoch
        self._log("restore", epoch)

    def exchange(self, device: str, head: Head, lines: list[Line]) -> Reply | HistoryChanged:
        """Answer one request."""
        worker = self.state.workers[device]
        if head.epoch != self.state.epoch:
            good = [cursor for cursor in head.kept if self._still_holds(cursor)]
            none = None if self.omits_empty or not head.kept else ""
            return HistoryChanged(self.state.epoch, good[0] if good else none)
        again = device in self.state.forked
        outcomes = [self._take(device, line, head, forked=again) for line in lines]
        outcomes += [
            self._hold(self.state.waiting.pop(name)) for name in head.lacks if name in self.state.waiting
        ]
        start = json.loads(head.cursor)["p"] if head.cursor else 0
        fates = [fate for who, fate in self.state.fates.values() if who == worker and fate.position > start]
        reply = Reply(
            self.state.epoch,
            self.clock,
            () if self.silent else tuple([outcome for outcome in outcomes if outcome is not None]),
            tuple(fates),
            safe=self.safe,
            enrol_again=again or device in self.state.forked,
        )
        if device in self.state.revoked or reply.enrol_again or not head.page_bytes:
            return reply
        return replace(reply, page=page_of(self, device, worker, head))

    def _still_holds(self, cursor: str) -> bool:
        place = json.loads(cursor)
        return bool(place["p"] < self.head) and place["chain"] == self.chain(place["p"])

    def chain(self, position: int) -> str:
        """The link of the chain at a position."""
        return str(zlib.crc32(repr(self.state.log[:position]).encode()))

    def _take(self, device: str, line: Line, head: Head, *, forked: bool) -> Outcome | None:
        prefix, body = Prefix(AGENCY, device, self.state.workers[device]), line.body
        if line.envelope:
            sealed = open_envelope(self.private_key, body)
            first, _, rest = sealed.partition(b"\n")
            prefix, body = Prefix(*json.loads(first)), read_line(rest).body
        made = parse(prefix, body)
        chain = self.state.chains.setdefault(prefix.device, {})
        if made.name in self.state.outcomes:
            chain.setdefault(made.seq, made.id)
            return self.state.outcomes[made.name]
        if forked:
            return None
        if made.seq in chain and chain[made.seq] != made.id:
            self.state.forked.add(device)
        elif made.seq > 1 and made.seq - 1 not in chain and not line.envelope:
            self.state.waiting[made.prev] = made
            return Outcome(made.name, 0, missing=(made.prev,))
        chain[made.seq] = made.id
        return self._accept(made)

    def _accept(self, made: Changeset, *, outcome: bool = True) -> Outcome:
        worker, subject = made.prefix.author, made.subject
        new = any(write.type == "client" for write in made.writes) and not any(
            record.subject == subject for record in self.state.records.values()
        )
        may = made.prefix.device.startswith("web:") or self.has_access(worker, subject, self.head)
        late = made.prefix.device in self.state.revoked
        if outcome and (late or not (may or new)):
            self._log("held", made.name)
            found = Outcome(made.name, self.head, held="not_assigned", sentence="You may not write here.")
            self.state.held[made.name] = made
        else:
            if new and not may:
                self.grant(worker, subject)
            self._log("changeset", made.name)
            entry = accept(made, self.head, self.clock)
            self._apply(entry)
            capped = entry.at.ms if entry.at != made.at else None
            found = Outcome(made.name, self.head, capped)
        if outcome:
            self.state.outcomes[made.name] = found
        return found

    def _hold(self, made: Changeset) -> Outcome:
        """What came after lost work is kept for a person."""
        self.state.chains[made.prefix.device][made.seq] = made.id
        self._log("held", made.name)
        found = Outcome(made.name, self.head, held="lost_before", sentence="Work before it is lost.")
        self.state.held[made.name] = made
        self.state.outcomes[made.name] = found
        return found

    def _apply(self, entry: Accepted) -> None:
        made = entry.changeset
        for key in {(write.type, write.id) for write in made.writes}:
            record = self.state.records.get(key) or Record(*key, made.subject)
            self.state.records[key] = record.apply(entry, self.rule_of, set())

    def _fate(self, made: Changeset, fate: Fate) -> None:
        self.state.fates[fate.name] = (made.prefix.author, fate)

    def _log(self, *entry: str) -> None:
        self.state.log.append(entry)
