"""
Laws of the exchange: a tablet and a server in memory, over a link that loses, repeats and delays.

The server keeps chains as SYNC says: a changeset whose predecessor has not come waits, outside of the log; one whose
predecessor the tablet lacks is held. It pages a list of rows by position.
"""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from sync import (
    DONE,
    Applied,
    Done,
    Exchange,
    Head,
    HistoryChanged,
    Link,
    Outcome,
    PageIn,
    Pending,
    Reply,
    Standing,
    SyncRequest,
)
from sync.limits import PUSH_BYTES_MAX, PUSH_CHANGESETS_MAX, PUSH_INFLATED_BYTES_MAX
from sync.wire import read_request, write_line
from tests.sync.making import TABLET

ROUNDS_MAX = 400
"""An exchange over a link that works in the end must have ended by then."""


@dataclass
class Server:
    """The other end: a log, what waits, and rows to give."""

    epoch: str = "e1"
    log: dict[str, int] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    """{name: the name before it}."""
    rows: int = 3
    partial: bool = False
    """Whether it answers for half of what was sent."""
    processed: list[str] = field(default_factory=list)

    def answer(self, request: SyncRequest) -> Reply | HistoryChanged:
        """Process a request as it came over the wire."""
        plain = inflated(request)
        assert len(request.body) <= PUSH_BYTES_MAX
        assert len(plain) <= PUSH_INFLATED_BYTES_MAX
        head, lines = read_request(plain)
        assert len(lines) <= PUSH_CHANGESETS_MAX
        if head.epoch != self.epoch:
            return HistoryChanged(self.epoch, head.kept[-1] if head.kept else None)
        names = [line.body.decode().split()[:2] for line in lines]
        if self.partial and len(names) > 1:
            names = names[: len(names) // 2]
        outcomes = {name: self._take(name, before) for name, before in names}
        for name in [name for name, before in self.waits.items() if before in head.lacks]:
            outcomes[name] = self._settle(name)
        return Reply(self.epoch, 0, tuple(outcomes.values()), page=self._page(head))

    def _take(self, name: str, before: str) -> Outcome:
        if name in self.log:
            return Outcome(name, self.log[name])
        self.processed.append(name)
        if before != "-" and before not in self.log:
            self.waits[name] = before
            return Outcome(name, 0, missing=(before,))
        return self._settle(name)

    def _settle(self, name: str) -> Outcome:
        self.log.setdefault(name, len(self.log) + 1)
        self.waits.pop(name, None)
        return Outcome(name, self.log[name])

    def _page(self, head: Head) -> PageIn | None:
        if head.page_bytes == 0:
            return None
        place = min(int(head.cursor.removeprefix("c") or 0) + 1, self.rows)
        return PageIn(f"c{place}", place < self.rows, (), (), (), (), {}, "", 0)


def inflated(request: SyncRequest) -> bytes:
    """The request as the server reads it."""
    import zlib

    return zlib.decompress(request.body) if request.compressed else request.body


def pending(number: int, size_bytes: int = 0, *, before: str | None = None) -> Pending:
    """A changeset of a chain, as `name predecessor filling`."""
    previous = before or (name_of(number - 1) if number else "-")
    filling = "".join(f"{(number * 7919 + index * 104729) % 1_000_003:x}" for index in range(size_bytes // 5))
    return Pending(name_of(number), write_line(bytes(64), f"{name_of(number)} {previous} {filling}".encode()))


def name_of(number: int) -> str:
    """The name of the changeset with this number."""
    return f"{number:022d}"


@dataclass
class Told:
    """What the tablet stored: the same as a careful caller would."""

    settled: list[str] = field(default_factory=list)
    cursor: str = ""

    def note(self, applied: Applied | None) -> None:
        """Store one reply."""
        if applied is not None:
            self.settled += [outcome.name for outcome in applied.outcomes if outcome.settled]
            self.cursor = applied.standing.cursor


def run(exchange: Exchange, server: Server, faults: list[str], told: Told, saves: list[Pending]) -> Done:
    """Exchange until done: first over a link with these faults, then over one that works."""
    late: list[tuple[SyncRequest, Reply | HistoryChanged]] = []
    trouble = iter(faults)
    for _ in range(ROUNDS_MAX):
        request = exchange.next()
        assert exchange.next() is request
        if isinstance(request, Done):
            if not saves:
                return request
            exchange.add(saves.pop())
            continue
        fault = next(trouble, "none")
        if fault == "request lost":
            continue
        reply = server.answer(request)
        if fault == "saved meanwhile" and saves:
            exchange.add(saves.pop())
        if fault == "reply lost":
            continue
        if fault in ("too slow", "too large"):
            late.append((request, reply))
            exchange.resize(Link(push_bytes=2_000 if fault == "too slow" else 60_000, page_bytes=100))
            assert exchange.receive(request, reply) is None
            continue
        told.note(exchange.receive(request, reply))
        if fault == "reply twice":
            assert exchange.receive(request, reply) is None
        for old in late:
            assert exchange.receive(*old) is None
    raise AssertionError("the exchange did not end")


FAULTS = st.lists(
    st.sampled_from(
        ("none", "request lost", "reply lost", "reply twice", "too slow", "too large", "saved meanwhile")
    ),
    max_size=12,
)


@given(
    FAULTS, st.lists(st.sampled_from((0, 50, 3_000, 40_000)), max_size=8), st.integers(0, 3), st.booleans()
)
def test_every_pending_changeset_is_settled_exactly_once(
    faults: list[str], sizes: list[int], later: int, partial: bool
) -> None:
    """Whatever the link does to requests and replies, nothing is lost and nothing is taken twice."""
    server, told = Server(partial=partial), Told()
    waiting = [pending(number, size) for number, size in enumerate(sizes)]
    saves = [pending(len(sizes) + number) for number in reversed(range(later))]
    names = [part.name for part in waiting] + [part.name for part in reversed(saves)]

    end = run(Exchange(Standing("e1", ""), waiting, TABLET), server, faults, told, saves)

    assert end is DONE
    assert sorted(told.settled) == sorted(set(told.settled)) == sorted(names)
    assert server.processed == names == sorted(server.log, key=lambda name: server.log[name])
    assert told.cursor == "c3"


@given(FAULTS, st.sets(st.integers(0, 7), max_size=4))
def test_a_gap_is_told_once_and_the_rest_is_held(faults: list[str], lost: set[int]) -> None:
    """What the tablet no longer has it says; what waited for it is settled without being sent again."""
    server, told = Server(), Told()
    waiting = [pending(number) for number in range(8) if number not in lost]

    end = run(Exchange(Standing("e1", ""), waiting, TABLET), server, faults, told, [])

    assert end is DONE
    assert sorted(told.settled) == [part.name for part in waiting]
    assert set(server.processed) == {part.name for part in waiting}


@given(FAULTS, st.permutations(range(6)))
def test_work_out_of_order_is_settled_all_the_same(faults: list[str], order: list[int]) -> None:
    """What waits for something that comes later in the same exchange is asked about again."""
    server, told = Server(), Told()

    end = run(
        Exchange(Standing("e1", ""), [pending(number) for number in order], TABLET, Link(push_bytes=1)),
        server, faults, told, [],
    )  # fmt: skip

    assert end is DONE
    assert sorted(told.settled) == [name_of(number) for number in range(6)]


@given(FAULTS, st.integers(0, 3), st.lists(st.sampled_from((0, 3_000)), max_size=5))
def test_after_a_changed_history_all_is_offered_again_and_settled(
    faults: list[str], kept: int, sizes: list[int]
) -> None:
    """A restored server gets back what it lost, and the tablet its place."""
    server, told = Server(epoch="e2"), Told()
    cursors = tuple(f"c{number}" for number in reversed(range(kept)))
    waiting = [pending(number, size) for number, size in enumerate(sizes)]
    exchange = Exchange(Standing("e1", "c9", cursors), waiting, TABLET)

    first = run(exchange, server, faults, told, [])
    assert first is Done.RESTORED
    assert told.settled == []
    exchange.reoffer(waiting, ["s1", "s2"], ["s2"])
    end = run(exchange, server, faults, told, [])

    assert end is DONE
    assert sorted(told.settled) == [part.name for part in waiting]
    assert told.cursor == "c3"


@dataclass
class Moody(Server):
    """A server that says anything that is a reply."""

    moods: list[int] = field(default_factory=list)

    def answer(self, request: SyncRequest) -> Reply | HistoryChanged:
        """An honest reply, cut and twisted; after a while an honest one."""
        honest = super().answer(request)
        mood = self.moods.pop() if self.moods else 0
        if mood == 0 or isinstance(honest, HistoryChanged):
            return honest
        silent = replace(honest, outcomes=())
        waits = tuple(Outcome(name, 0, missing=("x" * 22, name_of(3))) for name in request.names)
        return [
            silent,
            replace(silent, page=None),
            replace(honest, outcomes=(*honest.outcomes, *honest.outcomes, Outcome("y" * 22, 9))),
            replace(honest, outcomes=waits),
            replace(honest, outcomes=(Outcome(name_of(1), 0),)),
        ][mood - 1]


@given(st.lists(st.integers(0, 5), max_size=10), st.integers(0, 6))
def test_an_exchange_ends_whatever_the_server_says(moods: list[int], count: int) -> None:
    """A tablet never talks for ever; what got no outcome is still pending."""
    server, told = Moody(moods=moods), Told()
    waiting = [pending(number) for number in range(count)]

    assert run(Exchange(Standing("e1", ""), waiting, TABLET), server, [], told, []) is DONE

    assert set(told.settled) <= {part.name for part in waiting} | {"y" * 22}


@given(
    st.lists(st.sampled_from((0, 300, 20_000, 200_000)), max_size=30),
    st.integers(0, 300_000),
    st.integers(0, 60_000),
)
def test_no_request_is_larger_than_its_bounds(sizes: list[int], push_bytes: int, cursor_chars: int) -> None:
    """A request over the bound is refused whole, for ever: also with a long cursor, also on a poor link."""
    waiting = [pending(number, size) for number, size in enumerate(sizes)]
    cursor = "".join(f"{index * 104729 % 999_983:x}" for index in range(cursor_chars // 5))
    exchange = Exchange(Standing("e1", cursor), waiting, TABLET, Link(push_bytes=push_bytes))

    request = exchange.next()

    assert isinstance(request, SyncRequest)
    assert len(request.body) <= PUSH_BYTES_MAX
    assert len(request.body) <= push_bytes or len(request.names) <= 1
    assert len(inflated(request)) <= PUSH_INFLATED_BYTES_MAX
    assert request.names == tuple(part.name for part in waiting[: len(request.names)])
    assert bool(request.names) == bool(waiting)
