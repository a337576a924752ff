import pytest

import casework
from client_sdk import Custody, Refused, Tablet
from sync import Life, Needs

from .kit import ANA, CLIENT, Setting, writes

OTHER = "c2222222-2222-4222-8222-222222222222"


def _names(records: object) -> list[object]:
    assert hasattr(records, "__iter__")
    return [record.name for record in records]


@pytest.fixture
def two(field: Setting, ana: Tablet) -> Tablet:
    """Ana's tablet with two clients."""
    field.has_client(OTHER, legal_name={"family": "Abel", "given": "Cain"}, language="es")
    ana.sync()
    return ana


def test_lists_are_ordered_narrowed_and_counted(two: Tablet) -> None:
    """A caseload is found by what the worker knows of it."""
    clients = two.records("client")

    assert _names(clients.order_by("name")) == ["Abel, Cain", "Okafor, Rosa"]
    assert _names(clients.order_by("-name")) == ["Okafor, Rosa", "Abel, Cain"]
    assert _names(clients.where(language="es")) == ["Abel, Cain"]
    assert _names(clients.where(id=OTHER)) == ["Abel, Cain"]
    assert _names(clients.where(risk=None).order_by("name").limit(1)) == ["Abel, Cain"]
    assert clients.count() == 2
    assert clients.about(OTHER).first() is not None
    assert clients.where(language="fr").first() is None


def test_a_column_or_type_that_is_not_declared_is_refused(ana: Tablet) -> None:
    """A slip of the pen must not look like an empty caseload."""
    with pytest.raises(casework.UnknownField):
        ana.records("clinet")
    with pytest.raises(casework.UnknownField):
        ana.records("client").where(lanugage="en")
    with pytest.raises(casework.UnknownField):
        ana.records("visit").order_by("-risk")


def test_units_and_columns_are_attributes(ana: Tablet) -> None:
    """Code reads like the form."""
    client = ana.get("client", CLIENT)

    assert client.date_of_birth == "1950-01-01"
    assert client.value("date_of_birth") == "1950-01-01"
    assert client.name == "Okafor, Rosa"
    assert client.risk is None
    assert client.life is Life.ACTIVE
    assert client.flags == ()
    assert (client.type, client.id, client.subject) == ("client", CLIENT, CLIENT)
    assert client.members("hazards") == {}
    with pytest.raises(AttributeError, match="shoe_size"):
        client.shoe_size  # noqa: B018  # asking is the test
    with pytest.raises(Refused):
        ana.get("client", OTHER)


def test_words_are_found_with_unsent_work(two: Tablet) -> None:
    """Free text search looks at what is shown, sent or not."""
    with two.edit(CLIENT) as edit:
        edit.create("note", kind="progress", author=ANA, narrative="The neighbour feeds the cat.")

    (note,) = two.search("neighbour cat")
    assert note.type == "note"
    assert note.custody is Custody.TABLET_ONLY
    assert [record.id for record in two.search("okafor")] == [CLIENT]
    assert two.search("okafor", limit=0) == []


def test_what_was_retracted_is_in_no_list_unless_asked_for(two: Tablet) -> None:
    """A note in the wrong chart is gone from view, and can be brought back."""
    with two.edit(CLIENT) as edit:
        note = edit.create("note", kind="progress", author=ANA, narrative="About the neighbour.")
    with two.edit(CLIENT) as edit:
        edit.retract(note, "wrong_client")

    notes = two.records("note").about(CLIENT)
    assert list(notes) == []
    assert [found.life for found in notes.with_retracted()] == [Life.RETRACTED]
    assert two.search("neighbour") == []
    with pytest.raises(casework.NotAllowedYet), two.edit(CLIENT) as edit:
        edit.update(note, heading="x")
    with two.edit(CLIENT) as edit:
        edit.revive(note)
        edit.revive(two.get("client", CLIENT))
    assert [found.life for found in notes] == [Life.ACTIVE]


def test_what_somebody_else_wrote_in_the_wrong_chart_is_not_shown(field: Setting, ana: Tablet) -> None:
    """One client's story told in another's chart is seen by its author only."""
    made = field.model.office(CLIENT, *writes("note", "n1", narrative="Not about this client."))
    life = {"state": "retracted", "reason": "wrong_client", "seen": [made.name]}
    field.model.office(CLIENT, *writes("note", "n1", **{"$life": life}))
    ana.sync()

    assert list(ana.records("note").with_retracted()) == []
    assert ana.search("about") == []
    assert ana.record("note", "n1") is None


