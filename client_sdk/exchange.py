"""
The driver of an exchange: what to send, the way to the server, what it settles, stored; and again until
done.

The conversation itself is `sync.Exchange`, a core without I/O. This loop gives it the network and the
replica: each reply is stored in one transaction before the next message goes out, so it may stop at any
byte and go on later.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from math import ceil
from typing import Final, TypeAlias

from sync import (
    Done,
    Exchange,
    HistoryChanged,
    Link,
    Reply,
    Standing,
    SyncError,
    SyncRequest,
    Tablet,
)
from sync.limits import PAGE_BYTES_MAX, PUSH_BYTES_MAX

from .clock import Providers
from .errors import ClientError, Offline, Revoked
from .replica import Given, Received, Replica, named, pending, receive, reoffer
from .transport import Answer, DeviceKey, Transport, Unreached

LINK_S: Final = 20.0
"""Seconds that one message may take: what a poor link carries in them is the size of the next."""

PUSH_BYTES_MIN: Final = 16 * 1024
"""No push is made smaller than this, however slow the link: its head must fit."""

PAGE_BYTES_MIN: Final = 32 * 1024
"""No page is asked for smaller than this."""

_INFLATED_PER_WIRE: Final = 4
"""Rows of a page take about a quarter of their bytes on the wire."""


Turn: TypeAlias = Callable[[], AbstractContextManager[object]]
"""The writer's turn: the replica is used inside of it only, the network outside of it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync has come, and in the end what it did."""

    sent: int = 0
    """Changesets that got an outcome."""
    waiting: int = 0
    """Changesets that have none yet."""
    received: int = 0
    """Rows of records that came."""
    round_trips: int = 0
    bytes_up: int = 0
    """Without headers."""
    bytes_down: int = 0
    complete: bool = False
    """Everything was sent and everything received."""
    enrol_again: bool = False
    """The server takes no more from this device key; see `Tablet.enrol_again`."""


