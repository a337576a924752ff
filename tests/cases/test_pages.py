"""Pages: broken anywhere, shown when they are whole, with one's own saves in view throughout."""

from __future__ import annotations

from datetime import UTC, datetime

from .agreement import agree, meet
from .kit import Agency, Carried
from .road import Trouble

Pair = tuple[Carried, Carried]


def test_a_save_of_more_units_than_a_page_holds_is_shown_whole_or_not_at_all(
    agency: Agency, client: str
) -> None:
    """Half a save is never shown, though a page breaks in the middle of it."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=300)
    ana.sync(), ben.sync()
    with ana.tablet.edit(client) as edit:
        notes = [edit.create("note", heading=f"{n}", narrative="x" * 100).id for n in range(15)]
        edit.update(edit.handle("client", client), preferred_name="Annie")
    ana.sync()

    seen = set()
    pages = 0
    while not ben.has("note", notes[-1]):
        ben.one_page()
        pages += 1
        there = sum(ben.has("note", note) for note in notes)
        seen.add((there, ben.value(client, "preferred_name")))

    assert pages > 5
    assert seen == {(0, None), (15, "Annie")}
    meet(ana, ben)


def test_own_saves_stay_in_view_while_their_subject_enters(agency: Agency) -> None:
    """The page was taken before the save: it does not hide it, at no point on the way."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=400)
    client = agency.register("ana")
    ana.sync()
    notes = [ana.note(client, heading=f"{n}", narrative="x" * 150) for n in range(6)]
    ana.sync()
    registered = ben.tablet.register_client(preferred_name="Bo").id
    agency.assign("ben", client)
    ben.one_page()
    ben.note(client, heading="mine")
    ben.update(registered, language="es")

    while ben.tablet.status().entering:
        ben.one_page()
        assert ben.value(registered, "language") == "es"
        assert [note.heading for note in ben.tablet.records("note").about(client) if note.heading == "mine"]
    meet(ana, ben)

    assert sum(ben.has("note", note) for note in notes) == 6
    assert ana.tablet.records("note").about(client).count() == 7


def test_a_client_that_enters_again_stays_in_view_with_own_saves(
    agency: Agency, pair: Pair, client: str
) -> None:
    """The old whole state stays until the new one is whole, and a save over it is never behind either."""
    ana, ben = pair
    for number in range(6):
        ana.note(client, heading=f"{number}", narrative="x" * 150)
    ana.update(client, pronouns="she/her")
    ana.sync()
    agency.unassign("ben", client), agency.assign("ben", client)
    ben.take_pages_of(400)
    ben.update(client, preferred_name="Annie")

    shown = []
    ben.one_page()
    while ben.tablet.status().entering:
        shown.append(
            (
                ben.value(client, "language"),
                ben.value(client, "preferred_name"),
                ben.value(client, "pronouns"),
            )
        )
        ben.one_page()
    meet(ben, ana)

    assert len(shown) > 2
    assert set(shown) == {("en", "Annie", None)}
    assert ben.value(client, "pronouns") == "she/her"


def test_a_record_that_changes_while_its_subject_enters_comes_in_its_last_state(agency: Agency) -> None:
    """What was sent already is sent again, what was not is sent as it now is, and nothing is shown before."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=400)
    client = agency.register("ana")
    ana.sync()
    notes = [ana.note(client, heading=f"{n}", narrative="x" * 150) for n in range(6)]
    ana.sync()
    agency.assign("ben", client)
    turn = 0

    def change() -> None:
        nonlocal turn
        turn += 1
        ana.update(client, "note", notes[turn % 6], heading=f"changed {turn}")
        ana.sync()

    for _ in range(6):
        ben.road.troubles.append(Trouble(before=change))
        ben.one_page()
        assert ben.has("client", client) is (ben.tablet.status().entering == 0)
    meet(ben, ana)

    headings = {ben.value(client, "heading", "note", note) for note in notes}
    assert headings == {f"changed {number}" for number in range(1, 7)}


def test_a_first_sync_brings_the_clients_of_today_first(agency: Agency) -> None:
    """Whoever stands at the gate with a new tablet needs the next door, not the alphabet."""
    ana, ben = agency.carry("ana"), agency.carry("ben", page_bytes=500)
    clients = sorted(agency.register("ana", "ben") for _ in range(8))
    ana.sync()
    for client in clients:
        ana.note(client, heading="Well", narrative="x" * 200)
    today = datetime.fromtimestamp(agency.clock.ms / 1000, UTC)
    for number, client in ((4, clients[6]), (2, clients[3])):
        planned = {"start": today.replace(hour=14 + number).isoformat()}
        with ana.tablet.edit(client) as edit:
            edit.create("visit", worker="ben", planned=planned)
    ana.sync()

    came: list[str] = []
    while len(ben.subjects()) < 8:
        ben.one_page()
        came += sorted(ben.subjects() - set(came))
    agree(ben) if ben.sync().complete else None

    assert came[:2] == [clients[3], clients[6]]
    assert came[2:] == [client for client in clients if client not in came[:2]]


def test_a_subject_whose_digest_differs_is_fetched_again_even_after_a_crash(
    agency: Agency, pair: Pair, client: str
) -> None:
    """A tablet that lost something gets it back by itself, also when it dies between noticing and asking."""
    ana, ben = pair
    note = ana.note(client, heading="Well")
    meet(ana, ben)
    with ben.replica.transaction():
        ben.replica.set_server(("note", note), client, None)
        ben.replica.refresh(("note", note), client)
    ana.update(client, language="es")
    ana.sync()
    ben.one_page()
    ben.lock(), ben.unlock()
    assert not ben.has("note", note)

    meet(ben, ana)

    assert ben.value(client, "heading", "note", note) == "Well"
