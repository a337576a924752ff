"""
Signed requests (RFC 9421): who asks is known by a signature, so no secret exists that could be stolen.

The profile, for whoever writes the other side with the same library:

- algorithm Ed25519, parameter `alg` left out (`include_alg=False`), label `s` (`LABEL`), tag `ds` (`TAG`);
- covered are exactly `"@method" "@request-target" "content-digest"`, in this order (`COVERED`);
- `Content-Digest` is `sha-256` over the bytes as sent, after gzip;
- `created` in whole seconds, at most five minutes from the server's clock, either way;
- `nonce` is 12 random bytes as base64url (16 characters), new for every request, also for a repeated one;
- `keyid` is the device's id.

    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=...).sign(
        message, key_id=device, created=..., nonce=..., label="s", tag="ds", include_alg=False,
        covered_component_ids=("@method", "@request-target", "content-digest"), body=body)

401 `stale-request` carries `clock_ms`, the server's clock: correct by it, sign again. 401
`replayed-request`: sign again. 401 `unknown-device`: enrol. 403 `suspended`: wait. A revoked device passes:
its work is held, not lost.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Request, request
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from sqlalchemy.exc import SQLAlchemyError

from ..errors import Stale, UnknownDevice
from ..house import House, house
from ..observability.logs import bind
from ..services.access import nonces
from ..services.access.devices import Device, known, working
from .inflate import PUSH, Bounds, inflated, wire_body

LABEL: Final = "s"
TAG: Final = "ds"
COVERED: Final = ("@method", "@request-target", "content-digest")

AGE_MAX_S: Final = 5 * 60
"""Seconds between the signature and the server's clock, either way."""

FORGETS: Final = "A"
"""A request whose nonce begins so, one in sixty-four, also clears away the agency's old nonces."""

KEYS_MAX: Final = 4096
"""Public keys kept ready in memory: the tablets of a large agency."""

_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,32}")
_COVERED: Final = tuple(f'"{name}"' for name in COVERED)
_HEADERS: Final = ("Signature-Input", "Signature", "Content-Digest")

# The library wants an absolute URL, but nothing of it is covered: behind a proxy it would differ.
_UNUSED_URL: Final = "http://unused.invalid/"

Params = ParamSpec("Params")
Answer = TypeVar("Answer")


class Message:
    """A request as the signature library wants it, with no header but those that count."""

    def __init__(self, method: str, request_target: str, headers: Mapping[str, str]) -> None:
        self.method = method
        self.url = _UNUSED_URL
        self.request_target = request_target
        self.headers = headers


def device_required(
    view: Callable[Concatenate[Device, bytes, Params], Answer],
) -> Callable[Params, Answer]:
    """Give the view the device that signed the request and the request's body, inflated."""

    @wraps(view)
    def signed(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        device, body = authenticate(house(), request, PUSH)
        return view(device, body, *args, **kwargs)

    return signed


def authenticate(at: House, asked: Request, bounds: Bounds) -> tuple[Device, bytes]:
    """
    The device that signed this request, and the body, inflated.

    Raises:
        Stale: The signature is too old, or ahead.
        Replayed: The request was seen before.
        UnknownDevice: Anything else is wrong with the signature, or nobody has this key.
        Suspended: The device waits to be confirmed.
        TooLarge: A bound is passed.
    """
    body = wire_body(asked, bounds)
    headers = {name: value for name in _HEADERS if (value := asked.headers.get(name)) is not None}
    message = Message(asked.method, request_target(asked.environ), headers)
    device = _admitted(at, *verify(at, message, body))
    bind(agency=device.agency, device=device.id)
    return working(device), inflated(body, asked.headers.get("Content-Encoding"), bounds)


def verify(at: House, message: Message, body: bytes) -> tuple[str, str]:
    """
    The id of the device whose signature stands over message and body, and the nonce.

    Raises:
        Stale: The signature is too old, or ahead.
        UnknownDevice: Anything else is wrong with it.
    """
    verifier = _Verifier(at.providers.now_ms(), _Resolver(at))
    try:
        (result,) = verifier.verify(
            message,
            max_age=timedelta(seconds=AGE_MAX_S),
            expect_tag=TAG,
            require_components=COVERED,
            body=body,
        )
    except InvalidSignature as error:
        raise _reason(error) from None
    signed = tuple(name for name in result.covered_components if name != '"@signature-params"')
    if signed != _COVERED or not _NONCE.fullmatch(result.nonce or ""):
        raise UnknownDevice
    return str(result.parameters["keyid"]), str(result.nonce)


def request_target(environ: Mapping[str, Any]) -> str:
    """Path and query as they were sent: waitress and gunicorn keep them under different names."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    assert isinstance(target, str), "the server keeps the request's target"
    return target


class _Resolver(HTTPSignatureKeyResolver):
    """Finds the key of a device, in memory or in the database."""

    def __init__(self, at: House) -> None:
        self._at = at

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        """The key of this device; whatever goes wrong here is a signature that does not hold."""
        key = _keys.get(key_id)
        if key is None:
            with self._at.database.reading() as session:
                key = Ed25519PublicKey.from_public_bytes(known(session, key_id).public_key)
            _remember(key_id, key)
        return key


class _Verifier(HTTPMessageVerifier):
    """A verifier that goes by the server's provider of time and tells an old signature from a bad one."""

    def __init__(self, now_ms: int, resolver: _Resolver) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
        self._now_ms = now_ms

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Hold `created` to `max_age`, either way."""
        assert max_age is not None, "every request has an age"
        created = sig_input.params.get("created")
        if type(created) is not int or "expires" in sig_input.params:
            raise InvalidSignature("created is a whole number of seconds, and there is no other time")
        if abs(self._now_ms // 1000 - created) > max_age.total_seconds():
            raise Stale(self._now_ms)


def _reason(error: InvalidSignature) -> Exception:
    """The library makes a bad signature of everything that befalls it; a database that is away is none."""
    cause = error.__cause__
    return cause if isinstance(cause, SQLAlchemyError) else UnknownDevice()


def _admitted(at: House, device_id: str, nonce: str) -> Device:
    return at.database.retrying(lambda: _admit(at, device_id, nonce))


def _admit(at: House, device_id: str, nonce: str) -> Device:
    """The device as it stands now, its nonce taken."""
    now_ms = at.providers.now_ms()
    with at.database.writing(durable=False) as session:
        device = known(session, device_id)
        nonces.take(session, device.agency, device.id, nonce, now_ms)
        if nonce.startswith(FORGETS):
            nonces.forget(session, device.agency, now_ms)
    return device


def _remember(device_id: str, key: Ed25519PublicKey) -> None:
    if len(_keys) >= KEYS_MAX:
        _keys.clear()
    _keys[device_id] = key


# A device's id is the digest of its key, so what is remembered here can never become wrong.
_keys: dict[str, Ed25519PublicKey] = {}
