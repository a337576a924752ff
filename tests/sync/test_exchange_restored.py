"""The exchange after the server's history has changed."""

import pytest

from sync import (
    DONE,
    Applied,
    Done,
    Exchange,
    HistoryChanged,
    Reply,
    Standing,
)
from sync.limits import KEPT_CURSORS_MAX

from .test_exchange import HERE, accepted, answer, asked, name, talk, waiting


def changed(exchange: Exchange, cursor: str | None) -> Applied:
    """The server's history is another one."""
    applied = exchange.receive(asked(exchange), HistoryChanged("e2", cursor))
    assert applied is not None
    return applied


def test_after_a_changed_history_the_kept_cursors_are_offered() -> None:
    """Nothing was processed, so nothing is settled."""
    exchange = talk(1)

    assert changed(exchange, None) == Applied(HERE)
    request = asked(exchange)
    assert (request.names, request.head.kept, request.head.page_bytes) == ((), HERE.kept, 0)
    assert changed(exchange, "k1") == Applied(Standing("e2", "k1", ("k1", "k0")), history_changed=True)
    assert exchange.next() is Done.RESTORED


@pytest.mark.parametrize("cursor", [None, ""])
def test_a_tablet_without_kept_cursors_begins_anew(cursor: str | None) -> None:
    """It has none to offer, and does not offer none for ever."""
    exchange = talk(1, standing=Standing("e1", "c0"))

    assert changed(exchange, cursor) == Applied(Standing("e2", ""), history_changed=True)
    assert exchange.next() is Done.RESTORED


def test_a_server_that_names_no_kept_cursor_makes_the_tablet_begin_anew() -> None:
    """None that was offered holds."""
    exchange = talk(1)
    changed(exchange, None)

    assert changed(exchange, None) == Applied(Standing("e2", ""), history_changed=True)


def test_kept_cursors_are_offered_up_to_their_bound() -> None:
    """The newest."""
    exchange = talk(
        standing=Standing("e1", "c0", tuple(f"k{number}" for number in range(KEPT_CURSORS_MAX + 1)))
    )
    changed(exchange, None)

    assert len(asked(exchange).head.kept) == KEPT_CURSORS_MAX
    assert asked(exchange).head.kept[0] == "k0"


def test_a_kept_offer_that_is_answered_as_an_ordinary_request_goes_on_as_one() -> None:
    """The server was put right meanwhile."""
    exchange = talk(1)
    changed(exchange, None)
    answer(exchange)

    assert asked(exchange).names == (name(1),)


def restored(*numbers: int) -> Exchange:
    """An exchange that goes on after a changed history with these offers."""
    exchange = talk(9)
    changed(exchange, "k1")
    exchange.reoffer(waiting(*numbers), ["s1", "s2"], ["s2"])
    return exchange


def test_all_that_was_ever_sent_is_offered_before_rows_are_asked_for() -> None:
    """Then the tablet says what it holds; what was saved meanwhile goes too."""
    exchange = restored(1, 2)

    request = asked(exchange)
    assert request.names == (name(1), name(2), name(9))
    assert (request.head.epoch, request.head.cursor) == ("e2", "k1")
    assert (request.head.page_bytes, request.head.holds) == (0, None)
    answer(exchange, *accepted(1, 2, 9))
    request = asked(exchange)
    assert (request.names, request.head.holds, request.head.again) == ((), ("s1", "s2"), ("s2",))
    assert request.head.page_bytes > 0
    answer(exchange, more=True)
    assert asked(exchange).head.holds is None
    assert asked(exchange).head.again == ()
    answer(exchange)
    assert exchange.next() is DONE


def test_what_is_held_is_said_again_until_a_page_answers_it() -> None:
    """A reply without a page has let go nothing, and has brought nothing that was asked for again."""
    exchange = restored()
    answer(exchange, *accepted(9))
    exchange.refetch("s2")
    first = asked(exchange)
    applied = exchange.receive(first, Reply("e2", 7))

    assert applied is not None
    assert asked(exchange).head == first.head
    assert (first.head.holds, first.head.refetch) == (("s1", "s2"), ("s2",))


def test_a_pending_offer_is_sent_once() -> None:
    """What is pending is among the offers."""
    assert asked(restored(8, 9)).names == (name(8), name(9))


def test_a_history_may_change_again_before_all_is_offered() -> None:
    """An older backup was put back: an older cursor is still there to offer."""
    exchange = restored(1)
    changed(exchange, None)

    assert asked(exchange).head.kept == ("k1", "k0")
    assert changed(exchange, "k0").standing == Standing("e2", "k0", ("k0",))
    assert exchange.next() is Done.RESTORED


def test_a_reoffer_without_a_changed_history_is_a_mistake() -> None:
    """Envelopes are offered to a restored server only."""
    with pytest.raises(AssertionError):
        talk().reoffer([], [], [])


def test_a_tablet_that_holds_nothing_begins_from_the_empty_cursor_after_a_restore() -> None:
    """Also where a kept cursor still held: what it no longer has, it must be sent again."""
    exchange = talk(standing=HERE)
    answer(exchange)
    exchange.refetch("s1")
    for reply in (HistoryChanged("e2"), HistoryChanged("e2", "k1")):
        exchange.receive(asked(exchange), reply)

    exchange.reoffer([], None, [])

    assert (asked(exchange).head.epoch, asked(exchange).head.cursor) == ("e2", "")
