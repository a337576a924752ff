import pytest

import casework
from casework import instruments
from client_sdk import Handle, Refused, Tablet

from .kit import ANA, CLIENT, Setting, writes

OTHER = "c2222222-2222-4222-8222-222222222222"
HAZARD = {"kind": "dog", "review_on": "2027-01-01"}


def test_members_of_a_set_come_and_go(field: Setting, ana: Tablet) -> None:
    """Each hazard is a unit of its own, so two workers never overwrite each other's."""
    client = ana.get("client", CLIENT)
    with ana.edit(client) as edit:
        first = edit.add_member(client, "hazards", HAZARD)
        edit.update(client, hazards={"porch": {**HAZARD, "kind": "structure"}})
    with ana.edit(client) as edit:
        edit.remove_member(client, "hazards", first)
        edit.add_member(client, "hazards", HAZARD, member="gate")

    assert set(ana.get("client", CLIENT).members("hazards")) == {"porch", "gate"}


def test_a_new_record_may_bring_a_list_of_members(ana: Tablet) -> None:
    """A list of members gets ids here."""
    with ana.registration() as edit:
        edit.create("client", legal_name={"family": "Lee"}, hazards=[HAZARD, HAZARD])
        edit.create("address", place={"kind": "home", "lines": ["1 Elm St"]}, state="current")

    assert len(ana.get("client", edit.subject).members("hazards")) == 2
    assert ana.records("address").about(edit.subject).count() == 1


def test_a_registration_needs_a_client_record(ana: Tablet) -> None:
    """An address of nobody would be held by the server for ever."""
    with pytest.raises(Refused, match="begins with a client"), ana.registration() as edit:
        edit.create("address", place={"kind": "home", "lines": ["1 Elm St"]}, state="current")

    assert ana.pending() == []


def test_an_edit_is_about_one_subject(ana: Tablet) -> None:
    """A save about two clients is two changesets."""
    with pytest.raises(Refused, match="one subject"), ana.edit(OTHER) as edit:
        edit.update(ana.get("client", CLIENT), language="es")
    with pytest.raises(Refused, match="kind agency"), ana.edit(CLIENT) as edit:
        edit.create("office", name="North")
    with pytest.raises(Refused, match="kind client"), ana.edit("agency") as edit:
        edit.create("note", kind="progress")
    with pytest.raises(Refused, match="exists already"), ana.edit(CLIENT) as edit:
        edit.create("client", language="es")
    with pytest.raises(casework.UnknownField), ana.edit(CLIENT) as edit:
        edit.update(Handle("poem", "p1", CLIENT), line="x")


def test_what_casework_refuses_is_not_saved(ana: Tablet) -> None:
    """Bad values are found where they are typed."""
    client = ana.get("client", CLIENT)
    with pytest.raises(casework.BadAnswer), ana.edit(client) as edit:
        edit.update(client, date_of_birth="yesterday")
    with pytest.raises(casework.BadAnswer), ana.edit(client) as edit:
        edit.create("assessment", partial_answers={"q1": 1 << 60})

    assert ana.pending() == []


def test_what_is_said_once_is_not_changed(ana: Tablet) -> None:
    """A second entry would ask a person; a slip of the pen must not."""
    with ana.edit(CLIENT) as edit:
        note = edit.create("note", kind="progress", author=ANA, narrative="x")
    with pytest.raises(casework.NotAllowedYet, match="said once"), ana.edit(CLIENT) as edit:
        edit.update(note, author="somebody")
    with ana.edit(CLIENT) as edit:
        edit.update(note, author=ANA)

    assert edit.saved is None


def test_a_signed_record_is_added_to_and_not_changed(ana: Tablet) -> None:
    """What was signed stays shown."""
    with ana.edit(CLIENT) as edit:
        note = edit.create("note", kind="progress", author=ANA, narrative="x")
    with ana.edit(CLIENT) as edit:
        edit.sign(note)
    with pytest.raises(casework.NotAllowedYet, match="addendum"), ana.edit(CLIENT) as edit:
        edit.update(note, narrative="y")
    with pytest.raises(casework.NotAllowedYet), ana.edit(CLIENT) as edit:
        edit.sign(note)


