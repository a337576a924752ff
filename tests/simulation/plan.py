"""
Plans: what happens in one history, as data that follows from a seed.

An *act* says who does what and how long after the act before; what exactly is chosen when its turn comes, by a seed
of its own, so an act means much the same when others are taken out of the plan. A sync has *trips*, one for each
message: what befalls the message, and which acts happen while it is on its way.

Each seed has its own *temper*: some kinds of acts never happen, others often. Histories of everything at once are all
alike, and find less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.simulation.tales import ALWAYS, OFTEN, TALES, TO_THE_POINT

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

WORKERS: Final = 5
"""Workers of the agency; a plan gives tablets to some of them."""

UNITS: Final = (
    "preferred_name",
    "date_of_birth",
    "legal_name",
    "pronouns",
    "deceased",
    "do_not_visit_alone",
    "voicemail_safe",
    "language",
    "identifiers/m1",
    "race",
)
"""Units of the client record, of every rule."""

FAULTS: Final = (
    "request lost",
    "request late",
    "reply lost",
    "reply cut",
    "twice",
    "server stops before",
    "server stops after",
    "commit fails",
    "tablet stops",
)
"""What befalls a message."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One message of a sync and its answer."""

    fault: str = ""
    point: int = 0
    """Where it strikes, 0..65535 of the whole."""
    before: tuple[Act, ...] = ()
    """What happens before the message arrives."""
    after: tuple[Act, ...] = ()
    """What happens before the answer arrives."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does, or that befalls somebody."""

    number: int
    kind: str
    who: int
    """The tablet, or the person at the office; taken modulo how many there are."""
    wait_ms: int
    seed: int
    trips: tuple[Trip, ...] = ()
    about: int | None = None
    """The client that its tale is about, modulo how many there were at first; None for whom chance picks."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One history to be."""

    seed: int
    hands: tuple[int, ...]
    """The worker of each tablet; `WORKERS` is the supervisor of the first office."""
    clients: int
    page_bytes: int
    push_bytes: int
    acts: tuple[Act, ...] = field(default=())
    units: tuple[str, ...] = ()
    """Units of the client record that everybody writes rather than others."""

    def numbers(self) -> list[int]:
        """The numbers of all acts, also of those within a sync."""
        return [act.number for act in walk(self.acts)]

    def only(self, kept: frozenset[int]) -> Plan:
        """The plan with these acts alone; what happened within a sync that is gone happens in its place."""
        return replace(self, acts=tuple(_only(self.acts, kept)))


def walk(acts: tuple[Act, ...]) -> Iterator[Act]:
    """All acts, those within a sync after it."""
    for act in acts:
        yield act
        for trip in act.trips:
            yield from walk(trip.before)
            yield from walk(trip.after)


def plan(seed: int) -> Plan:
    """The plan of a seed."""
    return _Planner(seed).plan()


def _only(acts: tuple[Act, ...], kept: frozenset[int]) -> Iterator[Act]:
    for act in acts:
        trips = tuple(
            replace(trip, before=tuple(_only(trip.before, kept)), after=tuple(_only(trip.after, kept)))
            for trip in act.trips
        )
        if act.number in kept:
            yield replace(act, trips=trips)
        else:
            for trip in trips:
                yield from (*trip.before, *trip.after)


class _Planner:
    """Draws one plan."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(f"plan {seed}")  # a plan is no secret
        self.tablets = self.random.choice((2, 3, 3, 3, 4, 4, 5, 6, 8))
        self.weights = self._temper()
        self.numbers = 0
        self.troubled = self.random.choice((0.05, 0.2, 0.2, 0.4, 0.6))
        """The share of messages that something befalls."""
        self.faults = self.random.sample(FAULTS, self.random.randint(1, len(FAULTS)))

    def plan(self) -> Plan:
        random = self.random
        workers = random.randint(2, min(WORKERS, max(2, self.tablets)))
        hands = [n % workers for n in range(self.tablets)]
        if random.random() < 0.3:
            hands[-1] = WORKERS
        acts = [self._act(0) for _ in range(random.randint(30, 90))]
        for share, tale in TALES.values():
            if random.random() < share:
                acts = self._told(acts, tale.split(), workers)
        return Plan(
            seed=self.seed,
            hands=tuple(hands),
            clients=random.randint(1, 4),
            page_bytes=random.choice((300, 600, 1200, 3000, 1 << 20)),
            push_bytes=random.choice((600, 900, 2000, 1 << 18)),
            acts=tuple(acts),
            units=tuple(random.sample(UNITS, 3)),
        )

    def _told(self, acts: list[Act], tale: list[str], workers: int) -> list[Act]:
        """The acts with those of a tale among them."""
        random = self.random
        who = random.randrange(self.tablets)
        about = random.randrange(4) if random.random() < TO_THE_POINT else None
        places = sorted(random.randrange(len(acts) + 1) for _ in tale)
        found = list(acts)
        for place, told in reversed(list(zip(places, tale, strict=True))):
            found.insert(place, self._told_act(told, who, workers, about))
        return found

    def _told_act(self, told: str, who: int, workers: int, about: int | None) -> Act:
        """One act of a tale; those that it names in brackets happen while its messages are answered, one each."""
        name, _, inner = told.partition("(")
        shift = {"+": 1, "=": workers}.get(name[-1], 0)
        act = replace(self._made(name.rstrip("+="), who + shift, 0), about=about)
        if not inner:
            return act
        meanwhile = [self._told_act(each, who, workers, about) for each in inner.rstrip(")").split(",")]
        point = self.random.randrange(1 << 16)
        soon = [replace(each, wait_ms=each.wait_ms % MINUTE_MS) for each in meanwhile]
        return replace(act, trips=tuple(Trip("", point, after=(each,)) for each in soon))

    def _temper(self) -> dict[str, float]:
        """Leave some kinds out, and let some others happen more often."""
        random = self.random
        weights: dict[str, float] = {}
        for kind, weight in OFTEN.items():
            if kind in ALWAYS or random.random() < 0.6:
                weights[kind] = weight * random.choice((0.5, 1, 1, 2, 4))
        return weights

    def _act(self, depth: int) -> Act:
        random = self.random
        kind = random.choices(list(self.weights), list(self.weights.values()))[0]
        return self._made(kind, random.randrange(1 << 16), depth)

    def _made(self, kind: str, who: int, depth: int) -> Act:
        random = self.random
        self.numbers += 1
        number = self.numbers
        trips: tuple[Trip, ...] = ()
        if kind == "sync":
            trips = tuple(self._trip(depth) for _ in range(random.choice((1, 1, 2, 3))))
        return Act(number, kind, who, self._wait_ms(depth), random.getrandbits(48), trips)

    def _trip(self, depth: int) -> Trip:
        random = self.random
        fault = random.choice(self.faults) if random.random() < self.troubled else ""
        return Trip(fault, random.randrange(1 << 16), self._meanwhile(depth), self._meanwhile(depth))

    def _meanwhile(self, depth: int) -> tuple[Act, ...]:
        if depth == 2 or self.random.random() < 0.75:
            return ()
        return tuple(self._act(depth + 1) for _ in range(self.random.choice((1, 1, 2))))

    def _wait_ms(self, depth: int) -> int:
        random = self.random
        if depth:
            return random.randrange(0, 20_000)
        longest = random.choice((1000, MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, 5 * HOUR_MS, DAY_MS))
        if random.random() < 0.01:
            longest = 45 * DAY_MS
        return random.randrange(0, longest)
