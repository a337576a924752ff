"""Pages: broken anywhere, nothing missing and nothing twice, and no work where nothing changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from server.errors import HistoryChanged
from sync import Write

from .conftest import World
from .test_access import moves, notes
from .test_merging import Pair, meet


def row_units(told: list[tuple[str, object]]) -> list[tuple[object, object, object]]:
    """Every unit that rows brought, in their order."""
    return [(row[0], row[1], unit) for what, row in told if what == "row" for unit in row[2]]  # type: ignore[index]


@pytest.mark.parametrize("page_bytes", [1, 150, 700])
def test_a_save_of_more_units_than_a_page_holds_comes_whole_and_once(
    world: World, pair: Pair, page_bytes: int
) -> None:
    """A page breaks between rows of one changeset, and it is shown all at once."""
    ana, ben = pair
    writes = [Write("note", f"n{n // 4}", unit, (), f"text {n}") for n in range(0, 60, 4)
              for unit in ("heading", "narrative")]  # fmt: skip
    ana.write("c1", *writes, Write("client", "c1", "preferred_name", (), "Annie"))
    ana.sync()
    ben.told.clear()

    replies = ben.sync(page_bytes=page_bytes)

    came = row_units(ben.told)
    assert len(came) == len(set(came)) == len(writes) + 1
    assert len(replies) > 3
    assert ben.rows() == ana.rows()


@pytest.mark.parametrize("page_bytes", [1, 150, 400, 1500])
def test_a_first_sync_in_small_pages_misses_nothing_and_sends_nothing_twice(
    world: World, page_bytes: int
) -> None:
    """Also where one record is larger than a page."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    for subject in ("c1", "c2", "c3"):
        world.client(ana, subject, preferred_name="x" * 100, pronouns=None, sex=None)
        notes(ana, subject, 4)
        world.assign("ben", subject)
    ana.sync()

    ben.sync(page_bytes=page_bytes)

    came = row_units(ben.told)
    assert len(came) == len(set(came))
    assert sorted(moves(ben)) == [(what, f"c{n}") for what in ("enter", "whole") for n in (1, 2, 3)]
    assert ben.rows() == ana.rows()


@pytest.mark.parametrize("page_bytes", [1, 300])
def test_a_record_that_changes_while_its_subject_enters_comes_in_its_last_state(
    world: World, page_bytes: int
) -> None:
    """What was sent already is sent again, and what was not is sent as it now is."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    for subject in ("c1", "c2"):
        world.client(ana, subject)
        notes(ana, subject, 8)
        world.assign("ben", subject)
    ana.sync()
    turn = 0
    while True:
        reply = ben.ask(page_bytes=page_bytes)
        if not reply.page.more:  # type: ignore[union-attr]
            break
        turn += 1
        if turn < 12:
            for note in (f"c1-n00{turn % 8}", f"c2-n00{(turn + 5) % 8}"):
                ana.set(note[:2], "heading", f"changed {turn}", type_="note", id_=note)
            ana.sync()
        if turn == 6:
            world.assign("ben", world.client(ana, "c0"))
            world.client(ana, "c9")

    ben.sync()
    ana.sync()

    assert ben.rows() == {key: v for key, v in ana.rows().items() if key[1] != "c9"}


def test_own_saves_stay_in_view_while_the_subject_enters(world: World) -> None:
    """A page that was taken before a save does not hide it."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    world.client(ana)
    notes(ana, "c1", 8)
    world.assign("ben", "c1")
    ben.ask(page_bytes=200)
    ben.write("c1", Write("client", "c1", "preferred_name", (), "Annie"))

    while ben.entering:
        ben.ask(page_bytes=200)
        assert ben.value("c1", "preferred_name") == "Annie"

    meet(ana, ben)


def test_a_page_that_was_lost_is_asked_for_again(world: World, pair: Pair) -> None:
    """The cursor moves only with what is stored."""
    ana, ben = pair
    notes(ana, "c1", 5)
    for _ in range(3):
        ben.send(ben.request(page_bytes=200))

    ben.sync(page_bytes=200)

    assert ben.rows() == ana.rows()


def test_a_refetched_subject_comes_whole_among_other_changes(world: World, pair: Pair) -> None:
    """A tablet whose digest differs gets that subject anew, and only that."""
    ana, ben = pair
    notes(ana, "c1", 3)
    ben.sync()
    del ben.shown["note", "c1-n001"]
    ana.set("c1", "language", "es")
    ana.sync()

    ben.told.clear()
    with pytest.raises(AssertionError, match="holds another c1"):
        ben.sync()
    ben.sync(refetch=("c1",))

    assert ("enter", "c1") in moves(ben)
    assert ben.rows() == ana.rows()