def test_only_rivals_are_settled_with_a_reason_by_who_may(field: Setting, ana: Tablet) -> None:
    """A settlement is an act of its own, with rights of its own."""
    client = ana.get("client", CLIENT)
    with pytest.raises(Refused, match="nothing to settle"), ana.edit(client) as edit:
        edit.settle(client, "date_of_birth", "1950-01-01", reason="seen")
    died = {"deceased": True, "on": "2026-01-01"}
    field.model.office(CLIENT, *writes("client", CLIENT, date_of_birth="1951-01-01", deceased=died))
    field.model.office(CLIENT, *writes("client", CLIENT, deceased={"deceased": False}))
    ana.sync()
    with pytest.raises(Refused, match="reason"), ana.edit(client) as edit:
        edit.settle(client, "date_of_birth", "1950-01-01", reason=" ")
    with pytest.raises(Refused, match="supervisor"), ana.edit(client) as edit:
        edit.settle(client, "deceased", {"deceased": False}, reason="met her")
    with ana.edit(client) as edit:
        edit.settle(client, "date_of_birth", "1950-01-01", reason="passport")

    (waiting,) = ana.pending()
    assert waiting.reason == "passport"


def test_what_came_after_the_author_looked_is_not_overwritten(field: Setting, ana: Tablet) -> None:
    """`over` names what was in view, and a page may arrive while a form is open."""
    client = ana.get("client", CLIENT)
    edit = ana.edit(client)
    edit.update(client, language="es")
    field.model.office(CLIENT, *writes("client", CLIENT, language="fr"))
    ana.sync()
    with edit:
        pass
    ana.sync()

    assert set(map(str, field.state("client", CLIENT, "language"))) == {"es", "fr"}


def test_two_forms_of_one_worker_do_not_conflict(field: Setting, ana: Tablet) -> None:
    """Nobody conflicts with oneself, whichever form is saved first."""
    client = ana.get("client", CLIENT)
    first, second = ana.edit(client), ana.edit(client)
    first.update(client, language="es")
    second.update(client, language="fr")
    with first:
        pass
    with second:
        pass
    ana.sync()

    assert field.state("client", CLIENT, "language") == ["fr"]


def test_entering_the_old_value_again_takes_a_change_back(ana: Tablet) -> None:
    """A form that was changed and changed back says nothing."""
    client = ana.get("client", CLIENT)
    with ana.edit(client) as edit:
        edit.update(client, language="es")
        edit.update(client, language="en")

    assert edit.saved is None


def test_too_much_for_one_save_is_refused(ana: Tablet) -> None:
    """A clear error at the save, and never one at the server."""
    hazards = {f"h{number}": HAZARD for number in range(201)}
    with pytest.raises(Refused, match="WRITES_MAX"), ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), hazards=hazards)
    edit = ana.edit(CLIENT)
    edit.update(ana.get("client", CLIENT), hazards=hazards)
    with pytest.raises(Refused, match="WRITES_MAX"):
        edit.retract(ana.get("client", CLIENT), "duplicate")

    assert ana.pending() == []


ANSWERS = {f"q{number}": "not_at_all" for number in range(1, 9)}


