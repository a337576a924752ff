"""
Faults of the link: what a mountain road, a modem and a dying battery of a cell do to one sync.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from client_sdk import Offline, Progress, Tablet

from . import proving, pushing, saver
from .agency import Agency, settings_of
from .ledger import settled
from .nursery import Failed, must
from .proxy import Proxy, Way, Weather
from .served import Server

SECRET: Final = "seven quiet herons at dusk"
TRIES_MAX: Final = 60
"""Syncs until a tablet must be through a link that loses three messages of ten."""


@dataclass(frozen=True, slots=True)
class End:
    """How server and tablet stand after a save was synced, told so that every time is the same."""

    entries: int
    """By how many entries the log grew."""
    live: tuple[str, ...]
    """What is alive in the unit that was saved."""
    waiting: int
    outcomes: int
    """Of this save on the tablet: the one outcome."""
    envelopes: int
    """By how many the outbox grew."""


def a_push_cut_at_every_byte_ends_the_same(folder: Path, database_url: str, *, step: int = 1) -> str:
    """The connection is lost behind each byte of a small push in turn."""
    return _cut_everywhere(folder, database_url, "up", step)


def a_reply_cut_at_every_byte_ends_the_same(folder: Path, database_url: str, *, step: int = 1) -> str:
    """The connection is lost behind each byte of the reply to a small push in turn."""
    return _cut_everywhere(folder, database_url, "down", step)


def three_of_ten_messages_lost_only_delay(folder: Path, database_url: str, *, rounds: int = 10) -> str:
    """Three tablets save and sync through links that cut each piece of a message with a chance of 0.3."""
    with ExitStack() as stack:
        agency = Agency.found(settings_of(folder / "home", database_url))
        stack.callback(agency.close)
        server = stack.enter_context(Server(agency.house.settings, folder))
        links = [
            stack.enter_context(Proxy(server.place, seed=number)) for number in range(len(agency.workers))
        ]
        pushers = pushing.enrol(agency, folder, [link.address for link in links], seed=5)
        for pusher in pushers:
            stack.callback(pusher.tablet.lock)
        for link in links:
            link.weather = Weather(loss=0.3)
        tries = 0
        for _ in range(rounds):
            for pusher in pushers:
                for _ in range(4):
                    pusher.save()
                tries += _through(pusher.tablet)
        for link in links:
            link.weather = Weather()
        pushing.converge(pushers)
        proving.check_all(agency, [pusher.told() for pusher in pushers])
        saves, lost = sum(pusher.saves for pusher in pushers), sum(link.traffic.cuts for link in links)
        must(sum(len(pusher.told()) for pusher in pushers) == saves, "every save has its outcome")
        must(lost > 0, "something was lost")
    return f"{saves} saves through in {tries} syncs, {lost} connections lost; all tablets show the same"


def two_seconds_of_latency_cost_one_round_trip_each(folder: Path, database_url: str) -> str:
    """Each request takes a second up and its reply a second down."""
    with One(folder, database_url) as one:
        one.link.weather = Weather(latency_s=1.0)
        one.save("slow")
        began_s = time.monotonic()
        done = one.tablet.sync()
        took_s = time.monotonic() - began_s
        must(done.complete and done.round_trips == 1, "one small edit is one round trip")
        must(one.log_holds_all(), "the save is in the log")
        must(took_s >= 2.0, "the latency was there")
        return f"one edit: {done.round_trips} round trip in {took_s:.1f} s"


def a_link_of_9600_bits_a_second_carries_a_days_work(
    folder: Path, database_url: str, *, saves: int = 40
) -> str:
    """A modem's rate; messages must stay so small that each passes in about twenty seconds."""
    with One(folder, database_url) as one:
        one.link.weather = Weather(bits_per_s=9_600)
        sizes: list[tuple[int, int]] = []

        def watch(progress: Progress) -> None:
            sizes.append((progress.bytes_up, progress.bytes_down))

        for number in range(saves):
            one.save(f"slow {number}", detail="She says that the pain is better. " * 20)
        agency = one.agency
        agency.add_needs(agency.clients[0], [f"office {number}" for number in range(100)])
        began_s = time.monotonic()
        done = one.tablet.sync(watch)
        took_s = time.monotonic() - began_s
        must(done.complete and not done.waiting, "all of it passed")
        must(one.log_holds_all(), "the saves are in the log")
        rate = (done.bytes_up + done.bytes_down) / took_s
        return (
            f"{saves} saves up and 100 records down, {done.bytes_up + done.bytes_down} bytes "
            f"in {done.round_trips} round trips and {took_s:.0f} s ({rate:.0f} bytes/s)"
        )


