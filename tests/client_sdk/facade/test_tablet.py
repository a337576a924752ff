import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_sdk import (
    FileSecrets,
    Locked,
    NoDeviceSecret,
    Offline,
    Progress,
    Refused,
    Tablet,
    TabletSettings,
    WeakSecret,
    WrongSecret,
    opening,
)
from client_sdk.store.database import STORE_FILE
from client_sdk.vault import DeviceSecretInFile
from sync import canonical, decode_bytes, encode_bytes

from .kit import ANA, CLIENT, SECRET, Setting, writes


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


def test_a_locked_tablet_says_so_to_every_call(field: Setting, ana: Tablet) -> None:
    """Keys and index are gone; nothing half works."""
    client = ana.get("client", CLIENT)
    edit = ana.edit(client)
    edit.update(client, language="es")
    records = ana.records("client")
    draft = ana.draft(client)
    ana.lock()
    ana.lock()

    assert ana.locked
    for call in (
        ana.pending,
        ana.status,
        ana.sync,
        ana.touch,
        draft.put,
        ana.returned,
    ):
        with pytest.raises(Locked):
            call()
    with pytest.raises(Locked):
        list(records)
    with pytest.raises(Locked), edit:
        pass
    with pytest.raises(Locked):
        client_of(ana)


def client_of(tablet: Tablet) -> object:
    """A read."""
    return tablet.record("client", CLIENT)


def test_a_tablet_that_nobody_touches_locks_itself(field: Setting) -> None:
    """Left on a bus, it is closed after five minutes."""
    field.has_client(language="en")
    with field.enrol(settings=TabletSettings(idle_s=300)) as tablet:
        field.time.s += 299
        tablet.touch()
        field.time.s += 299
        assert not tablet.lock_if_idle()
        assert tablet.records("client").count() == 0
        field.time.s += 1
        with pytest.raises(Locked):
            tablet.records("client")
        assert tablet.lock_if_idle()


def test_a_lock_in_the_middle_of_a_sync_settles_nothing_more(field: Setting, ana: Tablet) -> None:
    """A message under way is not waited for."""
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), language="es")
    field.wire.during = ana.lock
    with pytest.raises(Locked):
        ana.sync()
    again = field.unlock()

    assert again.status().waiting == 1
    again.sync()
    assert field.state("client", CLIENT, "language") == ["es"]


def test_watchers_hear_of_saves_pages_and_leaves(field: Setting, ana: Tablet) -> None:
    """Screens show what is, without asking again and again."""
    heard: list[tuple[str, str, bool]] = []
    everything: list[str] = []
    ana.dispatch_with(lambda call: call())
    unwatch = ana.watch("client", lambda changes: heard.extend((c.type, c.id, c.gone) for c in changes))
    ana.watch("*", lambda changes: everything.extend(change.type for change in changes))
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
        edit.create("visit", worker=ANA)
    assert heard == [("client", CLIENT, False)]
    assert sorted(everything) == ["client", "visit"]
    field.model.office(CLIENT, *writes("client", CLIENT, language="es"))
    ana.sync()
    assert heard[-1] == ("client", CLIENT, False)
    field.model.revoke(ANA, CLIENT)
    ana.sync()
    assert heard[-1] == ("client", CLIENT, True)
    count = len(heard)
    unwatch()
    field.model.grant(ANA, CLIENT)
    ana.sync()
    assert len(heard) == count
    assert everything[-1] in ("client", "visit")


def test_callbacks_come_on_a_thread_of_their_own(ana: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails is reported, and the next one comes."""
    names: list[str] = []
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))
    done = threading.Event()

    def fail(changes: object) -> None:
        raise ZeroDivisionError

    def hear(changes: object) -> None:
        names.append(threading.current_thread().name)
        done.set()

    ana.watch("client", fail)
    ana.watch("client", hear)
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
    assert done.wait(10)
    ana.lock()

    assert names == ["doorstep-watch"]
    assert reported == [ZeroDivisionError]


def test_many_readers_and_one_writer_see_whole_saves(ana: Tablet) -> None:
    """From any thread, a save is there whole or not at all."""
    torn: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            client = ana.get("client", CLIENT)
            if client.preferred_name != client.pronouns:
                torn.append((client.preferred_name, client.pronouns))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(15):
        with ana.edit(CLIENT) as edit:
            edit.update(edit.handle("client", CLIENT), preferred_name=str(number), pronouns=str(number))
    stop.set()
    for reader in readers:
        reader.join()

    assert torn == []
    assert ana.get("client", CLIENT).preferred_name == "14"


def test_the_background_syncs_what_is_saved(field: Setting, ana: Tablet) -> None:
    """Nobody presses a button."""
    synced = threading.Event()
    ana.dispatch_with(lambda call: call())

    def look(_: object) -> None:
        if "preferred_name" in field.model.state.records[("client", CLIENT)].units:
            synced.set()

    ana.watch("client", look)
    ana.start_background()
    ana.start_background()
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
    ana.stop_background()
    ana.stop_background()
    ana.sync()

    assert synced.wait(10)
    assert ana.status().last_error is None


def test_progress_is_told_after_each_message(field: Setting, ana: Tablet) -> None:
    """A bar moves, and says in the end what the sync did."""
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")
    told: list[Progress] = []
    done = ana.sync(told.append)

    assert (done.sent, done.waiting, done.complete) == (1, 0, True)
    assert told[-1] == done
    assert done.bytes_up > 0
    assert done.round_trips == 1


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


def test_an_unknown_time_zone_falls_back_to_utc(field: Setting) -> None:
    """A tablet may know fewer zones than its server."""
    field.wire.tells = {"time_zone": "Mars/Olympus"}
    tablet = field.enrol()

    assert tablet.edit(CLIENT).moment().endswith("+00:00")


def test_a_callback_may_lock_the_tablet(ana: Tablet) -> None:
    """The thread of callbacks does not wait for itself."""
    done = threading.Event()

    def lock(_: object) -> None:
        ana.lock()
        done.set()

    ana.watch("client", lock)
    ana.start_background()
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), preferred_name="Rosie")

    assert done.wait(10)
    assert ana.locked


def test_pages_that_came_before_a_lock_are_there_after_it(field: Setting, ana: Tablet) -> None:
    """Cut, locked, unlocked, and on from the same place."""
    field.model.rows_a_page = 1
    for number in range(3):
        field.model.office(CLIENT, *writes("need", f"n{number}", domain="food", status="open"))
    field.wire.during = lambda: setattr(field.wire, "lose_requests", 1)
    with pytest.raises(Offline):
        ana.sync()
    before = len(field.wire.requests)
    ana.lock()
    again = field.unlock()
    assert again.records("need").count() == 0
    again.sync()

    assert again.records("need").count() == 3
    assert len(field.wire.requests) - before == 2