def test_answers_raise_risk_as_they_come_and_completion_says_them_once(ana: Tablet) -> None:
    """The flag stands from the tap on; the answers that count are said at the end."""
    with ana.edit(CLIENT) as edit:
        assessment = edit.begin_assessment("phq9")
        spoken = edit.answer(assessment, {"q9": "several_days"})
    assert [alert.rule for alert in spoken] == ["phq9_item9"]
    (flag,) = ana.records("risk_flag")
    assert flag.level["level"] == "unknown"
    with pytest.raises(casework.NotAllowedYet, match="q1"), ana.edit(CLIENT) as edit:
        edit.complete_assessment(assessment)
    with ana.edit(CLIENT) as edit:
        assert edit.answer(assessment, {**ANSWERS, "q10": "somewhat"}) == ()
        edit.complete_assessment(assessment)

    done = ana.get("assessment", assessment.id)
    assert done.answers["q9"] == "several_days"
    assert done.closed == "completed"
    with pytest.raises(casework.NotAllowedYet, match="closed"), ana.edit(CLIENT) as edit:
        edit.answer(assessment, {"q1": "several_days"})
    with pytest.raises(casework.BadAnswer), ana.edit(CLIENT) as edit:
        edit.answer(edit.begin_assessment("phq9"), {"q99": "several_days"})


def test_an_assessment_may_end_without_answers(ana: Tablet) -> None:
    """Refused is a result."""
    with ana.edit(CLIENT) as edit:
        assessment = edit.begin_assessment("phq9")
        edit.complete_assessment(assessment, ending="refused")

    done = ana.get("assessment", assessment.id)
    assert (done.closed, done.answers) == ("refused", None)


def test_a_person_raises_and_lowers_a_risk_in_words(ana: Tablet) -> None:
    """Only a person lowers, over all that was shown."""
    with ana.edit(CLIENT) as edit:
        edit.raise_risk("self_harm", "high", "said so at the door")
    (flag,) = ana.records("risk_flag").about(CLIENT)
    assert ana.get("client", CLIENT).risk == "high"
    with pytest.raises(casework.NotAllowedYet), ana.edit(CLIENT) as edit:
        edit.lower_risk(flag, "low", "")
    with ana.edit(CLIENT) as edit:
        edit.lower_risk(flag, "low", "safety plan made, daughter stays")

    assert ana.get("client", CLIENT).risk == "low"


def test_two_tablets_meet_in_one_flag(field: Setting, ana: Tablet) -> None:
    """One flag a client and kind, whoever saw it first."""
    with ana.edit(CLIENT) as edit:
        flag = edit.raise_risk("self_harm", "moderate", "pills on the table")
    other = {"level": "imminent", "reasons": [{"text": "called the line"}]}
    field.model.office(CLIENT, *writes("risk_flag", flag.id, kind="self_harm", level=other))
    ana.sync()

    (shown,) = ana.records("risk_flag").about(CLIENT)
    assert shown.level["level"] == "imminent"
    assert ana.get("client", CLIENT).risk == "imminent"


def test_an_imported_instrument_can_be_asked(field: Setting, ana: Tablet) -> None:
    """The agency's own forms reach the tablet as records."""
    shipped = instruments.load("phq2")
    definition = {**dict(shipped.source), "version": "agency-1"}
    field.model.grant(ANA, "agency")
    field.model.office("agency", *writes("instrument", "i1", whole={"definition": definition}))
    ana.sync()

    assert ana.instruments().load("phq2", "agency-1").version == "agency-1"
    assert ana.instruments() is ana.instruments()
    with ana.edit(CLIENT) as edit:
        assessment = edit.begin_assessment("phq2", "agency-1", visit="v1")
    assert ana.get("assessment", assessment.id).instrument == {"id": "phq2", "version": "agency-1"}
    with pytest.raises(casework.UnknownInstrument), ana.edit(CLIENT) as edit:
        edit.begin_assessment("phq2", "agency-2")


def test_an_assessment_whose_beginning_is_missing_is_not_asked_on(field: Setting, ana: Tablet) -> None:
    """The save that began it may be held while later ones were taken: the worker is told, the app goes on."""
    field.model.office(CLIENT, *writes("assessment", "a1", present=["client"]))
    ana.sync()
    begun = ana.get("assessment", "a1")

    with pytest.raises(casework.NotAllowedYet, match="names no instrument"), ana.edit(CLIENT) as edit:
        edit.answer(begun, {"q1": "not_at_all"})
