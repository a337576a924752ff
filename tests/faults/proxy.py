"""
The fault proxy: a poor link between a tablet and its server, as poor as it is told to be.

It passes bytes both ways, counts them, and can lose the connection after an exact byte, lose it at random, hold
every byte back for a time, and let no more bytes through than a slow modem does. It reads nothing and changes
nothing: what arrives is what was sent, or less.

    with Proxy(server.place, Weather(latency_s=1.0)) as link:
        tablet = Tablet.enrol(path, server=link.address, ...)
        link.weather = Weather(cut_up=40)      # the connection is lost behind the next 40 bytes of a request
"""

import socket
import threading
import time
from dataclasses import dataclass, replace
from queue import Queue
from random import Random
from types import TracebackType
from typing import Final, Literal, Self

from doorstep_cli.demo.proxy import CHUNK_BYTES, CONNECT_S, end, lose

SLICES_PER_S: Final = 20
"""A slow link lets a slice through so often, so that neither side believes the other dead."""

Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Weather:
    """How poor the link is."""

    latency_s: float = 0.0
    """Seconds by which each byte comes later, each way."""

    bits_per_s: int = 0
    """What the link carries each way; 0 for anything."""

    loss: float = 0.0
    """How probable it is that a piece of a message is cut somewhere and the connection lost with it, 0..1."""

    cut_up: int | None = None
    """The connection is lost behind so many more bytes from the tablet, once."""

    cut_down: int | None = None
    """The same for bytes from the server."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed."""

    up: int = 0
    down: int = 0
    connections: int = 0
    cuts: int = 0

    def since(self, before: "Traffic") -> "Traffic":
        """What passed after that."""
        return Traffic(
            self.up - before.up,
            self.down - before.down,
            self.connections - before.connections,
            self.cuts - before.cuts,
        )


class Proxy:
    """Listens on a free port of this machine and passes everything on to one server."""

    def __init__(self, place: tuple[str, int], weather: Weather | None = None, seed: int = 1) -> None:
        self._place = place
        self._weather = weather or Weather()
        self._random = Random(seed)
        self._turn = threading.Lock()
        self._traffic = Traffic()
        self._links: set[Link] = set()
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    @property
    def address(self) -> str:
        """Where tablets reach the server through this link."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def traffic(self) -> Traffic:
        """Everything so far."""
        with self._turn:
            return self._traffic

    @property
    def weather(self) -> Weather:
        """As it is now; a cut that befell is no longer to come."""
        with self._turn:
            return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        with self._turn:
            self._weather = weather

    def admit(self, link: "Link", way: Way, chunk: bytes) -> tuple[bytes, bool]:
        """
        What of a chunk may pass, and whether the connection is lost behind it.

        Of a connection that is lost nothing more passes either way: what the server still said on it would meet
        a cut that was meant for the next one.
        """
        with self._turn:
            if link.lost:
                return b"", True
            weather = self._weather
            left = weather.cut_up if way == "up" else weather.cut_down
            lost = left is not None and len(chunk) >= left
            if left is not None:
                chunk = chunk[:left]
                rest = None if lost else left - len(chunk)
                self._weather = (
                    replace(weather, cut_up=rest) if way == "up" else replace(weather, cut_down=rest)
                )
            elif weather.loss and self._random.random() < weather.loss:
                chunk, lost = chunk[: self._random.randint(0, len(chunk))], True
            link.lost = lost
            up, down = (len(chunk), 0) if way == "up" else (0, len(chunk))
            now = self._traffic
            self._traffic = replace(now, up=now.up + up, down=now.down + down, cuts=now.cuts + lost)
            return chunk, lost

    def forget(self, link: "Link") -> None:
        """A link has ended."""
        with self._turn:
            self._links.discard(link)

    def _listen(self) -> None:
        while True:
            tablet, _ = self._listener.accept()
            if self._closing:
                tablet.close()
                return
            try:
                server = socket.create_connection(self._place, CONNECT_S)
            except OSError:
                tablet.close()
                continue
            server.settimeout(None)
            link = Link(self, tablet, server)
            with self._turn:
                self._links.add(link)
                self._traffic = replace(self._traffic, connections=self._traffic.connections + 1)
            link.start()


class Link:
    """One connection of a tablet, and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy, tablet: socket.socket, server: socket.socket) -> None:
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

    def _pump(self, way: Way, source: socket.socket, sink: socket.socket) -> None:
        """Take what comes at once; a second thread lets it go when it is due."""
        waiting: Queue[_Piece] = Queue()
        carrier = threading.Thread(target=self._carry, args=(waiting, sink), name=f"carry {way}", daemon=True)
        carrier.start()
        lost = False
        try:
            while not lost and (chunk := source.recv(CHUNK_BYTES)):
                chunk, lost = self._proxy.admit(self, way, chunk)
                waiting.put(_Piece(time.monotonic() + self._proxy.weather.latency_s, chunk))
        except OSError:
            lost = True
        waiting.put(_Piece(0.0, b"", last=True, lost=lost))
        carrier.join()

    def _carry(self, waiting: "Queue[_Piece]", sink: socket.socket) -> None:
        broken = False
        while not (piece := waiting.get()).last:
            try:
                time.sleep(max(0.0, piece.due_s - time.monotonic()))
                if not broken:
                    _send(piece.chunk, self._proxy.weather.bits_per_s, sink)
            except OSError:
                broken = True
                self.lose()
        if piece.lost or broken:
            self.lose()
        else:
            end(sink)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is under way on a link."""

    due_s: float
    chunk: bytes
    last: bool = False
    lost: bool = False


def _send(chunk: bytes, bits_per_s: int, sink: socket.socket) -> None:
    """Send a chunk no faster than the link is."""
    slice_bytes = max(1, bits_per_s // 8 // SLICES_PER_S) if bits_per_s else max(1, len(chunk))
    for start in range(0, len(chunk), slice_bytes):
        part = chunk[start : start + slice_bytes]
        if bits_per_s:
            time.sleep(len(part) * 8 / bits_per_s)
        sink.sendall(part)
