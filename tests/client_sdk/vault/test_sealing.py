"""
Boxes, packing, codes and what is sealed to the agency.
"""

import hmac
import os
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sdk.errors import Tampered
from client_sdk.vault import AES_256_GCM, CHACHA20_POLY1305, Aead, Envelope, Session, open_envelope
from client_sdk.vault.hpke import open_with, seal_to
from client_sdk.vault.mac import Mac
from client_sdk.vault.padding import BUCKET_BYTES, STORED_BYTES_MAX, pack, unpack, unpack_bounded
from server.crypto.envelope import open_envelope as opened_at_server
from sync.limits import CHANGESET_BYTES_MAX, ENVELOPE_BYTES_MAX

KEY = bytes(range(32))
STORE = bytes(range(16))


@pytest.mark.parametrize("algorithm", [AES_256_GCM, CHACHA20_POLY1305])
def test_either_algorithm_opens_what_either_sealed(algorithm):
    """A tablet without AES in hardware reads a store that one with it began."""
    box = Aead(KEY, os.urandom, algorithm).seal(b"plain", b"label")

    assert box[0] == algorithm
    assert Aead(KEY, os.urandom).open(box, b"label") == b"plain"


@pytest.mark.parametrize(
    "spoil", [lambda box: box[:28], lambda box: b"\x03" + box[1:], lambda box: box[:-1] + b"?"]
)
def test_a_spoilt_box_is_told(spoil):
    """Cut short, of an unknown algorithm, or changed."""
    aead = Aead(KEY, os.urandom)

    with pytest.raises(Tampered):
        aead.open(spoil(aead.seal(b"plain", b"label")), b"label")


def test_a_box_opens_under_its_own_label_only():
    """A row cannot stand in for another."""
    aead = Aead(KEY, os.urandom)

    with pytest.raises(Tampered):
        aead.open(aead.seal(b"plain", b"label"), b"other")


@given(st.binary(max_size=STORED_BYTES_MAX + 500))
def test_what_is_packed_is_a_padded_zlib_stream(plain):
    """Another reader, with any zlib, gets the same."""
    packed = pack(plain)

    assert len(packed) % BUCKET_BYTES == 0
    assert unpack(packed) == unpack_bounded(packed, len(plain) + 1) == plain
    assert zlib.decompressobj().decompress(packed[4:]) == plain


def test_a_bomb_is_not_inflated():
    """A stranger's envelope cannot fill the server's memory."""
    with pytest.raises(Tampered):
        unpack_bounded(pack(bytes(10_000)), 9_999)
    with pytest.raises(Tampered):
        unpack_bounded(b"\0\0\0\x05hello", 100)


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_the_prepared_code_is_the_standard_one(message, key):
    """RFC 2104, as the standard library has it."""
    assert Mac(key).of(message) == hmac.digest(key, message, "sha256")


def test_only_the_agency_opens_what_is_sealed_to_it(bench):
    """Not with another key, not under another purpose, not after a change."""
    private = bench.agency.private_bytes_raw()
    sealed = seal_to(bench.agency_key, b"master", b"info")

    assert open_with(private, sealed, b"info") == b"master"
    for key, text, info in (
        (KEY[::-1], sealed, b"info"),
        (private, sealed, b"other"),
        (private, sealed[:-1] + b"?", b"info"),
        (private, b"short", b"info"),
    ):
        with pytest.raises(Tampered):
            open_with(key, text, info)


def test_an_envelope_opens_for_the_agency_and_is_bound_to_its_place(bench):
    """It may come by any hand; nobody can pass one off as another."""
    private = bench.agency.private_bytes_raw()
    session = Session(bench.agency_key, store_id=STORE, entropy=os.urandom)
    envelope = session.seal(b"e" * 16, 7, b"one changeset")
    other = Session(bench.agency_key, store_id=STORE, entropy=os.urandom)

    assert Envelope.from_bytes(envelope.to_bytes()) == envelope
    assert open_envelope(private, envelope.to_bytes()) == b"one changeset"
    for changed in (
        replace(envelope, sequence=8),
        replace(envelope, id=b"f" * 16),
        replace(envelope, store_id=STORE[::-1]),
        replace(envelope, session_id=other.id, sealed_key=other.sealed_key),
        replace(envelope, box=envelope.box[:-1] + b"?"),
    ):
        with pytest.raises(Tampered):
            open_envelope(private, changed.to_bytes())


def test_the_session_key_is_sealed_once(bench):
    """A save costs one box and no curve."""
    session = Session(bench.agency_key, store_id=STORE, entropy=os.urandom)

    first, second = (session.seal(bytes([number]) * 16, number, b"x") for number in (1, 2))

    assert first.sealed_key == second.sealed_key
    assert len(first.sealed_key) == 80


@pytest.mark.parametrize("data", [b"", b"DSE\x02" + bytes(200), b"DSE\x01" + bytes(100)])
def test_what_is_no_envelope_is_told(bench, data):
    """Bytes of another format or cut short."""
    with pytest.raises(Tampered):
        open_envelope(bench.agency.private_bytes_raw(), data)


def test_an_envelope_holds_the_largest_changeset_and_little_more(bench):
    """The bound has a name and is kept: else a push of forty envelopes would inflate to as many pushes."""
    session = Session(bench.agency_key, store_id=STORE, entropy=os.urandom)
    largest = session.seal(b"d" * 16, 1, bytes(CHANGESET_BYTES_MAX + 300)).to_bytes()
    too_large = session.seal(b"e" * 16, 1, bytes(ENVELOPE_BYTES_MAX + 1))

    with pytest.raises(Tampered):
        open_envelope(bench.agency.private_bytes_raw(), too_large.to_bytes())
    assert open_envelope(bench.agency.private_bytes_raw(), largest) == bytes(CHANGESET_BYTES_MAX + 300)
    assert opened_at_server(bench.agency.private_bytes_raw(), largest) == bytes(CHANGESET_BYTES_MAX + 300)
    assert opened_at_server(bench.agency.private_bytes_raw(), too_large.to_bytes()) is None
