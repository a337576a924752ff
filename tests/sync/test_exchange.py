from dataclasses import replace

import pytest

from sync import (
    DONE,
    Applied,
    Done,
    Exchange,
    Fate,
    Link,
    Outcome,
    Page,
    Pending,
    Reply,
    Standing,
    SyncRequest,
)
from sync.limits import PAGE_BYTES_DEFAULT, PAGE_BYTES_MAX, PUSH_CHANGESETS_MAX
from tests.sync.making import TABLET, page

HERE = Standing("e1", "c0", ("k2", "k1", "k0"))


def name(number: int) -> str:
    """The name of the changeset with this number."""
    return f"{number:022d}"


def waiting(*numbers: int, size_bytes: int = 10) -> list[Pending]:
    """Pending changesets."""
    return [Pending(name(number), b"x" * size_bytes) for number in numbers]


def talk(*numbers: int, standing: Standing = HERE, link: Link | None = None) -> Exchange:
    """An exchange with so much pending."""
    return Exchange(standing, waiting(*numbers), TABLET, link)


def asked(exchange: Exchange) -> SyncRequest:
    """The request that is to be sent now."""
    request = exchange.next()
    assert isinstance(request, SyncRequest)
    return request


def answer(exchange: Exchange, *outcomes: Outcome, more: bool = False, again: bool = False) -> Applied:
    """Answer what is asked with these outcomes, and with a page if one is asked for."""
    request = asked(exchange)
    given = page(more=more) if request.head.page_bytes else None
    applied = exchange.receive(request, Reply("e1", 7, outcomes, page=given, enrol_again=again))
    assert applied is not None
    return applied


def accepted(*numbers: int) -> list[Outcome]:
    """They are in the log."""
    return [Outcome(name(number), number + 1) for number in numbers]


def missing(number: int, *names: str) -> Outcome:
    """One waits for others."""
    return Outcome(name(number), 0, missing=names)


def test_a_sync_with_little_to_say_is_one_round_trip() -> None:
    """What is pending goes with the question for what is new."""
    exchange = talk(1)
    request = asked(exchange)

    assert (request.names, request.head.cursor, request.head.page_bytes) == (
        (name(1),),
        "c0",
        PAGE_BYTES_DEFAULT,
    )
    assert exchange.next() is request
    assert answer(exchange, *accepted(1)).complete
    assert exchange.next() is DONE


def test_what_a_reply_says_is_handed_on_whole() -> None:
    """The caller stores it in one transaction."""
    exchange = talk(1)
    fates = (Fate("f", 3, "released"),)
    reply = Reply("e1", 7, tuple(accepted(1)), fates, page("c5", more=True), 9, "lease")

    assert exchange.receive(asked(exchange), reply) == Applied(
        replace(HERE, cursor="c5"), reply.outcomes, fates, page("c5", more=True), 9, "lease", 7
    )
    assert asked(exchange).head.cursor == "c5"


def test_pages_are_asked_for_until_there_is_no_more() -> None:
    """Only then is there an end."""
    exchange = talk()

    assert not answer(exchange, more=True).complete
    assert answer(exchange).complete
    assert exchange.next() is DONE


def test_large_work_goes_in_parts_and_the_page_with_the_last() -> None:
    """A page under way would hold up what is not safe yet."""
    exchange = Exchange(HERE, waiting(*range(PUSH_CHANGESETS_MAX + 1)), TABLET)

    first = asked(exchange)
    assert (len(first.names), first.head.page_bytes) == (PUSH_CHANGESETS_MAX, 0)
    assert not answer(exchange, *accepted(*range(PUSH_CHANGESETS_MAX))).complete
    assert asked(exchange).names == (name(PUSH_CHANGESETS_MAX),)
    assert asked(exchange).head.page_bytes > 0


def test_a_reply_that_nobody_awaits_is_discarded_whole() -> None:
    """One that comes twice, and one to a request that was made smaller meanwhile."""
    exchange = talk(1)
    old = asked(exchange)
    exchange.resize(Link(page_bytes=100))
    reply = Reply("e1", 7, tuple(accepted(1)), page=page())

    assert exchange.receive(old, reply) is None
    new = asked(exchange)
    assert (new.names, new.head.page_bytes) == (old.names, 100)
    assert exchange.receive(new, reply) is not None
    assert exchange.receive(new, reply) is None
    assert exchange.next() is DONE


def test_a_request_that_was_refused_whole_is_made_smaller() -> None:
    """The caller resizes and goes on: nothing was settled."""
    exchange = Exchange(HERE, [Pending(name(n), bytes(range(256)) * 20) for n in range(8)], TABLET)
    assert len(asked(exchange).names) == 8

    exchange.resize(Link(push_bytes=1, page_bytes=10 * PAGE_BYTES_MAX))

    assert asked(exchange).names == (name(0),)
    for number in range(8):
        answer(exchange, *accepted(number))
    assert exchange.next() is DONE


def test_no_page_is_asked_for_above_its_bound() -> None:
    """However fast the link is."""
    assert asked(talk(link=Link(page_bytes=10 * PAGE_BYTES_MAX))).head.page_bytes == PAGE_BYTES_MAX


