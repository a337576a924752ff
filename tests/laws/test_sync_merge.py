"""Laws of merging: the same accepted changesets leave the same record, whoever came first."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync import (
    Accepted,
    Live,
    Record,
    RecordView,
    Shown,
    UnitState,
    accept,
    canonical,
    compose,
    digest,
    fold,
    read_row,
    read_state,
    rule_for,
    view,
    write_row,
    write_state,
)
from sync.ids import read_json
from tests.laws import naive
from tests.laws.strategies import KINDS, arrivals, entries, histories
from tests.sync.making import BEN, merged, rule_of, save, write

SAME = ("language", "birth", "custody", "level", "story", "answers")
EMPTY = Record("client", "c1", "c1")


def come(record: Record, arriving: Iterable[Accepted], arrived: set[str]) -> Record:
    """The record when these have come, one after the other."""
    for entry in arriving:
        record = record.apply(entry, rule_of, arrived)
        arrived.add(entry.changeset.name)
    return record


def once_each(arriving: Sequence[Accepted]) -> list[Accepted]:
    """The log of an arrival: the first of each name, at the position where it came."""
    first: dict[str, Accepted] = {}
    for position, entry in enumerate(arriving, 1):
        first.setdefault(entry.changeset.name, Accepted(entry.changeset, position, entry.at))
    return list(first.values())


def meaning(record: Record) -> dict[str, tuple[Any, ...]]:
    """What of a record must not depend on order: all but positions, and names that never wrote the unit."""
    return {
        unit: (
            [(one.name, one.at, one.value, one.over if rule_for(rule_of, "client", unit).keeps_bases else ())
             for one in state.live],
            common(state),
        )
        for unit, state in record.units.items()
    }  # fmt: skip


def common(state: UnitState) -> Any:
    """The common ancestor of a unit's rivals, where they have one."""
    overs = {one.over for one in state.live}
    over = overs.pop() if len(overs) == 1 else ()
    return state.bases.get(over[0]) if len(over) == 1 else None


def plain(shown: Shown) -> dict[str, Any]:
    """What a unit shows, as the naive merge says it."""
    return {
        "value": shown.value,
        "by": None if shown.by is None else shown.by.name,
        "needs": shown.needs.name,
        "values": [canonical(group[0].value) for group in shown.rivals],
    }


@given(arrivals())
def test_any_order_and_any_repetition_leave_the_same_record(
    both: tuple[list[Accepted], list[Accepted]],
) -> None:
    """Who synced first must not decide what stands in the record."""
    made, arriving = both

    there = come(EMPTY, once_each(arriving), set())
    again = come(EMPTY, arriving, set())

    assert meaning(there) == meaning(fold(made, "client", "c1", "c1", rule_of))
    assert view(there, rule_of) == view(again, rule_of) == view(merged_of(made), rule_of)


def merged_of(made: Iterable[Accepted]) -> Record:
    """The record as it is defined."""
    return fold(made, "client", "c1", "c1", rule_of)


@given(arrivals(), st.data())
def test_what_is_stored_equals_what_the_log_gives(
    both: tuple[list[Accepted], list[Accepted]], data: st.DataObject
) -> None:
    """The stored state is a cache: `rebuild` finds it again to the byte, whatever batches the log came in."""
    log = once_each(both[1])
    cuts = data.draw(st.sets(st.integers(0, len(log))))
    record, arrived, start = EMPTY, set[str](), 0
    for cut in [*sorted(cuts), len(log)]:
        record = read_state(write_state(come(record, log[start:cut], arrived)))
        start = max(start, cut)

    assert write_state(record) == write_state(merged_of(data.draw(st.permutations(log))))