def test_a_subject_asked_for_again_gets_its_digest_and_one_of_somebody_else_gets_nothing(
    world: World, pair: Pair
) -> None:
    """Else a tablet could not know whether it has it right now; and whoever may not see a client learns nothing."""
    ana, ben = pair
    notes(ana, "c1", 5)
    world.client(ana, "c2")
    ana.sync()
    ben.sync()

    whole = ben.ask(refetch=("c1", "c2"))
    pages = [ben.ask(refetch=("c1",), page_bytes=150)]
    while pages[-1].page.more:  # type: ignore[union-attr]
        pages.append(ben.ask(page_bytes=150))

    for page in (whole.page, pages[-1].page):
        assert page.digests.keys() == {"c1"}  # type: ignore[union-attr]
        assert page.total  # type: ignore[union-attr]
    assert len(pages) > 3


def test_asking_for_a_subject_in_small_pages_while_others_enter(world: World, pair: Pair) -> None:
    """The repeated request names the subject again on each page, and it still ends."""
    ana, ben = pair
    notes(ana, "c1", 5)
    ben.sync()
    world.client(ana, "c2")
    notes(ana, "c2", 5)
    world.assign("ben", "c2")
    ana.sync()

    ben.ask(page_bytes=200, refetch=("c1",))
    ben.sync(page_bytes=200)

    assert ben.rows() == ana.rows()


def test_another_epoch_or_another_chain_is_a_changed_history(world: World, pair: Pair) -> None:
    """Nothing of such a request is processed."""
    ana, ben = pair
    ana.set("c1", "language", "es")
    good = ana.cursor
    ana.cursor = good.split(".")[0] + "." + "A" * 16
    with pytest.raises(HistoryChanged):
        ana.send(ana.request())
    with pytest.raises(HistoryChanged) as named:
        ana.send(ana.request(kept=("9999." + "A" * 16, "nonsense", good)))
    assert named.value.cursor == good
    ana.cursor = "nonsense"
    with pytest.raises(HistoryChanged) as named:
        ana.send(ana.request(kept=(good,)))
    assert named.value.cursor == good
    ana.cursor, ana.epoch = good, "other"
    with pytest.raises(HistoryChanged):
        ana.send(ana.request())
    ben.sync()

    assert ben.value("c1", "language") == "en"


def test_a_sync_that_changes_nothing_costs_the_same_however_many_subjects_there_are(world: World) -> None:
    """Cost follows change: no statement, and no row read, per subject."""
    ana = world.tablet("ana")
    counts: list[int] = []

    def count(*_: object) -> None:
        counts[-1] += 1

    engine = world.house.database.engine
    for start, end in ((0, 3), (3, 60)):
        for number in range(start, end):
            ana.write(f"c{number}", Write("client", f"c{number}", "language", (), "en"))
        ana.sync()
        ana.sync()
        counts.append(0)
        event.listen(engine, "before_cursor_execute", count)
        (reply,) = ana.sync()
        event.remove(engine, "before_cursor_execute", count)
        assert (reply.page.rows, reply.page.head) == ((), 0)  # type: ignore[union-attr]

    assert counts[0] == counts[1] <= 22


def test_half_a_save_is_never_shown_while_a_subject_enters(world: World) -> None:
    """A save about two records, one sent before it and one after, is shown when both halves have come."""
    ana, ben = world.tablet("ana"), world.tablet("ben")
    for subject in ("c1", "c2"):
        world.client(ana, subject)
        notes(ana, subject, 6)
    pair = [Write("note", note, "heading", (), "same") for note in ("c1-n000", "c1-n005")]
    ana.write("c1", *(replace(write, over=ana.over("note", write.id, "heading")) for write in pair))
    ana.sync()
    ben.sync()
    world.assign("ben", "c1"), world.assign("ben", "c2")
    while ("note", "c1-n000") not in ben.staged:
        ben.ask(page_bytes=1)
    over = ana.over("note", "c1-n000", "heading")
    ana.write("c1", *(replace(write, over=over, value="other") for write in pair))
    ana.sync()

    seen = set()
    while ben.entering or ben.staged:
        ben.ask(page_bytes=1)
        headings = [
            ben.value("c1", "heading", type_="note", id_=write.id)
            for write in pair
            if ("note", write.id) in ben.shown
        ]
        seen.add(tuple(headings))

    assert seen == {(), ("other", "other")}
    meet(ana, ben)
