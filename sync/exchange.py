"""
The exchange as a tablet sees it: push until nothing is pending, then pull until there is no more.

A core without I/O: `next` says what to send, `receive` says what the reply settles, and the caller stores
that in one transaction before it asks again. A lost reply needs no code: `next` gives the same request once
more. Between a changed history and the ordinary exchange lie two more steps: the kept cursors are offered,
then all that was ever sent.

    >>> tablet = Tablet(schema=1, app="0.1.0", clock=0, pending=0, anchor="")
    >>> exchange = Exchange(Standing(epoch="e1", cursor=""), [], tablet)
    >>> request = exchange.next()
    >>> page = PageIn("c1", False, (), (), (), (), {}, "", 0)
    >>> exchange.receive(request, Reply("e1", 0, page=page)).complete, exchange.next() is DONE
    (True, True)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from .limits import KEPT_CURSORS_MAX, PAGE_BYTES_MAX, PUSH_CHANGESETS_MAX
from .packing import Link, Pending, SyncRequest, fitting, packed
from .reply import Fate, HistoryChanged, Outcome, PageIn, Reply
from .wire import Head, Tablet


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a tablet stands with the server, as it has stored it."""

    epoch: str
    cursor: str
    kept: tuple[str, ...] = ()
    """Cursors of earlier days, newest first."""


class Done(Enum):
    """Nothing is left to say."""

    DONE = auto()
    """Everything sent and everything received."""
    ENROL_AGAIN = auto()
    """
    The server takes no more from this device key: the tablet enrols again and issues its unsent work anew.
    """
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
    told: dict[str, frozenset[str]] = field(default_factory=dict)
    """{name: names it waits for} of what was sent and is not sent again until one of these is settled."""
    lacked: set[str] = field(default_factory=set)
    refetched: set[str] = field(default_factory=set)

    def lines(self) -> list[Pending]:
        """What to send, in order."""
        return [part for part in self.pending if part.name not in self.told]

    def has_more(self) -> bool:
        """Whether a head has more to say, without lines."""
        return bool(self.lacks or self.refetch or self.holds is not None)

    def settle(self, sent: Iterable[str], outcomes: Sequence[Outcome]) -> None:
        """Take outcomes in: what is settled is not pending any more, what waits is not repeated."""
        settled = {outcome.name for outcome in outcomes if outcome.settled}
        self.pending = [part for part in self.pending if part.name not in settled]
        waiting = [outcome for outcome in outcomes if outcome.missing and not outcome.settled]
        self.told |= {outcome.name: frozenset(outcome.missing) for outcome in waiting}
        self._ask_again(settled)
        if settled.isdisjoint(sent) and not any(outcome.name in sent for outcome in waiting):
            # A reply that is silent on all that was sent would be so again: it stays for another time.
            self.told |= dict.fromkeys(sent, frozenset())
        self._lack(name for outcome in waiting for name in outcome.missing)

    def unsay(self, said: Head, *, served: bool) -> None:
        """
        What an answered request said need not be said again.

        What it said of subjects is answered by a page: where none came, it was said in vain.
        """
        self.lacks = tuple([name for name in self.lacks if name not in said.lacks])
        self._ask_again(said.lacks)
        if not served:
            return
        self.refetch = tuple([name for name in self.refetch if name not in said.refetch])
        if said.holds is not None:
            self.holds, self.again = None, ()

    def _ask_again(self, names: Iterable[str]) -> None:
        """What waited for these has an outcome now; where no reply brought it, it is sent again to hear it."""
        come = set(names)
        self.told = {name: missing for name, missing in self.told.items() if come.isdisjoint(missing)}

    def _lack(self, missing: Iterable[str]) -> None:
        """Say, once, what the server waits for and what is not here."""
        here = {part.name for part in self.pending}
        new = [name for name in dict.fromkeys(missing) if name not in here and name not in self.lacked]
        self.lacked.update(new)
        self.lacks = (*self.lacks, *new)


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
        """
        The message to send now. Asking twice gives the same answer.

        Raises:
            Oversize: More subjects were named to `reoffer` than one request can hold.
        """
        if self._awaited is not None:
            return self._awaited
        if self._end is not None:
            return self._end
        if self._complete and not self._work.lines() and not self._work.has_more():
            return DONE
        self._awaited = self._request()
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
        """Send this too: it was saved while the exchange ran. What is pending already is not sent twice."""
        if all(part.name != pending.name for part in self._work.pending):
            self._work.pending.append(pending)

    def refetch(self, subject: str) -> bool:
        """Ask for a subject again whose digest did not match; a second mismatch is not asked again."""
        if subject in self._work.refetched:
            return False
        self._work.refetched.add(subject)
        self._work.refetch = (*self._work.refetch, subject)
        return True

    def resize(self, link: Link) -> None:
        """Make the next messages as large as the link has shown to carry; a reply still to come is void."""
        self._link = link
        self._awaited = None

    def reoffer(self, offers: Sequence[Pending], holds: Sequence[str] | None, again: Sequence[str]) -> None:
        """
        Go on after a changed history.

        Args:
            offers: What was ever sent and kept, and what is pending, in order of making, never issued anew.
            holds: The subjects that this tablet holds; none begins from the empty cursor, which names nothing.
            again: Those of them with rows newer than the standing's cursor, or with a leave that waited.
        """
        assert self._end is Done.RESTORED, "a re-offer follows a changed history"
        offered = {part.name for part in offers}
        saved_meanwhile = [part for part in self._work.pending if part.name not in offered]
        self._end = None
        self._complete = False
        self._work = _Work([*offers, *saved_meanwhile])
        if holds is None:
            self._standing = Standing(self._standing.epoch, "")
        else:
            self._work.holds, self._work.again = tuple(holds), tuple(again)

    def _request(self) -> SyncRequest:
        work, lines = self._work, self._work.lines()
        head = Head(self._standing.epoch, self._standing.cursor, 0, self._tablet)
        if self._offer_kept:
            return packed(replace(head, kept=self._standing.kept[:KEPT_CURSORS_MAX]), [])
        sent = fitting(lines, head, self._link.push_bytes)
        if len(sent) < len(lines) or (sent and work.holds is not None):
            return packed(head, sent)
        last = replace(
            head,
            page_bytes=min(self._link.page_bytes, PAGE_BYTES_MAX),
            lacks=work.lacks[:PUSH_CHANGESETS_MAX],
            refetch=work.refetch[:PUSH_CHANGESETS_MAX],
            holds=work.holds,
            again=work.again,
        )
        return packed(last, sent)

    def _history_changed(self, reply: HistoryChanged) -> Applied:
        kept = self._standing.kept
        if reply.cursor is None and kept and not self._offer_kept:
            self._offer_kept = True
            return Applied(self._standing)
        self._offer_kept = False
        cursor = reply.cursor or ""
        older = kept[kept.index(cursor) :] if cursor in kept else ()
        self._standing = Standing(reply.epoch, cursor, older)
        self._end = Done.RESTORED
        return Applied(self._standing, history_changed=True)

    def _applied(self, request: SyncRequest, reply: Reply) -> Applied:
        self._work.settle(request.names, reply.outcomes)
        self._work.unsay(request.head, served=reply.page is not None)
        self._offer_kept = False
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
