"""A tablet scores with what its records say of the client and of the agency's choices."""

import pytest

from client_sdk import Tablet

from .kit import CLIENT, Setting, writes

THREE = {"q1": "w2_3", "q2": "d1_2", "q3": "never"}
TWO = {"q1": "several_days", "q2": "several_days"}


@pytest.mark.parametrize(("sex", "rules"), [("male", []), ("female", ["auditc_positive"])])
def test_alerts_are_those_of_the_clients_sex(ana: Tablet, sex: str, rules: list[str]) -> None:
    """The app that asks need not know which instrument has two cut-offs."""
    with ana.edit(CLIENT) as edit:
        edit.update(ana.get("client", CLIENT), sex=sex)
    with ana.edit(CLIENT) as edit:
        assessment = edit.begin_assessment("audit_c")
        spoken = edit.answer(assessment, THREE)
        held = edit.complete_assessment(assessment)

    assert [alert.rule for alert in spoken] == rules
    assert [alert.rule for alert in held] == rules


def test_a_choice_of_the_agency_holds_on_the_next_tablet_that_syncs(field: Setting, ana: Tablet) -> None:
    """Two workers of one agency must not judge the same answers differently."""
    with ana.edit(CLIENT) as edit:
        before = edit.answer(edit.begin_assessment("phq2"), TWO)
    field.model.office("agency", *writes("settings", "s1", whole={"version": 1, "phq2_sensitive": True}))
    field.model.grant(ana.identity.worker, "agency")
    ana.sync()

    with ana.edit(CLIENT) as edit:
        after = edit.answer(edit.begin_assessment("phq2"), TWO)

    assert [alert.rule for alert in before] == []
    assert [alert.rule for alert in after] == ["phq2_positive"]
    assert ana.inputs(CLIENT) == {"sex_for_scoring": "unknown", "positive_sensitive": True}
    assert ana.inputs(ana.get("client", CLIENT)) == ana.inputs(CLIENT)
