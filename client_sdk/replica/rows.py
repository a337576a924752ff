"""
The replica's small rows: its subjects, its own work, and what it tells its worker. Each is a value, kept as JSON.

Where the tablet stands is in `standing`; the states of records are rows as the wire has them, see `sync.rows`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypeAlias

from sync import At, Changeset, Json, Live, Prefix, Write, parse
from sync.wire import read_line

DAY_MS: Final = 24 * 60 * 60 * 1000

UnitKey: TypeAlias = tuple[str, str, str]
"""(record type, record id, unit)"""


def unit_key(write: Write) -> UnitKey:
    """Where a write writes."""
    return write.type, write.id, write.unit


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject whose records this tablet has, or is getting."""

    id: str
    shown: bool = False
    """Whether its state was whole once, and is shown."""
    entering: bool = False
    """A new whole state is on its way; the old one, where there is one, stays shown as of `whole_at`."""
    leaving: bool = False
    """Access has ended; it goes when the work here has reached the server."""
    staged: bool = False
    """Rows of it came that may not be shown yet."""
    refetched: bool = False
    """It came once more, because its digest did not match."""
    differs: bool = False
    """Its digest did not match again: reported, not repeated."""
    whole_at: int = 0
    """The head at which it became whole; while it enters or leaves, the position that is shown."""
    digest: int = 0
    newest: int = 0
    """The greatest position of its rows."""
    wanted: bool = False
    """Its digest did not match, and it is to be asked for again."""

    @property
    def moving(self) -> str:
        """`moving` while something of it is unfinished, else `still`."""
        unfinished = self.entering or self.leaving or self.staged or self.wanted
        return "moving" if unfinished else "still"

    def to_json(self) -> Json:
        """As it is stored."""
        flags = [
            self.shown,
            self.entering,
            self.leaving,
            self.staged,
            self.refetched,
            self.differs,
            self.wanted,
        ]
        marks = "".join("01"[flag] for flag in flags)
        return [self.id, marks, self.whole_at, str(self.digest), self.newest]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        shown, entering, leaving, staged, refetched, differs, wanted = [mark == "1" for mark in value[1]]
        flags = (shown, entering, leaving, staged, refetched, differs)
        return cls(value[0], *flags, value[2], int(value[3]), value[4], wanted)


@dataclass(frozen=True, slots=True)
class Own:
    """A changeset of this tablet that the shown state does not include yet."""

    made: Changeset
    order: int
    """The how-manieth save of this store it was."""
    line: bytes
    """As it is sent."""
    position: int = 0
    """Where the server's log has it; 0 while no outcome has come."""
    at_ms: int | None = None
    """The capped clock, where the server capped it."""
    held: str = ""
    """The code of the reason for which it is held."""
    sentence: str = ""
    decision: str = ""
    """`not_applied`, once a person decided so about held work."""
    reason: str = ""
    replaced: frozenset[UnitKey] = frozenset()
    """Where later work of this tablet, which is part of the record, has replaced it while it is held."""

    @property
    def name(self) -> str:
        """The name under which it was first made."""
        return self.made.name

    @property
    def accepted(self) -> bool:
        """Whether it is part of the record."""
        return self.position > 0 and not self.held

    @property
    def records(self) -> frozenset[tuple[str, str]]:
        """The records that it writes."""
        return frozenset((write.type, write.id) for write in self.made.writes)

    @property
    def counts(self) -> bool:
        """Whether the overlay shows it."""
        return not self.decision

    @property
    def overlay(self) -> Changeset:
        """What of it is laid over the server's state."""
        if not self.replaced:
            return self.made
        return replace(
            self.made, writes=tuple([w for w in self.made.writes if unit_key(w) not in self.replaced])
        )

    def live(self, value: Json) -> Live:
        """One of its writes as the only live one of its unit."""
        made = self.made
        at = made.at if self.at_ms is None else At(self.at_ms, 0)
        return Live(made.name, made.prefix.device, made.prefix.author, at, made.wall, (), value)

    def to_json(self) -> Json:
        """As it is stored."""
        prefix = self.made.prefix
        value: dict[str, Json] = {
            "prefix": [prefix.agency, prefix.device, prefix.author],
            "order": self.order,
            "line": self.line.decode(),
            "position": self.position,
            "at": self.at_ms,
            "told": [self.held, self.sentence, self.decision, self.reason],
        }
        if self.replaced:
            value["replaced"] = [list(key) for key in sorted(self.replaced)]
        return value

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        line = value["line"].encode()
        made = parse(Prefix(*value["prefix"]), read_line(line).body)
        replaced = frozenset([(key[0], key[1], key[2]) for key in value.get("replaced", ())])
        held, sentence, decision, reason = value["told"]
        told = made, value["order"], line, value["position"], value["at"]
        return cls(*told, held, sentence, decision, reason, replaced)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is remembered of a changeset whose envelope is kept, also after its content was let go."""

    name: str
    envelope: str
    """The id under which its envelope is kept."""
    order: int
    subject: str
    position: int
    """Of its outcome; 0 when a restored server has forgotten it, and it is offered again."""
    outcome_ms: int
    held: str = ""
    """The code of the reason for which it is held, until a person decides."""

    def to_json(self) -> Json:
        """As it is stored."""
        return [self.name, self.envelope, self.order, self.subject, self.position, self.outcome_ms, self.held]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(*value)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A half-typed form: values by unit, of one record of one subject."""

    subject: str
    type: str
    id: str
    values: Mapping[str, Json]
    new: bool = False
    """The record does not exist before the draft is saved."""

    def to_json(self) -> Json:
        """As it is stored."""
        return [self.subject, self.type, self.id, dict(self.values), self.new]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(*value)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the tablet did on its own and tells its worker."""

    at_ms: int
    what: str
    """`left`: access ended and the subject was erased here. `decided`: a person decided about held work."""
    subject: str
    name: str = ""
    decision: str = ""
    reason: str = ""

    def to_json(self) -> Json:
        """As it is stored."""
        return [self.at_ms, self.what, self.subject, self.name, self.decision, self.reason]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(*value)