class Conversation:
    """One exchange of a tablet with its server."""

    def __init__(
        self,
        replica: Replica,
        transport: Transport,
        device: DeviceKey,
        providers: Providers,
        about: Callable[[], Tablet],
        link: Link,
        turn: Turn,
        on_received: Callable[[Received], None],
        on_flight: Callable[[tuple[str, ...]], None],
    ) -> None:
        """
        Prepare an exchange.

        Args:
            replica: Where to store.
            transport: The way to the server.
            device: Who signs.
            providers: Time.
            about: What the tablet says of itself in each request.
            link: What the link was last seen to carry.
            turn: The writer's turn.
            on_received: Told of each reply that was stored, outside of the turn.
            on_flight: Told the names of what is given to the network, and of nothing when it was answered.
        """
        self.link = link
        self.progress = Progress()
        self._replica = replica
        self._transport = transport
        self._device = device
        self._providers = providers
        self._turn = turn
        self._on_received = on_received
        self._on_flight = on_flight
        with turn():
            place = replica.place.value
            waiting = pending(replica)
            standing = Standing(place.epoch, place.cursor, tuple(kept.cursor for kept in place.kept))
            self._exchange = Exchange(standing, waiting, about(), link)
            self._known = {part.name for part in waiting}
            if place.restored is not None:
                self._go_on_after_restore(standing)
            for subject in replica.subjects.group("moving"):
                if subject.wanted:
                    self._exchange.refetch(subject.id)

    def run(self, progress: Callable[[Progress], None], stopped: Callable[[], bool]) -> Progress:
        """
        Exchange until nothing is left to say, or until `stopped` says so between two messages.

        Raises:
            Offline: The network failed; what was stored so far stands.
            Revoked: The server gives this tablet no records any more.
            Refused: The server takes nothing from this tablet now.
        """
        while not stopped():
            self._add_saved_meanwhile()
            request = self._exchange.next()
            if request is Done.DONE:
                self.progress = replace(self.progress, complete=True)
                break
            if request is Done.ENROL_AGAIN:
                self._note_enrol_again()
                break
            if request is Done.RESTORED:
                self._reoffer()
                continue
            assert isinstance(request, SyncRequest), "nothing else is left"
            self._send(request)
            progress(self.progress)
        progress(self.progress)
        return self.progress

    def _send(self, request: SyncRequest) -> None:
        began_s = self._providers.monotonic_s()
        answer = self._ask(request)
        reply = answer.reply
        if isinstance(reply, Reply) and reply.epoch != request.head.epoch:
            raise Offline("the answer belongs to another history than the question", retry=False)
        if isinstance(reply, Reply):
            with self._turn():
                reply = named(self._replica, reply)
        applied = self._exchange.receive(request, reply)
        assert applied is not None, "the message that was asked for is the one that is awaited"
        if isinstance(reply, HistoryChanged) and not applied.history_changed:
            return
        # Only a page answers what was said of subjects; a tablet that gets none says it again another time.
        told = request.head.holds is not None and applied.page is not None
        with self._turn():
            now_ms, took_ms = self._providers.now_ms(), ceil(1000 * (self._providers.monotonic_s() - began_s))
            try:
                received = receive(self._replica, applied, now_ms=now_ms, took_ms=took_ms, told=told)
            except SyncError:
                raise Offline("a page of the server cannot be read; it was not stored", retry=False) from None
            waiting = len(pending(self._replica))
        for subject in received.refetch:
            self._exchange.refetch(subject)
        self._count(answer, received, waiting)
        self._resize(answer, self._providers.monotonic_s() - began_s)
        self._on_received(received)
        if (
            isinstance(reply, Reply)
            and reply.page is None
            and request.head.page_bytes
            and not reply.enrol_again
        ):
            self._note_no_page()

    def _ask(self, request: SyncRequest) -> Answer:
        self._on_flight(request.names)
        try:
            return self._transport.sync(self._device, request)
        except Unreached:
            raise
        except ClientError:
            self._note_given(request.names)
            raise
        finally:
            self._on_flight(())

    def _note_given(self, names: tuple[str, ...]) -> None:
        """
        Remember what was given to the network without an answer: it is neither here only, nor received.

        What an earlier message gave stays given, also when this one was too small to hold it.
        """
        if names:
            with self._turn(), self._replica.transaction():
                open_ = {part.name for part in pending(self._replica)}
                before = [name for name in self._replica.given.value.names if name in open_]
                self._replica.given.value = Given(tuple(dict.fromkeys((*before, *names))))

    def _add_saved_meanwhile(self) -> None:
        with self._turn():
            for part in pending(self._replica):
                if part.name not in self._known:
                    self._known.add(part.name)
                    self._exchange.add(part)

    def _reoffer(self) -> None:
        with self._turn():
            said = reoffer(self._replica)
        self._known = {part.name for part in said.offers}
        self._exchange.reoffer(said.offers, said.holds, said.again)

    def _go_on_after_restore(self, standing: Standing) -> None:
        """The tablet was switched off between a changed history and what it must say then."""
        request = self._exchange.next()
        assert isinstance(request, SyncRequest), "an exchange that begins has something to say"
        self._exchange.receive(request, HistoryChanged(standing.epoch, standing.cursor))

    def _note_enrol_again(self) -> None:
        with self._turn(), self._replica.transaction():
            self._replica.heard.value = replace(self._replica.heard.value, enrol_again=True)
        self.progress = replace(self.progress, enrol_again=True)

    def _note_no_page(self) -> None:
        """No page was given though one was asked for: that is what a revoked tablet gets."""
        with self._turn(), self._replica.transaction():
            self._replica.heard.value = replace(self._replica.heard.value, held_back=True)
        raise Revoked("the server takes the work of this tablet and gives it no records any more")

    def _count(self, answer: Answer, received: Received, waiting: int) -> None:
        so_far = self.progress
        self.progress = replace(
            so_far,
            sent=so_far.sent + received.settled,
            waiting=waiting,
            received=so_far.received + received.rows,
            round_trips=so_far.round_trips + 1,
            bytes_up=so_far.bytes_up + answer.bytes_up,
            bytes_down=so_far.bytes_down + answer.bytes_down,
        )

    def _resize(self, answer: Answer, took_s: float) -> None:
        """Make the next messages as large as the link carries in `LINK_S`."""
        carried = answer.bytes_up + answer.bytes_down
        if took_s <= 0:
            return
        fits = int(carried / took_s * LINK_S)
        if took_s < LINK_S / 4 and carried < PUSH_BYTES_MIN:
            # A small message tells little of the link but that it is not slow.
            fits = max(fits, self.link.push_bytes)
        self.link = Link(
            push_bytes=min(max(fits, PUSH_BYTES_MIN), PUSH_BYTES_MAX),
            page_bytes=min(max(fits * _INFLATED_PER_WIRE, PAGE_BYTES_MIN), PAGE_BYTES_MAX),
        )
        self._exchange.resize(self.link)
