"""
The replica's small rows: where the tablet stands, its subjects, its own work. Each is a value, kept as JSON.

The states of records are not here: they are rows as the wire has them, see `sync.rows`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from sync import At, Changeset, Json, Live, Prefix, parse
from sync.wire import read_line

DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A cursor of an earlier day, and the position that it had seen."""

    day: int
    """Days since 1970 by the server's clock."""
    cursor: str
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where this tablet stands with its server."""

    epoch: str = ""
    cursor: str = ""
    head: int = 0
    """The snapshot of the last complete page."""
    kept: tuple[Kept, ...] = ()
    """Newest first."""
    digest: int = 0
    """The sum over all subjects that are here, but `agency`."""
    restored: tuple[str, ...] | None = None
    """After a changed history, until the server was told: the subjects to be entered again."""
    total_differs: bool = False

    def to_json(self) -> Json:
        """As it is stored."""
        kept: list[Json] = [[part.day, part.cursor, part.position] for part in self.kept]
        value: dict[str, Json] = {
            "epoch": self.epoch,
            "cursor": self.cursor,
            "head": self.head,
            "kept": kept,
            "digest": str(self.digest),
            "restored": None if self.restored is None else list(self.restored),
            "differs": self.total_differs,
        }
        return value

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        restored = value["restored"]
        return cls(
            epoch=value["epoch"],
            cursor=value["cursor"],
            head=value["head"],
            kept=tuple([Kept(*part) for part in value["kept"]]),
            digest=int(value["digest"]),
            restored=None if restored is None else tuple(restored),
            total_differs=value["differs"],
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """What the next changeset of this device must know."""

    seq: int = 0
    prev: str = ""
    at: At = field(default_factory=lambda: At(0, 0))
    """The last moment of the hybrid clock, made or seen."""
    made: int = 0
    """How many saves this store has made, whatever its device was called then."""

    def to_json(self) -> Json:
        """As it is stored."""
        return [self.seq, self.prev, self.at.ms, self.at.counter, self.made]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(value[0], value[1], At(value[2], value[3]), value[4])


@dataclass(frozen=True, slots=True)
class Heard:
    """What the server last said of itself."""

    offset_ms: int = 0
    """Its clock less ours."""
    clock_ms: int = 0
    """Its clock; 0 before the first contact."""
    safe: int = 0
    """The position that every backup covers."""
    lease: str = ""
    enrol_again: bool = False
    """It takes no more from this device key."""
    held_back: bool = False
    """It gives this tablet no page: the device was revoked."""

    def to_json(self) -> Json:
        """As it is stored."""
        return [self.offset_ms, self.clock_ms, self.safe, self.lease, self.enrol_again, self.held_back]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(*value)


@dataclass(frozen=True, slots=True)
class Given:
    """Names of changesets that were given to the network without an answer."""

    names: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """As it is stored."""
        return list(self.names)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        return cls(tuple(value))


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
    """It was asked for again, because its digest did not match."""
    differs: bool = False
    """Its digest did not match again: reported, not repeated."""
    whole_at: int = 0
    """The head at which it became whole; while it enters, the position that is shown."""
    digest: int = 0
    newest: int = 0
    """The greatest position of its rows."""

    @property
    def moving(self) -> str:
        """`moving` while something of it is unfinished, else `still`."""
        return "moving" if self.entering or self.leaving or self.staged else "still"

    def to_json(self) -> Json:
        """As it is stored."""
        flags = [self.shown, self.entering, self.leaving, self.staged, self.refetched, self.differs]
        marks = "".join("01"[flag] for flag in flags)
        return [self.id, marks, self.whole_at, str(self.digest), self.newest]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        shown, entering, leaving, staged, refetched, differs = [mark == "1" for mark in value[1]]
        flags = (shown, entering, leaving, staged, refetched, differs)
        return cls(value[0], *flags, value[2], int(value[3]), value[4])


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
        return value

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """As it was stored."""
        line = value["line"].encode()
        made = parse(Prefix(*value["prefix"]), read_line(line).body)
        return cls(made, value["order"], line, value["position"], value["at"], *value["told"])


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
