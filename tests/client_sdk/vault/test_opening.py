"""Which secrets open a vault, and which do not."""

from collections.abc import Iterator

import pytest

from client_sdk.errors import (
    Locked,
    NoDeviceSecret,
    RecoveryNeeded,
    Refused,
    Tampered,
    WeakSecret,
)
from client_sdk.vault import Vault, destroy, exists
from client_sdk.vault.keys import USES

from .conftest import PASSPHRASE, PIN


@pytest.mark.parametrize("secret", [PIN, PASSPHRASE])
def test_the_secret_opens_what_it_closed(bench, secret):
    """The daily unlock, offline."""
    made = bench.create(secret)

    opened = bench.unlock(secret)

    assert [opened.keys.of(use) for use in USES] == [made.keys.of(use) for use in USES]
    assert (opened.store_id, opened.device_public) == (made.store_id, made.device_public)
    assert opened.sign(b"m") == made.sign(b"m")


def test_each_use_has_a_key_of_its_own(bench):
    """What is sealed for one use cannot be passed off as another's."""
    keys = bench.create().keys

    assert len({keys.of(use) for use in USES}) == len(USES)


def test_a_lost_device_secret_leaves_recovery_only(bench):
    """A keyring that was emptied."""
    bench.create()
    bench.secrets.kept.clear()

    assert isinstance(bench.wrong(PIN), RecoveryNeeded)


def test_a_damaged_device_secret_is_told(bench):
    """Half a text in a keyring is no reason to guess."""
    store = bench.create().store_id.hex()
    for text in ("{", '{"secret":"*","tries":{}}', "[]", '{"secret":"AAAA"}'):
        bench.secrets.kept[store] = text
        with pytest.raises(Tampered):
            bench.unlock()


def test_a_pin_without_the_place_of_its_device_secret_opens_nothing(bench):
    """The app was started without its keyring: said so, and no try is lost."""
    bench.create()

    with pytest.raises(NoDeviceSecret):
        Vault.unlock(bench.folder, PIN, providers=bench.providers)


@pytest.mark.parametrize(
    ("secret", "rule"),
    [
        ("12345", "at least 6 digits"),
        ("111111", "one digit repeated"),
        ("456789", "digits in a row"),
        ("210987", "digits in a row"),
        ("", "not empty"),
        ("password", "four or more unrelated words"),
        ("x" * 257, "at most 256"),
    ],
)
def test_a_weak_secret_is_refused_by_its_rule(bench, secret, rule):
    """The worker is told what to do better."""
    with pytest.raises(WeakSecret, match=rule):
        bench.create(secret)

    assert not exists(bench.folder)


def test_a_passphrase_is_the_same_from_every_keyboard(bench):
    """One keyboard types é as one character, another as two."""
    bench.create("violet kettle harbour café")

    assert not bench.unlock("violet kettle harbour cafe\u0301").locked


def test_a_pin_needs_a_device_secret(bench):
    """A PIN alone falls in minutes to whoever copies the files."""
    with pytest.raises(NoDeviceSecret):
        Vault.create(bench.folder, PIN, agency_key=bench.agency_key, providers=bench.providers)


def test_there_is_one_vault_in_a_folder(bench):
    """Enrolling twice must not overwrite the keys of what is stored."""
    bench.create()

    with pytest.raises(Refused):
        bench.create()


def test_a_creation_that_breaks_off_leaves_no_vault(bench):
    """A crash while the store is made: the next enrolment starts afresh."""

    def fall(_vault):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Vault.create(
            bench.folder, PASSPHRASE, agency_key=bench.agency_key, providers=bench.providers, prepare=fall
        )

    assert not exists(bench.folder)
    assert not bench.create(PASSPHRASE).locked


def test_an_idle_vault_locks_itself(bench):
    """A tablet left on a table."""
    vault = bench.create()
    bench.clock.monotonic_s += 200
    vault.touch()
    bench.clock.monotonic_s += 299

    assert not vault.lock_if_idle()
    bench.clock.monotonic_s += 1
    assert vault.lock_if_idle()


def test_a_locked_vault_gives_no_key_and_signs_nothing(bench):
    """Locked means locked, whoever still holds the object."""
    vault = bench.create()
    vault.lock()

    for act in (vault.keys.master, lambda: vault.keys.of("rows"), lambda: vault.sign(b"")):
        with pytest.raises(Locked):
            act()
    assert len(vault.device_public) == 32


def test_a_destroyed_vault_opens_no_more(bench):
    """The first step of a wipe."""
    bench.create()

    destroy(bench.folder)

    with pytest.raises(Locked):
        bench.unlock()


def _cuts(data: bytes) -> Iterator[bytes]:
    yield from (data[:size] for size in range(0, len(data), 37))


def test_a_vault_file_that_is_cut_short_is_told_and_costs_no_try(bench):
    """A torn file is damage, not a wrong PIN."""
    bench.create()
    whole = bench.file.read_bytes()

    for cut in _cuts(whole):
        bench.file.write_bytes(cut)
        with pytest.raises(Tampered):
            bench.unlock()
    bench.file.write_bytes(whole)
    assert bench.wrong().tries_left == 9
