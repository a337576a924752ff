"""
Where device secrets are kept.
"""

import sys
import warnings

import pytest

from client_sdk.clock import KdfCost, Providers
from client_sdk.errors import NoDeviceSecret, Refused
from client_sdk.vault import DeviceSecretInFile, FileSecrets, KeyringSecrets, Vault, files

PIN = "258036"


class Ring:
    """A system keyring, as the `keyring` package shows one."""

    priority = 5

    def __init__(self):
        self.kept = {}

    def get_password(self, service, name):
        """What is kept."""
        return self.kept.get((service, name))

    def set_password(self, service, name, text):
        """Keep a text."""
        self.kept[service, name] = text


def file_secrets(folder):
    """Secrets in a folder, with the warning."""
    with pytest.warns(DeviceSecretInFile):
        return FileSecrets(folder, accept_risk=True)


def test_a_secret_in_a_file_is_asked_for_and_warned_of(tmp_path):
    """Nobody ends up with it by accident."""
    with pytest.raises(Refused):
        FileSecrets(tmp_path, accept_risk=False)

    secrets = file_secrets(tmp_path / "elsewhere")
    secrets.write("store", "text")

    assert (secrets.read("store"), secrets.read("other")) == ("text", None)


def test_a_pin_opens_with_its_secret_in_a_file_elsewhere(bench, tmp_path):
    """A machine without a keyring, after a warning."""
    bench.secrets = file_secrets(tmp_path / "elsewhere")
    bench.create()

    assert not bench.unlock().locked


def test_the_file_does_not_lie_in_the_stores_folder(bench):
    """A copy of the folder must come without it."""
    for folder in (bench.folder, bench.folder / "inside"):
        bench.secrets = file_secrets(folder)
        with pytest.raises(Refused):
            bench.create()


def test_the_systems_keyring_keeps_a_secret(bench, monkeypatch):
    """The desktop's way."""
    import keyring

    ring = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    bench.secrets = KeyringSecrets()
    vault = bench.create()

    assert not bench.unlock().locked
    assert list(ring.kept) == [("doorstep", vault.store_id.hex())]


def test_a_machine_without_a_keyring_says_so(monkeypatch):
    """Then a passphrase is asked for."""
    import keyring

    ring = Ring()
    ring.priority = 0
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    with pytest.raises(NoDeviceSecret, match="no keyring"):
        KeyringSecrets()
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(NoDeviceSecret, match="not installed"):
        KeyringSecrets()


def test_the_real_providers_make_a_vault(tmp_path):
    """The defaults are real: a clock, randomness and costs as in the docstring."""
    providers = Providers()

    assert providers.now_ms() > 1_700_000_000_000
    assert providers.monotonic_s() <= providers.monotonic_s()
    assert len(providers.entropy(12)) == 12
    assert providers.kdf_cost == KdfCost(memory_kib=65_536, passes=3, lanes=4)
    assert providers.file_root.name == ".doorstep"
    with warnings.catch_warnings():
        Vault.create(
            tmp_path / "tablet",
            "violet kettle harbour ninety",
            agency_key=bytes(31) + b"\x09",
            providers=providers,
        )


def test_files_are_replaced_on_machines_that_cannot_open_folders(tmp_path, monkeypatch):
    """Windows keeps its folders itself."""
    monkeypatch.setattr(files.os, "name", "nt")

    files.sync_folder(tmp_path / "missing")
