import threading

import pytest

from client_sdk import (
    Locked,
    Offline,
    Tablet,
    TabletSettings,
)

from .kit import CLIENT, Setting, writes


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