def test_work_saved_while_a_push_is_in_flight_goes_next() -> None:
    """The outcome settles what was sent, by name; and twice added is once sent."""
    exchange = talk(1)
    asked(exchange)
    for part in waiting(2, 2, 1):
        exchange.add(part)

    assert asked(exchange).names == (name(1),)
    assert answer(exchange, *accepted(1)).complete
    assert asked(exchange).names == (name(2),)
    answer(exchange, *accepted(2))
    assert exchange.next() is DONE


def test_work_saved_after_the_end_begins_again() -> None:
    """The background asks the same exchange."""
    exchange = talk()
    answer(exchange)
    exchange.add(waiting(1)[0])

    assert asked(exchange).names == (name(1),)


def test_held_work_is_settled() -> None:
    """It lies in the inbox; its fate comes later."""
    exchange = talk(1)
    answer(exchange, Outcome(name(1), 4, held="revoked", sentence="Why."))

    assert exchange.next() is DONE


def test_what_waits_is_not_repeated_and_what_is_missing_is_said_once() -> None:
    """The server then holds it, and its outcome settles it though it was not sent again."""
    exchange = talk(2, 3)

    answer(exchange, missing(2, name(1), name(0)), missing(3, name(1)))
    request = asked(exchange)
    assert (request.names, request.head.lacks) == ((), (name(1), name(0)))
    answer(exchange, *accepted(2, 3))
    assert exchange.next() is DONE


def test_what_was_held_in_an_unheard_reply_is_asked_about_again() -> None:
    """The reply that told it was lost, and the same question finds nothing waiting any more."""
    exchange = talk(2)
    answer(exchange, missing(2, name(1)))
    answer(exchange)

    assert asked(exchange).names == (name(2),)
    answer(exchange, missing(2, name(1)))
    assert exchange.next() is DONE


def test_what_waits_for_something_that_is_here_only_waits() -> None:
    """It is asked about again when that is settled, and nothing is said to be lacking."""
    exchange = talk(2, 1, link=Link(push_bytes=1))

    answer(exchange, missing(2, name(1)))
    assert (asked(exchange).names, asked(exchange).head.lacks) == ((name(1),), ())
    answer(exchange, *accepted(1))
    assert asked(exchange).names == (name(2),)


def test_what_waited_for_a_line_of_the_same_request_is_asked_about_again() -> None:
    """Its outcome was to wait a moment before the other came."""
    exchange = talk(2, 1)
    answer(exchange, missing(2, name(1)), *accepted(1))

    assert asked(exchange).names == (name(2),)


def test_a_long_list_of_lacks_is_said_in_parts() -> None:
    """More than a head may hold would be refused for ever."""
    exchange = talk(1)
    answer(exchange, missing(1, *[name(number) for number in range(1_000, 1_501)]))

    assert len(asked(exchange).head.lacks) == PUSH_CHANGESETS_MAX
    answer(exchange, missing(1, name(1_000)))
    assert asked(exchange).head.lacks == (name(1_500),)
    answer(exchange, *accepted(1))
    assert exchange.next() is DONE


def test_a_server_that_answers_for_a_part_gets_the_rest_again() -> None:
    """What it did not speak of is still pending."""
    exchange = talk(1, 2)
    answer(exchange, *accepted(1))

    assert asked(exchange).names == (name(2),)


def test_a_reply_that_is_silent_on_all_that_was_sent_ends_it() -> None:
    """It stays pending for another time; the tablet does not talk for ever."""
    exchange = talk(1, 2)
    answer(exchange, Outcome(name(9), 3), Outcome(name(1), 0))

    assert exchange.next() is DONE


def test_a_subject_whose_digest_differs_is_asked_for_once() -> None:
    """A second mismatch is reported, not repeated."""
    exchange = talk()
    answer(exchange)

    assert exchange.refetch("s1")
    assert asked(exchange).head.refetch == ("s1",)
    assert not exchange.refetch("s1")
    answer(exchange)
    assert exchange.next() is DONE


def test_a_tablet_whose_key_is_used_up_enrols_again() -> None:
    """What it sent has outcomes, what it has not sent is issued anew by the caller: nothing more is sent."""
    exchange = talk(1, 2, link=Link(push_bytes=1))
    applied = answer(exchange, *accepted(1), again=True)

    assert applied.outcomes == tuple(accepted(1))
    assert exchange.next() is Done.ENROL_AGAIN
    exchange.add(waiting(3)[0])
    assert exchange.next() is Done.ENROL_AGAIN


def test_a_page_that_was_not_read_is_a_mistake() -> None:
    """Rows as bytes are for the server's side."""
    exchange = talk()

    with pytest.raises(AssertionError):
        exchange.receive(asked(exchange), Reply("e1", 7, page=Page("c1")))


@pytest.mark.parametrize("second", [(missing(2, "y" * 22),), ()])
def test_what_waits_is_not_sent_again_because_another_waits_too(second: tuple[Outcome, ...]) -> None:
    """Each reply adds to what was told; none forgets what the one before it said."""
    exchange = talk(1, 2, 3, link=Link(push_bytes=0))
    answer(exchange, missing(1, "x" * 22))
    assert asked(exchange).names == (name(2),)

    answer(exchange, *second)

    assert asked(exchange).names == (name(3),)