class One:
    """An agency, its server, one link and one tablet that is up to date."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.saves = 0
        self._stack = ExitStack()
        with ExitStack() as stack:
            self.agency = Agency.found(settings_of(folder / "home", database_url), clients=1)
            stack.callback(self.agency.close)
            self.server = stack.enter_context(Server(self.agency.house.settings, folder))
            self.link = stack.enter_context(Proxy(self.server.place))
            code = self.agency.invite(self.agency.workers[0])
            self.tablet = saver.enrol(folder / "tablet", folder / "secrets", SECRET, self.link.address, code)
            stack.callback(self.tablet.lock)
            self.tablet.sync()
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def save(self, name: str, detail: str = "") -> str:
        """One save; the name of its changeset."""
        client = self.agency.clients[0]
        with self.tablet.edit(client) as edit:
            edit.update(self.tablet.get("client", client), preferred_name=name)
            if detail:
                edit.create("need", domain="food", detail=detail)
        self.saves += 1
        assert edit.saved is not None, "something was changed"
        return edit.saved

    def log_holds_all(self) -> bool:
        """Whether the log has each save where the tablet was told it is."""
        book = proving.Book()
        proving.follow(self.agency, book)
        told = settled(self.tablet._desk.replica)
        proving.check_told(book, told)
        return len(told) == self.saves


def _cut_everywhere(folder: Path, database_url: str, way: Way, step: int) -> str:
    with One(folder, database_url) as one:
        wanted = _end(one, Weather())
        byte = cuts = 0
        while True:
            weather = replace(Weather(), cut_up=byte) if way == "up" else replace(Weather(), cut_down=byte)
            before = one.link.traffic.cuts
            found = _end(one, weather)
            if found != wanted:
                raise Failed(f"cut behind byte {byte} it ends otherwise: {found}, without a cut {wanted}")
            if one.link.traffic.cuts == before:
                break
            cuts, byte = cuts + 1, byte + step
        proving.check_rebuild(one.agency)
        what = "push" if way == "up" else "reply"
        return f"a {what}, cut behind {cuts} of its about {byte} bytes in turn: the same end each time"


def _end(one: One, weather: Weather) -> End:
    """Save, sync in this weather and then in fair weather; how it ends."""
    tablet, replica = one.tablet, one.tablet._desk.replica
    book, envelopes = proving.Book(), len(one.tablet._desk.store.outbox)
    proving.follow(one.agency, book)
    before = book.position
    value = f"name {one.saves:05}"
    name = one.save(value)
    one.link.weather = weather
    try:
        tablet.sync()
    except Offline:
        must(name not in settled(replica), "an answer that was cut settles nothing")
    one.link.weather = Weather()
    _through(tablet)
    proving.follow(one.agency, book)
    told = settled(replica)
    proving.check_told(book, {name: told[name]})
    record = replica.record(("client", one.agency.clients[0]))
    assert record is not None, "the client is here"
    live = [str(write.value) for write in record.units["preferred_name"].live]
    must(live == [value], "the save is alive, alone")
    must(not replica.place.value.total_differs, "the digests agree")
    return End(
        entries=book.position - before,
        live=tuple(text.partition(" ")[0] for text in live),
        waiting=len(tablet.pending()),
        outcomes=list(told).count(name),
        envelopes=len(tablet._desk.store.outbox) - envelopes,
    )


def _through(tablet: Tablet) -> int:
    """Sync until it is through; how often it took."""
    for number in range(1, TRIES_MAX + 1):
        try:
            if tablet.sync().complete:
                return number
        except Offline:
            continue
    raise Failed(f"a tablet is not through after {TRIES_MAX} syncs")
