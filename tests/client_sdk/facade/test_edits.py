import pytest

import casework
from client_sdk import Custody, Refused, Tablet

from .kit import CLIENT, Setting, writes


def test_a_visit_with_everything_is_saved_and_synced(field: Setting, ana: Tablet) -> None:
    """The main job: what a worker enters at a home is shown at once and reaches the office whole."""
    client = ana.get("client", CLIENT)
    with ana.edit(client, reason="home visit") as edit:
        visit = edit.create("visit", worker=ana.identity.worker)
        edit.update(client, preferred_name="Rosie", language="en")
        note = edit.create("note", kind="progress", author=ana.identity.worker, narrative="Seen at home.")
        edit.sign(note, title="LMSW")

    assert ana.get("client", CLIENT).preferred_name == "Rosie"
    signed = ana.get("note", note.id).signed
    assert signed is not None
    assert signed.content["narrative"] == "Seen at home."
    assert signed.late == {}
    assert [waiting.reason for waiting in ana.pending()] == ["home visit"]
    assert ana.custody(ana.get("visit", visit.id)) is Custody.TABLET_ONLY

    ana.sync()

    assert ana.pending() == []
    assert ana.custody(ana.get("visit", visit.id)) is Custody.RECEIVED
    assert field.state("client", CLIENT, "preferred_name") == ["Rosie"]


def test_only_what_changed_is_written(field: Setting, ana: Tablet) -> None:
    """A form that is saved whole must not pretend that every field was looked at anew."""
    client = ana.get("client", CLIENT)
    with ana.edit(client) as edit:
        edit.update(client, language="en", preferred_name="Rosie")
    with ana.edit(client) as nothing:
        nothing.update(client, language="en", preferred_name="Rosie")

    ana.sync()

    record = field.model.state.records[("client", CLIENT)]
    assert record.units["language"].live[0].author == "office"
    assert nothing.saved is None
    assert edit.saved == record.units["preferred_name"].live[0].name


def test_an_exception_in_the_block_leaves_nothing(ana: Tablet) -> None:
    """Half a save would be worse than none."""
    client = ana.get("client", CLIENT)
    edit = ana.edit(client)
    edit.update(client, preferred_name="Rosie")
    with pytest.raises(ZeroDivisionError), edit:
        edit.create("note", kind="progress", narrative=str(1 // 0))

    assert ana.pending() == []
    assert ana.get("client", CLIENT).preferred_name is None
    with pytest.raises(Refused, match="over"):
        edit.update(client, preferred_name="Rosie")


def test_an_undecided_value_is_changed_by_settling_alone(field: Setting, ana: Tablet) -> None:
    """Two dates of birth wait for a person; a form must not decide in passing."""
    field.model.office(CLIENT, *writes("client", CLIENT, date_of_birth="1951-01-01"))
    ana.sync()
    client = ana.get("client", CLIENT)

    assert list(client.undecided) == ["date_of_birth"]
    with pytest.raises(casework.NotAllowedYet), ana.edit(client) as edit:
        edit.update(client, date_of_birth="1952-02-02")
    with ana.edit(client, reason="home visit") as edit:
        edit.settle(client, "date_of_birth", "1951-01-01", reason="passport seen")

    assert ana.get("client", CLIENT).undecided == {}
    ana.sync()
    assert field.state("client", CLIENT, "date_of_birth") == ["1951-01-01"]


def test_a_phq9_raises_one_flag_in_the_same_save(field: Setting, ana: Tablet) -> None:
    """What an answer says of self-harm is on record with the answer, or neither is."""
    answers = {f"q{number}": "several_days" for number in range(1, 9)} | {
        "q9": "more_than_half",
        "q10": "somewhat",
    }
    with ana.edit(CLIENT, reason="home visit") as edit:
        assessment = edit.assess("phq9", answers)

    shown = ana.get("assessment", assessment.id)
    assert shown.answers == answers
    (flag,) = ana.records("risk_flag").about(CLIENT)
    assert flag.kind == "self_harm"
    assert len(ana.pending()) == 1
    assert [client.id for client in ana.records("client").where(risk=flag.level["level"])] == [CLIENT]


def test_a_new_client_is_registered_in_the_field(field: Setting, ana: Tablet) -> None:
    """Somebody met at a door exists from that moment, and the server agrees later."""
    client = ana.register_client(reason="met at the door", legal_name={"family": "Tolliver", "given": "June"})

    assert client.name == "Tolliver, June"
    ana.sync()

    assert ana.get("client", client.id).legal_name == {"family": "Tolliver", "given": "June"}
    assert field.model.has_access(ana.identity.worker, client.id, field.model.head)
    assert ana.status().subjects == 2
    assert ana.status().differs == ()
