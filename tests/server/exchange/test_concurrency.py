"""Several at once: writers that finish in another order than they began, and a pull between them."""

from __future__ import annotations

import threading

from sqlalchemy import select

from server.db import table_of, writing
from server.services import office
from server.services.book import open_book
from server.services.office import Said
from server.tables.log import HeadRow
from sync import Write

from .conftest import World
from .test_merging import Pair, meet

_head = table_of(HeadRow)


def test_a_pull_between_two_commits_that_overlap_misses_neither(world: World, pair: Pair) -> None:
    """The second writer waits for the head row, so positions become visible in their order."""
    ana, ben = pair
    providers, sealer, lead = world.house.providers, world.house.sealer, world.people["lead"]
    began, second = threading.Event(), []

    def write_second() -> None:
        began.set()
        ben.set("c1", "preferred_name", "Annie")
        second.append(ben.ask(page_bytes=0))

    with world.session() as session:
        with writing(session), open_book(session, sealer, "a1", providers) as book:
            said = Said("c1", [Write("client", "c1", "language", (), "es")])
            office.write(book, lead, said, providers)
            thread = threading.Thread(target=write_second)
            thread.start()
            assert began.wait(5)
            before = ana.head
            assert committed_head(world) == before, "what is not committed is not there"
    thread.join(10)

    assert second[0].outcomes[0].position == before + 2
    meet(ana, ben)
    assert (ana.value("c1", "language"), ana.value("c1", "preferred_name")) == ("es", "Annie")


def committed_head(world: World) -> int:
    """The head that a reader sees now."""
    with world.house.database.reading() as session:
        return int(session.scalar(select(_head.c.position).where(_head.c.agency == "a1")) or 0)


def test_tablets_that_push_and_pull_at_once_converge(world: World) -> None:
    """Whoever comes first: everything is there, once, and every digest is right."""
    tablets = [world.tablet(worker) for worker in ("ana", "ben", "lead")]
    world.client(tablets[0])
    world.assign("ben", "c1")
    for tablet in tablets:
        tablet.sync()
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                for unit in ("language", "preferred_name"):
                    value = ("es", "fr", "de")[number] if unit == "language" else f"{number} {turn}"
                    tablets[number].set("c1", unit, value)
                tablets[number].sync(page_bytes=200)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(tablets))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not faults
    meet(*tablets)
