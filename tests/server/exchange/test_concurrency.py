"""Several at once: writers that finish in another order than they began, and a pull between them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from server.db import table_of, writing
from server.services.desk import office
from server.services.desk.office import Said
from server.services.log.book import open_book
from server.services.log.chain import first_link
from server.services.log.cursor import read_cursor
from server.services.log.pull import Reader, page_of
from server.tables.log import HeadRow
from sync import Reply, Write, read_reply, write_reply

from .conftest import World
from .tablet import Scripted
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

    with world.session() as session, writing(session), open_book(session, sealer, "a1", providers) as book:
        said = Said("c1", [Write("client", "c1", "language", (), "es")])
        office.write(book, lead, said, providers)
        thread = threading.Thread(target=write_second)
        thread.start()
        assert began.wait(5)
        before = ana.head
        pull(world, ana)
        assert ana.value("c1", "language") == "en", "what is not committed is not there"
    thread.join(10)

    assert second[0].outcomes[0].position == before + 2
    meet(ana, ben)
    assert (ana.value("c1", "language"), ana.value("c1", "preferred_name")) == ("es", "Annie")


def pull(world: World, tablet: Scripted) -> None:
    """A page out of the snapshot that a reader gets now, taken by the tablet."""
    with world.house.database.reading() as session:
        row = session.execute(select(_head).where(_head.c.agency == "a1")).one()
        reader = Reader("a1", tablet.worker, tablet.device, row.position, row.chain, world.clock.ms)
        cursor = read_cursor(tablet.cursor, first_link("a1"))
        page = page_of(session, world.house.sealer, reader, cursor, 1 << 20)
    tablet.apply(read_reply(write_reply(Reply(row.epoch, world.clock.ms, page=page))))


def test_tablets_that_push_and_pull_at_once_converge(world: World) -> None:
    """Whoever comes first: everything is there, once, and every digest is right."""
    tablets = [world.tablet(worker) for worker in ("ana", "ben", "lead")]
    world.client(tablets[0])
    world.assign("ben", "c1")
    for tablet in tablets:
        tablet.sync()

    def work(number: int) -> None:
        for turn in range(5):
            for unit in ("language", "preferred_name"):
                value = ("es", "fr", "de")[number] if unit == "language" else f"{number} {turn}"
                tablets[number].set("c1", unit, value)
            tablets[number].sync(page_bytes=200)

    with ThreadPoolExecutor() as threads:
        list(threads.map(work, range(len(tablets))))

    meet(*tablets)
