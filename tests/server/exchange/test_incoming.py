from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.services.log.incoming import Signatory, receive
from sync import At, Json, Prefix, Write, compose, signed_bytes, write_line
from sync.wire import read_line

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PREFIX = Prefix("a1", "d1", "ana")


def received(value: Json, *, wall: int = 1_000) -> str | None:
    """What is said of a changeset with this date of birth, as soon as it came."""
    made = compose(
        PREFIX, subject="c1", seq=1, prev="", at=At(1_000, 0), wall=wall, schema=1, salt=bytes(16),
        writes=[Write("client", "c1", "date_of_birth", (), value)],
    )  # fmt: skip
    line = read_line(write_line(KEY.sign(signed_bytes(PREFIX, made.body)), made.body))
    (item,) = receive(Signatory(PREFIX, KEY.public_key().public_bytes_raw()), [line])
    return item.unfit


def test_values_are_looked_at_before_the_log_is_taken() -> None:
    """Nobody else waits while a long assessment is held against its fields."""
    assert received("1950-03-01") == ""
    assert received("the first of March") == "malformed"
    assert received("1950-03-01", wall=2**53 - 1) == "impossible_time"
