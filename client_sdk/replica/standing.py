"""
Where the tablet stands with its server: one row of each kind here, kept as JSON.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from sync import At, Json


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
