"""
A small server, by the text of the protocol and nothing else: one log, grants, held work, pages, restores.

It opens nothing it could do fast: it is here to be obviously right. Pages are sized in rows.
"""

import copy
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from client_sdk.errors import Offline, Refused
from client_sdk.transport import Answer, DeviceKey, Unreached
from client_sdk.vault import open_envelope
from sync import (
    Accepted,
    Changeset,
    Fate,
    Head,
    HistoryChanged,
    Json,
    Line,
    Malformed,
    Outcome,
    Page,
    Prefix,
    Record,
    Reply,
    RuleOf,
    SyncRequest,
    Write,
    accept,
    compose,
    decode_bytes,
    digest_id,
    encode_bytes,
    parse,
    read_reply,
    read_request,
    write_reply,
    write_row,
)
from sync.digest import of_records, write_digest
from sync.wire import read_line

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
            at=_at(self.clock - 1000 + self._made),
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
        if device in self.state.revoked or not head.page_bytes:
            return reply
        return replace(reply, page=self._page(device, worker, head))

    def _still_holds(self, cursor: str) -> bool:
        place = json.loads(cursor)
        return bool(place["p"] < self.head) and place["chain"] == self._chain(place["p"])

    def _chain(self, position: int) -> str:
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

    def _page(self, device: str, worker: str, head: Head) -> Page:
        place: dict[str, Any] = json.loads(head.cursor) if head.cursor else {"p": 0, "in": {}}
        left = self.rows_a_page
        rows: list[bytes] = []
        before = place["p"]
        for position in range(before + 1, self.head + 1):
            found = self._delta(device, worker, position)
            if left < len(found) and rows:
                return Page(
                    self._cursor(position - 1, place["in"]), more=True, rows=tuple(rows), head=self.head
                )
            rows += found
            left -= len(found)
        entering: dict[str, str] = dict(place["in"])
        enter, leave = self._moves(worker, before, head, entering)
        entering |= dict.fromkeys(enter, "")
        entering = {subject: after for subject, after in entering.items() if subject not in leave}
        whole: list[str] = []
        for subject in sorted(entering):
            keys = sorted(
                "/".join(key) for key, record in self.state.records.items() if record.subject == subject
            )
            for key in [key for key in keys if key > entering[subject]]:
                if left <= 0:
                    break
                type_, _, id_ = key.partition("/")
                rows.append(write_row(self.state.records[(type_, id_)]))
                entering[subject] = key
                left -= 1
            if not keys or entering[subject] == keys[-1]:
                whole.append(subject)
        entering = {subject: after for subject, after in entering.items() if subject not in whole}
        more = bool(entering)
        digests, total = ({}, "") if more else self._digests(worker)
        moved = before < self.head or bool(enter or whole)
        return Page(
            self._cursor(self.head, entering),
            more=more,
            rows=tuple(rows),
            enter=tuple(enter),
            whole=tuple(whole) if self.names_whole else (),
            leave=tuple(leave),
            digests=digests,
            total=total,
            head=self.head if moved else 0,
        )

    def _delta(self, device: str, worker: str, position: int) -> list[bytes]:
        rows: list[bytes] = []
        for record in self.state.records.values():
            begins = [begin for begin, end in self.state.grants.get((worker, record.subject), ()) if not end]
            if not begins or position < max(begins):
                continue
            units = [
                unit
                for unit, state in record.units.items()
                if state.position == position
                and not (self.omit_own and len(state.live) == 1 and state.live[0].device == device)
            ]
            if units:
                rows.append(write_row(record, units))
        return rows

    def _moves(
        self, worker: str, before: int, head: Head, entering: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        enter: set[str] = set()
        leave: set[str] = set()
        for who, subject in self.state.grants:
            if who != worker:
                continue
            now = self.has_access(worker, subject, self.head)
            then = before > 0 and self.has_access(worker, subject, before)
            broken = any(before < end for _, end in self.state.grants[(worker, subject)] if end)
            if now and (not then or broken):
                enter.add(subject)
            if not now and (then or subject in entering or broken):
                leave.add(subject)
            if head.holds is not None and now and (subject not in head.holds or subject in head.again):
                enter.add(subject)
        if head.holds is not None:
            leave |= {subject for subject in head.holds if not self.has_access(worker, subject, self.head)}
        enter |= {subject for subject in head.refetch if self.has_access(worker, subject, self.head)}
        return sorted(enter), sorted(leave)

    def _digests(self, worker: str) -> tuple[dict[str, str], str]:
        held = [
            subject
            for who, subject in self.state.grants
            if who == worker and self.has_access(worker, subject, self.head)
        ]
        sums = {
            subject: of_records(r for r in self.state.records.values() if r.subject == subject)
            for subject in held
        }
        spoilt = 1 if self.spoil_digests else 0
        self.spoil_digests = max(0, self.spoil_digests - 1)
        total = write_digest(sum(sums.values())) if self.with_total else ""
        return {subject: write_digest(value + spoilt) for subject, value in sums.items()}, total

    def _cursor(self, position: int, entering: Mapping[str, str]) -> str:
        return json.dumps({"p": position, "in": dict(entering), "chain": self._chain(position)})


@dataclass
class Wire:
    """A transport into the model, with everything that a network can do to a message."""

    model: Model
    lose_requests: int = 0
    lose_replies: int = 0
    unreached: bool = False
    during: Callable[[], None] | None = None
    """Called once, after the request has left and before the reply is there."""
    most: int = 10_000
    """Requests, for a test of what might go on for ever."""
    forge_epoch: str = ""
    spoil_rows: bool = False
    takes_s: Callable[[int], None] | None = None
    requests: list[SyncRequest] = field(default_factory=list)
    enrolments: list[Mapping[str, Json]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    agency_key: bytes = b""
    tells: dict[str, Any] = field(default_factory=dict)
    """What the enrolment tells otherwise."""

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """Carry a message and its answer, or lose them."""
        if self.unreached:
            raise Unreached("the server is not reached")
        self.requests.append(request)
        assert len(self.requests) <= self.most, "a conversation that does not end"
        during, self.during = self.during, None
        if self.lose_requests:
            self.lose_requests -= 1
            raise Offline("the connection broke before an answer came")
        plain = zlib.decompress(request.body) if request.compressed else request.body
        head, lines = read_request(plain)
        reply = self.model.exchange(device.id, head, lines)
        if during is not None:
            during()
        if self.lose_replies:
            self.lose_replies -= 1
            raise Offline("the answer was cut")
        if isinstance(reply, HistoryChanged):
            return Answer(reply, len(request.body), 0)
        if self.forge_epoch:
            reply = replace(reply, epoch=self.forge_epoch)
        if self.spoil_rows and isinstance(reply.page, Page):
            reply = replace(reply, page=replace(reply.page, rows=(b'{"c":[]}',)))
        data = write_reply(reply)
        if self.takes_s is not None:
            self.takes_s(len(data))
        return Answer(read_reply(data), len(request.body), len(data))

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """What the real door does, as far as a tablet can tell."""
        if self.unreached:
            raise Unreached("the server is not reached")
        worker = self.codes.pop(str(application["code"]), None)
        if worker is None:
            raise Refused("the server refuses the request: code-refused")
        self.enrolments.append(application)
        key = decode_bytes(str(application["public_key"]))
        device = digest_id(key)
        self.model.know(device, worker)
        return {
            "agency": AGENCY,
            "agency_name": "Mercy Bend",
            "agency_key": encode_bytes(self.agency_key),
            "device": device,
            "worker": worker,
            "role": "worker",
            "fingerprint": "123456",
            "time_zone": "America/New_York",
            "epoch": self.model.state.epoch,
            "clock_ms": self.model.clock,
            **self.tells,
        }


def _at(ms: int) -> Any:
    from sync import At

    return At(ms, 0)


__all__ = ["AGENCY", "NOW", "OFFICE", "Malformed", "Model", "State", "Wire"]
