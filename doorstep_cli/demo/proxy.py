"""
A counting proxy: passes bytes between a tablet and its server, counts them, and can lose the connection.

It counts what the two programs hand to TCP, headers included, and the requests in it. It reads nothing but
the heads of requests, and changes nothing.

    with CountingProxy("127.0.0.1", 8000) as proxy:
        tablet = Tablet.enrol(path, server=proxy.address, ...)
        proxy.cut(down=40)          # the reply after the next 40 bytes is lost
"""

import socket
import struct
import threading
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Literal, Self

CHUNK_BYTES: Final = 65_536
CONNECT_S: Final = 5.0
"""Seconds to reach a server on this machine."""

HEAD_END: Final = b"\r\n\r\n"

# What is closed so is reset at once: nothing that waits to be sent arrives any more.
_RESET: Final = struct.pack("ii", 1, 0)

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed, with all headers."""

    up: int = 0
    down: int = 0
    requests: int = 0
    cuts: int = 0
    """How often the connection was lost on purpose."""

    def since(self, before: "Traffic") -> "Traffic":
        """What passed after that."""
        return Traffic(
            self.up - before.up,
            self.down - before.down,
            self.requests - before.requests,
            self.cuts - before.cuts,
        )


class RequestCounter:
    """Counts the requests in a stream of HTTP/1.1, each of which tells its length."""

    def __init__(self) -> None:
        self.requests = 0
        self._head = b""
        self._body_left = 0

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes of the stream."""
        while chunk:
            if self._body_left:
                passed = min(self._body_left, len(chunk))
                self._body_left -= passed
                chunk = chunk[passed:]
                continue
            if not self._head:
                self.requests += 1
            self._head += chunk
            head, end, rest = self._head.partition(HEAD_END)
            if not end:
                return
            self._head, self._body_left, chunk = b"", _content_length(head), rest


class CountingProxy:
    """Listens on a free port of this machine and passes everything on to one server."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._turn = threading.Lock()
        self._traffic = Traffic()
        self._cut_after: dict[Direction, int] = {}
        self._links: set[Link] = set()
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, name="proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where tablets reach the server through this proxy."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def traffic(self) -> Traffic:
        """Everything so far."""
        with self._turn:
            return self._traffic

    def cut(self, *, up: int | None = None, down: int | None = None) -> None:
        """Lose the connection once, after so many more bytes in a direction."""
        given: dict[Direction, int | None] = {"up": up, "down": down}
        with self._turn:
            self._cut_after = {way: left for way, left in given.items() if left is not None}

    def close(self) -> None:
        """Stop, and lose every connection."""
        self._closing = True
        # An accept that waits in another thread is not woken by closing; a last visitor wakes it.
        socket.create_connection(self._listener.getsockname(), CONNECT_S).close()
        self._thread.join()
        self._listener.close()
        with self._turn:
            links = list(self._links)
        for link in links:
            link.lose()
        for link in links:
            link.join()

    def _listen(self) -> None:
        while True:
            tablet, _ = self._listener.accept()
            if self._closing:
                tablet.close()
                return
            try:
                server = socket.create_connection(self._upstream, CONNECT_S)
            except OSError:
                tablet.close()
                continue
            server.settimeout(None)
            for side in (tablet, server):
                # Small pieces go on at once: both programs ask the same of their own connections.
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self, tablet, server)
            with self._turn:
                self._links.add(link)
            link.start()

    def admit(self, link: "Link", way: Direction, chunk: bytes, requests: int) -> tuple[bytes, bool]:
        """
        Count a chunk; what of it may pass, and whether the connection is lost behind it.

        Of a connection that is lost nothing more passes either way: what the server still said on it would meet
        a cut that was meant for the next one.
        """
        with self._turn:
            if link.lost:
                return b"", True
            left = self._cut_after.get(way)
            lost = left is not None and len(chunk) >= left
            if left is not None and lost:
                chunk, self._cut_after = chunk[:left], {}
            elif left is not None:
                self._cut_after[way] = left - len(chunk)
            link.lost = lost
            now = self._traffic
            up, down = (len(chunk), 0) if way == "up" else (0, len(chunk))
            self._traffic = replace(
                now,
                up=now.up + up,
                down=now.down + down,
                requests=now.requests + requests,
                cuts=now.cuts + lost,
            )
            return chunk, lost

    def forget(self, link: "Link") -> None:
        """A link has ended."""
        with self._turn:
            self._links.discard(link)


class Link:
    """One connection of a tablet, and the one to the server that belongs to it."""

    def __init__(self, proxy: CountingProxy, tablet: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._tablet = tablet
        self._server = server
        self.lost = False
        """Whether it is to be lost behind what is under way; the proxy's turn guards it."""
        self._thread = threading.Thread(target=self._run, name="proxy up", daemon=True)

    def start(self) -> None:
        """Pass on what comes, both ways."""
        self._thread.start()

    def join(self) -> None:
        """Wait until nothing passes any more."""
        self._thread.join()

    def lose(self) -> None:
        """Break it, both ways."""
        lose(self._tablet)
        lose(self._server)

    def _run(self) -> None:
        down = threading.Thread(
            target=self._pump, args=("down", self._server, self._tablet), name="proxy down", daemon=True
        )
        down.start()
        self._pump("up", self._tablet, self._server)
        down.join()
        self._tablet.close()
        self._server.close()
        self._proxy.forget(self)

    def _pump(self, way: Direction, source: socket.socket, sink: socket.socket) -> None:
        counter = RequestCounter()
        lost = False
        try:
            while not lost and (chunk := source.recv(CHUNK_BYTES)):
                before = counter.requests
                if way == "up":
                    counter.feed(chunk)
                chunk, lost = self._proxy.admit(self, way, chunk, counter.requests - before)
                sink.sendall(chunk)
        except OSError:
            lost = True
        if lost:
            self.lose()
        else:
            end(sink)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def lose(connection: socket.socket) -> None:
    """Break a connection; whoever waits on it in another thread wakes."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It was broken already, which is what was wanted.


def end(connection: socket.socket) -> None:
    """Pass on that nothing more comes."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return  # The other side broke it before.
