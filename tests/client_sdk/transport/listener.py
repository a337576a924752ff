"""
A listener on this machine that takes raw requests and answers what it is told, byte for byte.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    """What came, and what is answered, in order."""

    answers: list[bytes]
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@contextmanager
def listening(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """Listen until the block ends."""
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(list(answers), port=server.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(server, listener, tls), daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def _serve(server: socket.socket, listener: Listener, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        try:
            with connection if tls is None else tls.wrap_socket(connection, server_side=True) as talking:
                _talk(talking, listener)
        except OSError:
            continue
        finally:
            connection.close()


def _talk(connection: socket.socket, listener: Listener) -> None:
    while listener.answers:
        request = _read(connection)
        if not request:
            return
        listener.requests.append(request)
        given = listener.answers.pop(0)
        connection.sendall(given)
        if b"Content-Length" not in given.partition(b"\r\n\r\n")[0]:
            return


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
