from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_sdk import (
    Refused,
    Tablet,
    opening,
)
from client_sdk.store.database import STORE_FILE
from sync import canonical, decode_bytes

from .kit import ANA, CLIENT, Setting


def test_a_forked_tablet_goes_on_under_a_new_key(field: Setting, ana: Tablet) -> None:
    """The store stays, its unsent work goes out again by name, and the old key vouches for the new one."""
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
    old = ana.identity.device
    field.model.state.forked.add(old)
    assert ana.sync().enrol_again
    assert ana.status().enrol_again
    field.wire.codes["again"] = ANA
    assert ana.enrol_again("again", label="Ana's tablet") == 1
    assert ana.identity.device != old
    ana.lock()
    again = field.unlock()
    done = again.sync()

    assert done.complete
    assert str(edit.saved) in field.model.state.outcomes
    assert again.identity.device != old
    assert not again.status().enrol_again
    asked = field.wire.enrolments[-1]
    before = asked["predecessor"]
    assert isinstance(before, dict)
    message = canonical(["doorstep enrol", "again", str(asked["public_key"]), str(before["public_key"])])
    Ed25519PublicKey.from_public_bytes(decode_bytes(str(before["public_key"]))).verify(
        decode_bytes(str(before["signature"])), message
    )


def test_a_take_over_that_a_crash_breaks_off_is_finished_at_the_next_unlock(
    field: Setting, ana: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store says who it is now, and the vault has not heard yet."""
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
    field.model.state.forked.add(ana.identity.device)
    field.wire.codes["again"] = ANA
    with monkeypatch.context() as patched:
        patched.setattr(opening, "finish_take_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ana.enrol_again("again")
    ana.lock()
    again = field.unlock()

    assert again.sync().complete
    assert str(edit.saved) in field.model.state.outcomes


def test_another_workers_code_does_not_take_over_a_store(field: Setting, ana: Tablet) -> None:
    """A store holds one worker's drafts and work."""
    field.wire.codes["ben"] = "ben"
    with pytest.raises(Refused, match="another worker"):
        ana.enrol_again("ben")

    assert ana.identity.worker == ANA


def test_a_file_that_was_put_back_tells_the_server_how_old_it_is(field: Setting) -> None:
    """The server judges by the anchor, so the tablet must not hide a rollback."""
    field.has_client(language="en")
    tablet = field.enrol()
    tablet.sync()
    tablet.lock()
    copy = _files(field.folder / "ana")
    tablet = field.unlock()
    with tablet.edit(CLIENT) as edit:
        edit.update(tablet.get("client", CLIENT), language="es")
    tablet.sync()
    tablet.lock()
    for path, data in copy.items():
        path.write_bytes(data)
    before = len(field.wire.requests)
    again = field.unlock()
    assert again.status().rollback is not None
    rollback = again.status().rollback
    again.sync()

    assert rollback is not None
    sent = field.wire.requests[before].head.tablet.anchor
    assert sent.split(".")[0] == str(rollback.file_sequence)
    assert again.status().rollback is None
    with again.edit(CLIENT) as edit:
        edit.update(again.get("client", CLIENT), language="fr")
    field.wire.codes["again"] = ANA
    assert again.sync().enrol_again
    assert again.enrol_again("again") == 0


def _files(folder: Path) -> dict[Path, bytes]:
    """The store's file as it is, without its anchor."""
    return {path: path.read_bytes() for path in folder.iterdir() if path.name.startswith(STORE_FILE)}


def test_a_rollback_is_forgotten_when_the_tablet_goes_on_under_a_new_key(field: Setting) -> None:
    """The new device has no past to be compared with."""
    tablet = field.enrol()
    tablet.sync()
    tablet.lock()
    copy = _files(field.folder / "ana")
    tablet = field.unlock()
    with tablet.edit(CLIENT) as edit:
        edit.create("visit", worker=ANA)
    tablet.lock()
    for path, data in copy.items():
        path.write_bytes(data)
    again = field.unlock()
    assert again.status().rollback is not None
    field.wire.codes["again"] = ANA
    again.enrol_again("again")

    assert again.status().rollback is None
