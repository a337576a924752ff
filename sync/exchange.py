"""
The exchange as a tablet sees it: push until nothing is pending, then pull until there is no more.

A core without I/O: `next` says what to send, `receive` says what the reply settles, and the caller stores that in
one transaction before it asks again. A lost reply needs no code: `next` gives the same request once more. Between
a changed history and the ordinary exchange lie two more steps: the kept cursors are offered, then all that was
ever sent.

    >>> tablet = Tablet(schema=1, app="0.1.0", clock=0, pending=0, anchor="")
    >>> exchange = Exchange(Standing(epoch="e1", cursor=""), [], tablet)
    >>> request = exchange.next()
    >>> applied = exchange.receive(request, Reply("e1", 0, page=PageIn("c1", False, (), (), (), (), {}, "", 0)))
    >>> applied.complete, exchange.next() is DONE
    (True, True)
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from .limits import (
    PAGE_BYTES_DEFAULT,
    PAGE_BYTES_MAX,
    PUSH_BYTES_MAX,
    PUSH_CHANGESETS_MAX,
    PUSH_INFLATED_BYTES_MAX,
)
from .wire import Fate, Head, HistoryChanged, Outcome, PageIn, Reply, Tablet, write_request

COMPRESS_FROM_BYTES: Final = 160
"""Below this, compressing a request costs more bytes than it saves."""

COMPRESSION_LEVEL: Final = 6

HEAD_RESERVE_BYTES: Final = 4 * 1024
"""Bytes of a push that are left to its head."""

_INFLATED_PER_WIRE: Final = 8
"""No push tries to pack more than this many bytes into one on the wire."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a tablet stands with the server, as it has stored it."""

    epoch: str
    cursor: str
    kept: tuple[str, ...] = ()
    """Cursors of earlier days, newest first."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the link carried in about 20 s: what the next messages should not exceed."""

    push_bytes: int = PUSH_BYTES_MAX
    page_bytes: int = PAGE_BYTES_DEFAULT


@dataclass(frozen=True, slots=True)
class Pending:
    """One changeset that no outcome has settled, as the line that is sent."""

    name: str
    line: bytes


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """One message to the server."""

    head: Head
    names: tuple[str, ...]
    """The changesets in it, by name."""
    body: bytes
    """What goes on the wire."""
    compressed: bool
    """Whether the body is a zlib stream (Content-Encoding: deflate)."""


class Done(Enum):
    """Nothing is left to say."""

    DONE = auto()
    """Everything sent and everything received."""
    ENROL_AGAIN = auto()
    """The server takes no more from this device key: the tablet enrols again and issues its unsent work anew."""
    RESTORED = auto()
    """The server's history changed: the caller prepares `Exchange.reoffer` out of what it kept."""


DONE: Final = Done.DONE


@dataclass(frozen=True, slots=True)
class Applied:
    """What one reply settles; the caller stores it in one transaction."""

    standing: Standing
    outcomes: tuple[Outcome, ...] = ()
    fates: tuple[Fate, ...] = ()
    page: PageIn | None = None
    safe: int = 0
    lease: str = ""
    clock: int = 0
    complete: bool = False
    """The page is the last one: what is staged may be shown."""
    history_changed: bool = False
    """Waiting leaves are void, and shown positions are cut back to the standing's cursor."""


@dataclass(slots=True)
class _Work:
    """What is still to be said."""

    pending: list[Pending]
    lacks: tuple[str, ...] = ()
    refetch: tuple[str, ...] = ()
    holds: tuple[str, ...] | None = None
    again: tuple[str, ...] = ()
    told: set[str] = field(default_factory=set)
    """Names whose outcome in this exchange was to wait."""
    refetched: set[str] = field(default_factory=set)


