"""
Transport: one request and its answer over HTTP, signed (RFC 9421), with every bound named.

`Transport` is what the exchange needs; `HttpTransport` does it by urllib3. It verifies certificates, always;
the agency's own authority may be pinned; plain HTTP goes to this machine only, and only when asked for.

    Offline
    └─ Unreached    the request never left: what it held counts as not sent
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import urllib3
from http_message_signatures import HTTPMessageSigner, algorithms
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
)
from urllib3.util import SKIP_HEADER

from sync import HistoryChanged, Json, Reply, SyncRequest, encode, encode_bytes
from sync.wire import MEDIA_TYPE

from .answers import Raw, code_of, object_of, object_or_empty, raise_for, read_whole, sync_reply
from .clock import Providers
from .errors import Offline, Refused

SYNC_PATH: Final = "/api/v1/sync"
ENROL_PATH: Final = "/api/v1/enrol"

CONNECT_S: Final = 15.0
"""Seconds until a connection stands: a poor rural link needs several."""

SILENCE_S: Final = 60.0
"""Seconds without a byte after which an answer is given up."""

NONCE_BYTES: Final = 12

_LABEL: Final = "s"
_TAG: Final = "ds"
_COVERED: Final = ("@method", "@request-target", "content-digest")

# The signature library wants an absolute address, but nothing of it is covered.
_UNUSED_URL: Final = "http://unused.invalid/"


class Unreached(Offline):
    """The server was not reached at all: nothing was given to the network."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """Who signs requests: the device's id, and the way to its key."""

    id: str
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and what it cost on the wire without headers."""

    reply: Reply | HistoryChanged
    bytes_up: int
    bytes_down: int


class Transport(Protocol):
    """The way to the server."""

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """
        Send one message and wait for its answer.

        Raises:
            Offline: No whole answer of ours came; `Unreached` where nothing was sent.
            Revoked: The server does not know this device.
            Refused: The server lets this tablet wait, or takes nothing from it.
        """
        ...

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """
        Register a device key.

        Raises:
            Offline, Refused: As above; a refusal says why.
        """
        ...


@dataclass(slots=True)
class _Message:
    """A request as the signature library wants it, with no header but those that count."""

    method: str
    request_target: str
    headers: dict[str, str]
    url: str = _UNUSED_URL


class HttpTransport:
    """Requests by urllib3, over one connection that is kept."""

    def __init__(
        self,
        server: str,
        providers: Providers,
        *,
        authority_pem: str | None = None,
        plain_http: bool = False,
        offset_ms: int = 0,
    ) -> None:
        """
        Prepare; nothing is connected yet.

        Args:
            server: The address of the server, such as `https://doorstep.example`.
            providers: Time for signatures and randomness for nonces.
            authority_pem: The agency's own certificate authority; then no other is trusted.
            plain_http: Allow `http://` to this machine.
            offset_ms: The server's clock less this machine's, as last known.

        Raises:
            Refused: The address is none, or would send what is private in clear.
        """
        self._pool, self._prefix = _pool(server, authority_pem, plain_http=plain_http)
        self._providers = providers
        self._offset_ms = offset_ms
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)

    def sync(self, device: DeviceKey, request: SyncRequest) -> Answer:
        """Send one message, signed; correct the clock and sign again once where the server asks for it."""
        raw = self._signed(device, request)
        if raw.status == 401 and self._may_sign_again(raw):
            raw = self._signed(device, request)
        reply = sync_reply(raw)
        self._offset_ms = (
            reply.clock - self._providers.now_ms() if isinstance(reply, Reply) else self._offset_ms
        )
        return Answer(reply, len(request.body), raw.wire_bytes)

    def enrol(self, application: Mapping[str, Json]) -> Mapping[str, Any]:
        """Register a device key; what proves it lies in the application itself."""
        raw = self._send(ENROL_PATH, encode(dict(application)), {"Content-Type": "application/json"})
        raise_for(raw, expected=(200, 201))
        return object_of(raw.body)

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.close()

    def _signed(self, device: DeviceKey, request: SyncRequest) -> Raw:
        target = self._prefix + SYNC_PATH
        message = _Message("POST", target, {"Content-Type": MEDIA_TYPE})
        if request.compressed:
            message.headers["Content-Encoding"] = "deflate"
        now_s = (self._providers.now_ms() + self._offset_ms) / 1000
        prepared = self._signer.prepare(
            message,
            key_id=device.id,
            created=datetime.fromtimestamp(now_s, UTC),
            nonce=encode_bytes(self._providers.entropy(NONCE_BYTES)),
            label=_LABEL,
            tag=_TAG,
            include_alg=False,
            covered_component_ids=_COVERED,
            body=request.body,
        )
        self._signer.apply(message, prepared, device.sign(prepared.signature_base))
        return self._send(SYNC_PATH, request.body, message.headers)

    def _may_sign_again(self, raw: Raw) -> bool:
        """Whether the refusal was about the moment alone; the clock is corrected by it."""
        about = object_or_empty(raw.body)
        clock = about.get("clock_ms", about.get("clock"))
        if isinstance(clock, int):
            self._offset_ms = clock - self._providers.now_ms()
            return True
        return code_of(about) == "replayed-request"

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Raw:
        lean = {**headers, "Accept-Encoding": "gzip", "User-Agent": SKIP_HEADER}
        try:
            response = self._pool.urlopen(
                "POST",
                self._prefix + path,
                body,
                lean,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except (NewConnectionError, ConnectTimeoutError):
            raise Unreached("the server is not reached") from None
        except SSLError:
            raise Unreached("the server's certificate does not hold", retry=False) from None
        except (HTTPError, OSError):
            raise Offline("the connection broke before an answer came") from None
        return read_whole(response)


def _pool(
    server: str, authority_pem: str | None, *, plain_http: bool
) -> tuple[urllib3.HTTPConnectionPool, str]:
    parts = urlsplit(server)
    host, prefix = parts.hostname, parts.path.rstrip("/")
    timeout = urllib3.Timeout(connect=CONNECT_S, read=SILENCE_S)
    if not host or parts.query or parts.fragment or parts.username:
        raise Refused("the address of a server is such as https://doorstep.example")
    if parts.scheme == "https":
        context = ssl.create_default_context(cadata=authority_pem)
        https = urllib3.HTTPSConnectionPool(
            host, parts.port or 443, timeout=timeout, ssl_context=context, maxsize=1, block=True
        )
        return https, prefix
    if parts.scheme != "http" or not plain_http or not _is_this_machine(host):
        raise Refused("a server is reached by https; plain http goes to this machine only, when allowed")
    return urllib3.HTTPConnectionPool(host, parts.port or 80, timeout=timeout, maxsize=1, block=True), prefix


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
