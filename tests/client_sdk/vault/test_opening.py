"""
Which secrets open a vault, which do not, and what happens when someone guesses.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sdk.clock import KdfCost
from client_sdk.errors import (
    Locked,
    NoDeviceSecret,
    RecoveryNeeded,
    Refused,
    Tampered,
    TooSoon,
    WeakSecret,
    WrongSecret,
)
from client_sdk.vault import Vault, destroy, exists, open_recovery
from client_sdk.vault import file as vault_file
from client_sdk.vault.keys import USES

PASSPHRASE = "violet kettle harbour ninety"
OTHER_PASSPHRASE = "seven brown umbrellas dancing"
PIN = "258036"
OTHER_PIN = "914725"


def wrong(bench, secret="000111"):
    """The error of a secret that does not open."""
    with pytest.raises(Locked) as caught:
        bench.unlock(secret)
    return caught.value


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


def test_a_wrong_pin_is_counted_and_delayed_from_the_fourth_on(bench):
    """Slips cost nothing, guessing does."""
    bench.create()

    errors = [wrong(bench) for _ in range(4)]

    assert [(type(error), error.wait_s, error.tries_left) for error in errors] == [
        (WrongSecret, 0, 9),
        (WrongSecret, 0, 8),
        (WrongSecret, 0, 7),
        (WrongSecret, 30, 6),
    ]


def test_during_the_delay_nothing_is_tried_nor_counted(bench):
    """A worker who is too quick loses no try, and a guesser wins none."""
    bench.create()
    for _ in range(4):
        wrong(bench)
    bench.clock.now_ms += 10_000

    with pytest.raises(TooSoon) as caught:
        bench.unlock(PIN)

    assert (caught.value.wait_s, caught.value.tries_left) == (20, 6)
    bench.clock.now_ms += 20_000
    assert not bench.unlock(PIN).locked


def test_a_clock_that_was_set_back_delays_no_longer_than_the_rule(bench):
    """A tablet whose clock jumped is not locked for a year."""
    bench.create()
    for _ in range(4):
        wrong(bench)
    bench.clock.now_ms -= 365 * 86_400_000

    assert wrong(bench).wait_s == 30


def test_a_right_secret_forgets_the_wrong_tries(bench):
    """Slips of different days do not add up."""
    bench.create()
    for _ in range(3):
        wrong(bench)
    bench.unlock()

    assert wrong(bench).tries_left == 9


def test_the_tenth_wrong_pin_destroys_the_device_secret(bench):
    """Ten guesses are all that a thief gets."""
    bench.create()
    for _ in range(9):
        wrong(bench)
        bench.clock.now_ms += 1_000_000

    assert isinstance(wrong(bench), RecoveryNeeded)
    assert isinstance(wrong(bench, PIN), RecoveryNeeded)
    assert '"secret":null' in next(iter(bench.secrets.kept.values()))


def test_the_count_is_raised_before_the_try(bench, monkeypatch):
    """Pulling the battery in the middle of a guess wins nothing."""
    bench.create()

    def cut(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.vault.unwrap", cut)
        with pytest.raises(KeyboardInterrupt):
            bench.unlock()

    assert wrong(bench).tries_left == 8


def test_a_tenth_try_that_was_cut_off_counts_as_wrong(bench, monkeypatch):
    """Otherwise the last try would be free for ever."""
    bench.create()
    for _ in range(9):
        wrong(bench)
        bench.clock.now_ms += 1_000_000
    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.vault.unwrap", None)
        with pytest.raises(TypeError):
            bench.unlock()

    assert isinstance(wrong(bench, PIN), RecoveryNeeded)


def test_a_lost_device_secret_leaves_recovery_only(bench):
    """A keyring that was emptied."""
    bench.create()
    bench.secrets.kept.clear()

    assert isinstance(wrong(bench, PIN), RecoveryNeeded)


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


def test_a_wrong_passphrase_is_delayed_but_never_destroys(bench):
    """A child at the keyboard costs patience, not a day's work."""
    bench.create(PASSPHRASE)
    waits = []
    for _ in range(14):
        waits.append(wrong(bench, "wrong").wait_s)
        bench.clock.now_ms += 1_000_000

    assert waits == [0, 0, 0, 30, 60, 120, 300, 600, 900, 900, 900, 900, 900, 900]
    assert not bench.unlock(PASSPHRASE).locked


def test_a_passphrase_too_is_not_tried_during_the_delay(bench):
    """The delay holds for whoever comes next."""
    bench.create(PASSPHRASE)
    for _ in range(4):
        wrong(bench, "wrong")

    error = wrong(bench, PASSPHRASE)

    assert (type(error), error.wait_s, error.tries_left) == (TooSoon, 30, None)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"wrong":"x"}', b'{"wrong":3,"not_before":null}'])
def test_a_count_that_cannot_be_read_locks_nobody_out(bench, content):
    """Whoever can spoil the file can reset it; damage must not cost a worker the tablet."""
    bench.create(PASSPHRASE)
    (bench.folder / "tries").write_bytes(content)

    assert not bench.unlock(PASSPHRASE).locked


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


def test_the_old_secret_opens_nothing_after_a_change(bench):
    """A secret that someone saw is changed for good."""
    bench.create().change_secret(PIN, OTHER_PIN)

    assert isinstance(wrong(bench, PIN), WrongSecret)
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


def test_slots_of_other_kinds_are_kept_as_they_are(bench):
    """An app's own biometric slot survives a change of PIN."""
    vault = bench.create()
    slot = {"kind": "biometric", "box": "AAAA"}
    content = replace(vault_file.read(bench.folder), others=(slot,)).signed(vault.keys.of("slots"))
    content.write(bench.folder)

    bench.unlock().change_secret(PIN, OTHER_PIN)

    assert vault_file.read(bench.folder).others == (slot,)


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
    assert wrong(bench).tries_left == 9


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
