import pytest

from client_sdk.clock import clock_offset_ms

from .kit import Kit, server_state, write


def test_a_clock_a_year_ahead_is_capped_and_honest_edits_win_later(ana: Kit) -> None:
    """One wrong clock decides nothing for long."""
    ana.time.ms += 365 * 24 * 3600 * 1000
    ana.set("c1", "phone", "from the future")
    ana.time.ms -= 365 * 24 * 3600 * 1000
    ana.sync()
    live = server_state(ana, "c1")[("client", "c1")].units["phone"].live[0]

    assert live.at.ms == ana.model.clock
    ana.model.clock += 10_000
    ana.time.ms += 10_000
    ana.model.office("c1", write("c1", "phone", "now"))
    ana.sync()
    assert ana.value("c1", "phone") == "now"


def test_the_offset_of_the_clock_is_learnt_from_each_reply(ana: Kit) -> None:
    """Visit times show both clocks, so both must be known."""
    ana.time.ms -= 600_000
    ana.sync()

    assert ana.replica.heard.value.offset_ms == 600_000


@pytest.mark.parametrize(
    ("server_ms", "now_ms", "took_ms", "offset_ms"),
    [
        (1_000, 1_000, 0, 0),
        (1_000, 4_000, 3_000, 0),
        (2_500, 4_000, 3_000, 0),
        (900, 4_000, 3_000, -100),
        (4_250, 4_000, 3_000, 250),
    ],
)
def test_a_slow_answer_does_not_make_a_clock_wrong(
    server_ms: int, now_ms: int, took_ms: int, offset_ms: int
) -> None:
    """Else whoever has the slower link seems to have written earlier, and the others' words are shown."""
    assert clock_offset_ms(server_ms, now_ms, took_ms) == offset_ms


def test_what_an_answer_took_is_no_error_of_the_clock(ana: Kit) -> None:
    """The server read its clock, and its answer was two seconds on its way."""

    def pass_time() -> None:
        ana.time.ms += 2_000
        ana.time.s += 2.0

    ana.wire.during = pass_time
    ana.sync()

    assert ana.replica.heard.value.offset_ms == 0


def test_a_clock_that_was_set_back_does_not_set_back_the_order_of_saves(ana: Kit) -> None:
    """The later save is the later save."""
    first = ana.set("c1", "phone", "1")
    ana.time.ms -= 3_600_000
    second = ana.set("c1", "phone", "2")

    assert second.made.at > first.made.at
    assert ana.value("c1", "phone") == "2"


def test_a_save_comes_after_everything_that_its_author_has_seen(ana: Kit) -> None:
    """Two clocks that agree to the millisecond still have an order."""
    ana.model.clock += 5000
    ana.time.ms += 5000
    theirs = ana.model.office("c1", write("c1", "color", "1"))
    ana.time.ms -= 5000
    ana.model.clock = theirs.at.ms
    ana.sync()
    ana.time.ms = theirs.at.ms - ana.replica.heard.value.offset_ms

    assert ana.set("c1", "phone", "2").made.at > theirs.at