class Exchange:
    """One conversation of a tablet with its server."""

    def __init__(
        self, standing: Standing, pending: Iterable[Pending], tablet: Tablet, link: Link | None = None
    ) -> None:
        self._standing = standing
        self._tablet = tablet
        self._link = link or Link()
        self._work = _Work(list(pending))
        self._awaited: SyncRequest | None = None
        self._end: Done | None = None
        self._complete = False
        self._offer_kept = False

    def next(self) -> SyncRequest | Done:
        """The message to send now. Asking twice gives the same answer."""
        if self._awaited is not None:
            return self._awaited
        if self._end is not None:
            return self._end
        lines = self._lines()
        if not lines and self._complete and not self._has_more_to_say():
            return DONE
        self._awaited = self._request(lines)
        return self._awaited

    def receive(self, request: SyncRequest, reply: Reply | HistoryChanged) -> Applied | None:
        """
        What a reply settles; none for one that is no longer awaited, which is discarded whole.

        Args:
            request: The message that it answers, as `next` gave it.
            reply: What came.
        """
        if request is not self._awaited:
            return None
        self._awaited = None
        if isinstance(reply, HistoryChanged):
            return self._history_changed(reply)
        return self._applied(request, reply)

    def add(self, pending: Pending) -> None:
        """Send this too: it was saved while the exchange ran."""
        self._work.pending.append(pending)

    def refetch(self, subject: str) -> bool:
        """Ask for a subject again whose digest did not match; a second mismatch is not asked again."""
        if subject in self._work.refetched:
            return False
        self._work.refetched.add(subject)
        self._work.refetch = (*self._work.refetch, subject)
        self._complete = False
        return True

    def resize(self, link: Link) -> None:
        """Make the next messages as large as the link has shown to carry."""
        self._link = link
        self._awaited = None

    def reoffer(self, offers: Sequence[Pending], holds: Sequence[str], again: Sequence[str]) -> None:
        """
        Go on after a changed history.

        Args:
            offers: Everything kept that was ever sent, and what is pending, in order of making, never issued anew.
            holds: The subjects that this tablet holds.
            again: Those of them with rows newer than the standing's cursor, or with a leave that waited.
        """
        assert self._end is Done.RESTORED, "a re-offer follows a changed history"
        self._end = None
        self._complete = False
        self._work = _Work(list(offers), holds=tuple(holds), again=tuple(again))

    def _lines(self) -> list[Pending]:
        return [part for part in self._work.pending if part.name not in self._work.told]

    def _has_more_to_say(self) -> bool:
        return bool(self._work.lacks or self._work.refetch or self._work.holds is not None)

    def _request(self, waiting: list[Pending]) -> SyncRequest:
        if self._offer_kept:
            return _packed(self._head(page_bytes=0, kept=self._standing.kept), [])
        sent, rest = _fitting(waiting, self._link.push_bytes)
        if rest:
            return _packed(self._head(page_bytes=0), sent)
        work = self._work
        head = self._head(page_bytes=min(self._link.page_bytes, PAGE_BYTES_MAX))
        if sent and work.holds is not None:
            return _packed(replace(head, page_bytes=0), sent)
        head = replace(head, lacks=work.lacks, refetch=work.refetch, holds=work.holds, again=work.again)
        return _packed(head, sent)

    def _head(self, page_bytes: int, kept: tuple[str, ...] = ()) -> Head:
        return Head(self._standing.epoch, self._standing.cursor, page_bytes, self._tablet, kept=kept)

    def _history_changed(self, reply: HistoryChanged) -> Applied:
        if reply.cursor is None:
            self._offer_kept = True
            return Applied(self._standing)
        self._offer_kept = False
        kept = tuple([cursor for cursor in self._standing.kept if cursor == reply.cursor])
        self._standing = Standing(reply.epoch, reply.cursor, kept)
        self._end = Done.RESTORED
        return Applied(self._standing, history_changed=True)

    def _applied(self, request: SyncRequest, reply: Reply) -> Applied:
        work = self._work
        settled = {outcome.name for outcome in reply.outcomes if outcome.settled}
        work.pending = [part for part in work.pending if part.name not in settled]
        self._wait(reply.outcomes)
        self._unsay(request.head)
        if reply.enrol_again:
            self._end = Done.ENROL_AGAIN
        page = reply.page
        assert page is None or isinstance(page, PageIn), "a reply that came was read"
        self._complete = page is not None and not page.more
        if page is not None:
            self._standing = replace(self._standing, cursor=page.cursor)
        return Applied(
            self._standing,
            reply.outcomes,
            reply.fates,
            page,
            reply.safe,
            reply.lease,
            reply.clock,
            self._complete,
        )

    def _wait(self, outcomes: Iterable[Outcome]) -> None:
        """Do not repeat what waits; say what is missing and not here."""
        work = self._work
        have = {part.name for part in work.pending}
        for outcome in outcomes:
            if outcome.missing:
                work.told.add(outcome.name)
                lacking = [name for name in outcome.missing if name not in have and name not in work.lacks]
                work.lacks = (*work.lacks, *lacking)
                self._complete = False

    def _unsay(self, said: Head) -> None:
        """What the answered request said need not be said again."""
        work = self._work
        work.lacks = tuple([name for name in work.lacks if name not in said.lacks])
        work.refetch = tuple([name for name in work.refetch if name not in said.refetch])
        if said.holds is not None:
            work.holds, work.again = None, ()


def _fitting(waiting: list[Pending], push_bytes: int) -> tuple[list[Pending], list[Pending]]:
    """As many lines as fit into one push, at least one; and the rest."""
    wire = min(push_bytes, PUSH_BYTES_MAX) - HEAD_RESERVE_BYTES
    inflated = min(wire * _INFLATED_PER_WIRE, PUSH_INFLATED_BYTES_MAX - HEAD_RESERVE_BYTES)
    count = size = 0
    while count < min(len(waiting), PUSH_CHANGESETS_MAX):
        size += len(waiting[count].line) + 1
        if count and size > inflated:
            break
        count += 1
    while count > 1 and (found := _compressed_bytes(waiting[:count])) > wire:
        count = max(1, min(count - 1, count * wire // found))
    return waiting[:count], waiting[count:]


def _compressed_bytes(lines: Sequence[Pending]) -> int:
    return len(zlib.compress(b"\n".join(part.line for part in lines), COMPRESSION_LEVEL))


def _packed(head: Head, sent: Sequence[Pending]) -> SyncRequest:
    plain = write_request(head, [part.line for part in sent])
    names = tuple([part.name for part in sent])
    packed = zlib.compress(plain, COMPRESSION_LEVEL) if len(plain) >= COMPRESS_FROM_BYTES else plain
    if len(packed) < len(plain):
        return SyncRequest(head, names, packed, compressed=True)
    return SyncRequest(head, names, plain, compressed=False)
