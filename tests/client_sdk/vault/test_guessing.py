"""What happens when someone guesses."""

import pytest

from client_sdk.errors import (
    RecoveryNeeded,
    TooSoon,
    WrongSecret,
)

from .conftest import PASSPHRASE, PIN


def test_a_wrong_pin_is_counted_and_delayed_from_the_fourth_on(bench):
    """Slips cost nothing, guessing does."""
    bench.create()

    errors = [bench.wrong() for _ in range(4)]

    assert [(type(error), error.wait_s, error.tries_left) for error in errors] == [
        (WrongSecret, 0, 9),
        (WrongSecret, 0, 8),
        (WrongSecret, 0, 7),
        (WrongSecret, 30, 6),
    ]


def test_during_the_delay_nothing_is_tried_nor_counted(bench):
    """A worker who is too quick loses no try, and a guesser wins none."""
    bench.create()
    for _ in range(4):
        bench.wrong()
    bench.clock.now_ms += 10_000

    with pytest.raises(TooSoon) as caught:
        bench.unlock(PIN)

    assert (caught.value.wait_s, caught.value.tries_left) == (20, 6)
    bench.clock.now_ms += 20_000
    assert not bench.unlock(PIN).locked


def test_a_clock_that_was_set_back_delays_no_longer_than_the_rule(bench):
    """A tablet whose clock jumped is not locked for a year."""
    bench.create()
    for _ in range(4):
        bench.wrong()
    bench.clock.now_ms -= 365 * 86_400_000

    assert bench.wrong().wait_s == 30


def test_a_right_secret_forgets_the_wrong_tries(bench):
    """Slips of different days do not add up."""
    bench.create()
    for _ in range(3):
        bench.wrong()
    bench.unlock()

    assert bench.wrong().tries_left == 9


def test_the_tenth_wrong_pin_destroys_the_device_secret(bench):
    """Ten guesses are all that a thief gets."""
    bench.create()
    for _ in range(9):
        bench.wrong()
        bench.clock.now_ms += 1_000_000

    assert isinstance(bench.wrong(), RecoveryNeeded)
    assert isinstance(bench.wrong(PIN), RecoveryNeeded)
    assert '"secret":null' in next(iter(bench.secrets.kept.values()))


def test_the_count_is_raised_before_the_try(bench, monkeypatch):
    """Pulling the battery in the middle of a guess wins nothing."""
    bench.create()

    def cut(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.secret.unwrap", cut)
        with pytest.raises(KeyboardInterrupt):
            bench.unlock()

    assert bench.wrong().tries_left == 8


def test_a_tenth_try_that_was_cut_off_counts_as_wrong(bench, monkeypatch):
    """Otherwise the last try would be free for ever."""
    bench.create()
    for _ in range(9):
        bench.wrong()
        bench.clock.now_ms += 1_000_000
    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.secret.unwrap", None)
        with pytest.raises(TypeError):
            bench.unlock()

    assert isinstance(bench.wrong(PIN), RecoveryNeeded)


def test_a_wrong_passphrase_is_delayed_but_never_destroys(bench):
    """A child at the keyboard costs patience, not a day's work."""
    bench.create(PASSPHRASE)
    waits = []
    for _ in range(14):
        waits.append(bench.wrong("wrong").wait_s)
        bench.clock.now_ms += 1_000_000

    assert waits == [0, 0, 0, 30, 60, 120, 300, 600, 900, 900, 900, 900, 900, 900]
    assert not bench.unlock(PASSPHRASE).locked


def test_a_passphrase_too_is_not_tried_during_the_delay(bench):
    """The delay holds for whoever comes next."""
    bench.create(PASSPHRASE)
    for _ in range(4):
        bench.wrong("wrong")

    error = bench.wrong(PASSPHRASE)

    assert (type(error), error.wait_s, error.tries_left) == (TooSoon, 30, None)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"wrong":"x"}', b'{"wrong":3,"not_before":null}'])
def test_a_count_that_cannot_be_read_locks_nobody_out(bench, content):
    """Whoever can spoil the file can reset it; damage must not cost a worker the tablet."""
    bench.create(PASSPHRASE)
    (bench.folder / "tries").write_bytes(content)

    assert not bench.unlock(PASSPHRASE).locked
