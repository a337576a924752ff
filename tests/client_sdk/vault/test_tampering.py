"""
A vault's file that someone changed: told, and never an unlock.
"""

import json
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from client_sdk.clock import KdfCost
from client_sdk.errors import ClientError, Locked, Tampered
from client_sdk.vault import file as vault_file

PIN = "258036"


def rewrite(bench, change):
    """Change the file as someone would who knows its format: with a proper check line."""
    value = json.loads(bench.file.read_bytes().partition(b"\n")[2])
    change(value)
    body = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    bench.file.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)


def slot(value, kind):
    """The slot of a kind."""
    return next(each for each in value["slots"] if each["kind"] == kind)


def test_no_flipped_byte_unlocks_or_passes_unseen(bench):
    """Every byte of the file counts."""
    bench.create()
    whole = bench.file.read_bytes()
    chance = Random(11)

    for _ in range(150):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        bench.file.write_bytes(flipped)
        with pytest.raises(Tampered):
            bench.unlock()


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(agency="A" * 43 + "="),
        lambda value: value.update(epoch=2),
        lambda value: slot(value, "recovery").update(sealed="AAAA"),
        lambda value: value["slots"].append({"kind": "biometric"}),
        lambda value: slot(value, "pin").update(passes=2),
        lambda value: slot(value, "pin").update(salt="AAAA" * 4),
        lambda value: value.update(device="A" * 43 + "="),
    ],
)
def test_a_strangers_change_opens_nothing(bench, change):
    """A thief puts his own agency, costs or slots in, with a proper check line."""
    bench.create()
    rewrite(bench, change)

    with pytest.raises(ClientError):
        bench.unlock()


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(format=2),
        lambda value: value.update(epoch="1"),
        lambda value: value.update(slots={}),
        lambda value: value["slots"].pop(),
        lambda value: value["slots"].append(dict(slot(value, "pin"))),
        lambda value: value.update(store=5),
        lambda value: value.update(store="*"),
        lambda value: slot(value, "pin").update(lanes=0),
        lambda value: slot(value, "pin").update(passes="1"),
        lambda value: slot(value, "pin").update(memory_kib=1 << 40),
        lambda value: value.pop("mac"),
    ],
)
def test_a_file_of_another_form_is_told(bench, change):
    """And a slot that would eat all memory is not tried."""
    bench.create()
    rewrite(bench, change)

    with pytest.raises(Tampered):
        bench.unlock()


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"'])
def test_what_is_no_vault_is_told(bench, body):
    """Some other file in its place."""
    bench.create()
    bench.file.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)

    with pytest.raises(Tampered):
        bench.unlock()


def test_no_vault_at_all_is_told(bench):
    """A folder that was never enrolled."""
    with pytest.raises(Locked, match="no vault"):
        bench.unlock()


def test_a_slot_of_another_store_opens_nothing(bench, tmp_path):
    """Two tablets of one worker with one PIN: their slots cannot be exchanged."""
    mine = bench.create("violet kettle harbour ninety")
    ours = vault_file.read(bench.folder)
    bench.folder = tmp_path / "other"
    bench.create("violet kettle harbour ninety")
    replace(vault_file.read(bench.folder), secret=ours.secret).signed(mine.keys.of("slots")).write(
        bench.folder
    )

    with pytest.raises(Locked):
        bench.unlock("violet kettle harbour ninety")


def test_costs_cannot_be_lowered_by_a_stranger(bench):
    """The costs are part of the slot's label."""
    bench.providers = replace(bench.providers, kdf_cost=KdfCost(64, 2, 1))
    bench.create()
    rewrite(bench, lambda value: slot(value, "pin").update(passes=1, memory_kib=32))

    with pytest.raises(Locked):
        bench.unlock(PIN)
