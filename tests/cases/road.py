"""
The road between a real tablet and the real server in this process: HTTP without a network, and its troubles.

`Road` stands in the place of the connections that the tablet's transport keeps. What goes over it is what would go
over a wire: a signed request for the server's WSGI application, an answer with its headers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask
from urllib3 import HTTPResponse
from urllib3.exceptions import NewConnectionError, ProtocolError
from urllib3.util import SKIP_HEADER
from werkzeug.test import EnvironBuilder, run_wsgi_app

from client_sdk import HttpTransport, Providers

ADDRESS = "https://doorstep.example"


def _nothing() -> None:
    """Nothing happens."""


@dataclass(frozen=True)
class Trouble:
    """What befalls one request, and its answer."""

    unreached: bool = False
    """No connection stands: nothing leaves the tablet."""
    request_bytes: int | None = None
    """So many bytes of the body arrive, then the connection breaks."""
    reply_bytes: int | None = None
    """So many bytes of the answer's body come back; 0 for a lost reply."""
    before: Callable[[], object] = _nothing
    """Done when the request is under way and has not arrived."""
    after: Callable[[], object] = _nothing
    """Done when the server has answered and the answer is under way."""


LOST_REPLY = Trouble(reply_bytes=0)


@dataclass(frozen=True)
class Trip:
    """One request that arrived whole and was answered."""

    path: str
    status: int
    request: bytes
    reply: bytes


@dataclass
class Road:
    """The way of one tablet to the server."""

    app: Flask
    troubles: deque[Trouble] = field(default_factory=deque)
    """What befalls the next requests, in order; a request without one has none."""
    trips: list[Trip] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    """The body of every request that left the tablet."""

    def transport(self, providers: Providers, *, offset_ms: int = 0) -> HttpTransport:
        """The tablet's own transport over this road."""
        made = HttpTransport(ADDRESS, providers, offset_ms=offset_ms)
        made.close()
        made._pool = self  # type: ignore[assignment]  # the one seam between the transport and the network
        return made

    def urlopen(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], **_: Any
    ) -> HTTPResponse:
        """What urllib3 would do."""
        trouble = self.troubles.popleft() if self.troubles else Trouble()
        if trouble.unreached:
            raise NewConnectionError(self, "no route")  # type: ignore[arg-type]  # it is only named in the text
        self.sent.append(body)
        trouble.before()
        status, told, reply = self._ask(method, url, body, headers, trouble.request_bytes)
        if trouble.request_bytes is not None:
            raise ProtocolError("the connection broke")
        trouble.after()
        self.trips.append(Trip(url, status, body, reply))
        came = reply[: trouble.reply_bytes]
        return HTTPResponse(
            BytesIO(came), told, status, preload_content=False, decode_content=False, request_method=method
        )

    def close(self) -> None:
        """Nothing is kept open."""

    def _ask(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], arrives: int | None
    ) -> tuple[int, dict[str, str], bytes]:
        sent = [(name, value) for name, value in headers.items() if value != SKIP_HEADER]
        environ = EnvironBuilder(
            url, ADDRESS, method=method, headers=sent, input_stream=BytesIO(body[:arrives]),
            content_length=len(body),
        ).get_environ()  # fmt: skip
        parts, status, told = run_wsgi_app(self.app, environ, buffered=True)
        return int(status.partition(" ")[0]), dict(told), b"".join(parts)
