"""The counting proxy: what it says of bytes and requests is what the figures of the demo stand on."""

import socket
import threading
from collections.abc import Iterator

import pytest

from doorstep_cli.demo.proxy import CountingProxy, Link, RequestCounter, Traffic

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"
PATIENCE_S = 10


class Answering:
    """A server that answers everything of the right length, on as many connections as come."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.received: list[bytes] = []
        self.ended = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENCE_S)
                self.received.append(self._answer(connection))
            self.ended.release()

    def _answer(self, connection: socket.socket) -> bytes:
        got = b""
        try:
            while chunk := connection.recv(65536):
                got += chunk
                if len(got) % len(REQUEST) == 0:
                    connection.sendall(REPLY)
        except OSError:
            return got
        return got

    def close(self) -> None:
        """Stop listening."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Answering]:
    """A server on this machine."""
    answering = Answering()
    yield answering
    answering.close()


@pytest.fixture
def proxy(server: Answering) -> Iterator[CountingProxy]:
    """A proxy before it."""
    with CountingProxy("127.0.0.1", server.port) as proxy:
        yield proxy


def connect(proxy: CountingProxy) -> socket.socket:
    """A connection through the proxy."""
    port = int(proxy.address.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


def ask(connection: socket.socket) -> bytes:
    """One request and its whole answer, or what came of it."""
    try:
        connection.sendall(REQUEST)
    except OSError:
        return b""
    return receive(connection, len(REPLY))


def receive(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer if the connection is lost."""
    got = b""
    try:
        while len(got) < size and (chunk := connection.recv(size - len(got))):
            got += chunk
    except OSError:
        return got
    return got


def test_two_requests_on_one_connection_are_counted_with_every_byte(proxy: CountingProxy) -> None:
    """Headers cost a rural link as much as content does."""
    with connect(proxy) as connection:
        answers = [ask(connection), ask(connection)]

    assert answers == [REPLY, REPLY]
    assert proxy.traffic == Traffic(up=2 * len(REQUEST), down=2 * len(REPLY), requests=2, cuts=0)


def test_a_connection_lost_on_the_way_up_brings_the_server_a_part(
    proxy: CountingProxy, server: Answering
) -> None:
    """The story needs a server that has half a message."""
    proxy.cut(up=10)
    with connect(proxy) as connection:
        answer = ask(connection)
        server.ended.acquire(timeout=PATIENCE_S)

    assert answer == b""
    assert server.received == [REQUEST[:10]]
    assert proxy.traffic == Traffic(up=10, down=0, requests=1, cuts=1)


def test_a_connection_lost_on_the_way_down_comes_after_the_server_has_everything(
    proxy: CountingProxy, server: Answering
) -> None:
    """The other half of the story: the work is there, and the tablet cannot know."""
    proxy.cut(down=4)
    with connect(proxy) as connection:
        answer = ask(connection)
        server.ended.acquire(timeout=PATIENCE_S)

    assert len(answer) <= 4
    assert server.received == [REQUEST]
    assert proxy.traffic == Traffic(up=len(REQUEST), down=4, requests=1, cuts=1)


def test_a_lost_connection_is_lost_once(proxy: CountingProxy) -> None:
    """The next one goes through: the signal came back."""
    proxy.cut(up=1)
    with connect(proxy) as connection:
        ask(connection)
    with connect(proxy) as connection:
        answer = ask(connection)

    assert answer == REPLY
    assert proxy.traffic.cuts == 1


def test_a_server_that_is_away_is_a_lost_connection(server: Answering) -> None:
    """A tablet must get its failure at once, not wait for a silence to end."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with CountingProxy("127.0.0.1", port) as away, connect(away) as connection:
        answer = ask(connection)

    assert answer == b""


def test_closing_the_proxy_ends_connections_that_are_open(server: Answering) -> None:
    """The demo stops cleanly even while a tablet waits."""
    with CountingProxy("127.0.0.1", server.port) as proxy:
        connection = connect(proxy)
        ask(connection)
    with connection:
        rest = receive(connection, 1)

    assert rest == b""


def test_small_pieces_are_not_held_back(proxy: CountingProxy) -> None:
    """A reply in two pieces waited forty milliseconds twice: the figures were those of the proxy."""
    with connect(proxy) as connection:
        ask(connection)
        ends = [end for link in proxy._links for end in (link._tablet, link._server)]

        assert [end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) > 0 for end in ends] == [True, True]


def test_requests_are_counted_however_the_stream_is_torn() -> None:
    """TCP hands out bytes in any pieces."""
    counter = RequestCounter()
    for byte in REQUEST * 3:
        counter.feed(bytes([byte]))

    assert counter.requests == 3


def test_requests_that_arrive_together_are_counted_apart() -> None:
    """Two in one piece are two."""
    counter = RequestCounter()
    counter.feed(REQUEST * 2)

    assert counter.requests == 2


def test_what_comes_late_on_a_lost_connection_meets_no_cut_of_the_next(proxy: CountingProxy) -> None:
    """The story says which connection it loses; another one lost instead would be told wrong."""
    tablet, server = socket.socketpair()
    with tablet, server:
        lost = Link(proxy, tablet, server)
        proxy.cut(up=1)
        assert proxy.admit(lost, "up", b"0123456789", 1) == (b"0", True)
        proxy.cut(down=1)

        assert proxy.admit(lost, "down", b"0", 0) == (b"", True)
        assert proxy.traffic == Traffic(up=1, down=0, requests=1, cuts=1)
        assert proxy.admit(Link(proxy, tablet, server), "down", b"0", 0) == (b"0", True)
