"""Two who write at once, and one who reads between them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from server.api import sync as door
from server.db import Database, writing
from server.house import House
from server.services.access.devices import Device
from server.services.desk import office
from server.services.desk.office import Said
from server.services.log import exchange
from server.services.log.book import open_book
from sync import Write

from .agreement import meet
from .kit import Agency, Carried

Pair = tuple[Carried, Carried]
Answer = TypeVar("Answer")


class Between(Database):
    """A database whose user is interrupted once, after its last writing and before it reads its snapshot."""

    def __init__(self, real: Database, hook: Callable[[], None]) -> None:
        """Stand before another database."""
        self._real = real
        self._hook: Callable[[], None] | None = hook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def retrying(self, act: Callable[[], Answer]) -> Answer:
        """As the real one does, then the interruption."""
        answer = self._real.retrying(act)
        hook, self._hook = self._hook, None
        if hook is not None:
            hook()
        return answer


def interrupt(app: Flask, worker: str, hook: Callable[[], None]) -> None:
    """Interrupt the next exchange of this worker's tablet where it is about to read its page."""

    def sync(session: Session, device: Device, body: bytes, at: House) -> bytes:
        if device.worker == worker:
            app.extensions[door.EXTENSION] = exchange.sync
            at = replace(at, database=Between(at.database, hook))
        return exchange.sync(session, device, body, at)

    app.extensions[door.EXTENSION] = sync


def test_a_pull_between_two_commits_that_overlap_misses_neither(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The first writer commits last of all that happens: its position is not passed over by whoever read before."""
    ana, ben = pair
    house, lead = agency.house, agency.people["lead"]
    ben.update(client, preferred_name="Annie")
    second = threading.Thread(target=ben.sync)
    first = ExitStack()

    def write_both() -> None:
        session = first.enter_context(house.database.session())
        first.enter_context(writing(session))
        book = first.enter_context(open_book(session, house.sealer, "a1", house.providers))
        over = office.record_view(book, office.Key("client", client)).over("language")
        office.write(
            book, lead, Said(client, [Write("client", client, "language", over, "es")]), house.providers
        )
        second.start()

    interrupt(agency.app, "ana", write_both)
    ana.sync()
    assert ana.value(client, "language") == "en", "what is not committed is not there"
    assert ana.value(client, "preferred_name") is None
    assert second.is_alive(), "the second writer waits for the first"
    first.close()
    second.join(10)

    assert not second.is_alive()
    meet(ana, ben)
    assert (ana.value(client, "language"), ana.value(client, "preferred_name")) == ("es", "Annie")


def test_tablets_that_sync_at_once_converge(agency: Agency) -> None:
    """Whoever comes first: everything is there, once, and every digest is right."""
    client = agency.register("ana", "ben")
    tablets = [agency.carry(worker, page_bytes=300) for worker in ("ana", "ben", "lead")]
    for tablet in tablets:
        tablet.sync()

    def work(number: int) -> None:
        for turn in range(4):
            tablets[number].update(client, language=("es", "fr", "de")[number])
            tablets[number].update(client, preferred_name=f"{number} {turn}")
            tablets[number].sync()
            tablets[number].update(client, language="en")

    with ThreadPoolExecutor() as threads:
        list(threads.map(work, range(len(tablets))))

    meet(*tablets)
