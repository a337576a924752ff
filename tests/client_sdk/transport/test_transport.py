import gzip
import json
import ssl
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from client_sdk import HttpTransport, Offline, Providers, Refused, Revoked
from client_sdk.answers import REPLY_BYTES_MAX
from client_sdk.transport import DeviceKey, Unreached
from sync import (
    Exchange,
    HistoryChanged,
    Pending,
    Reply,
    Standing,
    SyncRequest,
    Tablet,
    digest_id,
    write_reply,
)

from .authority import make_authority, make_certificate, pem_of
from .listener import Listener, answer, listening

NOW = 1_800_000_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE = DeviceKey(digest_id(KEY.public_key().public_bytes_raw()), KEY.sign)
REPLY = Reply("e1", NOW)
TOLD = answer(write_reply(REPLY))


def _request(*lines: bytes) -> SyncRequest:
    tablet = Tablet(schema=1, app="0.1.0", clock=NOW, pending=0, anchor="12345." + "a" * 22)
    cursor = "123456." + "c" * 16
    waiting = [Pending("n" * 22, line) for line in lines]
    found = Exchange(Standing("e" * 22, cursor), waiting, tablet).next()
    assert isinstance(found, SyncRequest)
    return found


def _transport(listener: Listener, **more: Any) -> HttpTransport:
    return HttpTransport(listener.address, Providers(now_ms=lambda: NOW), plain_http=True, **more)


def _headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


class _Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        assert key_id == DEVICE.id
        return KEY.public_key()


class _Asked:
    """A request as the server's library sees it."""

    method = "POST"
    url = "http://unused.invalid/"

    def __init__(self, target: str, headers: dict[str, str]) -> None:
        self.request_target = target
        self.headers = headers


class _AnyTime(HTTPMessageVerifier):
    """The moment is told by the test."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        self.created = sig_input.params["created"]


def _verified(request: bytes, target: str = "/api/v1/sync") -> tuple[int, str]:
    """When it was signed, and its nonce."""
    verifier = _AnyTime(signature_algorithm=algorithms.ED25519, key_resolver=_Keys())
    (result,) = verifier.verify(
        _Asked(target, _headers(request)),
        expect_tag="ds",
        require_components=("@method", "@request-target", "content-digest"),
        body=request.partition(b"\r\n\r\n")[2],
    )
    assert result.label == "s"
    return verifier.created, str(result.nonce)


def test_a_request_is_signed_over_its_bytes_as_sent() -> None:
    """No secret travels that could be stolen, and nothing can be changed on the way."""
    with listening(TOLD, TOLD) as listener:
        transport = _transport(listener, offset_ms=60_000)
        got = transport.sync(DEVICE, _request())
        transport.sync(DEVICE, _request())
        transport.close()

    assert got.reply == REPLY
    assert got.bytes_down == len(write_reply(REPLY))
    (first, nonce), (_, other) = map(_verified, listener.requests)
    assert first == NOW // 1000 + 60
    assert nonce != other
    with pytest.raises(InvalidSignature):
        _verified(listener.requests[0] + b"!")


def test_a_sync_with_nothing_to_say_is_small() -> None:
    """Wire thrift is part of the design: at most 700 bytes up with all headers."""
    with listening(TOLD) as listener:
        _transport(listener).sync(DEVICE, _request())

    (request,) = listener.requests
    print(f"no-op up: {len(request)} bytes")
    assert len(request) <= 700
    assert set(_headers(request)) == {
        "Accept-Encoding",
        "Content-Digest",
        "Content-Encoding",
        "Content-Length",
        "Content-Type",
        "Host",
        "Signature",
        "Signature-Input",
    }


def test_a_large_request_is_deflated_and_a_large_answer_inflated() -> None:
    """Text takes a quarter of its bytes on the wire."""
    zipped = answer(gzip.compress(write_reply(REPLY)), "200 OK", "Content-Encoding: gzip")
    with listening(zipped) as listener:
        got = _transport(listener).sync(DEVICE, _request(b"x" * 5000))

    (request,) = listener.requests
    assert _headers(request)["Content-Encoding"] == "deflate"
    assert zlib.decompress(request.partition(b"\r\n\r\n")[2]).endswith(b"x" * 5000)
    assert got.reply == REPLY


def test_a_path_before_the_api_is_kept() -> None:
    """A server may live under a path of somebody's site."""
    with listening(TOLD) as listener:
        transport = HttpTransport(
            listener.address + "/doorstep/", Providers(now_ms=lambda: NOW), plain_http=True
        )
        transport.sync(DEVICE, _request())

    assert listener.requests[0].startswith(b"POST /doorstep/api/v1/sync HTTP/1.1\r\n")
    _verified(listener.requests[0], "/doorstep/api/v1/sync")


def _problem(status: str, code: str, **more: Any) -> bytes:
    return answer(json.dumps({"type": f"/problems/{code}", "code": code, **more}).encode(), status)


