"""What a sync costs on a rural link, with every header, counted between real programs."""

from collections.abc import Iterator

import pytest

from doorstep_cli.demo.proxy import Traffic
from doorstep_cli.demo.stage import Stage, Tell, set_up
from doorstep_cli.demo.story import Worker, record_of

NOTHING_UP_BYTES = 700
NOTHING_DOWN_BYTES = 400
EDIT_UP_BYTES = 1_000
EDIT_DOWN_BYTES = 500


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, tell: Tell) -> Iterator[Stage]:
    """A server and two tablets that have everything."""
    folder = tmp_path_factory.mktemp("wire")
    with set_up(folder, 0, tell, lambda _so_far, _of: None) as stage:
        for worker in (stage.ana, stage.ben):
            worker.sync()
        yield stage


def synced(worker: Worker) -> Traffic:
    """What one sync costs."""
    before = worker.link.traffic
    worker.sync()
    return worker.link.traffic.since(before)


def at_rest(worker: Worker) -> None:
    """Bring a tablet to where nothing is left to say."""
    worker.sync()


def test_a_sync_with_nothing_new_is_one_small_request(stage: Stage) -> None:
    """A tablet asks every minute; on a metered link each minute costs this."""
    at_rest(stage.ana)
    used = synced(stage.ana)

    print(f"nothing new: {used.up} bytes up, {used.down} bytes down, {used.requests} request")
    assert used.requests == 1
    assert used.up <= NOTHING_UP_BYTES
    assert used.down <= NOTHING_DOWN_BYTES


def test_an_edit_of_one_field_is_one_small_request(stage: Stage) -> None:
    """A worker who saves at the kerb with one bar of signal gets it out."""
    worker, client = stage.ana, stage.agency.clients[0]
    at_rest(worker)
    with worker.tablet.edit(client) as edit:
        edit.update(record_of(worker.tablet, "client", client), preferred_name="Rosie")
    used = synced(worker)

    print(f"one field edited: {used.up} bytes up, {used.down} bytes down, {used.requests} request")
    assert used.requests == 1
    assert used.up <= EDIT_UP_BYTES
    assert used.down <= EDIT_DOWN_BYTES
    assert worker.tablet.pending() == []
