"""Laws of the hybrid clock: it only goes forward, and nobody's broken clock carries the others with it."""

from hypothesis import given
from hypothesis import strategies as st

from sync import At, capped, observe, tick
from sync.limits import CLOCK_AHEAD_MS_MAX

times = st.integers(0, 10**13)
moments = st.builds(At, times, st.integers(0, 1_000))
steps = st.lists(st.tuples(times, st.none() | moments), max_size=30)


@given(moments, steps)
def test_every_event_is_later_than_the_one_before(last: At, plan: list[tuple[int, At | None]]) -> None:
    """Also when the device's clock is set back, and whatever it hears from others."""
    for now_ms, heard in plan:
        after = tick(last, now_ms) if heard is None else observe(last, heard, now_ms)
        assert after > last if heard is None else after >= last
        last = after


@given(moments, moments, times)
def test_nobody_adopts_a_clock_more_than_a_day_ahead(last: At, seen: At, now_ms: int) -> None:
    """One tablet a year ahead must not win every display for a year."""
    adopted = observe(last, seen, now_ms)

    assert adopted in (last, seen)
    assert adopted == last or adopted.ms <= now_ms + CLOCK_AHEAD_MS_MAX
    assert adopted == last or adopted > last
    assert seen <= last or adopted == seen or seen.ms > now_ms + CLOCK_AHEAD_MS_MAX


@given(moments, times)
def test_no_moment_counts_later_than_its_receipt(at: At, received_ms: int) -> None:
    """A clock ahead gains nothing by it, and an honest one loses nothing."""
    counts = capped(at, received_ms)

    assert counts <= At(received_ms, 0)
    assert counts == at or at > At(received_ms, 0)
