from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_sdk import (
    FileSecrets,
    NoDeviceSecret,
    Offline,
    Refused,
    Tablet,
    WeakSecret,
    WrongSecret,
    opening,
)
from client_sdk.store.database import STORE_FILE
from client_sdk.vault import DeviceSecretInFile
from sync import Json, canonical, decode_bytes, encode_bytes

from .kit import ANA, CLIENT, SECRET, Setting


def test_a_tablet_is_enrolled_once_and_unlocked_every_day(field: Setting) -> None:
    """Online once, and then nowhere near a network."""
    field.has_client(language="en")
    tablet = field.enrol(label="Ana's tablet")
    tablet.sync()
    tablet.lock()
    field.wire.unreached = True
    again = field.unlock()

    assert again.get("client", CLIENT).language == "en"
    assert again.identity.worker == ANA
    assert again.status().fingerprint == "123456"
    assert field.wire.enrolments[0]["label"] == "Ana's tablet"
    with pytest.raises(WrongSecret):
        Tablet.unlock(field.folder / "ana", secret="another phrase altogether", providers=field.providers)


def test_what_an_enrolment_took_is_no_error_of_the_clock(
    field: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first saves of a tablet that was enrolled over a slow link are not earlier than they were."""
    answer = field.wire.enrol

    def slowly(application: Mapping[str, Json]) -> Mapping[str, Any]:
        found = answer(application)
        field.time.ms += 2_000
        field.time.s += 2.0
        return found

    monkeypatch.setattr(field.wire, "enrol", slowly)

    assert field.enrol().status().clock_offset_ms == 0


def test_the_enrolment_proves_the_key_and_names_the_code(field: Setting) -> None:
    """What the server checks is what was signed."""
    field.enrol()
    (asked,) = field.wire.enrolments
    public = str(asked["public_key"])
    message = canonical(["doorstep enrol", "code", public, None])

    Ed25519PublicKey.from_public_bytes(decode_bytes(public)).verify(
        decode_bytes(str(asked["signature"])), message
    )
    assert "predecessor" not in asked


def test_an_enrolment_that_fails_leaves_a_folder_for_the_next_try(field: Setting) -> None:
    """A bad code, no signal, a weak secret: nothing remains, and the code is not burnt."""
    with pytest.raises(WeakSecret):
        Tablet.enrol(
            field.folder / "ana",
            server="https://x.example",
            code="c",
            secret="1234567890a",
            transport=field.wire,
        )
    field.wire.unreached = True
    with pytest.raises(Offline):
        field.enrol()
    field.wire.unreached = False
    with pytest.raises(Refused):
        Tablet.enrol(
            field.folder / "ana",
            server="https://x.example",
            code="wrong",
            secret=SECRET,
            providers=field.providers,
            transport=field.wire,
        )
    assert field.enrol().status().waiting == 0
    with pytest.raises(Refused, match="unlock"):
        field.enrol()


def test_what_a_crash_left_of_an_enrolment_is_thrown_away(
    field: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store without a vault opens for nobody, and holds nothing yet."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.vault.Vault._write", crash)
        with pytest.raises(KeyboardInterrupt):
            field.enrol()
    assert (field.folder / "ana" / STORE_FILE).exists()

    assert field.enrol().status().waiting == 0


def test_a_recovery_that_was_not_sealed_to_the_agency_is_sealed_at_the_next_unlock(
    field: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the vault and the agency's key must not cost the recovery of a forgotten secret."""
    with monkeypatch.context() as patched:
        patched.setattr("client_sdk.vault.vault.Vault.change_agency_key", lambda *_: None)
        tablet = field.enrol()
        tablet.lock()
    again = field.unlock()

    assert (
        encode_bytes(again._desk.vault.agency_key) == again.identity.agency_key
    )  # the vault shows no other way
    with again.edit(CLIENT) as edit:
        edit.create("visit", worker=ANA)
    assert again.status().waiting == 1


def test_an_answer_that_is_no_enrolment_is_offline(field: Setting) -> None:
    """A hotel's network answers everything."""
    field.wire.tells = {"agency_key": "!"}
    with pytest.raises(Offline):
        field.enrol()
    field.wire.tells = {"agency_name": 7}
    with pytest.raises(Offline):
        field.enrol()
    field.wire.tells = {"device": "another"}
    with pytest.raises(Refused, match="another key"):
        field.enrol()


def test_an_unknown_time_zone_falls_back_to_utc(field: Setting) -> None:
    """A tablet may know fewer zones than its server."""
    field.wire.tells = {"time_zone": "Mars/Olympus"}
    tablet = field.enrol()

    assert tablet.edit(CLIENT).moment().endswith("+00:00")


def test_a_pin_needs_a_device_secret(field: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's keyring where there is one; a clear word where there is none."""

    def no_keyring() -> object:
        raise NoDeviceSecret("this machine has no keyring that keeps secrets")

    monkeypatch.setattr(opening, "KeyringSecrets", no_keyring)
    with pytest.raises(NoDeviceSecret):
        opening_with_pin(field, None)
    with pytest.warns(DeviceSecretInFile):
        secrets = FileSecrets(field.folder / "secrets", accept_risk=True)
    tablet = opening_with_pin(field, secrets)
    tablet.change_secret("481592", "903817")
    tablet.lock()

    again = Tablet.unlock(
        field.folder / "pin", secret="903817", providers=field.providers, device_secrets=secrets
    )
    assert again.identity.worker == ANA
    again.lock()


def opening_with_pin(field: Setting, secrets: FileSecrets | None) -> Tablet:
    """A tablet that opens by PIN."""
    field.wire.codes["pin"] = ANA
    return Tablet.enrol(
        field.folder / "pin",
        server="https://x.example",
        code="pin",
        secret="481592",
        providers=field.providers,
        device_secrets=secrets,
        transport=field.wire,
    )
