from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from server.api import signatures
from server.api.inflate import JSON, PUSH, inflated
from server.api.signatures import AGE_MAX_S
from server.errors import TooLarge, Unreadable
from server.house import House
from server.services.access.devices import revoke, suspend
from server.services.access.nonces import NONCE_KEPT_MS
from server.tables.nonce import NonceRow
from sync.limits import PUSH_BYTES_MAX, PUSH_INFLATED_BYTES_MAX

from ..conftest import Clock
from .conftest import EchoExchange, FakeTablet, Staff, enrolled, push


def test_a_signed_request_reaches_the_exchange(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, exchange: EchoExchange
) -> None:
    """With the device that signed it, and the body as meant."""
    answer = push(web, clock, tablet, b"a head line")

    assert answer.status_code == 200
    assert [(device.id, device.worker, body) for device, body in exchange.heard] == [
        (tablet.device, "ana", b"a head line")
    ]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda headers, body: (headers, body + b" "),
        lambda headers, body: (headers | {"Signature": "s=:" + "A" * 86 + "==:"}, body),
        lambda headers, body: (
            headers | {"Signature-Input": headers["Signature-Input"].replace("nonce-", "nonsu-")},
            body,
        ),
        lambda headers, body: ({k: v for k, v in headers.items() if k != "Content-Digest"}, body),
        lambda headers, body: ({}, body),
        lambda headers, body: (headers | {"Signature": "((("}, body),
    ],
)
def test_a_request_that_was_changed_on_the_way_is_refused(
    web: FlaskClient,
    clock: Clock,
    tablet: FakeTablet,
    exchange: EchoExchange,
    tamper: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]],
) -> None:
    """A hostile network can neither read secrets, for there are none, nor put words in."""
    headers, body = tamper(tablet.signed(b"{}", clock.now_s()), b"{}")
    answer = web.post("/api/v1/sync", data=body, headers=headers)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unknown-device")
    assert exchange.heard == []


@pytest.mark.parametrize(
    "options",
    [
        {"target": "/api/v1/enrol"},
        {"method": "PUT"},
        {"tag": "other"},
        {"covered": ("@method", "content-digest")},
        {"covered": ("@request-target", "@method", "content-digest")},
        {"nonce": "short"},
        {"nonce": "with spaces in it"},
        {"expires": datetime(2100, 1, 1, tzinfo=UTC)},
    ],
)
def test_only_the_profile_is_accepted(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, options: dict[str, Any]
) -> None:
    """A signature made for something else does not pass here."""
    assert push(web, clock, tablet, **options).status_code == 401


def test_a_body_must_be_covered(web: FlaskClient, clock: Clock, tablet: FakeTablet) -> None:
    """The library's trap: a signature that covers no digest would let any body pass."""
    body = b"{}"
    headers = tablet.signed(b"", clock.now_s(), covered=("@method", "@request-target"))
    headers.pop("Content-Digest", None)

    assert web.post("/api/v1/sync", data=body, headers=headers).status_code == 401


def test_an_unknown_key_is_not_told_apart_from_a_bad_signature(
    web: FlaskClient, clock: Clock, staff: Staff
) -> None:
    """Nobody learns which devices exist."""
    answer = push(web, clock, FakeTablet(9))

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unknown-device")


@pytest.mark.parametrize("offset_s", [-AGE_MAX_S - 1, AGE_MAX_S + 1, -40 * 86400])
def test_a_tablet_with_a_wrong_clock_learns_the_right_time_and_tries_again(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, offset_s: int
) -> None:
    """Also after forty days in a drawer."""
    body = b"{}"
    refused = web.post("/api/v1/sync", data=body, headers=tablet.signed(body, clock.now_s() + offset_s))
    problem = refused.get_json()
    corrected = tablet.signed(body, problem["clock_ms"] / 1000)

    assert (refused.status_code, problem["code"], problem["clock_ms"]) == (401, "stale-request", clock.ms)
    assert web.post("/api/v1/sync", data=body, headers=corrected).status_code == 200


@pytest.mark.parametrize("offset_s", [-AGE_MAX_S, AGE_MAX_S])
def test_a_clock_within_five_minutes_is_good_enough(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, offset_s: int
) -> None:
    """No second round trip for an ordinary clock."""
    body = b"{}"
    headers = tablet.signed(body, clock.now_s() + offset_s)

    assert web.post("/api/v1/sync", data=body, headers=headers).status_code == 200


def test_a_request_is_taken_once(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, exchange: EchoExchange
) -> None:
    """Whoever recorded it cannot play it again, in any process, for as long as it is fresh."""
    headers = tablet.signed(b"{}", clock.now_s() + AGE_MAX_S)
    answers = []
    for _ in range(3):
        answers.append(web.post("/api/v1/sync", data=b"{}", headers=headers))
        clock.ms += AGE_MAX_S * 1000

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert answers[1].get_json()["code"] == "replayed-request"
    assert len(exchange.heard) == 1


