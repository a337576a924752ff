"""Secrets, costs and keys that change, and the agency's way in."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import KdfCost
from client_sdk.errors import (
    Tampered,
    WeakSecret,
    WrongSecret,
)
from client_sdk.vault import Vault, open_recovery
from client_sdk.vault import file as vault_file

from .conftest import PASSPHRASE, PIN

OTHER_PIN = "914725"


def test_the_old_secret_opens_nothing_after_a_change(bench):
    """A secret that someone saw is changed for good."""
    bench.create().change_secret(PIN, OTHER_PIN)

    assert isinstance(bench.wrong(PIN), WrongSecret)
    assert not bench.unlock(OTHER_PIN).locked


@pytest.mark.parametrize(("old", "new"), [(PIN, PASSPHRASE), (PASSPHRASE, PIN)])
def test_a_pin_may_become_a_passphrase_and_back(bench, old, new):
    """The tablet moves to a machine with or without a keyring."""
    bench.create(old).change_secret(old, new)

    assert not bench.unlock(new).locked


def test_a_change_needs_the_old_secret_and_a_good_new_one(bench):
    """Whoever finds the tablet unlocked cannot take it over."""
    vault = bench.create()

    with pytest.raises(WrongSecret):
        vault.change_secret(OTHER_PIN, "470258")
    with pytest.raises(WeakSecret):
        vault.change_secret(PIN, "1")
    assert not bench.unlock(PIN).locked


@pytest.mark.parametrize("secret", [PIN, PASSPHRASE])
def test_raised_costs_rewrap_the_slot_at_the_next_unlock(bench, secret):
    """Machines get faster; the slot follows without a new secret."""
    bench.create(secret)
    bench.providers = replace(bench.providers, kdf_cost=KdfCost(memory_kib=16, passes=2, lanes=1))

    bench.unlock(secret)

    assert vault_file.read(bench.folder).secret.cost == KdfCost(memory_kib=32, passes=2, lanes=1)
    before = bench.file.read_bytes()
    bench.unlock(secret)
    assert bench.file.read_bytes() == before


def test_the_agency_recovers_a_vault_whose_pin_is_gone(bench):
    """A forgotten PIN costs no saved work."""
    made = bench.create()
    bench.secrets.kept.clear()
    master = open_recovery(bench.agency.private_bytes_raw(), made.recovery_slot, made.store_id, 1)

    Vault.recover(bench.folder, master, OTHER_PIN, providers=bench.providers, device_secrets=bench.secrets)

    assert bench.unlock(OTHER_PIN).keys.of("rows") == made.keys.of("rows")


def test_another_agency_recovers_nothing(bench):
    """The slot is closed to everyone else."""
    made = bench.create()

    with pytest.raises(Tampered):
        open_recovery(bytes(31) + b"\x01", made.recovery_slot, made.store_id, 1)


def test_a_wrong_master_key_recovers_nothing(bench):
    """The agency mixed up two tablets."""
    bench.create()

    with pytest.raises(Tampered):
        Vault.recover(bench.folder, bytes(32), PASSPHRASE, providers=bench.providers)


def test_the_recovery_slot_follows_the_agencys_key(bench):
    """The agency changed its key; the old one is retired."""
    vault = bench.create()
    old = vault.recovery_slot
    new_key = bytes(range(1, 33))
    public = X25519PrivateKey.from_private_bytes(new_key).public_key().public_bytes_raw()

    vault.change_agency_key(public)

    opened = bench.unlock()
    assert opened.agency_key == public
    assert opened.recovery_slot != old
    assert open_recovery(new_key, opened.recovery_slot, opened.store_id, 1) == opened.keys.master()


def test_a_new_device_key_signs_from_then_on(bench):
    """The agency has enrolled the store anew; the old key signs nothing more."""
    vault = bench.create()
    old = vault.device_public
    vault.change_device_key(bytes(range(32)))

    opened = bench.unlock()

    assert opened.device_public == vault.device_public != old
    assert opened.sign(b"m") == vault.sign(b"m")


def test_slots_of_other_kinds_are_kept_as_they_are(bench):
    """An app's own biometric slot survives a change of PIN."""
    vault = bench.create()
    slot = {"kind": "biometric", "box": "AAAA"}
    content = replace(vault_file.read(bench.folder), others=(slot,)).signed(vault.keys.of("slots"))
    content.write(bench.folder)

    bench.unlock().change_secret(PIN, OTHER_PIN)

    assert vault_file.read(bench.folder).others == (slot,)


def test_a_crash_while_slots_are_written_leaves_the_old_ones(bench, monkeypatch):
    """kill -9 between the new file and its renaming."""
    vault = bench.create()

    def die(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", die)
        with pytest.raises(KeyboardInterrupt):
            vault.change_secret(PIN, PASSPHRASE)

    assert Path(str(bench.file) + ".new").exists()
    monkeypatch.undo()
    bench.clock.now_ms += 1
    assert not bench.unlock(PIN).locked
