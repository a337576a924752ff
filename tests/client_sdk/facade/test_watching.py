import threading

import pytest

from client_sdk import (
    Progress,
    Tablet,
)

from .kit import ANA, CLIENT, Setting, writes


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