@given(histories)
def test_a_merged_record_is_what_a_slow_merge_finds(made: list[Accepted]) -> None:
    """The rules as a page of loops: both must show the same value, writer, rivals and urgency."""
    units = entries(made)
    record = merged_of(made)

    for unit, state in record.units.items():
        alive = naive.live_of(KINDS[unit], units[unit])
        assert [one.name for one in state.live] == [one.name for one in alive]
        if alive and unit != "answers":
            found = rule_for(rule_of, "client", unit).show(state.live, state.bases)
            expected = naive.shown_of(KINDS[unit], alive, units[unit])
            expected["values"] = [as_canonical(value) for value in expected["values"]]
            assert plain(found) == expected


def as_canonical(value: str) -> bytes:
    """A value as `sync` writes it."""
    return canonical(read_json(value.encode()))


@given(histories)
def test_the_first_of_several_entries_is_shown_until_the_office_chooses(made: list[Accepted]) -> None:
    """Two administrations of one questionnaire are never one, and only the office says which counts."""
    units = entries(made)
    answers = naive.live_of("once", units.get("answers", []))
    shown = view(merged_of(made), rule_of).units.get("answers")
    choice = next(iter(naive.live_of("decided", units.get("$chosen/answers", []))[-1:]), None)
    decided = naive.shown_of("decided", [choice], []) if choice else {"value": None}
    office = [
        one for one in naive.live_of("decided", units.get("$chosen/answers", [])) if one.device == "web:1"
    ]
    wanted = office[-1].value if office else decided["value"]
    by = next(
        (one for one in answers if wanted and one.name == wanted["name"]), answers[0] if answers else None
    )

    assert (shown is None) == (not answers)
    if shown is not None and by is not None:
        assert (shown.by.name if shown.by else None, shown.value) == (by.name, by.value)
        assert [one.name for one in shown.live] == [one.name for one in answers]


@given(arrivals())
def test_life_follows_what_the_retractions_have_seen(both: tuple[list[Accepted], list[Accepted]]) -> None:
    """A record entered in error stays out, unless somebody worked on it unseen: then a person looks."""
    made, arriving = both
    units = {unit: naive.live_of(KINDS[unit], writes) for unit, writes in entries(made).items()}
    life = units.get("$life", [])
    retracted = bool(life) and all(one.value["state"] == "retracted" for one in life)

    shown = view(come(EMPTY, once_each(arriving), set()), rule_of)

    assert shown.life.value == naive.life_of(units, retracted)


@given(histories, st.data())
def test_held_work_hides_nothing_and_is_whole_after_its_release(
    made: list[Accepted], data: st.DataObject
) -> None:
    """What nobody has let in replaces nothing; let in late, it is as if it had never waited."""
    held = data.draw(st.sets(st.sampled_from([entry.changeset.name for entry in made])))
    into = [entry for entry in made if entry.changeset.name not in held]
    late = [entry for entry in made if entry.changeset.name in held]
    arrived: set[str] = set()

    before = come(EMPTY, into, arrived)
    units = entries(into)
    after = come(before, late, arrived)

    assert {unit: [one.name for one in state.live] for unit, state in before.units.items()} == {
        unit: [one.name for one in naive.live_of(KINDS[unit], writes)] for unit, writes in units.items()
    }
    assert view(after, rule_of) == view(merged_of(made), rule_of)


@given(arrivals())
def test_a_unit_stands_at_its_last_write_even_if_that_was_dead_on_arrival(
    both: tuple[list[Accepted], list[Accepted]],
) -> None:
    """The tablet that made it derives its own work from positions: it must be sent what is there instead."""
    log = once_each(both[1])
    last = {write.unit: entry.position for entry in log for write in entry.changeset.writes}

    record = merged_of(log)

    assert {unit: state.position for unit, state in record.units.items()} == last
    assert record.position == max(last.values())