@pytest.mark.parametrize("member", ["clock", "clock_ms"])
def test_a_wrong_clock_is_corrected_once(member: str) -> None:
    """A tablet whose battery was empty syncs all the same."""
    stale = _problem("401 Unauthorized", "stale-request", **{member: NOW + 3_600_000})
    with listening(stale, TOLD, TOLD) as listener:
        transport = _transport(listener)
        transport.sync(DEVICE, _request())
        transport.sync(DEVICE, _request())
    with listening(stale, stale) as other, pytest.raises(Revoked):
        _transport(other).sync(DEVICE, _request())

    signed = [_verified(request)[0] for request in listener.requests]
    assert signed == [NOW // 1000, NOW // 1000 + 3600, NOW // 1000]


def test_a_replayed_request_is_signed_again_once() -> None:
    """A message that the network doubled."""
    with listening(_problem("401 Unauthorized", "replayed-request"), TOLD) as listener:
        _transport(listener).sync(DEVICE, _request())

    assert len(listener.requests) == 2


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (_problem("401 Unauthorized", "unknown-device"), Revoked),
        (_problem("403 Forbidden", "suspended"), Refused),
        (_problem("400 Bad Request", "malformed"), Refused),
        (_problem("409 Conflict", "already-enrolled"), Refused),
        (_problem("503 Service Unavailable", "busy"), Offline),
        (_problem("429 Too Many Requests", "too-many-requests"), Offline),
        (answer(b"<html>", "500 Internal Server Error"), Offline),
        (answer(b"<html>Welcome to our hotel</html>"), Offline),
        (answer(b"[]"), Offline),
        (answer(b"[" * 200_000), Offline),
        (answer(b"", "302 Found", "Location: http://127.0.0.1/hotel"), Offline),
        (answer(b"{}", "200 OK", "Content-Encoding: br"), Offline),
        (answer(b"{}", "200 OK", "Content-Encoding: gzip"), Offline),
        (answer(gzip.compress(write_reply(REPLY))[:-4], "200 OK", "Content-Encoding: gzip"), Offline),
        (
            answer(gzip.compress(bytes(REPLY_BYTES_MAX + 1), 1), "200 OK", "Content-Encoding: gzip"),
            Offline,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", Offline),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (REPLY_BYTES_MAX + 1), Offline),
        (b"garbage\r\n\r\n", Offline),
        (b"", Offline),
    ],
)
def test_anything_but_a_whole_answer_of_ours_settles_nothing(told: bytes, error: type[Exception]) -> None:
    """Only a 200 settles, and only one that came whole."""
    with listening(told) as listener, pytest.raises(error) as raised:
        _transport(listener).sync(DEVICE, _request())

    assert not isinstance(raised.value, Unreached)


def test_a_reply_cut_at_every_byte_is_no_reply() -> None:
    """The push cut at every byte, seen from the tablet."""
    whole = answer(write_reply(REPLY))
    for size in range(len(whole)):
        with listening(whole[:size]) as listener, pytest.raises(Offline):
            _transport(listener).sync(DEVICE, _request())


@pytest.mark.parametrize(
    ("more", "cursor"), [({}, None), ({"cursor": ""}, ""), ({"cursor": "5.abc"}, "5.abc")]
)
def test_a_changed_history_is_told_apart(more: dict[str, str], cursor: str | None) -> None:
    """It is no error: the tablet offers what it kept."""
    with listening(_problem("409 Conflict", "history-changed", epoch="e2", **more)) as listener:
        got = _transport(listener).sync(DEVICE, _request())

    assert got.reply == HistoryChanged("e2", cursor)


def test_a_server_that_is_not_there_was_given_nothing() -> None:
    """Custody must not say *sent*."""
    with listening() as listener:
        pass
    with pytest.raises(Unreached):
        _transport(listener).sync(DEVICE, _request())


def test_an_enrolment_is_json_and_its_refusal_says_why() -> None:
    """The one door for an unknown key."""
    given = answer(b'{"device":"d"}', "201 Created")
    with listening(given, _problem("403 Forbidden", "code-refused"), answer(b"hello")) as listener:
        transport = _transport(listener)
        assert transport.enrol({"code": "c"}) == {"device": "d"}
        with pytest.raises(Refused, match="code-refused"):
            transport.enrol({"code": "c"})
        with pytest.raises(Offline):
            transport.enrol({"code": "c"})

    assert listener.requests[0].endswith(b'\r\n\r\n{"code":"c"}')


@pytest.mark.parametrize(
    "address",
    [
        "http://doorstep.example",
        "http://192.0.2.7",
        "ftp://localhost",
        "doorstep.example",
        "https://doorstep.example/?x=1",
        "https://user@doorstep.example",
    ],
)
def test_nothing_goes_in_clear_to_another_machine(address: str) -> None:
    """Plain HTTP is for this machine, and only when asked for."""
    with pytest.raises(Refused):
        HttpTransport(address, Providers(), plain_http=True)


def test_plain_http_needs_the_flag() -> None:
    """Not even to this machine without being asked for."""
    with pytest.raises(Refused):
        HttpTransport("http://localhost:1", Providers())
    HttpTransport("http://localhost:1", Providers(), plain_http=True).close()


def test_only_the_agencys_own_authority_is_trusted_where_it_is_pinned(tmp_path: Path) -> None:
    """Verification cannot be switched off, and a pin leaves nobody else to trust."""
    certificate, by = make_authority("Mercy Bend")
    stranger, _ = make_authority("Somebody")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = make_certificate("localhost", key.public_key(), "Mercy Bend", by, authority=False)
    chain = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + pem_of(leaf).encode())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    providers = Providers(now_ms=lambda: NOW)
    with listening(TOLD, tls=context) as listener:
        address = f"https://localhost:{listener.port}"
        for pem in (None, pem_of(stranger)):
            with pytest.raises(Unreached, match="certificate") as raised:
                HttpTransport(address, providers, authority_pem=pem).sync(DEVICE, _request())
            assert not raised.value.retry
        good = HttpTransport(address, providers, authority_pem=pem_of(certificate))
        assert good.sync(DEVICE, _request()).reply == REPLY
        good.close()
