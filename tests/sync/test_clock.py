from sync import At, capped, observe, tick
from sync.limits import CLOCK_AHEAD_MS_MAX


def test_a_clock_that_stands_still_counts() -> None:
    """Two saves within a millisecond, or after the clock was set back, keep their order."""
    assert tick(At(10, 3), 10) == At(10, 4)
    assert tick(At(10, 3), 5) == At(10, 4)


def test_a_clock_that_moves_on_begins_to_count_anew() -> None:
    """The counter stays small."""
    assert tick(At(10, 3), 11) == At(11, 0)


def test_a_later_moment_is_adopted_up_to_a_day_ahead() -> None:
    """What comes after another's save is shown after it; a broken clock is not followed."""
    ahead = CLOCK_AHEAD_MS_MAX

    assert observe(At(1, 0), At(ahead, 2), 0) == At(ahead, 2)
    assert observe(At(1, 0), At(ahead + 1, 0), 0) == At(1, 0)
    assert observe(At(9, 0), At(8, 5), 0) == At(9, 0)


def test_a_moment_counts_at_most_as_its_receipt() -> None:
    """A clock a year ahead is not the latest for a year."""
    assert capped(At(99, 1), 50) == At(50, 0)
    assert capped(At(49, 1), 50) == At(49, 1)