@given(arrivals())
def test_what_is_gone_or_yields_was_named_and_has_not_come(
    both: tuple[list[Accepted], list[Accepted]],
) -> None:
    """The bookkeeping of what was replaced early is emptied as it comes, and never grows with edits."""
    made, arriving = both
    half = once_each(arriving)[: len(made) // 2]
    come_names = {entry.changeset.name for entry in half}
    units = entries(half)

    for unit, state in merged_of(half).units.items():
        named = {name for one in units[unit] for name in one.over}
        assert state.gone | state.yielding <= named
        of_this_unit = {one.name for one in entries(made)[unit]} & named
        if KINDS[unit] != "once":
            assert (state.gone | state.yielding) & of_this_unit == of_this_unit - come_names


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_many_edits_by_one_hand_never_conflict(count: int, random: Any) -> None:
    """A field edited again and again between two syncs is one value."""
    over: tuple[str, ...] = ()
    log = []
    for number in range(count):
        made = save(BEN, write("language", number, *over), ms=1_000 + number, salt=number)
        log.append(accept(made, number + 1, 5_000))
        over = (made.name,)
    random.shuffle(log)

    record = come(EMPTY, log, set())

    state = record.units["language"]
    assert [one.value for one in state.live] == [count - 1]
    assert state.gone == frozenset()


@given(histories)
def test_equal_values_count_as_one(made: list[Accepted]) -> None:
    """Two workers who heard the same phone number have no conflict."""
    same = [
        compose(
            entry.changeset.prefix,
            subject="c1", seq=1, prev="", at=entry.changeset.at, wall=1, schema=1, salt=entry.changeset.salt,
            writes=[write(unit, "the same") for unit in SAME],
        )
        for entry in made
    ]  # fmt: skip

    shown = view(merged(*same), rule_of)

    assert all(
        unit.rivals == () and unit.needs == 0 and unit.value == "the same" for unit in shown.units.values()
    )
    assert all(len(unit.live) == len({one.name for one in same}) for unit in shown.units.values())


@given(histories)
def test_a_row_gives_back_what_it_shows(made: list[Accepted]) -> None:
    """A tablet shows what the server shows."""
    record = merged_of(made)

    row = read_row(read_json(write_row(record)))

    assert view(row, rule_of) == view(without_over(record), rule_of)
    assert {unit: state.position for unit, state in row.units.items()} == {
        unit: state.position for unit, state in record.units.items()
    }
    assert write_row(row) == write_row(record) == write_state(record).partition(b"\n")[0]


def without_over(record: Record) -> Record:
    """The record without what single writes replaced: no rule asks for it."""
    return Record(
        record.type, record.id, record.subject,
        {
            unit: state if len(state.live) != 1 else UnitState((bare(state.live[0]),), position=state.position)
            for unit, state in record.units.items()
        },
    )  # fmt: skip


def bare(one: Live) -> Live:
    """A write that has forgotten what it replaced."""
    return Live(one.name, one.device, one.author, one.at, one.wall, (), one.value)


@given(histories)
def test_a_digest_kept_by_changes_is_the_digest_of_what_is_there(made: list[Accepted]) -> None:
    """Else a tablet would be told that it differs, and fetch everything again."""
    before: Record | None = None
    total = 0
    arrived: set[str] = set()
    for entry in made:
        after = come(before or EMPTY, [entry], arrived)
        total += digest.change(before, after)
        before = after

    record = merged_of(made)

    assert total % digest.MODULUS == digest.of_record(record) == digest.of_records([record])
    assert digest.read_digest(digest.write_digest(total)) == total % digest.MODULUS


@given(histories)
def test_what_an_author_replaces_is_what_the_view_says(made: list[Accepted]) -> None:
    """A save over everything in view leaves nothing beside it."""
    shown: RecordView = view(merged_of(made), rule_of)
    units = [unit for unit in shown.units if unit not in ("answers", "assigned", "$chosen/answers")]
    if not units:
        return
    settled = save(BEN, [write(unit, "settled", *shown.over(unit)) for unit in units], ms=9_000, salt=99)

    after = view(merged_of([*made, accept(settled, 99, 9_000)]), rule_of)

    assert {one.name for unit in units for one in after.units[unit].live} == {settled.name}
