"""The fault proxy does to bytes what it is told, and nothing else."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from .proxy import Link, Proxy, Traffic, Weather


@contextmanager
def echo() -> Iterator[tuple[str, int]]:
    """A server that says everything back."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65_536):
                    connection.sendall(data)
            except OSError:
                return  # The proxy lost it, as it was told.

    def listen() -> None:
        while True:
            connection, _ = listener.accept()
            if closing.is_set():
                connection.close()
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    closing = threading.Event()
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        closing.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


def said_back(link: Proxy, data: bytes) -> bytes:
    """What comes back of bytes that are sent through the link, until its end."""
    host, _, port = link.address.removeprefix("http://").partition(":")
    back = b""
    with socket.create_connection((host, int(port)), 10) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                back += part
        except OSError:
            return back
    return back


@contextmanager
def waiting_link(proxy: Proxy) -> Iterator[Link]:
    """A connection over which nothing passes by itself."""
    tablet, server = socket.socketpair()
    with tablet, server:
        yield Link(proxy, tablet, server)


def test_a_fair_link_passes_everything() -> None:
    """Else it would be the proxy that is tested."""
    data = bytes(range(256)) * 1000
    with echo() as place, Proxy(place) as link:
        assert said_back(link, data) == data
        assert link.traffic == Traffic(len(data), len(data), 1, 0)


@pytest.mark.parametrize("byte", [0, 1, 7])
def test_a_cut_comes_behind_its_byte_and_once(byte: int) -> None:
    """Each byte of a message must be met."""
    with echo() as place, Proxy(place, Weather(cut_up=byte)) as link:
        said_back(link, b"0123456789")
        assert (link.traffic.up, link.traffic.cuts) == (byte, 1)
        assert link.weather == Weather()

        link.weather = Weather(cut_down=byte)
        assert said_back(link, b"0123456789") == b"0123456789"[:byte]
        assert link.traffic.cuts == 2
        assert said_back(link, b"again") == b"again"


def test_what_comes_late_on_a_lost_connection_meets_no_cut_of_the_next() -> None:
    """A fault that befell another connection than the one it was meant for would prove nothing."""
    with echo() as place, Proxy(place, Weather(cut_up=1)) as link, waiting_link(link) as lost:
        assert link.admit(lost, "up", b"0123456789") == (b"0", True)
        link.weather = Weather(cut_down=1)

        assert link.admit(lost, "down", b"0") == (b"", True)
        assert link.weather == Weather(cut_down=1)


def test_a_link_that_loses_everything_passes_no_whole_message() -> None:
    """A chance of one is none of passing."""
    with echo() as place, Proxy(place, Weather(loss=1.0)) as link:
        assert all(said_back(link, b"0123456789") != b"0123456789" for _ in range(5))
        assert link.traffic.cuts >= 5


def test_a_slow_link_takes_its_time_and_passes_everything() -> None:
    """A hundred milliseconds each way, and a thousand bytes a second."""
    with echo() as place, Proxy(place, Weather(latency_s=0.1, bits_per_s=8_000)) as link:
        began_s = time.monotonic()
        assert said_back(link, b"x" * 300) == b"x" * 300
        assert time.monotonic() - began_s >= 0.2 + 0.3