def test_conflicts_are_listed_with_the_most_urgent_first(field: Setting, two: Tablet) -> None:
    """What waits for a person is found without opening every client."""
    field.model.office(CLIENT, *writes("client", CLIENT, date_of_birth="1951-01-01", language="es"))
    two.sync()

    (conflict,) = two.conflicts()
    assert (conflict.record.id, conflict.unit) == (CLIENT, "date_of_birth")
    assert [group[0].value for group in conflict.shown.rivals] == ["1951-01-01", "1950-01-01"]
    assert [found.unit for found in two.conflicts(Needs.LISTED)] == ["date_of_birth", "language"]


def test_history_tells_what_this_tablet_knows_and_that_it_is_not_all(field: Setting, ana: Tablet) -> None:
    """Live writes, rivals, and own work that was replaced before it was sent."""
    field.model.office(CLIENT, *writes("client", CLIENT, date_of_birth="1951-01-01"))
    ana.sync()
    for name in ("Rose", "Rosie"):
        with ana.edit(CLIENT) as edit:
            edit.update(ana.get("client", CLIENT), preferred_name=name)

    history = ana.history(ana.get("client", CLIENT))
    assert not history.complete
    told = {(event.unit, str(event.value), event.state) for event in history.events}
    assert ("date_of_birth", "1951-01-01", "shown") in told
    assert ("date_of_birth", "1950-01-01", "rival") in told
    assert ("preferred_name", "Rose", "replaced") in told
    assert ("preferred_name", "Rosie", "shown") in told


def test_the_custody_of_a_record_is_told_truly(field: Setting, ana: Tablet) -> None:
    """Never *synced* when it is not true."""
    client = ana.get("client", CLIENT)
    assert ana.custody(client) is Custody.RECEIVED
    with ana.edit(client) as edit:
        edit.update(client, preferred_name="Rosie")
    assert ana.custody(client) is Custody.TABLET_ONLY
    seen: list[Custody] = []
    field.wire.during = lambda: seen.append(ana.custody(client))
    field.wire.lose_replies = 1
    with pytest.raises(Exception, match="cut"):
        ana.sync()
    assert seen == [Custody.SENT]
    assert ana.custody(client) is Custody.SENT
    ana.sync()
    assert ana.custody(client) is Custody.RECEIVED


def test_held_work_awaits_decision_and_comes_back(field: Setting, ana: Tablet) -> None:
    """What a person must decide about is neither lost nor called received."""
    with ana.edit(OTHER) as edit:
        visit = edit.create("visit", worker=ANA)
    ana.sync()
    record = ana.get("visit", visit.id)

    assert record.custody is Custody.AWAITING
    (waiting,) = ana.pending()
    assert waiting.custody is Custody.AWAITING
    assert [(back.kind, back.code) for back in ana.returned()] == [("held", "not_assigned")]
    assert [event.state for event in ana.history(record).events] == ["shown"]
    field.model.refuse(waiting.name, "not your client")
    ana.sync()
    (back,) = ana.returned()
    assert (back.kind, back.sentence, back.records) == (
        "not_applied",
        "not your client",
        frozenset([("visit", visit.id)]),
    )
    assert ana.record("visit", visit.id) is None
    (key,) = ana.notices()
    ana.dismiss(key)
    assert ana.returned() == []
    assert ana.notices() == {}
    ana.dismiss(key)


def test_a_part_that_was_not_applied_stays_in_the_history_of_its_record(field: Setting, ana: Tablet) -> None:
    """The author sees what was not taken, and why it is not shown."""
    field.model.revoke(ANA, CLIENT)
    client = ana.get("client", CLIENT)
    draft = ana.new_draft("note", CLIENT)
    draft.put(narrative="half a sentence")
    with ana.edit(client) as edit:
        edit.update(client, preferred_name="Rosie")
    ana.sync()
    field.model.refuse(str(edit.saved), "late")
    ana.sync()

    states = {(event.unit, event.state) for event in ana.history(ana.get("client", CLIENT)).events}
    assert ("preferred_name", "not_applied") in states


def test_a_review_that_asks_for_changes_is_work_that_came_back(field: Setting, ana: Tablet) -> None:
    """A return is a task on the tablet."""
    review = {
        "of": {"type": "note", "id": "n1"},
        "kind": "returned",
        "author": ANA,
        "reviewer": "s1",
        "reason": "Say who was present.",
    }
    field.model.office(CLIENT, *writes("review", "r1", **review))
    field.model.office(CLIENT, *writes("review", "r2", kind="returned", author=ANA))
    ana.sync()

    assert {(back.kind, back.sentence, back.records) for back in ana.returned()} == {
        ("review", "Say who was present.", frozenset([("note", "n1")])),
        ("review", "", frozenset()),
    }
