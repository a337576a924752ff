import threading

from client_sdk import Locked, Offline, Providers, TabletSettings
from client_sdk.background import SETTLE_S, Background, Pace

SETTINGS = TabletSettings(sync_every_s=60, retry_first_s=5, retry_longest_s=900)


def _pace(jitter: int = 85) -> Pace:
    return Pace(SETTINGS, Providers(entropy=lambda size: bytes([jitter]) * size))


def test_retries_wait_twice_as_long_each_time_with_jitter() -> None:
    """A hundred tablets that come back into signal do not call all at once."""
    pace, waits = _pace(), []
    for _ in range(10):
        pace = pace.after(Offline("no signal"))
        waits.append(round(pace.wait_s() / (0.75 + 85 / 510), 3))

    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert _pace(0).wait_s() == 45
    assert _pace(255).wait_s() == 75
    assert pace.after(None).failures == 0


def _run(outcomes: list[Exception | None], woken: set[int] = frozenset()) -> tuple[list[float], Background]:  # type: ignore[assignment]  # an empty set is one
    """The waits of a background that syncs so often, woken at some of them."""
    waits: list[float] = []
    left = list(outcomes)
    ended = threading.Event()

    def sync() -> None:
        found = left.pop(0)
        if found is not None:
            raise found

    def wait(event: threading.Event, seconds: float) -> bool:
        waits.append(round(seconds, 3))
        if not left:
            background.stop()
            ended.set()
        return len(waits) in woken

    ready = threading.Event()

    def sync_when_ready() -> None:
        ready.wait(10)
        sync()

    background = Background(sync_when_ready, _pace(), wait)
    ready.set()
    background.join()
    return waits, background


def test_a_save_is_carried_soon() -> None:
    """What is saved together goes together, two seconds later."""
    waits, background = _run([None, None], woken={1})

    assert waits[1] == SETTLE_S
    assert background.last_error is None


def test_a_save_without_signal_does_not_hurry_the_network() -> None:
    """Each try costs battery."""
    waits, background = _run([Offline("no signal"), Offline("no signal")], woken={1})

    assert waits[1] == waits[0]
    assert isinstance(background.last_error, Offline)


def test_the_background_ends_with_the_lock() -> None:
    """Sending while locked is another road."""
    waits, background = _run([Locked("the tablet is locked")])

    assert waits == []
    assert background.stopped
    background.wake()
