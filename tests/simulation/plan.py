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

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

WORKERS: Final = 5
"""Workers of the agency; a plan gives tablets to some of them."""

OFTEN: Final[dict[str, int]] = {
    "edit": 14,
    "sync": 26,
    "hazard": 4,
    "note": 3,
    "narrate": 4,
    "risk": 4,
    "assess": 5,
    "visit": 3,
    "sign": 2,
    "retract": 2,
    "settle": 3,
    "draft": 3,
    "end_draft": 2,
    "register": 2,
    "poison": 2,
    "large": 1,
    "newer": 2,
    "propose": 2,
    "dismiss": 1,
    "save_and_crash": 2,
    "restart": 1,
    "enrol_again": 1,
    "office_registers": 2,
    "office_edits": 4,
    "assign": 5,
    "unassign": 4,
    "cover": 3,
    "office_settles": 3,
    "choose": 1,
    "release": 3,
    "refuse": 1,
    "quote": 1,
    "review": 1,
    "confirm": 2,
    "glance": 3,
}
"""{kind of act: how often, beside the others}."""

ALWAYS: Final = ("edit", "sync", "assign", "unassign", "glance")

TALES: Final[dict[str, tuple[float, str]]] = {
    "an old copy": (0.35, "copy edit sync put_back"),
    "a lost server": (0.35, "back_up sync restore"),
    "a server lost twice": (0.05, "back_up restore sync back_up sync restore"),
    "an older backup": (0.05, "back_up back_up restore"),
    "weeks away": (0.25, "signal edit signal"),
    "a suspicion": (0.15, "suspend sync confirm"),
    "a stolen tablet": (0.15, "edit revoke sync"),
    "a wrong clock": (0.25, "set_clock edit set_clock"),
    "a way in and out": (0.5, "assign sync unassign edit sync assign sync"),
    "a way out and in": (0.3, "edit unassign assign sync draft unassign sync assign sync"),
    "two covers": (0.2, "cover sync cover edit sync unassign sync"),
    "late work": (0.4, "poison sync release poison sync quote refuse"),
    "two forms": (0.4, "assess sync sync+ assess assess+ sync sync+ choose assess sync"),
    "a life in dispute": (0.3, "note sync sync+ retract narrate+ sync sync+ retract retract+ sync+ sync"),
    "two devices": (0.2, "note sync sync= narrate narrate= sync= sync"),
    "a signature": (0.2, "note sync sync+ sign narrate+ sync sync+"),
    "a key and a lost server": (
        0.12,
        "back_up copy edit sync put_back sync enrol_again edit sync restore sync",
    ),
    "a theft that was forgotten": (0.08, "back_up edit revoke sync restore sync"),
    "somebody new, forgotten": (0.15, "back_up register sync edit sync restore edit sync"),
    "a decision, forgotten": (0.15, "poison sync back_up release sync restore sync release"),
    "much at once": (0.2, "large sync sync+ large+ sync+ edit sync"),
    "a gap": (0.1, "edit edit lose edit sync edit sync"),
    "a danger": (0.3, "risk sync sync+ risk risk+ sync sync+ risk"),
}
"""
{what is told: (in how many histories, the acts in their order)}: what chance alone would seldom bring together.

One tablet does them all, but for those with `+`, which the next one does, and `=`, which another of its worker does.
"""

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
        places = sorted(random.randrange(len(acts) + 1) for _ in tale)
        found = list(acts)
        for place, told in reversed(list(zip(places, tale, strict=True))):
            kind = told.rstrip("+=")
            shift = {"+": 1, "=": workers}.get(told[-1], 0)
            found.insert(place, self._made(kind, who + shift, 0))
        return found

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