def test_keys_in_memory_are_bounded(
    at: House,
    web: FlaskClient,
    clock: Clock,
    tablet: FakeTablet,
    staff: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that meets more tablets than it remembers asks the database again."""
    monkeypatch.setattr(signatures, "_keys", {})
    monkeypatch.setattr(signatures, "KEYS_MAX", 1)
    other = enrolled(at, staff.admin, staff.ben, FakeTablet(2))
    answers = [push(web, clock, each).status_code for each in (tablet, other, tablet)]

    assert answers == [200, 200, 200]
    assert len(signatures._keys) == 1


def test_old_nonces_are_forgotten(at: House, web: FlaskClient, clock: Clock, tablet: FakeTablet) -> None:
    """The table stays small by itself, and forgets nothing that could still be replayed."""
    kept = []
    for n in range(5):
        push(web, clock, tablet, nonce=f"of-the-morning-{n}")
    clock.ms += NONCE_KEPT_MS
    for nonce in ("A-clears-not-yet-", "A-clears-them-now"):
        push(web, clock, tablet, nonce=nonce)
        clock.ms += 1
        with at.database.reading() as session:
            kept.append(session.scalar(select(func.count()).select_from(NonceRow)))

    assert kept == [6, 2]


def test_a_revoked_tablet_is_answered_and_a_suspended_one_waits(
    at: House, web: FlaskClient, clock: Clock, tablet: FakeTablet, staff: Staff, exchange: EchoExchange
) -> None:
    """A revoked tablet's work is held, which the exchange does; a suspended one gets a 403."""
    with at.database.writing() as session:
        revoke(session, staff.admin, tablet.device)
    waiting = enrolled(at, staff.admin, staff.ben, FakeTablet(2))
    with at.database.writing() as session:
        suspend(session, staff.admin, waiting.device)
    answers = [push(web, clock, each) for each in (tablet, waiting)]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].get_json()["code"] == "suspended"
    assert [device.state for device, _ in exchange.heard] == ["revoked"]


@pytest.mark.parametrize("remembered", [True, False])
def test_a_database_that_is_away_is_no_bad_signature(
    at: House,
    web: FlaskClient,
    clock: Clock,
    tablet: FakeTablet,
    monkeypatch: pytest.MonkeyPatch,
    remembered: bool,
) -> None:
    """Else every tablet would believe that it must enrol again."""
    monkeypatch.setattr(signatures, "_keys", {})
    if remembered:
        push(web, clock, tablet)
    with at.database.engine.begin() as connection:
        NonceRow.metadata.tables["device"].drop(connection)
    answer = push(web, clock, tablet)

    assert answer.status_code in (500, 503)


def test_a_compressed_push_is_inflated(
    web: FlaskClient, clock: Clock, tablet: FakeTablet, exchange: EchoExchange
) -> None:
    """The digest is over the bytes as sent."""
    body = b"line\n" * 1000
    answer = push(web, clock, tablet, gzip.compress(body), headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 200
    assert exchange.heard[0][1] == body


@pytest.mark.parametrize(
    ("body", "encoding", "status", "shown"),
    [
        (b"x" * (PUSH_BYTES_MAX + 1), None, 413, {"bound": "PUSH_BYTES_MAX", "limit": PUSH_BYTES_MAX}),
        (gzip.compress(bytes(1_000_000)), "gzip", 413, {"bound": "INFLATION_RATIO_MAX", "limit": 200}),
        (b"no gzip", "gzip", 400, {"rule": "a body with Content-Encoding gzip is gzip"}),
        (b"anything", "br", 415, {}),
    ],
)
def test_bodies_beyond_the_bounds_are_refused_by_name(
    web: FlaskClient,
    clock: Clock,
    tablet: FakeTablet,
    body: bytes,
    encoding: str | None,
    status: int,
    shown: dict[str, Any],
) -> None:
    """The tablet's log says which bound, and no memory is filled."""
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = push(web, clock, tablet, body, headers=headers)
    problem = answer.get_json()

    assert answer.status_code == problem["status"] == status
    assert {name: problem[name] for name in shown} == shown


def test_inflation_stops_at_its_bound() -> None:
    """A bomb of low ratio is stopped by its size."""
    noise = b"".join(zlib.crc32(b"%d" % n).to_bytes(4, "big") * 20 for n in range(60_000))
    bomb = gzip.compress(noise)

    with pytest.raises(TooLarge) as refusal:
        inflated(bomb, "gzip", PUSH)
    assert (refusal.value.bound, refusal.value.limit) == ("PUSH_INFLATED_BYTES_MAX", PUSH_INFLATED_BYTES_MAX)


@pytest.mark.parametrize("harm", [lambda b: b[:-1], lambda b: b + b, lambda b: b + b"x", lambda b: b""])
def test_half_a_gzip_or_more_than_one_is_refused(harm: Callable[[bytes], bytes]) -> None:
    """A push cut at any byte is not taken for a shorter one."""
    with pytest.raises(Unreadable):
        inflated(harm(gzip.compress(b"line")), "gzip", JSON)


def test_a_body_without_encoding_is_itself() -> None:
    """Two spellings of nothing."""
    assert inflated(b"x", None, PUSH) == inflated(b"x", "identity", PUSH) == b"x"


def test_replies_are_compressed_where_it_pays(web: FlaskClient, clock: Clock, tablet: FakeTablet) -> None:
    """Not below some 200 bytes, and only for whoever can read it."""
    small = push(web, clock, tablet, headers={"Accept-Encoding": "gzip"})
    large = push(web, clock, tablet, b"x" * 400, headers={"Accept-Encoding": "gzip"})
    plain = push(web, clock, tablet, b"x" * 400)

    assert [answer.headers.get("Content-Encoding") for answer in (small, large, plain)] == [
        None,
        "gzip",
        None,
    ]
    assert gzip.decompress(large.data) == plain.data


def test_no_reply_has_a_header_that_nobody_reads(web: FlaskClient, clock: Clock, tablet: FakeTablet) -> None:
    """Bytes cost time on a rural link."""
    answer = push(web, clock, tablet)

    assert sorted(answer.headers.keys()) == ["Content-Length", "Content-Type"]
