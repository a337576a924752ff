"""
Histories: what several hands wrote about one record, each over what it had in view, some of them lying.

Five hands: Ana's tablet and a copy of it (a fork), Ana's phone, Ben's tablet, the office. A hand sees its own
saves at once and the others' when it syncs. What a liar names as replaced is drawn from everything ever written.
"""

from collections.abc import Sequence

from hypothesis import strategies as st

from sync import Accepted, Json, Prefix, Write, accept, encode_bytes
from tests.laws.naive import Entry, live_of, story
from tests.sync.making import ANA, ANA_TOO, BEN, OFFICE, save

HANDS: tuple[Prefix, ...] = (ANA, ANA, ANA_TOO, BEN, OFFICE)

KINDS: dict[str, str] = {
    "language": "latest",
    "level": "safest",
    "birth": "ask",
    "custody": "none",
    "story": "text",
    "hazards/dog": "members",
    "answers": "once",
    "assigned": "decided",
    "$life": "safest",
    "$chosen/answers": "decided",
}
"""{unit: rule} as the naive merge names them."""

UNITS = tuple(KINDS)
NOWHERE = ("n" * 22, "m" * 22)
"""Names that nobody ever wrote."""
RECEIVED_MS = 2_000
"""Clocks beyond this are capped."""

Step = tuple[int, int, tuple[str, ...], int, int, tuple[int, ...], bool]

steps = st.lists(
    st.tuples(
        st.integers(0, len(HANDS) - 1),
        st.sampled_from((1_000, 1_000, 1_001, 1_500, 2_000, 2_001, 90_000)),
        st.lists(st.sampled_from(UNITS), min_size=1, max_size=3, unique=True).map(tuple),
        st.integers(0, 7),
        st.sampled_from((0, 0, 0, 1, 2)),
        st.lists(st.integers(0, 13), max_size=3).map(tuple),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)
"""(hand, clock, units, value, how honest, names for a lie, sync before) of each save."""


def history(plan: Sequence[Step]) -> list[Accepted]:
    """The changesets of a plan, as received in order of making."""
    made: list[Accepted] = []
    seen: list[set[str]] = [set() for _ in HANDS]
    for number, (hand, ms, units, pick, honesty, lie, syncs) in enumerate(plan):
        if syncs:
            seen[hand] |= {entry.changeset.name for entry in made}
        in_view = [entry for entry in made if entry.changeset.name in seen[hand]]
        writes = [_write(unit, pick, honesty, lie, in_view, made) for unit in units]
        one = save(HANDS[hand], writes, ms=ms, counter=number % 2, salt=number)
        made.append(accept(one, number + 1, RECEIVED_MS))
        seen[hand].add(one.name)
    return made


histories = steps.map(history)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Accepted], list[Accepted]]:
    """A history, and the same as it may come: in any order, some of it again and again."""
    made = draw(histories)
    again = draw(st.lists(st.sampled_from(made), max_size=6))
    return made, draw(st.permutations([*made, *again]))


def entries(made: Sequence[Accepted]) -> dict[str, list[Entry]]:
    """{unit: its writes}, each name once, for the naive merge."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in made:
        one, prefix = entry.changeset, entry.changeset.prefix
        for write in one.writes:
            of_unit = found.setdefault(write.unit, {})
            at = (entry.at.ms, entry.at.counter)
            of_unit.setdefault(
                one.name, Entry(one.name, prefix.device, prefix.author, at, write.over, write.value)
            )
    return {unit: list(writes.values()) for unit, writes in found.items()}


def _write(
    unit: str, pick: int, honesty: int, lie: tuple[int, ...], in_view: list[Accepted], made: list[Accepted]
) -> Write:
    view = live_of(KINDS[unit], entries(in_view).get(unit, []))
    honest = [one.name for one in view]
    everything = [*(entry.changeset.name for entry in made), *NOWHERE]
    lies = [everything[index % len(everything)] for index in lie]
    over = {0: honest, 1: [*honest, *lies], 2: lies}[honesty]
    return Write("client", "c1", unit, tuple(dict.fromkeys(over)), value_of(unit, pick, in_view))


def value_of(unit: str, pick: int, in_view: Sequence[Accepted]) -> Json:
    """A value that fits the unit; few different ones, so that equal ones meet."""
    if unit == "story":
        return story([(pick + 1) % 3 if n == pick % 5 else 0 for n in range(5)]) if pick < 7 else None
    if unit == "$life":
        seen: list[Json] = [*sorted(_live_names(in_view))]
        return (
            {"state": "retracted", "reason": "wrong client", "seen": seen}
            if pick < 5
            else {"state": "active"}
        )
    if unit == "$chosen/answers":
        answers: list[Json] = [one.name for one in entries(in_view).get("answers", [])]
        return {"name": answers[pick % len(answers)], "seen": answers} if answers else None
    values: dict[str, list[Json]] = {
        "level": ["low", "middle", "high", "unheard of"],
        "hazards/dog": [None, {"bites": True}, {"bites": False}],
    }
    others: list[Json] = ["one", "two", {"three": [3]}]
    of_unit = values.get(unit, others)
    return of_unit[pick % len(of_unit)]


def _live_names(made: Sequence[Accepted]) -> set[str]:
    return {one.name for unit, writes in entries(made).items() for one in live_of(KINDS[unit], writes)}


json_values: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=5), parts, max_size=3)
    ),
    max_leaves=8,
)
"""Every value that a write may carry."""

names = st.binary(min_size=16, max_size=16).map(encode_bytes)
"""Names of changesets."""
